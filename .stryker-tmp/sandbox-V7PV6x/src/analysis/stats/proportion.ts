// @ts-nocheck
import { atMost } from './binomial.ts';

/** The probability at which `holds` turns false, which it does once from 0 to 1; to the last bits of a double. */
function turningPoint(holds: (probability: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

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
  const low = turningPoint((probability) => 1 - atMost(count - 1, { trials, probability }) < tail);
  const high = turningPoint((probability) => atMost(count, { trials, probability }) > tail);
  return { low: count === 0 ? 0 : low, high: count === trials ? 1 : high };
}
