/**
 * P(X ≤ k) of a binomial variable: the sum over i ≤ k of C(n, i) pⁱ (1 − p)ⁿ⁻ⁱ, each term from the one before it.
 * @param k an integer; below 0 the probability is 0
 * @param of n trials, each with the probability p, 0 < p < 1
 */
// @ts-nocheck

export function atMost(k: number, of: { trials: number; probability: number }): number {
  const { trials, probability } = of;
  if (k < 0) return 0;
  if (k >= trials) return 1;
  const logOdds = Math.log(probability / (1 - probability));
  // In logarithms, since the first term of many trials is too small for a double.
  let logTerm = trials * Math.log(1 - probability);
  let sum = Math.exp(logTerm);
  for (let i = 1; i <= k; i += 1) {
    logTerm += Math.log((trials - i + 1) / i) + logOdds;
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}
