// @ts-nocheck
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
