import { expect, it } from 'vitest';
import { atMost } from '../../../src/analysis/stats/binomial.ts';

it.each([
  // C(n, i) in whole numbers and exact fractions: Python's math.comb.
  [0, 16, 0.5, 1.52587890625e-5],
  [3, 16, 0.5, 0.0106353759765625],
  [8, 16, 0.5, 0.5981903076171875],
  [4, 50, 0.25, 0.002108366585499773],
])('P(X <= %i) of %i trials with %f', (k, trials, probability, expected) => {
  expect(atMost(k, { trials, probability })).toBeCloseTo(expected, 12);
});

it('ends at 0 and 1, and does not lose itself in many trials', () => {
  expect(atMost(-1, { trials: 10, probability: 0.5 })).toBe(0);
  expect(atMost(10, { trials: 10, probability: 0.5 })).toBe(1);
  expect(atMost(12, { trials: 10, probability: 0.5 })).toBe(1);
  for (const probability of [0.1, 0.2, 0.3, 0.4, 0.6, 0.7]) expect(atMost(7, { trials: 7, probability })).toBe(1);
  expect(atMost(50_000, { trials: 100_000, probability: 0.5 })).toBeCloseTo(0.5, 2);
  expect(atMost(40_000, { trials: 100_000, probability: 0.5 })).toBeLessThan(1e-12);
});
