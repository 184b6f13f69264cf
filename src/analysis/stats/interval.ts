import { mean, median, variance } from './quantile.ts';
import { tQuantile } from './studentT.ts';

/** A point with its interval; `confidence` is what the method really reaches for this n. */
export interface Interval {
  point: number;
  low: number;
  high: number;
  n: number;
  confidence: number;
  method: 'signed-rank' | 't';
}

/** No interval of that confidence exists for this sample; the reason in words. */
export interface NoInterval {
  missing: string;
  /** The smallest sample that has one. */
  needed: number;
}

/** Absorbs the rounding of 1 - confidence; far below any step of the exact distribution up to n = 40. */
const SLACK = 1e-12;

/** Walsh averages (x_i + x_j) / 2 for i <= j, ascending: n(n+1)/2 of them. */
function walshAverages(values: readonly number[]): number[] {
  const averages: number[] = [];
  for (const [index, value] of values.entries()) {
    for (const other of values.slice(index)) averages.push((value + other) / 2);
  }
  return averages.sort((a, b) => a - b);
}

/** Hodges-Lehmann estimate of the centre: the median of the Walsh averages; undefined for an empty sample. */
export function hodgesLehmann(values: readonly number[]): number | undefined {
  return median(walshAverages(values));
}

/**
 * Exact null distribution of the signed-rank statistic: element s is P(T+ = s).
 *
 * Each rank k joins the sum with probability 1/2, so one pass per rank halves and shifts the distribution.
 */
function signedRankProbabilities(n: number): Float64Array {
  const largest = (n * (n + 1)) / 2;
  const probabilities = new Float64Array(largest + 1);
  probabilities[0] = 1;
  for (let rank = 1; rank <= n; rank += 1) {
    for (let sum = (rank * (rank + 1)) / 2; sum >= 0; sum -= 1) {
      const without = probabilities[sum] ?? 0;
      const withRank = sum >= rank ? (probabilities[sum - rank] ?? 0) : 0;
      probabilities[sum] = (without + withRank) / 2;
    }
  }
  return probabilities;
}

/** The smallest n for which the signed-rank interval reaches a confidence: 1 - 2/2^n has to be at least that. */
function smallestSample(confidence: number): number {
  return Math.max(1, Math.ceil(Math.log2(2 / (1 - confidence)) - SLACK));
}

/**
 * C of the signed-rank interval: it runs from the C-th smallest to the C-th largest of the Walsh averages.
 * @param n of a sample that is large enough for the confidence
 * @returns `reached`: the confidence that it then has, at least what was asked
 */
export function signedRankOrder(n: number, confidence: number): { order: number; reached: number } {
  const probabilities = signedRankProbabilities(n);
  let order = 1;
  let tail = probabilities[0] ?? 0;
  while (2 * (tail + (probabilities[order] ?? 1)) <= 1 - confidence + SLACK) {
    tail += probabilities[order] ?? 1;
    order += 1;
  }
  return { order, reached: 1 - 2 * tail };
}

function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`confidence has to lie between 0 and 1, got ${confidence}`);
  }
}

/**
 * Hodges-Lehmann point with the inverted Wilcoxon signed-rank interval, for values spread symmetrically about their centre.
 *
 * Source: Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3rd ed., sections 3.2 and 3.3. Of the
 * M = n(n+1)/2 sorted Walsh averages the interval runs from the C-th smallest to the C-th largest, with the largest
 * C whose confidence 1 - 2 P(T+ <= C - 1) still reaches what is asked for. The null distribution is exact for every
 * n, so that no sample size lies on the seam of an approximation; it costs n³/6 additions.
 * @param confidence asked for, e.g. 0.95; the returned one is at least that.
 * @returns missing below the n at which the asked confidence exists: 6 for 0.95, 8 for 0.99.
 */
export function signedRankInterval(values: readonly number[], confidence: number): Interval | NoInterval {
  checkConfidence(confidence);
  const n = values.length;
  const needed = smallestSample(confidence);
  const averages = walshAverages(values);
  const point = median(averages);
  if (n < needed || point === undefined) {
    return { missing: `no exact ${100 * confidence} % interval exists below ${needed} values, here are ${n}`, needed };
  }
  const { order, reached } = signedRankOrder(n, confidence);
  const low = averages[order - 1];
  const high = averages[averages.length - order];
  if (low === undefined || high === undefined) throw new Error('the order statistic lies outside the Walsh averages');
  return { point, low, high, n, confidence: reached, method: 'signed-rank' };
}

/**
 * Mean with Student's t interval: the fallback where the signed-rank interval cannot reach the asked confidence.
 *
 * With 6 values the widest signed-rank interval, smallest to largest, holds 96.9 %, so 99 % does not exist below 8
 * values however they fall. The t interval exists from 2 values on, at the price of assuming a normal spread.
 * @returns missing below 2 values.
 */
export function tInterval(values: readonly number[], confidence: number): Interval | NoInterval {
  checkConfidence(confidence);
  const n = values.length;
  const point = mean(values);
  const squared = variance(values);
  if (point === undefined || squared === undefined) {
    return { missing: `a t interval needs 2 values, here are ${n}`, needed: 2 };
  }
  const half = tQuantile((1 + confidence) / 2, n - 1) * Math.sqrt(squared / n);
  return { point, low: point - half, high: point + half, n, confidence, method: 't' };
}
