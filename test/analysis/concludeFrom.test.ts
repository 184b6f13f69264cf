import { describe, expect, test } from 'vitest';
import { concludeFrom } from '../../src/analysis/conclusion.ts';
import type { BudgetVerdict, Estimate, LoadAnalysis, VerdictWord } from '../../src/analysis/result.ts';
import type { BudgetLine } from '../../src/scenario/scenario.ts';
import { loadPointFixture } from './fixtures/loadPoint.ts';
import { latencyLine } from './fixtures/runs.ts';

const loadPoint = (change: Partial<LoadAnalysis> = {}): LoadAnalysis => ({ ...loadPointFixture(), ...change });

const estimate = (low: number, high: number): Estimate => ({
  point: (low + high) / 2,
  low,
  high,
  n: 6,
  confidence: 0.96875,
  method: 'signed-rank',
});

const confirmed = { confirmation: { state: 'confirmed', because: 'so it is' } } as const;

function verdictOn(line: BudgetLine, verdict: VerdictWord, rest: Partial<BudgetVerdict> = {}): BudgetVerdict {
  return {
    line,
    treatment: 'envoy',
    load: 0,
    arrivalRatePerSecond: 1000,
    estimate: estimate(502, 548),
    verdict,
    betterThanDocumented: false,
    because: 'that is so',
    ...rest,
  };
}

const rate = (atLeast: number): BudgetLine => ({
  metric: 'success-rate',
  atLeast,
  role: 'required',
  source: 'scenario',
});

const sentenceOf = (verdicts: BudgetVerdict[], loads = [loadPoint()]) => concludeFrom(verdicts, loads).sentence;

describe('the line that a conclusion tells', () => {
  test('is of several that are over the one whose interval lies farthest over its budget', () => {
    const over = [300, 100, 200].map((atMost) => verdictOn(latencyLine(atMost), 'over', confirmed));
    expect(concludeFrom(over, [loadPoint()])).toEqual({
      outcome: 'over',
      exitCode: 1,
      sentence:
        'envoy adds 0.525 ms at p50 (96.9 % interval 0.502 to 0.548) at 1,000/s: over the 0.1 ms budget; 3 of 3 required lines are over',
    });
  });

  test('is the only required line without any count', () => {
    expect(sentenceOf([verdictOn(latencyLine(100), 'over', confirmed)])).toMatch(/: over the 0.1 ms budget$/);
    expect(sentenceOf([verdictOn(latencyLine(525), 'inconclusive')])).toMatch(/ since that is so$/);
    expect(sentenceOf([verdictOn(latencyLine(5000), 'within')])).toMatch(/: within the 5 ms budget$/);
    expect(sentenceOf([verdictOn(latencyLine(100), 'over')])).toMatch(
      /: over the 0.1 ms budget in one set of blocks only, and a run fails on what fresh blocks confirm$/,
    );
  });

  test('is one that is over ahead of one that is inconclusive', () => {
    const verdicts = [verdictOn(latencyLine(525), 'inconclusive'), verdictOn(latencyLine(100), 'over', confirmed)];
    expect(sentenceOf(verdicts)).toMatch(/: over the 0.1 ms budget; 1 of 2 required lines is over$/);
  });

  test('weighs an upper limit by the bound next to it', () => {
    // From below 600 of 1,000 and 500 of 2,000 are reached; over the limit lie at least 3 and at least 2 times it.
    const near = verdictOn(latencyLine(1000), 'within', { estimate: estimate(100, 600) });
    const far = verdictOn(latencyLine(2000), 'within', { estimate: estimate(480, 500) });
    for (const verdicts of [
      [near, far],
      [far, near],
    ]) {
      expect(sentenceOf(verdicts)).toMatch(/within the 1 ms budget; all 2 required lines are within, this one is the/);
    }
    const triple = verdictOn(latencyLine(100), 'over', { ...confirmed, estimate: estimate(300, 400) });
    const double = verdictOn(latencyLine(200), 'over', { ...confirmed, estimate: estimate(400, 4000) });
    for (const verdicts of [
      [triple, double],
      [double, triple],
    ]) {
      expect(sentenceOf(verdicts)).toMatch(/over the 0.1 ms budget; 2 of 2/);
    }
  });

  test('weighs a lower limit by what is left to failures', () => {
    // Of 10 % that may fail 6 % may be failing, of 20 % 8 %.
    const near = verdictOn(rate(0.9), 'within', { estimate: estimate(0.94, 1) });
    const far = verdictOn(rate(0.8), 'within', { estimate: estimate(0.92, 0.93) });
    for (const verdicts of [
      [near, far],
      [far, near],
    ]) {
      expect(sentenceOf(verdicts)).toMatch(/within the budget of at least 90 %; all 2/);
    }
    // Where 10 % may fail at least 30 % do, where 20 % may at least 40 %.
    const triple = verdictOn(rate(0.9), 'over', { ...confirmed, estimate: estimate(0.6, 0.7) });
    const double = verdictOn(rate(0.8), 'over', { ...confirmed, estimate: estimate(0.1, 0.6) });
    for (const verdicts of [
      [triple, double],
      [double, triple],
    ]) {
      expect(sentenceOf(verdicts)).toMatch(/under the 90 % that the budget asks; 2 of 2/);
    }
  });

  test('is the one that allows nothing, where one does', () => {
    const nothing = verdictOn(latencyLine(0), 'within', { estimate: estimate(-2, -1) });
    const some = verdictOn(latencyLine(1000), 'within', { estimate: estimate(-3, -2) });
    expect(sentenceOf([nothing, some])).toMatch(/: within the 1 ms budget; all 2/);
    const all = verdictOn(rate(1), 'within', { estimate: estimate(1, 1) });
    expect(sentenceOf([all, some])).toMatch(/^envoy answers 100.000 % .*: within the budget of at least 100 %; all 2/);
  });

  test('is never one whose figure is missing ahead of one that is over', () => {
    const estimated = verdictOn(latencyLine(100), 'over', confirmed);
    const missing = verdictOn(latencyLine(200), 'over', { ...confirmed, estimate: { missing: 'lost' } });
    for (const verdicts of [
      [estimated, missing],
      [missing, estimated],
    ]) {
      expect(sentenceOf(verdicts)).toMatch(/over the 0.1 ms budget; 2 of 2/);
    }
  });
});

