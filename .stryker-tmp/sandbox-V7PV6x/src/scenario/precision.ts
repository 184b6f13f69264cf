// @ts-nocheck
import { tQuantile } from '../analysis/stats/studentT.ts';

/**
 * Second stage of C. Stein's procedure ("A two-sample test for a linear hypothesis whose power is independent of the
 * variance", Annals of Mathematical Statistics 16, 1945): how many values a 95 % interval of a given half-width needs.
 * n = ceil((t(m - 1, 0.975) * s / h)^2) with s the standard deviation of the first stage's m values. Only the first
 * stage's spread enters, so that stopping does not depend on the result.
 * @param firstStage at least two values
 * @param halfWidth above 0, in the unit of the values
 * @returns undefined where fewer than two values leave the spread unknown
 */
export function steinSampleSize(firstStage: readonly number[], halfWidth: number): number | undefined {
  const m = firstStage.length;
  if (m < 2) return undefined;
  const mean = firstStage.reduce((sum, value) => sum + value, 0) / m;
  const variance = firstStage.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (m - 1);
  return Math.ceil((tQuantile(0.975, m - 1) / halfWidth) ** 2 * variance);
}
