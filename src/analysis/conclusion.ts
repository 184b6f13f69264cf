import { isMissing } from '../record/measured.ts';
import { limitOf } from '../scenario/budgetLimit.ts';
import type { BudgetLine } from '../scenario/scenario.ts';
import { BLOCKS_NEEDED } from './estimate.ts';
import type { KneeAnalysis } from './kneeResult.ts';
import type { BudgetVerdict, Conclusion, LoadAnalysis, VerdictWord } from './result.ts';
import { grouped, percentage, ratePerSecond } from './rounding.ts';
import { addedText, verdictSentence } from './verdictText.ts';
import { countOf, listText } from './wording.ts';

type Outcome = Omit<Conclusion, 'caveats'>;

/**
 * The run in one sentence with its exit code.
 *
 * 1 where a required line is over, confirmed by fresh blocks; else 4 where a required line is inconclusive, or over in
 * one set of blocks only, or nothing valid was measured; else 0.
 * A run without a valid block is decided by required success rates alone, since failed requests are what took its blocks.
 * Without a required line: 0 where every load point has the 6 valid blocks that an interval needs, else 4.
 * @param nothingBecause why there is no load point at all, where there is none
 */
export function concludeFrom(
  verdicts: readonly BudgetVerdict[],
  loads: readonly LoadAnalysis[],
  nothingBecause?: string,
): Outcome {
  if (nothingBecause !== undefined) {
    return { outcome: 'inconclusive', exitCode: 4, sentence: `Nothing was measured, since ${nothingBecause}` };
  }
  const required = verdicts.filter(({ line }) => line.role === 'required');
  if (!loads.some(({ blocksValid }) => blocksValid > 0) && !decidesWithoutBlocks(required)) return nothingValid(loads);
  if (required.length === 0) return withoutBudget(verdicts, loads);
  const of = (word: VerdictWord) => required.filter(({ verdict }) => verdict === word);
  const over = of('over').toSorted((a, b) => lowerRatio(b) - lowerRatio(a));
  const confirmed = over.filter(({ confirmation }) => confirmation?.state === 'confirmed');
  if (confirmed[0] !== undefined) {
    return concluded('over', confirmed[0], tally(confirmed.length, required.length, 'over'));
  }
  if (over[0] !== undefined) {
    const once = ' in one set of blocks only, and a run fails on what fresh blocks confirm';
    return concluded('unconfirmed', over[0], `${once}${tally(over.length, required.length, 'over so')}`);
  }
  const open = of('inconclusive');
  if (open[0] !== undefined) {
    return concluded('inconclusive', open[0], tally(open.length, required.length, 'inconclusive'));
  }
  const closest = required.toSorted((a, b) => upperRatio(b) - upperRatio(a))[0];
  if (closest === undefined) return withoutBudget(verdicts, loads);
  const all = required.length > 1 ? `; all ${required.length} required lines are within, this one is the closest` : '';
  return concluded('within', closest, all);
}

const EXIT_CODES = { within: 0, over: 1, unconfirmed: 4, inconclusive: 4 } as const satisfies Record<
  VerdictWord | 'unconfirmed',
  Conclusion['exitCode']
>;

function concluded(outcome: keyof typeof EXIT_CODES, verdict: BudgetVerdict, rest: string): Outcome {
  return { outcome, exitCode: EXIT_CODES[outcome], sentence: `${verdictSentence(verdict)}${rest}` };
}

const tally = (found: number, of: number, word: string): string =>
  of > 1 ? `; ${found} of ${of} required lines ${found === 1 ? 'is' : 'are'} ${word}` : '';

/** What a bound takes of its budget: of an upper limit the value, of a lower one what is left to failures. */
function shareOfBudget(line: BudgetLine, bound: number): number {
  const { side, value } = limitOf(line);
  const [taken, allowed] = side === 'at most' ? [bound, value] : [1 - bound, 1 - value];
  return taken / Math.max(allowed, Number.MIN_VALUE);
}

