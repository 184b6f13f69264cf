/**
 * Sample quantile by linear interpolation between order statistics (Hyndman and Fan 1996, definition 7).
 *
 * @param share from 0 (smallest) to 1 (largest).
 * @returns undefined for an empty sample.
 */
export function quantile(values: readonly number[], share: number): number | undefined {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`share has to lie between 0 and 1, got ${share}`);
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) return undefined;
  return below + (above - below) * (place - Math.floor(place));
}

/** The middle value; undefined for an empty sample. */
export function median(values: readonly number[]): number | undefined {
  return quantile(values, 0.5);
}

/** The arithmetic mean; undefined for an empty sample. */
export function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample variance with n - 1 below; undefined below two values. */
export function variance(values: readonly number[]): number | undefined {
  const centre = mean(values);
  if (centre === undefined || values.length < 2) return undefined;
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

/** Square root of the sample variance; undefined below two values. */
export function standardDeviation(values: readonly number[]): number | undefined {
  const found = variance(values);
  return found === undefined ? undefined : Math.sqrt(found);
}
