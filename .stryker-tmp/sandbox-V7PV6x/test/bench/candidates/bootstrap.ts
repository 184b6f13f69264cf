// @ts-nocheck
import { quantile } from '../../../src/analysis/stats/quantile.ts';
import type { Found } from './candidate.ts';
import { normalAtMost, normalQuantile } from './normal.ts';

/** Mean and spread of each resample: all that the two methods need of it. */
export interface Resampled {
  sums: Float64Array;
  standardErrors: Float64Array;
}

/** So many resamples that the 2.5 % and 97.5 % points of 999 are the 25th from either end. */
export const RESAMPLES = 999;

/** Indices of `count` resamples of n values each, one after the other, drawn with replacement. */
export function drawResamples(n: number, random: () => number, count = RESAMPLES): Uint16Array {
  return Uint16Array.from({ length: n * count }, () => Math.floor(random() * n));
}

/** @param indices as `drawResamples` gives them */
export function resample(values: readonly number[], indices: Uint16Array): Resampled {
  const n = values.length;
  const count = indices.length / n;
  const sums = new Float64Array(count);
  const standardErrors = new Float64Array(count);
  const own = Float64Array.from(values);
  for (let at = 0; at < count; at += 1) {
    let sum = 0;
    for (let i = at * n; i < (at + 1) * n; i += 1) sum += own[indices[i] ?? 0] ?? 0;
    const centre = sum / n;
    let squares = 0;
    for (let i = at * n; i < (at + 1) * n; i += 1) squares += ((own[indices[i] ?? 0] ?? 0) - centre) ** 2;
    sums[at] = sum;
    standardErrors[at] = Math.sqrt(squares / (n - 1) / n);
  }
  return { sums, standardErrors };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/**
 * Mean with the studentised bootstrap interval, or bootstrap-t: with t* = (mean* - mean) / se* over the resamples, from
 * mean - t*(1 - a/2) se to mean - t*(a/2) se; the q point of B values is the q (B + 1)-th of them in order.
 * A resample without spread counts as infinitely far from a mean that it differs from, and as 0 from one that it has.
 * Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, section 12.5.
 */
export function studentisedInterval(values: readonly number[], resampled: Resampled, confidence: number): Found {
  const n = values.length;
  const sum = sumOf(values);
  const point = sum / n;
  const squares = values.reduce((total, value) => total + (value - point) ** 2, 0);
  const standardError = Math.sqrt(squares / (n - 1) / n);
  const { sums, standardErrors } = resampled;
  const distances = sums.map((own, at) => (own === sum ? 0 : (own - sum) / n / (standardErrors[at] ?? 0))).sort();
  const place = Math.round(((1 - confidence) / 2) * (distances.length + 1));
  const [below, above] = [distances[place - 1] ?? Number.NaN, distances[distances.length - place] ?? Number.NaN];
  return { point, low: point - above * standardError, high: point - below * standardError };
}

/**
 * Mean with the bias-corrected and accelerated bootstrap interval: the points F(z0 + (z0 + z) / (1 - a (z0 + z))) of the
 * resampled means at z = the normal (1 - c)/2 and (1 + c)/2 points. z0 is the normal point of the share of resampled
 * means below the mean, and a = sum of u^3 / (6 (sum of u^2)^1.5) with u = mean of the jackknife means minus each.
 * Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, section 14.3.
 */
export function bcaInterval(values: readonly number[], { sums }: Resampled, confidence: number): Found {
  const n = values.length;
  const sum = sumOf(values);
  const point = sum / n;
  const means = Array.from(sums, (own) => own / n);
  // Kept off 0 and 1, where the bias would be infinite.
  const below = Math.min(Math.max(sums.filter((own) => own < sum).length, 0.5), sums.length - 0.5);
  const bias = normalQuantile(below / sums.length);
  // Leaving out x moves the mean by (mean - x) / (n - 1), so that u is (x - mean) / (n - 1); the factor cancels.
  const squares = values.reduce((total, value) => total + (value - point) ** 2, 0);
  const cubes = values.reduce((total, value) => total + (value - point) ** 3, 0);
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  const at = (share: number): number => {
    const shifted = bias + normalQuantile(share);
    return quantile(means, normalAtMost(bias + shifted / (1 - acceleration * shifted))) ?? Number.NaN;
  };
  return { point, low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}
