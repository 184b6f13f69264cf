import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { incompleteBeta, tQuantile } from '../../../src/analysis/stats/studentT.ts';

describe('tQuantile', () => {
  // Closed forms: df 1 is tan(pi (p - 1/2)); df 2 is (2p - 1) / sqrt(2 p (1 - p)).
  test.each([
    [0.75, 1, 1],
    [0.975, 1, Math.tan(Math.PI * 0.475)],
    [0.995, 1, Math.tan(Math.PI * 0.495)],
    [0.975, 2, 0.95 / Math.sqrt(2 * 0.975 * 0.025)],
    [0.9995, 2, 0.999 / Math.sqrt(2 * 0.9995 * 0.0005)],
  ])('at probability %f with %i degrees of freedom is exact to 1e-9', (probability, df, expected) => {
    expect(Math.abs(tQuantile(probability, df) - expected)).toBeLessThan(1e-9);
  });

  test.each([
    [0.975, 5, '2.5706'],
    [0.995, 5, '4.0321'],
    [0.975, 9, '2.2622'],
    [0.99, 9, '2.8214'],
    [0.975, 30, '2.0423'],
    [0.975, 1_000_000, '1.9600'],
  ])('at probability %f with %i degrees of freedom is the printed table value', (probability, df, expected) => {
    expect(tQuantile(probability, df).toFixed(4)).toBe(expected);
  });

  test.each([
    ['next to one half', 0.5 + 1e-9, 7],
    ['far out', 1 - 1e-12, 1],
    ['far out, with many degrees of freedom', 1e-300, 1e6],
    ['at as many as are hardly told from infinitely many', 0.99, 1e9],
  ])('comes to its end %s', (_, probability, df) => {
    const found = tQuantile(probability, df);
    const back = 0.5 * incompleteBeta(df / 2, 0.5, df / (df + found * found));
    expect(back / Math.min(probability, 1 - probability)).toBeCloseTo(1, 6);
  });

  test('is 0 at one half, and mirrors itself about it', () => {
    expect(tQuantile(0.5, 7)).toBe(0);
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.499, noNaN: true }), fc.integer({ min: 1, max: 200 }), (p, df) => {
        expect(tQuantile(p, df) + tQuantile(1 - p, df)).toBeCloseTo(0, 6);
      }),
    );
  });

  test('grows with the probability', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 998 }), fc.integer({ min: 1, max: 100 }), (permille, df) => {
        expect(tQuantile(permille / 1000, df)).toBeLessThan(tQuantile((permille + 1) / 1000, df));
      }),
    );
  });

  test.each([
    [0, 5],
    [1, 5],
    [Number.NaN, 5],
  ])('refuses probability %d with %d degrees of freedom', (probability, df) => {
    expect(() => tQuantile(probability, df)).toThrow(
      new RangeError(`probability has to lie between 0 and 1, got ${probability}`),
    );
  });

  test.each([0, Number.POSITIVE_INFINITY, Number.NaN])('refuses %d degrees of freedom', (df) => {
    expect(() => tQuantile(0.9, df)).toThrow(
      new RangeError(`degrees of freedom have to be a finite number over 0, got ${df}`),
    );
  });
});

describe('the incomplete beta function', () => {
  test('runs from 0 at 0 to 1 at 1, and is a polynomial for whole parameters', () => {
    expect([incompleteBeta(2, 3, 0), incompleteBeta(2, 3, 1)]).toEqual([0, 1]);
    // I_x(2, 3) = 6x² - 8x³ + 3x⁴, on either side of the mean of 0.4.
    for (const x of [0.1, 0.4, 0.9])
      expect(incompleteBeta(2, 3, x)).toBeCloseTo(6 * x ** 2 - 8 * x ** 3 + 3 * x ** 4, 13);
  });
});
