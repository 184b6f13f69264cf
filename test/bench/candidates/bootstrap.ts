import type { Found } from './candidate.ts';
import { normalAtMost, normalQuantile } from './normal.ts';

/** What the two methods need of a sample and its resamples. */
export interface Resampled {
  sum: number;
  standardError: number;
  /** Sums of the resamples, ascending, and how many of them lie below the sample's own. */
  sums: Float64Array;
  below: number;
  /** (mean* - mean) / se* of the resamples, ascending. */
  distances: Float64Array;
}

/** So many resamples that the 2.5 % and 97.5 % points of 999 are the 25th from either end. */
export const RESAMPLES = 999;

/** Indices of `count` resamples of n values each, one after the other, drawn with replacement. */
export function drawResamples(n: number, random: () => number, count = RESAMPLES): Uint16Array {
  return Uint16Array.from({ length: n * count }, () => Math.floor(random() * n));
}

const standardErrorOf = (squares: number, n: number): number => Math.sqrt(squares / (n - 1) / n);

/**
 * A resample without spread counts as infinitely far from a mean that it differs from, and as 0 from one that it has.
 * @param indices as `drawResamples` gives them
 */
export function resample(values: readonly number[], indices: Uint16Array): Resampled {
  const n = values.length;
  const count = indices.length / n;
  const own = Float64Array.from(values);
  const total = own.reduce((sum, value) => sum + value, 0);
  const sums = new Float64Array(count);
  const distances = new Float64Array(count);
  let below = 0;
  for (let at = 0; at < count; at += 1) {
    let sum = 0;
    for (let i = at * n; i < (at + 1) * n; i += 1) sum += own[indices[i] ?? 0] ?? 0;
    const centre = sum / n;
    let squares = 0;
    for (let i = at * n; i < (at + 1) * n; i += 1) squares += ((own[indices[i] ?? 0] ?? 0) - centre) ** 2;
    sums[at] = sum;
    distances[at] = sum === total ? 0 : (sum - total) / n / standardErrorOf(squares, n);
    if (sum < total) below += 1;
  }
  const squares = own.reduce((sum, value) => sum + (value - total / n) ** 2, 0);
  const standardError = standardErrorOf(squares, n);
  return { sum: total, standardError, sums: sums.sort(), below, distances: distances.sort() };
}

/** The value at a place from 1 among ascending values, between two of them by linear interpolation; the ends beyond them. */
function atPlace(ascending: Float64Array, place: number): number {
  const whole = Math.min(Math.max(Math.floor(place), 1), ascending.length);
  const own = ascending[whole - 1] ?? Number.NaN;
  const share = Math.min(Math.max(place, 1), ascending.length) - whole;
  return share === 0 ? own : own + share * ((ascending[whole] ?? own) - own);
}

/**
 * Mean with the studentised bootstrap interval, or bootstrap-t: with t* = (mean* - mean) / se* over the resamples, from
 * mean - t*(1 - a/2) se to mean - t*(a/2) se; the q point of B values lies at place q (B + 1) among them.
 * Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, section 12.5.
 */
export function studentisedInterval(values: readonly number[], resampled: Resampled, confidence: number): Found {
  const { sum, standardError, distances } = resampled;
  const point = sum / values.length;
  const at = (share: number): number => point - atPlace(distances, share * (distances.length + 1)) * standardError;
  return { point, low: at((1 + confidence) / 2), high: at((1 - confidence) / 2) };
}

/**
 * Mean with the bias-corrected and accelerated bootstrap interval: the points F(z0 + (z0 + z) / (1 - a (z0 + z))) of the
 * resampled means at z = the normal (1 - c)/2 and (1 + c)/2 points. z0 is the normal point of the share of resampled
 * means below the mean, and a = sum of u^3 / (6 (sum of u^2)^1.5) with u = mean of the jackknife means minus each.
 * Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, section 14.3.
 */
export function bcaInterval(values: readonly number[], resampled: Resampled, confidence: number): Found {
  const { sum, sums, below } = resampled;
  const n = values.length;
  const point = sum / n;
  // Kept off 0 and 1, where the bias would be infinite.
  const bias = normalQuantile(Math.min(Math.max(below, 0.5), sums.length - 0.5) / sums.length);
  // Leaving out x moves the mean by (mean - x) / (n - 1), so that u is (x - mean) / (n - 1); the factor cancels.
  const squares = values.reduce((total, value) => total + (value - point) ** 2, 0);
  const cubes = values.reduce((total, value) => total + (value - point) ** 3, 0);
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  const at = (share: number): number => {
    const shifted = bias + normalQuantile(share);
    const moved = normalAtMost(bias + shifted / (1 - acceleration * shifted));
    return atPlace(sums, 1 + moved * (sums.length - 1)) / n;
  };
  return { point, low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}
