// @ts-nocheck
import { isMissing, type Measured } from '../record/measured.ts';
import type { Estimate } from './result.ts';
import { type Interval, type NoInterval, signedRankInterval, tInterval } from './stats/interval.ts';
import { countOf, shareText } from './wording.ts';

/** Confidence of every interval that a verdict rests on. */
export const CONFIDENCE = 0.95;
/** Valid blocks below which no exact 95 % signed-rank interval exists. */
export const BLOCKS_NEEDED = 6;

/** The typical block's value with its signed-rank interval; missing below the blocks that the confidence needs. */
export function estimateOverBlocks(values: readonly number[], confidence = CONFIDENCE): Measured<Estimate> {
  return namedInBlocks(signedRankInterval(values, confidence), { values, confidence });
}

/** As `estimateOverBlocks`, but with the t interval where the blocks are too few for the signed-rank one. */
export function estimateOverFewBlocks(values: readonly number[], confidence: number): Measured<Estimate> {
  const exact = estimateOverBlocks(values, confidence);
  return isMissing(exact) ? namedInBlocks(tInterval(values, confidence), { values, confidence }) : exact;
}

function namedInBlocks(
  found: Interval | NoInterval,
  asked: { values: readonly number[]; confidence: number },
): Measured<Estimate> {
  if (!('missing' in found)) return found;
  const blocks = countOf(asked.values.length, 'valid block');
  return { missing: `${blocks}: a ${shareText(asked.confidence)} interval needs ${found.needed}` };
}
