import { LatencyHistogram } from '../record/histogram.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import { type BlocksSpec, PERCENTILES, type Percentile } from '../scenario/scenario.ts';
import type { ComparableBlock } from './blocks.ts';
import { estimateOfShift } from './estimate.ts';
import { percentileSupport, type SupportFound, supportedPercentile, type TimedTrial } from './percentiles.ts';
import type { Estimate, OverheadAtPercentile } from './result.ts';
import { lagOneOf, smallestEffectOf } from './sensitivity.ts';

/** One treatment at one load point beside its baseline. */
export interface Compared {
  treatment: string;
  isBaseline: boolean;
  blocks: readonly ComparableBlock[];
  /** By what rule there are that many blocks. */
  rule: BlocksSpec;
  /** All valid trials of the treatment, and of the baseline, for the pooled percentiles. */
  valid: readonly TimedTrial[];
  baselineValid: readonly TimedTrial[];
}

/** Response times of several trials in one histogram. Histograms are merged; percentiles are never averaged. */
export function pooledTimes(trials: readonly TimedTrial[]): LatencyHistogram {
  const pooled = LatencyHistogram.create();
  for (const { times } of trials) pooled.merge(times);
  return pooled;
}

/**
 * What a treatment adds, per percentile: the typical block's shift of the percentile, in µs.
 *
 * Per block d = Q_p(treatment) - mean(Q_p(first baseline), Q_p(second baseline)); over the blocks the Hodges-Lehmann
 * point with the signed-rank interval that holds 95 % under the rule for blocks. A percentile that too few requests of the smallest trial lie beyond is absent.
 */
export function overheadsOf(compared: Compared): OverheadAtPercentile[] {
  const pooled = pooledTimes(compared.valid);
  const baselinePooled = pooledTimes(compared.baselineValid);
  return PERCENTILES.map((percentile): OverheadAtPercentile => {
    const support = supportOf(compared, percentile);
    const perBlock = support.standing === 'absent' ? [] : addedPerBlock(compared, percentile);
    return {
      percentile,
      support,
      addedUs: addedOver(compared, support, perBlock),
      perBlock,
      ...spreadOf(perBlock.map(({ addedUs }) => addedUs)),
      pooledUs: pooledPercentile(pooled, percentile),
      baselinePooledUs: pooledPercentile(baselinePooled, percentile),
    };
  });
}

/** A difference needs its percentile on both sides, so that the baselines' trials count too. */
function supportOf({ treatment, isBaseline, blocks, valid }: Compared, percentile: Percentile): SupportFound {
  if (isBaseline) return percentileSupport(percentile, valid);
  const trials = blocks.flatMap(({ treated, baselines }) => {
    const own = treated.get(treatment);
    return own === undefined ? [] : [own, ...baselines];
  });
  return percentileSupport(percentile, trials);
}

/** What the spread of the blocks says: the smallest shift that would show, and whether the blocks hang together. */
function spreadOf(differences: readonly number[]): Pick<OverheadAtPercentile, 'smallestEffectUs' | 'lagOne'> {
  return { smallestEffectUs: smallestEffectOf(differences), lagOne: lagOneOf(differences) };
}

function addedPerBlock({ treatment, blocks }: Compared, percentile: Percentile): { block: number; addedUs: number }[] {
  return blocks.flatMap(({ block, treated, baselines }) => {
    const own = percentileOf(treated.get(treatment), percentile);
    const first = percentileOf(baselines[0], percentile);
    const second = percentileOf(baselines[1], percentile);
    if (own === undefined || first === undefined || second === undefined) return [];
    return [{ block, addedUs: own - (first + second) / 2 }];
  });
}

function addedOver(
  { isBaseline, rule }: Compared,
  support: SupportFound,
  perBlock: readonly { addedUs: number }[],
): Measured<Estimate> {
  if (isBaseline) return { missing: 'the baseline is what the other treatments are compared with' };
  if (support.standing === 'absent') return { missing: support.note };
  return estimateOfShift(
    perBlock.map(({ addedUs }) => addedUs),
    rule,
  );
}

function pooledPercentile(pooled: LatencyHistogram, percentile: Percentile): Measured<number> {
  if (pooled.count === 0) return { missing: 'no valid trial' };
  return supportedPercentile(pooled, percentile) ?? { missing: `too few requests in all trials: ${pooled.count}` };
}

function percentileOf(trial: TimedTrial | undefined, percentile: Percentile): number | undefined {
  return trial === undefined ? undefined : supportedPercentile(trial.times, percentile);
}

/** The overhead's support where it weakens a result: coarse, absent or resting on few stalls. */
export function weaknessOf({ percentile, support, addedUs }: OverheadAtPercentile): string | undefined {
  if (support.standing === 'absent') return `${percentile} is absent: ${support.note ?? 'too few requests'}`;
  if (isMissing(addedUs) || support.note === undefined) return undefined;
  return support.standing === 'coarse' ? `${percentile} is coarse: ${support.note}` : support.note;
}
