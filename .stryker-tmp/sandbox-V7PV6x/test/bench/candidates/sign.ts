// @ts-nocheck
import { atMost } from '../../../src/analysis/stats/binomial.ts';
import { median } from '../../../src/analysis/stats/quantile.ts';
import type { Found } from './candidate.ts';

/**
 * Median with the interval that the sign test inverts to: from the k-th smallest to the k-th largest value, with the
 * largest k whose confidence 1 - 2 P(B <= k - 1), B binomial (n, 1/2), still reaches what is asked for.
 * Source: W. J. Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2.
 * @returns undefined below the n at which the confidence exists: 6 for 0.95
 */
export function signInterval(values: readonly number[], confidence: number): Found | undefined {
  const order = cutOff(values.length, confidence);
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high, point] = [sorted[order - 1], sorted[sorted.length - order], median(sorted)];
  return low === undefined || high === undefined || point === undefined ? undefined : { point, low, high };
}

function cutOff(n: number, confidence: number): number {
  let order = 0;
  while (order < n / 2 && 2 * atMost(order, { trials: n, probability: 0.5 }) <= 1 - confidence) order += 1;
  return order;
}
