import { describe, expect, it } from 'vitest';
import { judgeInOrder, limitOf, limitsBy, RULE, sharedAmong } from '../../src/history/regression.ts';
import { isMissing, type Measured } from '../../src/record/measured.ts';
import { normals, QUIET } from './fixture.ts';

const kinds = (values: readonly Measured<number>[]) => judgeInOrder(values).map(({ kind }) => kind);
const COLLECTING = Array<string>(10).fill('collecting');

describe('the limit that runs set for the next one', () => {
  it('is the one-sided 99 % prediction limit: of 1 to 10, 5.5 + 2.821 · 3.028 · √1.1', () => {
    const limit = limitOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    if (isMissing(limit)) throw new Error(limit.missing);
    expect(limit.mean).toBeCloseTo(5.5, 10);
    expect(limit.spread).toBeCloseTo(3.0276504, 6);
    expect(limit.above).toBeCloseTo(5.5 + 2.8214379 * 3.0276504 * Math.sqrt(1.1), 5);
    expect(limit.below).toBeCloseTo(5.5 - 2.8214379 * 3.0276504 * Math.sqrt(1.1), 5);
    expect(limit.runs).toBe(10);
  });

  it('is never nearer to the mean than the relative minimum, however alike the runs are', () => {
    expect(limitOf(Array<number>(10).fill(200))).toEqual({
      mean: 200,
      spread: 0,
      runs: 10,
      above: 210,
      below: 190,
      again: 210,
    });
  });

  it('does not exist below ten runs, and says how many there are', () => {
    expect(limitOf(QUIET.slice(0, 9))).toEqual({ missing: '9 of 10 comparable runs' });
    expect(isMissing(limitOf(QUIET.slice(0, 10)))).toBe(false);
  });

  it('is above one more value of the same normal population 99 times in 100', () => {
    // Of 4,000, 40 are expected; a limit that leaves 1 % out passes with 0.998, one that leaves out 2 % with 0.01.
    const above = Array.from({ length: 4000 }, (_, seed) => {
      const [next = 0, ...reference] = normals(11, { mean: 600, spread: 60, seed });
      const limit = limitOf(reference, { ...RULE, relativeMinimum: 0 });
      return !isMissing(limit) && next > limit.above;
    }).filter(Boolean).length;
    expect(above).toBeGreaterThan(20);
    expect(above).toBeLessThan(60);
  });
});

describe('the rule for several quantities', () => {
  it('shares what may be above by chance', () => {
    expect(sharedAmong(1)).toEqual(RULE);
    expect(sharedAmong(8).confidence).toBeCloseTo(0.99875, 12);
    expect(sharedAmong(0)).toEqual(RULE);
  });

  it('holds the run that confirms against the limit of one quantity alone, which is nearer', () => {
    const noisy = normals(20, { mean: 600, spread: 60, seed: 5 });
    const limit = limitOf(noisy, sharedAmong(8));
    if (isMissing(limit)) throw new Error(limit.missing);
    const between = (limit.above + limit.again) / 2;
    expect(limit.again).toBeLessThan(limit.above);
    const last = (...values: number[]) =>
      judgeInOrder([...noisy, ...values], limitsBy(sharedAmong(8)))
        .slice(20)
        .map(({ kind }) => kind);
    expect(last(between)).toEqual(['usual']);
    expect(last(limit.above + 1, between)).toEqual(['regressed', 'regressed']);
    expect(last(limit.above + 1, limit.again - 1)).toEqual(['refuted', 'usual']);
  });

  it('raises a confirmed alarm in 3 of 100 histories of noise or fewer, where 99 % for each would in 9', () => {
    const alarms = (confidence: number) => {
      const limits = limitsBy({ ...RULE, confidence, relativeMinimum: 0 });
      const isAlarm = (seed: number) =>
        judgeInOrder(normals(45, { mean: 600, spread: 30, seed }), limits).some(({ kind }) => kind === 'regressed');
      return Array.from({ length: 300 }, (_, history) =>
        Array.from({ length: 8 }, (__, quantity) => isAlarm(100 * history + quantity)).some(Boolean),
      ).filter(Boolean).length;
    };
    // At a true 1.7 % at most 9 of 300 come with 0.96, at 9 % with under 0.001.
    expect(alarms(sharedAmong(8).confidence)).toBeLessThanOrEqual(9);
    expect(alarms(RULE.confidence)).toBeGreaterThan(9);
  });
});

