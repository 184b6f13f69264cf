/**
 * P(Z <= z) of a standard normal variable, to about 1e-15.
 *
 * One half plus the density times z + z^3/3 + z^5/(3*5) + ... (G. Marsaglia, "Evaluating the normal distribution",
 * Journal of Statistical Software 11(4), 2004). Beyond ±8, where less than 1e-15 is left, it is 0 or 1.
 */
// @ts-nocheck

export function normalAtMost(z: number): number {
  if (z < -8) return 0;
  if (z > 8) return 1;
  let term = z;
  let sum = z;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

/** The z that a standard normal variable stays at or below with this probability, by bisection between -8 and 8. */
export function normalQuantile(probability: number): number {
  let low = -8;
  let high = 8;
  while (high - low > 1e-14) {
    const middle = (low + high) / 2;
    if (normalAtMost(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
