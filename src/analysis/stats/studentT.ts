/** Lanczos approximation with g = 7 and 9 terms (Press et al., Numerical Recipes, 3rd ed., section 6.1): ~1e-15 relative. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

function logGamma(x: number): number {
  const shifted = x - 1;
  const series = LANCZOS.reduce((sum, term, index) => (index === 0 ? term : sum + term / (shifted + index)), 0);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(series);
}

/** Keeps Lentz's method away from a division by zero. */
const awayFromZero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);

/** Continued fraction of the incomplete beta function by the modified Lentz method (DLMF 8.17.22). */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 1000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return result;
}

/** Regularised incomplete beta function I_x(a, b), for x from 0 to 1. */
export function incompleteBeta(a: number, b: number, x: number): number {
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast only on this side of the mean; the other side follows by symmetry.
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(a, b, x)) / a : 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

/** From t = 1 it is one step for each factor of e on the way to a quantile near 0, of 2 to a large one, then five or so. */
const MOST_STEPS = 100;

/** P(T > t) for t >= 0: half of I_x(df/2, 1/2) at x = df / (df + t²) (Abramowitz and Stegun 26.7.1). */
function upperTail(t: number, degreesOfFreedom: number): number {
  return 0.5 * incompleteBeta(degreesOfFreedom / 2, 0.5, degreesOfFreedom / (degreesOfFreedom + t * t));
}

/** Density of Student's t (Abramowitz and Stegun 26.7.2). */
function density(t: number, degreesOfFreedom: number): number {
  const ofZero = Math.exp(logGamma((degreesOfFreedom + 1) / 2) - logGamma(degreesOfFreedom / 2));
  const tail = Math.exp((-(degreesOfFreedom + 1) / 2) * Math.log1p((t * t) / degreesOfFreedom));
  return (ofZero * tail) / Math.sqrt(degreesOfFreedom * Math.PI);
}

/**
 * The value that a Student t variable stays at or below with this probability, to about 1e-9.
 *
 * Found by Newton's method on the logarithm of the upper tail over that of t, where the tail is concave: the first step
 * may pass the quantile, and from there on each comes nearer from above.
 * @throws RangeError when the probability is not between 0 and 1, both excluded, or the degrees of freedom are not over 0.
 */
export function tQuantile(probability: number, degreesOfFreedom: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`probability has to lie between 0 and 1, got ${probability}`);
  }
  if (!(degreesOfFreedom > 0 && Number.isFinite(degreesOfFreedom))) {
    throw new RangeError(`degrees of freedom have to be a finite number over 0, got ${degreesOfFreedom}`);
  }
  if (probability === 0.5) return 0;
  const tail = Math.min(probability, 1 - probability);
  let quantile = 1;
  let step = 1;
  // Steps shrink quadratically: after one of 1e-9 the next would be below the last bit. With 1e8 degrees of freedom and
  // more the tail itself is no better than that, and the steps do not end by themselves.
  for (let steps = 0; Math.abs(step) > 1e-9 && steps < MOST_STEPS; steps += 1) {
    const above = upperTail(quantile, degreesOfFreedom);
    const wanted = (Math.log(above / tail) * above) / (quantile * density(quantile, degreesOfFreedom));
    // Twice as far at most: a first step of its own could go to where no double is small enough for the tail.
    step = Math.min(wanted, Math.LN2);
    quantile *= Math.exp(step);
  }
  return probability < 0.5 ? -quantile : quantile;
}
