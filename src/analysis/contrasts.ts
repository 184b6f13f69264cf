import { isMissing, type Measured } from '../record/measured.ts';
import { type BlocksSpec, PERCENTILES, type Percentile, type Scenario } from '../scenario/scenario.ts';
import type { ComparableBlock } from './blocks.ts';
import { estimateOfShift, estimateOverBlocks } from './estimate.ts';
import { type Paired, pairedAt } from './percentiles.ts';
import type { ProcessUse } from './resources.ts';
import type { Contrast, ContrastAtPercentile, SidecarContrast } from './result.ts';
import { smallestEffectOf } from './sensitivity.ts';
import { sidecarUse } from './sidecar.ts';
import type { JudgedTrial } from './validity.ts';

type Pair = Paired<JudgedTrial>;

/**
 * Every treatment against every other, the baseline left out: each pair within the same block, so that what a block has
 * in common falls away, as with the overhead. The later treatment of the scenario minus the earlier one.
 *
 * Each interval holds its own 95 %: of many contrasts some leave out 0 by chance.
 */
export function contrastsOf(
  { treatments, baseline, blocks: rule }: Scenario,
  blocks: readonly ComparableBlock[],
): Contrast[] {
  const names = treatments.filter((_, index) => index !== baseline).map(({ name }) => name);
  return names.flatMap((from, index) => names.slice(index + 1).map((to) => contrastOf({ from, to, rule }, blocks)));
}

function contrastOf(
  { rule, ...of }: { from: string; to: string; rule: BlocksSpec },
  blocks: readonly ComparableBlock[],
): Contrast {
  const pairs = blocks.flatMap(({ block, treated }): Pair[] => {
    const from = treated.get(of.from);
    const to = treated.get(of.to);
    return from === undefined || to === undefined ? [] : [{ from, to, block }];
  });
  return {
    ...of,
    latency: PERCENTILES.map((percentile) => atPercentile(percentile, pairs, rule)),
    sidecars: (['client', 'server'] as const).flatMap((hop) => sidecarContrast(hop, pairs)),
  };
}

function atPercentile(percentile: Percentile, pairs: readonly Pair[], rule: BlocksSpec): ContrastAtPercentile {
  const { support, perBlock } = pairedAt(percentile, pairs);
  if (support.standing === 'absent') {
    const missing = support.note;
    return { percentile, support, differenceUs: { missing }, perBlock, smallestEffectUs: { missing } };
  }
  const differences = perBlock.map((each) => each.differenceUs);
  const differenceUs = estimateOfShift(differences, rule);
  return { percentile, support, differenceUs, perBlock, smallestEffectUs: smallestEffectOf(differences) };
}

function sidecarContrast(hop: 'client' | 'server', pairs: readonly Pair[]): SidecarContrast[] {
  const uses = pairs.map(({ from, to }) => ({ from: sidecarUse(from.record, hop), to: sidecarUse(to.record, hop) }));
  const isThere = pairs.some(({ from, to }) =>
    [from, to].some(({ record }) => record.processes.some((p) => p.role === 'proxy' && p.hop === hop)),
  );
  if (!isThere) return [];
  const differencesIn = (quantity: keyof ProcessUse): Measured<number[]> => {
    const differences: number[] = [];
    for (const { from, to } of uses) {
      if (isMissing(from[quantity])) return from[quantity];
      if (isMissing(to[quantity])) return to[quantity];
      differences.push(to[quantity] - from[quantity]);
    }
    return differences;
  };
  const [cpu, memory] = [differencesIn('cpuMillicores'), differencesIn('memoryRssBytes')];
  return [
    {
      hop,
      cpuMillicores: isMissing(cpu) ? cpu : estimateOverBlocks(cpu),
      cpuPerBlock: isMissing(cpu) ? [] : cpu,
      smallestCpuEffectMillicores: isMissing(cpu) ? cpu : smallestEffectOf(cpu),
      memoryRssBytes: isMissing(memory) ? memory : estimateOverBlocks(memory),
    },
  ];
}
