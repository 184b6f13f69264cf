import { isMissing, type Measured } from '../record/measured.ts';
import { BLOCKS_NEEDED, CONFIDENCE, estimateOverBlocks } from './estimate.ts';
import type { Estimate, TrialVerdict } from './result.ts';
import { exactProportion } from './stats/proportion.ts';
import { brokenGates, type JudgedTrial } from './validity.ts';
import { measuredSegments, windowCounts } from './window.ts';
import { countOf } from './wording.ts';

/** Gates that a failed request breaks by itself: it is lost, tried again, answered on the way, or cut short. */
const FAILURES_SHOW_IN = new Set(['errors', 'rate-achieved', 'payload', 'attempts', 'proxy-counters']);

/** Whether nothing but failed requests kept a trial from being valid: its share of answers counts then all the same. */
export function isFairButForFailures(verdict: TrialVerdict): boolean {
  return brokenGates(verdict).every(({ gate }) => FAILURES_SHOW_IN.has(gate));
}

interface Answers {
  sent: number;
  answered: number;
}

/** As the rate gate asks: a trial that was not driven as asked shows another load's failures. */
const SENT_AT_LEAST = 0.999;

/** An answer with a body of the wrong size is no answer to the request. */
function answersOf({ record, verdict }: JudgedTrial): Answers | undefined {
  const { scheduled, sent, completed } = windowCounts(record);
  if (!isFairButForFailures(verdict) || sent === 0 || sent < SENT_AT_LEAST * scheduled) return undefined;
  const wrongSize = measuredSegments(record).reduce(
    (sum, { payload }) => sum + (isMissing(payload) ? 0 : payload.wrongSize),
    0,
  );
  return { sent, answered: completed - wrongSize };
}

/**
 * Of the requests that were sent in the window, the share that was answered with the whole body: one value for each block
 * over all attempts in it, since those that were repeated for their failures would be left out else.
 *
 * Over the blocks the Hodges-Lehmann point with the signed-rank interval, widened to what the number of requests allows
 * at all (Clopper and Pearson): blocks that are all at 100 % do not show that nothing ever fails.
 * @param trials those of one treatment at one load
 */
export function successShareOf(trials: readonly JudgedTrial[]): Measured<Estimate> {
  const byBlock = new Map<number, Answers>();
  for (const trial of trials) {
    const own = answersOf(trial);
    if (own === undefined) continue;
    const { block } = trial.record.spec;
    const known = byBlock.get(block) ?? { sent: 0, answered: 0 };
    byBlock.set(block, { sent: known.sent + own.sent, answered: known.answered + own.answered });
  }
  const blocks = [...byBlock.values()];
  if (blocks.length < BLOCKS_NEEDED) {
    const fair = countOf(blocks.length, 'block');
    return {
      missing: `only ${fair} with a trial that is fair but for failed requests, a 95 % interval needs ${BLOCKS_NEEDED}`,
    };
  }
  const estimate = estimateOverBlocks(blocks.map(({ sent, answered }) => answered / sent));
  if (isMissing(estimate)) return estimate;
  const sent = blocks.reduce((sum, block) => sum + block.sent, 0);
  const failed = blocks.reduce((sum, block) => sum + block.sent - block.answered, 0);
  const failing = exactProportion(failed, { trials: sent, confidence: CONFIDENCE });
  return {
    ...estimate,
    low: Math.min(estimate.low, 1 - failing.high),
    high: Math.max(estimate.high, 1 - failing.low),
  };
}
