import { tQuantile } from '../analysis/stats/studentT.ts';
import { isMissing, type Measured } from '../record/measured.ts';

export interface RegressionRule {
  /** Comparable runs below which nothing is judged. */
  fewestRuns: number;
  /** Probability that a value from the same normal population stays at or below the limit; of all quantities together. */
  confidence: number;
  /** The same for the run that confirms: it is asked about one quantity, which was chosen before it was made. */
  confirming: number;
  /** Share of the mean below which a difference is of no interest, however certain. */
  relativeMinimum: number;
}

export const RULE: RegressionRule = { fewestRuns: 10, confidence: 0.99, confirming: 0.99, relativeMinimum: 0.05 };

/**
 * The rule for one of several quantities that are judged at once: what may be above the limit by chance is shared among
 * them (Bonferroni), so that a run with many quantities is suspected no more often than one with few. Left at 99 % each,
 * eight quantities of pure noise raise a confirmed alarm in 9 of 100 histories of 45 runs, and shared in fewer than 2.
 */
export function sharedAmong(quantities: number, rule: RegressionRule = RULE): RegressionRule {
  return { ...rule, confidence: 1 - (1 - rule.confidence) / Math.max(1, quantities) };
}

/** What the next run is expected to keep to, in the values' unit. */
export interface Limit {
  mean: number;
  /** Standard deviation between runs. */
  spread: number;
  /** Runs it rests on. */
  runs: number;
  above: number;
  below: number;
  /** Up to where a run refutes a suspicion; at most `above`. */
  again: number;
}

/** The limit that a run in this state was held against. */
export const limitAsked = ({ kind, limit }: Extract<RunState, { limit: Limit }>): number =>
  kind === 'regressed' ? limit.again : limit.above;

/** Number, mean and sum of squared deviations of the values so far, which one more value changes without the others (Welford 1962). */
interface Moments {
  count: number;
  mean: number;
  squares: number;
}

const NO_VALUES: Moments = { count: 0, mean: 0, squares: 0 };

function withValue({ count, mean, squares }: Moments, value: number): Moments {
  const next = mean + (value - mean) / (count + 1);
  return { count: count + 1, mean: next, squares: squares + (value - mean) * (value - next) };
}

/** Limits by one rule; it keeps the t quantiles, of which a history asks for the same few over and over. */
export type Limits = (reference: Moments) => Measured<Limit>;

/**
 * One-sided prediction limits for one more value: mean ± t(k − 1, confidence) · s · √(1 + 1/k), and no nearer to the mean
 * than the relative minimum (Hahn and Meeker, Statistical Intervals, chapter 4, for one future observation).
 *
 * The spread is that between runs, each with deployments of its own. It is far larger than what an interval over the
 * blocks of one run shows, which is why two runs alone cannot tell a regression.
 */
export function limitsBy(rule: RegressionRule = RULE): Limits {
  const quantiles = new Map<number, { first: number; again: number }>();
  return ({ count, mean, squares }) => {
    if (count < rule.fewestRuns) return { missing: `${count} of ${rule.fewestRuns} comparable runs` };
    const t = quantiles.get(count) ?? {
      first: tQuantile(rule.confidence, count - 1),
      again: tQuantile(rule.confirming, count - 1),
    };
    quantiles.set(count, t);
    const spread = Math.sqrt(squares / (count - 1));
    const atLeast = rule.relativeMinimum * Math.abs(mean);
    const half = (quantile: number) => Math.max(quantile * spread * Math.sqrt(1 + 1 / count), atLeast);
    const first = half(t.first);
    return { mean, spread, runs: count, above: mean + first, below: mean - first, again: mean + half(t.again) };
  };
}

/** The limits that these values set for the next one; missing below the rule's `fewestRuns`, which is 2 or more. */
export function limitOf(reference: readonly number[], rule: RegressionRule = RULE): Measured<Limit> {
  return limitsBy(rule)(reference.reduce(withValue, NO_VALUES));
}

/**
 * How a run stands to the comparable runs before it.
 *
 * `suspected`: above the limit, and no later run has been asked yet. `refuted`: the next run did not repeat it.
 * `regressed`: above it together with a neighbour, which shares no trial with it, so that one confirms the other.
 */
export type RunState =
  | { kind: 'missing'; because: string }
  /** Too few comparable runs came before. */
  | { kind: 'collecting'; because: string }
  | { kind: 'usual' | 'lower' | 'suspected' | 'refuted' | 'regressed'; limit: Limit };

/**
 * Each value in turn held against those before it.
 *
 * The first value above its limit is suspected, and the limit is kept as it is: the next value, a fresh run, is held
 * against the same reference, at the confidence of one quantity alone. Above it again, both have regressed, and so has what follows until a value comes back;
 * none of them enters what later values are held against. A value that was refuted enters it like any other, since
 * leaving out what is rare would make the spread too small.
 * @param values in the order of time, all comparable with each other
 */
export function judgeInOrder(values: readonly Measured<number>[], limits: Limits = limitsBy()): RunState[] {
  let reference = NO_VALUES;
  const states: RunState[] = [];
  let open: { limit: Limit; suspect: { at: number; value: number } | null } | undefined;
  for (const [at, value] of values.entries()) {
    if (isMissing(value)) {
      states.push({ kind: 'missing', because: value.missing });
      continue;
    }
    const limit = open?.limit ?? limits(reference);
    if (isMissing(limit)) {
      states.push({ kind: 'collecting', because: limit.missing });
      reference = withValue(reference, value);
      continue;
    }
    const isAbove = value > (open === undefined ? limit.above : limit.again);
    if (isAbove && open === undefined) {
      states.push({ kind: 'suspected', limit });
      open = { limit, suspect: { at, value } };
      continue;
    }
    if (isAbove) {
      if (open?.suspect) states[open.suspect.at] = { kind: 'regressed', limit };
      states.push({ kind: 'regressed', limit });
      open = { limit, suspect: null };
      continue;
    }
    if (open?.suspect) {
      states[open.suspect.at] = { kind: 'refuted', limit };
      reference = withValue(reference, open.suspect.value);
    }
    open = undefined;
    states.push({ kind: value < limit.below ? 'lower' : 'usual', limit });
    reference = withValue(reference, value);
  }
  return states;
}
