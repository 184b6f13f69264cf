import { atMost } from './binomial.ts';
import { turningPoint } from './bisection.ts';

/**
 * Exact interval of a probability from `count` events in independent trials.
 *
 * Source: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
 * Biometrika 26 (1934). With α = 1 − confidence: the low end solves P(X ≥ count) = α/2, the high end P(X ≤ count) = α/2.
 * Without any event it runs from 0 to 1 − (α/2)^(1/trials).
 * @param of trials, at least 1, and the confidence wanted, between 0 and 1
 */
export function exactProportion(
  count: number,
  of: { trials: number; confidence: number },
): { low: number; high: number } {
  const { trials, confidence } = of;
  if (!(trials >= 1 && count >= 0 && count <= trials)) throw new RangeError(`${count} events in ${trials} trials`);
  const tail = (1 - confidence) / 2;
  const all = { low: 0, high: 1 };
  return {
    low: count === 0 ? 0 : turningPoint((probability) => 1 - atMost(count - 1, { trials, probability }) < tail, all),
    high: turningPoint((probability) => atMost(count, { trials, probability }) > tail, all),
  };
}
