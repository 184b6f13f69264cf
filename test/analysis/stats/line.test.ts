import { describe, expect, test } from 'vitest';
import { fisherTail, fitLine, lackOfFit } from '../../../src/analysis/stats/line.ts';

describe('a line by least squares', () => {
  test('goes through points that lie on one', () => {
    expect(fitLine([1, 2, 5].map((x) => ({ x, y: 3 + 2 * x })))).toEqual({
      intercept: expect.closeTo(3, 12),
      slope: expect.closeTo(2, 12),
    });
  });

  test('weighs the points that do not', () => {
    // x̄ = 2, ȳ = 4: the slope is (-1 × -3 + 1 × 4) / 2 = 3.5 of the points (1, 1), (2, 3), (3, 8).
    expect(
      fitLine([
        { x: 1, y: 1 },
        { x: 2, y: 3 },
        { x: 3, y: 8 },
      ]),
    ).toEqual({ intercept: -3, slope: 3.5 });
  });

  test('is not there for one x, or none', () => {
    expect(fitLine([])).toBeUndefined();
    expect(
      fitLine([
        { x: 2, y: 1 },
        { x: 2, y: 5 },
      ]),
    ).toBeUndefined();
  });
});

describe('the lack of fit', () => {
  test('is the variance of the group means about the line over the variance within the groups', () => {
    // Means 1, 3, 8 about the line -3 + 3.5 x: off by 0.5, -1, 0.5, each of two values: 2 × 1.5 = 3, one degree.
    // Within: (±1)² twice in each of three groups: 6, three degrees. F = 3 / 2 = 1.5. P(F(1, 3) > f) is that
    // of Student's |t| with 3 degrees beyond √f: 1 - 2/π (atan u + u / (1 + u²)) at u = √(f / 3).
    const groups = [1, 3, 8].map((mean, index) => ({ x: index + 1, ys: [mean - 1, mean + 1] }));
    const u = Math.sqrt(0.5);
    const p = 1 - (2 / Math.PI) * (Math.atan(u) + u / 1.5);
    expect(lackOfFit(groups)).toEqual({ f: expect.closeTo(1.5, 12), p: expect.closeTo(p, 10) });
  });

  test('spreads over one degree less than the loads beyond the line, and says nothing of one x', () => {
    // Means 0, 3, 3, 0 at 1 to 4 have the line 1.5: off by 1.5 each, of two values: 18, two degrees. Within: (±1)² twice
    // in each of four: 8, four degrees. F = 9 / 2; P(F(2, 4) > f) = (1 + f/2)^-2.
    const groups = [0, 3, 3, 0].map((mean, index) => ({ x: index + 1, ys: [mean - 1, mean + 1] }));
    expect(lackOfFit(groups)).toEqual({ f: expect.closeTo(4.5, 12), p: expect.closeTo(3.25 ** -2, 10) });
    expect(lackOfFit(groups.map(({ ys }) => ({ x: 2, ys })))).toBeUndefined();
  });

  test('needs one repetition only', () => {
    // Of 0, 3 and 2 ± 1 at 0, 1 and 2 the means lie about the line by least squares over four values.
    const found = lackOfFit([
      { x: 0, ys: [0] },
      { x: 1, ys: [3] },
      { x: 2, ys: [1, 3] },
    ]);
    // x̄ = 1.25, ȳ = 1.75, Σ(x - x̄)(y - ȳ) = 2.25, Σ(x - x̄)² = 2.75: slope 9/11, intercept 8/11.
    // Off the line: 8/11, 16/11 and twice 4/11, squares (64 + 256 + 2 × 16)/121 = 352/121; within: 2. F = 352/242.
    expect(found?.f).toBeCloseTo(352 / 242, 12);
  });

  test('is not told of two loads, of single values, or of values that do not differ', () => {
    const two = [1, 3].map((mean, index) => ({ x: index + 1, ys: [mean - 1, mean + 1] }));
    expect(lackOfFit(two)).toBeUndefined();
    expect(lackOfFit([1, 3, 8].map((y, x) => ({ x, ys: [y] })))).toBeUndefined();
    expect(lackOfFit([1, 3, 8].map((y, x) => ({ x, ys: [y, y] })))).toBeUndefined();
  });

  test('ignores a load without a value', () => {
    const groups = [1, 3, 8].map((mean, index) => ({ x: index + 1, ys: [mean - 1, mean + 1] }));
    expect(lackOfFit([...groups, { x: 9, ys: [] }])).toEqual(lackOfFit(groups));
  });

  test('has the tail of Fisher’s distribution', () => {
    // For d1 = d2 = 1, P(F > f) = 1 - 2/π atan √f; for d1 = 2, P(F > f) = (1 + 2 f/d2)^(-d2/2).
    expect(fisherTail(3, { d1: 1, d2: 1 })).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(Math.sqrt(3)), 12);
    expect(fisherTail(2.5, { d1: 2, d2: 10 })).toBeCloseTo(1.5 ** -5, 12);
    expect(fisherTail(0, { d1: 3, d2: 7 })).toBe(1);
  });
});
