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
 * `slowed`: above what is usual, but not relative to what the baseline of the same run took: the machine was slower for both.
 */
export type RunState =
  | { kind: 'missing'; because: string }
  /** Too few comparable runs came before. */
  | { kind: 'collecting'; because: string }
  | { kind: 'usual' | 'lower' | 'slowed' | 'suspected' | 'refuted' | 'regressed'; limit: Limit };

/**
 * Each value in turn held against those before it.
 *
 * The first value above its limit is suspected, and the limit is kept as it is: the next value, a fresh run, is held
 * against the same reference, at the confidence of one quantity alone. Above it again, both have regressed, and so has what follows until a value comes back;
 * none of them enters what later values are held against. A value that was refuted enters it like any other, since
 * leaving out what is rare would make the spread too small.
 *
 * Machines wander by more than what is looked for: a host that is busy for an hour slows all that runs on it. So where
 * runs tell what their own baselines took, values are compared relative to that (a ratio estimator, Cochran, Sampling
 * Techniques, chapter 6): a proxy that got slower is above its limit, and a machine that did is not. A value below the
 * mean of all is no regression, however fast the baseline was.
 * @param values in the order of time, all comparable with each other
 * @param besides what the baseline of each run took, above 0; undefined where that is not known
 */
export function judgeInOrder(
  values: readonly Measured<number>[],
  limits: Limits = limitsBy(),
  besides: readonly (number | undefined)[] = [],
): RunState[] {
  let reference = NO_REFERENCE;
  const states: RunState[] = [];
  let open: Open | undefined;
  for (const [at, value] of values.entries()) {
    if (isMissing(value)) {
      states.push({ kind: 'missing', because: value.missing });
      continue;
    }
    const own = { value, beside: besides[at] };
    const limit = open?.limit ?? limits(reference.values);
    if (isMissing(limit)) {
      states.push({ kind: 'collecting', because: limit.missing });
      reference = withRun(reference, own);
      continue;
    }
    const relative = open === undefined ? limits(reference.relatives) : open.relative;
    const found = sideOf(own, { limit, relative, isOpen: open !== undefined });
    if (found.kind === 'above') {
      const isSecond = open !== undefined;
      if (open?.suspect) states[open.suspect.at] = { kind: 'regressed', limit: open.suspect.limit };
      states.push({ kind: isSecond ? 'regressed' : 'suspected', limit: found.limit });
      open = { limit, relative, suspect: isSecond ? null : { at, ...own, limit: found.limit } };
      continue;
    }
    if (open?.suspect) {
      states[open.suspect.at] = { kind: 'refuted', limit: open.suspect.limit };
      reference = withRun(reference, open.suspect);
    }
    open = undefined;
    states.push({ kind: found.kind, limit: found.limit });
    reference = withRun(reference, own);
  }
  return states;
}

interface RunValue {
  value: number;
  beside: number | undefined;
}

interface Open {
  limit: Limit;
  relative: Measured<Limit>;
  suspect: (RunValue & { at: number; limit: Limit }) | null;
}

/** What later runs are held against. */
interface Reference {
  values: Moments;
  relatives: Moments;
}

const NO_REFERENCE: Reference = { values: NO_VALUES, relatives: NO_VALUES };

const withRun = ({ values, relatives }: Reference, { value, beside }: RunValue): Reference => ({
  values: withValue(values, value),
  relatives: beside === undefined ? relatives : withValue(relatives, value / beside),
});

/** On which side of its limit a value lies; the limit in its own unit, as it is for the pace of its own run. */
function sideOf(
  { value, beside }: RunValue,
  of: { limit: Limit; relative: Measured<Limit>; isOpen: boolean },
): { kind: 'above' | 'slowed' | 'lower' | 'usual'; limit: Limit } {
  const paced = beside === undefined || isMissing(of.relative) ? undefined : scaled(of.relative, beside);
  const limit = paced ?? of.limit;
  const isAbove = value > (of.isOpen ? limit.again : limit.above);
  if (isAbove && (paced === undefined || value > of.limit.mean)) return { kind: 'above', limit };
  if (!isAbove && value > of.limit.above) return { kind: 'slowed', limit: of.limit };
  return { kind: value < limit.below ? 'lower' : 'usual', limit };
}

function scaled({ mean, spread, runs, above, below, again }: Limit, factor: number): Limit {
  const [m, s, a, b, g] = [mean, spread, above, below, again].map((value) => value * factor);
  return { mean: m ?? 0, spread: s ?? 0, runs, above: a ?? 0, below: b ?? 0, again: g ?? 0 };
}