describe('runs in their order', () => {
  it('are not judged until ten comparable ones came before', () => {
    expect(kinds([...QUIET, 601])).toEqual([...COLLECTING, 'usual', 'usual', 'usual']);
  });

  it('are suspected when they are above the limit, and regressed when the next one is as well', () => {
    expect(kinds([...QUIET, 700])).toEqual([...COLLECTING, 'usual', 'usual', 'suspected']);
    expect(kinds([...QUIET, 700, 690]).slice(-2)).toEqual(['regressed', 'regressed']);
  });

  it('stay regressed until a value comes back, and then are judged by what was usual before', () => {
    expect(kinds([...QUIET, 700, 690, 700, 601, 700]).slice(-5)).toEqual([
      'regressed',
      'regressed',
      'regressed',
      'usual',
      'suspected',
    ]);
  });

  it('refute what the next one does not repeat, and the refuted one counts like any other from then on', () => {
    const states = judgeInOrder([...QUIET, 700, 600, 600]);
    expect(states.slice(-3).map(({ kind }) => kind)).toEqual(['refuted', 'usual', 'usual']);
    const [, again, last] = states.slice(-3);
    if (again === undefined || last === undefined || !('limit' in again) || !('limit' in last))
      throw new Error('no limit');
    expect(again.limit.runs).toBe(12);
    expect(last.limit.runs).toBe(14);
    expect(last.limit.above).toBeGreaterThan(again.limit.above);
  });

  it('are held against the very limit that the suspected one broke: it does not widen its own', () => {
    const [first, second] = judgeInOrder([...QUIET, 700, 690]).slice(-2);
    expect(first).toEqual(second);
  });

  it('pass over a run without the figure, which neither confirms nor refutes', () => {
    const none = { missing: 'the two baselines differ at p50' };
    expect(kinds([...QUIET, 700, none, 690]).slice(-3)).toEqual(['regressed', 'missing', 'regressed']);
    expect(judgeInOrder([none])).toEqual([{ kind: 'missing', because: none.missing }]);
  });

  it('are told when they are lower, which is no regression', () => {
    expect(kinds([...QUIET, 450, 450]).slice(-2)).toEqual(['lower', 'lower']);
  });
});

describe('runs that tell what their baseline took', () => {
  /** A machine whose pace wanders by a tenth and more from run to run; relative to its baseline the proxy is steady. */
  const paces = normals(40, { mean: 1, spread: 0.12, seed: 11 });
  const noise = normals(40, { mean: 600, spread: 9, seed: 12 });
  const judged = (slower: readonly number[], costlier: readonly number[]) => {
    const pace = (at: number) => (paces[at] ?? 1) * (slower[at] ?? 1);
    const values = noise.map((own, at) => own * (costlier[at] ?? 1) * pace(at));
    const besides = values.map((_, at) => 200 * pace(at));
    return judgeInOrder(values, limitsBy(), besides).map(({ kind }) => kind);
  };
  const from = (place: number, factor: number) => noise.map((_, at) => (at < place ? 1 : factor));

  it('have not regressed where the machine is slower for the baseline as well, and say so', () => {
    const found = judged(from(30, 1.8), []);
    expect(found).not.toContain('regressed');
    expect(found.slice(30)).toContain('slowed');
  });

  it('have where they are slower than their own baseline leads to expect, by less than the machine wanders', () => {
    expect(judged([], from(30, 1.15)).filter((kind) => kind === 'regressed').length).toBeGreaterThan(3);
    const values = noise.map((own, at) => own * (at < 30 ? 1 : 1.15) * (paces[at] ?? 1));
    expect(kinds(values)).not.toContain('regressed');
  });

  it('are held against the limit as it is for their own pace', () => {
    const values = QUIET.map((value) => value);
    const states = judgeInOrder([...values, 1300], limitsBy(), [...values.map(() => 200), 400]);
    const last = states.at(-1);
    if (last === undefined || !('limit' in last)) throw new Error('no limit');
    expect([last.kind, Math.round(last.limit.mean)]).toEqual(['suspected', 1200]);
  });

  it('have not where they are below the mean of all, however fast the baseline was', () => {
    expect(judgeInOrder([...QUIET, 590], limitsBy(), [...QUIET.map(() => 200), 100]).at(-1)?.kind).toBe('usual');
  });

  it('are judged by their values alone where no baseline is known, or too few are', () => {
    const values = [...QUIET, 700, 690];
    const last = (besides: (number | undefined)[]) =>
      judgeInOrder(values, limitsBy(), besides)
        .slice(-2)
        .map(({ kind }) => kind);
    expect(last([])).toEqual(['regressed', 'regressed']);
    expect(last(values.map((_, at) => (at > 5 ? 200 : undefined)))).toEqual(['regressed', 'regressed']);
  });
});
