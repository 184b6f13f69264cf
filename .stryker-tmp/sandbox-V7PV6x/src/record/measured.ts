/** A value that could not be had, with the reason: never 0, NaN or -1 in its place. */
// @ts-nocheck

export interface Missing {
  missing: string;
}

export type Measured<T> = T | Missing;

export function isMissing<T>(value: Measured<T>): value is Missing {
  return typeof value === 'object' && value !== null && 'missing' in value;
}
