import { variance } from '../analysis/stats/quantile.ts';
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
  const squared = variance(firstStage);
  return squared === undefined ? undefined : sizeFor({ variance: squared, degrees: firstStage.length - 1 }, halfWidth);
}

/** The same from a variance that is known already, and the degrees of freedom that it rests on. */
export function sizeFor(spread: { variance: number; degrees: number }, halfWidth: number): number {
  return Math.ceil((tQuantile(0.975, spread.degrees) / halfWidth) ** 2 * spread.variance);
}
