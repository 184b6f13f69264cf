import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lagOneCorrelation } from '../../../src/analysis/stats/correlation.ts';
import { createRandom } from '../../../src/scenario/random.ts';

describe('the lag-1 correlation', () => {
  it.each([
    // Deviations -1, 2, -1: products -4, squares 6.
    [[0, 3, 0], -4 / 6],
    // Deviations -1.5, -0.5, 0.5, 1.5: products 0.75 - 0.25 + 0.75, squares 5.
    [[1, 2, 3, 4], 0.25],
    // Deviations -1, 1, -1, 1: products -3, squares 4.
    [[0, 2, 0, 2], -0.75],
    // Mean 2; deviations 2, -2, 0, -1, 1: products -4 + 0 + 0 - 1, squares 10.
    [[4, 0, 2, 1, 3], -0.5],
  ])('of %j is %f, worked by hand', (values, expected) => {
    expect(lagOneCorrelation(values)).toBe(expected);
  });

  it('does not exist below three values, nor where nothing varies', () => {
    expect([[], [5], [1, 2], [7, 7, 7], [0.1, 0.1, 0.1, 0.1, 0.1, 0.1]].map(lagOneCorrelation)).toEqual(
      Array(5).fill(undefined),
    );
  });

  it('depends neither on the place nor the scale nor the direction of the values', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(values, (sample) => {
        const found = lagOneCorrelation(sample) ?? 0;
        const like = expect.closeTo(found, 9);
        expect(lagOneCorrelation(sample.map((value) => 5 - 3 * value)) ?? 0).toEqual(like);
        expect(lagOneCorrelation(sample.toReversed()) ?? 0).toEqual(like);
        expect(Math.abs(found)).toBeLessThan(1);
      }),
    );
  });

  it('finds what an autoregressive series was made with, and about 0 in independent values', () => {
    const random = createRandom(21);
    const independent = Array.from({ length: 20_000 }, () => random() - 0.5);
    let level = 0;
    const following = independent.map((value) => {
      level = 0.6 * level + value;
      return level;
    });
    // The standard error of r1 over 20,000 values is at most 1/sqrt(20,000) = 0.007.
    expect(lagOneCorrelation(independent)).toBeCloseTo(0, 1);
    expect(lagOneCorrelation(following)).toBeCloseTo(0.6, 1);
  });
});
