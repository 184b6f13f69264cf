// @ts-nocheck
import { mean } from './quantile.ts';

/**
 * Lag-1 autocorrelation of values in the order they were taken: r1 = sum over i of (x_i - m)(x_{i+1} - m), divided by the
 * sum of (x_i - m)^2, with m the mean of all values. A number without a unit, above -1 and below 1.
 *
 * Of n independent values about 95 % lie within ±1.96/sqrt(n); for a few values the band is rough, and their r1 lies
 * about 1/n below 0. Sources: R. L. Anderson, "Distribution of the serial correlation coefficient", Annals of
 * Mathematical Statistics 13, 1942; Box, Jenkins, Reinsel and Ljung, Time Series Analysis, 5th ed., section 2.1.
 * @returns undefined below 3 values, where r1 is a constant or does not exist, and where all values are equal
 */
export function lagOneCorrelation(values: readonly number[]): number | undefined {
  const centre = mean(values);
  // All equal by comparison: the mean of equal values may differ from them by a rounding, which is no spread.
  if (centre === undefined || values.length < 3 || values.every((value) => value === values[0])) return undefined;
  let products = 0;
  let squares = 0;
  let before: number | undefined;
  for (const value of values) {
    const deviation = value - centre;
    if (before !== undefined) products += before * deviation;
    squares += deviation ** 2;
    before = deviation;
  }
  return products / squares;
}
