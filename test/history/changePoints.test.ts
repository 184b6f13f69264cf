import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atOnePace, changePointsOf, divide } from '../../src/history/changePoints.ts';
import { normals } from './fixture.ts';

const at = (values: readonly number[]) => changePointsOf(values).map((change) => change.at);
const level = (count: number, mean: number, seed: number) => normals(count, { mean, spread: 30, seed });

/** Q as the paper writes it, by sums over pairs. */
function statistic(x: readonly number[], y: readonly number[]): number {
  const [n, m] = [x.length, y.length];
  const sum = (a: readonly number[], b: readonly number[]) =>
    a.flatMap((p) => b.map((q) => Math.abs(p - q))).reduce((s, d) => s + d, 0);
  const within = (a: readonly number[]) => sum(a, a) / 2;
  const distance = (2 / (n * m)) * sum(x, y) - (2 / (n * (n - 1))) * within(x) - (2 / (m * (m - 1))) * within(y);
  return ((n * m) / (n + m)) * distance;
}

describe('the division of a stretch', () => {
  it('is the one with the largest statistic over every place and every end, as sums over pairs give it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 6, maxLength: 14 }), (values) => {
        let best = Number.NEGATIVE_INFINITY;
        for (let end = 6; end <= values.length; end += 1) {
          for (let cut = 3; cut <= end - 3; cut += 1) {
            best = Math.max(best, statistic(values.slice(0, cut), values.slice(cut, end)));
          }
        }
        expect(divide(values, 3)?.statistic).toBeCloseTo(best, 8);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('does not exist where one side would be too short', () => {
    expect(divide([1, 2, 3, 4, 5], 3)).toBeUndefined();
    expect(divide([1, 1, 1, 9, 9, 9], 3)).toEqual({ at: 3, statistic: 24 });
  });
});

describe('values at one pace', () => {
  it('are what they would be, had each baseline taken what all do on average', () => {
    const runs = [
      { value: 600, beside: 100 },
      { value: 900, beside: 150 },
      { value: 1250, beside: 125 },
    ];
    expect(atOnePace(runs)).toEqual([750, 750, 1250]);
  });

  it('are as they are where one of them does not tell its baseline’s', () => {
    const runs = [
      { value: 600, beside: 100 },
      { value: 900, beside: undefined },
    ];
    expect([atOnePace(runs), atOnePace([])]).toEqual([[600, 900], []]);
  });
});

describe('change points', () => {
  it('are found where a level rises for good, with the means of both sides', () => {
    const values = [...level(30, 600, 1), ...level(15, 750, 2)];
    const [change, ...others] = changePointsOf(values);
    expect(others).toEqual([]);
    expect(Math.abs((change?.at ?? 0) - 30)).toBeLessThanOrEqual(1);
    expect(change?.before).toBeGreaterThan(580);
    expect(change?.before).toBeLessThan(620);
    expect(change?.after).toBeGreaterThan(725);
    expect(change?.p).toBe(0.005);
  });

  it('are two where a level comes back', () => {
    expect(at([...level(20, 600, 3), ...level(8, 900, 4), ...level(20, 600, 5)])).toEqual([20, 28]);
  });

  it('are in the order of time, however clear each is', () => {
    expect(at([...level(15, 600, 6), ...level(15, 750, 7), ...level(15, 1500, 8)])).toEqual([15, 30]);
  });

  it('do not come of one outlier, nor does an outlier hide one', () => {
    const quiet = level(40, 600, 9);
    expect(at([...quiet.slice(0, 20), 5000, ...quiet.slice(20)])).toEqual([]);
    const changed = [...level(12, 600, 10), 5000, ...level(12, 600, 11), ...level(15, 800, 12)];
    expect(at(changed)).toEqual([25]);
  });

  it('are none in a constant, in too few values and in nothing', () => {
    expect([at(Array<number>(30).fill(7)), at([1, 2, 9, 9, 9]), at([])]).toEqual([[], [], []]);
  });

  it('are none in 97 of 100 stretches of noise or more', () => {
    // Each has one by chance in 1 of 100: at most 3 are passed with 0.98; a test of 10 % passes with 0.008.
    const wrong = Array.from({ length: 100 }, (_, seed) => at(level(40, 600, 100 + seed))).filter(
      (found) => found.length > 0,
    );
    expect(wrong.length).toBeLessThanOrEqual(3);
  });

  it('are the same each time', () => {
    const values = [...level(30, 600, 13), ...level(15, 660, 14)];
    expect(changePointsOf(values)).toEqual(changePointsOf(values));
  });
});