describe('a run without a valid block', () => {
  const lost = (because: string) =>
    loadPoint({
      blocksValid: 0,
      blocksRun: 1,
      blocksLost: [
        { block: 3, because },
        { block: 4, because: 'later' },
      ],
    });
  const nothing = (about: string, reason: string) => ({
    outcome: 'inconclusive',
    exitCode: 4,
    sentence: `No block was a fair measurement, so nothing can be said about ${about} (${reason})`,
  });
  const never = { ...loadPoint(), blocksValid: 0, blocksLost: [] };

  test('tells the first block that was lost, and why', () => {
    expect(concludeFrom([], [never, lost('it stalled')])).toEqual(nothing('the cost of envoy', 'block 3: it stalled'));
  });

  test('names each treatment once, and none where there is none', () => {
    const [baseline, envoy] = never.treatments;
    if (baseline === undefined || envoy === undefined) throw new Error('no treatment');
    const treatments = [baseline, envoy, { ...envoy, treatment: 'istio' }];
    expect(concludeFrom([], [{ ...never, treatments }, never])).toEqual(
      nothing('the cost of envoy and istio', 'no block was run'),
    );
    expect(concludeFrom([], [{ ...never, treatments: [baseline] }])).toEqual(nothing('any cost', 'no block was run'));
    expect(concludeFrom([], [])).toEqual(nothing('any cost', 'no block was run'));
  });

  test('is decided by success rates alone where they are all that is required and all are kept, or one is broken', () => {
    const kept = verdictOn(rate(0.9), 'within', { estimate: estimate(0.95, 0.97) });
    const open = verdictOn(rate(0.96), 'inconclusive', { estimate: estimate(0.95, 0.97) });
    const broken = verdictOn(rate(0.99), 'over', { ...confirmed, estimate: estimate(0.95, 0.97) });
    const unknown = verdictOn(latencyLine(5000), 'inconclusive');
    const exitCodes = [[kept], [kept, kept], [kept, open], [kept, unknown], [broken, unknown], [open], [unknown]].map(
      (verdicts) => concludeFrom(verdicts, [lost('failures')]).sentence.startsWith('No block'),
    );
    expect(exitCodes).toEqual([false, false, true, true, false, true, true]);
    // Another line that is over decides nothing.
    const other = verdictOn(latencyLine(100), 'over', confirmed);
    expect(concludeFrom([other, kept], [lost('it stalled')])).toEqual(
      nothing('the cost of envoy', 'block 3: it stalled'),
    );
  });

  test('measured nothing where there is no load point, for the reason that is given', () => {
    expect(
      concludeFrom([verdictOn(latencyLine(100), 'over', confirmed)], [loadPoint()], 'the pilot found none'),
    ).toEqual({
      outcome: 'inconclusive',
      exitCode: 4,
      sentence: 'Nothing was measured, since the pilot found none',
    });
  });
});

describe('a run without a required line', () => {
  const ADDS = 'envoy adds 0.525 ms at p50 (96.9 % interval 0.502 to 0.548)';

  test('tells what is added at the highest rate, and each load point that has too few blocks', () => {
    const loads = [
      loadPoint({ arrivalRatePerSecond: 500, blocksValid: 5 }),
      loadPoint({ arrivalRatePerSecond: 2000, blocksValid: 6 }),
      loadPoint({ arrivalRatePerSecond: 1000, blocksValid: 1 }),
    ];
    expect(concludeFrom([], loads)).toEqual({
      outcome: 'no-budget',
      exitCode: 4,
      sentence: `${ADDS} at 2,000/s; no budget applies; only 5 valid blocks at 500/s, an interval needs 6; only 1 valid block at 1,000/s, an interval needs 6`,
    });
  });

  test('says that none is required where all lines are advisory', () => {
    const advisory = verdictOn(latencyLine(100, { role: 'advisory' }), 'over', confirmed);
    expect(concludeFrom([advisory], [loadPoint()])).toEqual({
      outcome: 'no-budget',
      exitCode: 0,
      sentence: `${ADDS} at 1,000/s; no budget line is required`,
    });
  });
});