/** How far the interval reaches into its budget, for finding the line that is nearest to being broken. */
const upperRatio = ({ estimate, line }: BudgetVerdict): number =>
  isMissing(estimate)
    ? Number.POSITIVE_INFINITY
    : shareOfBudget(line, limitOf(line).side === 'at most' ? estimate.high : estimate.low);

const lowerRatio = ({ estimate, line }: BudgetVerdict): number =>
  isMissing(estimate) ? 0 : shareOfBudget(line, limitOf(line).side === 'at most' ? estimate.low : estimate.high);

/**
 * Whether required lines decide a run in which no block is valid: a success rate is about the very failures that take
 * blocks away, so that one that is broken is, and one that is kept is where nothing else was asked.
 */
function decidesWithoutBlocks(required: readonly BudgetVerdict[]): boolean {
  const success = required.filter(({ line }) => line.metric === 'success-rate');
  return (
    success.some(({ verdict }) => verdict === 'over') ||
    (success.length > 0 && success.length === required.length && success.every(({ verdict }) => verdict === 'within'))
  );
}

function nothingValid(loads: readonly LoadAnalysis[]): Outcome {
  const names = new Set(
    loads.flatMap((load) => load.treatments.filter((one) => !one.isBaseline)).map((t) => t.treatment),
  );
  const lost = loads.flatMap(({ blocksLost }) => blocksLost)[0];
  const reason = lost === undefined ? 'no block was run' : `block ${lost.block}: ${lost.because}`;
  const about = names.size > 0 ? `the cost of ${listText([...names])}` : 'any cost';
  return {
    outcome: 'inconclusive',
    exitCode: 4,
    sentence: `No block was a fair measurement, so nothing can be said about ${about} (${reason})`,
  };
}

function withoutBudget(verdicts: readonly BudgetVerdict[], loads: readonly LoadAnalysis[]): Outcome {
  const short = loads.filter(({ blocksValid }) => blocksValid < BLOCKS_NEEDED);
  const none = verdicts.length > 0 ? 'no budget line is required' : 'no budget applies';
  const weak = short.map(
    ({ blocksValid, arrivalRatePerSecond }) =>
      `only ${countOf(blocksValid, 'valid block')} at ${ratePerSecond(arrivalRatePerSecond)}, an interval needs ${BLOCKS_NEEDED}`,
  );
  return {
    outcome: 'no-budget',
    exitCode: short.length > 0 ? 4 : 0,
    sentence: [...addedAtMedian(loads), none, ...weak].join('; '),
  };
}

/** The first treatment that has an added p50, at its highest load, in words. */
function addedAtMedian(loads: readonly LoadAnalysis[]): string[] {
  const found = loads
    .toSorted((a, b) => b.arrivalRatePerSecond - a.arrivalRatePerSecond)
    .flatMap((load) => load.treatments.map((treatment) => ({ load, treatment })))
    .flatMap(({ load, treatment }) => {
      const added = treatment.overhead.find(({ percentile }) => percentile === 'p50')?.addedUs;
      if (added === undefined || isMissing(added)) return [];
      const rate = ratePerSecond(load.arrivalRatePerSecond);
      return [`${treatment.treatment} adds ${addedText('p50', added)} at ${rate}`];
    });
  return found.slice(0, 1);
}

/** A saturation search in one sentence: 0 where each treatment has a knee with an interval, else 4. */
export function concludeFromKnees({ treatments }: KneeAnalysis): Outcome {
  const sentences = treatments.map(({ treatment, heldPerSecond, shareOfBaseline }) => {
    if (isMissing(heldPerSecond)) return `${treatment}: ${heldPerSecond.missing}`;
    const { point, low, high } = heldPerSecond;
    const held = `${treatment} holds ${ratePerSecond(point)} (${grouped(low)} to ${grouped(high)})`;
    if (shareOfBaseline === null || isMissing(shareOfBaseline)) return held;
    return `${held}, ${percentage(shareOfBaseline.point)} of what the baseline holds`;
  });
  const isKnown = treatments.every(({ heldPerSecond }) => !isMissing(heldPerSecond));
  return { outcome: 'no-budget', exitCode: isKnown ? 0 : 4, sentence: sentences.join('; ') };
}
