import { isMissing, type Measured } from '../record/measured.ts';
import { PERCENTILES, type Percentile } from '../scenario/scenario.ts';
import type { ComparableBlock } from './blocks.ts';
import { estimateOverFewBlocks } from './estimate.ts';
import { pairedAt } from './percentiles.ts';
import type { NoiseAtPercentile } from './result.ts';

/** Confidence of the A/A check: it is asked at every load and percentile, and should raise few false alarms. */
const A_A_CONFIDENCE = 0.99;

/**
 * The run measured against itself: second baseline minus first, per block, in µs.
 *
 * The interval is the signed-rank one where it exists, which takes 8 blocks for 99 % and 6 for 95 %, else Student's t;
 * the estimate's `method` says which.
 */
export function noiseOf(blocks: readonly ComparableBlock[]): NoiseAtPercentile[] {
  return PERCENTILES.map((percentile) => {
    const differences = differencesOf(blocks, percentile);
    if (isMissing(differences)) {
      return { percentile, differenceUs: differences, holdsZero: differences };
    }
    const differenceUs = estimateOverFewBlocks(differences, A_A_CONFIDENCE);
    return {
      percentile,
      differenceUs,
      holdsZero: isMissing(differenceUs) ? differenceUs : differenceUs.low <= 0 && differenceUs.high >= 0,
    };
  });
}

function differencesOf(blocks: readonly ComparableBlock[], percentile: Percentile): Measured<number[]> {
  const { support, perBlock } = pairedAt(
    percentile,
    blocks.map(({ block, baselines: [from, to] }) => ({ block, from, to })),
  );
  return support.standing === 'absent' ? { missing: support.note } : perBlock.map(({ differenceUs }) => differenceUs);
}
