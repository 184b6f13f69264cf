import { isMissing, type Measured } from '../record/measured.ts';
import type { DeploymentRecord } from '../record/runRecord.ts';
import type { ProcessRecord, TrialRecord } from '../record/trialRecord.ts';
import { type Reserved, reservedBy } from '../scenario/requests.ts';
import { estimateOverBlocks } from './estimate.ts';
import { type ProcessUse, useOf } from './resources.ts';
import type { Estimate, SidecarFigures } from './result.ts';
import { mean } from './stats/quantile.ts';

/** A sidecar is a proxy and what runs beside it, such as Istio's agent, taken together: that is what a pod pays. */
export const isSidecar = ({ role }: Pick<ProcessRecord, 'role'>): boolean => role === 'proxy' || role === 'proxy-agent';

/** What the sidecar of one hop took in one trial. */
export function sidecarUse(trial: TrialRecord, hop: 'client' | 'server'): ProcessUse {
  return useOf(
    trial,
    trial.processes.filter((process) => isSidecar(process) && process.hop === hop),
  );
}

/**
 * What one pod's sidecar takes and reserves: the mean over the pods that have one.
 * @param blocks the treatment's trials in each comparable block
 * @param deployments those behind the treatment's trials
 */
export function sidecarOf(
  blocks: readonly (readonly TrialRecord[])[],
  deployments: readonly DeploymentRecord[],
): SidecarFigures {
  return {
    usedCpuMillicores: usedOver(blocks, 'cpuMillicores'),
    usedMemoryBytes: usedOver(blocks, 'memoryRssBytes'),
    reservedCpuMillicores: amountOver(deployments, 'requests', 'cpuMillicores'),
    reservedMemoryBytes: amountOver(deployments, 'requests', 'memoryBytes'),
    limitCpuMillicores: amountOver(deployments, 'limits', 'cpuMillicores'),
    limitMemoryBytes: amountOver(deployments, 'limits', 'memoryBytes'),
    emptyMemoryBytes: usedOver(blocks, 'memoryIdleRssBytes'),
  };
}

const NO_SIDECAR = { missing: 'no valid block has a record of a sidecar' };

function usedOver(
  blocks: readonly (readonly TrialRecord[])[],
  quantity: 'cpuMillicores' | 'memoryRssBytes' | 'memoryIdleRssBytes',
): Measured<Estimate> {
  const values: number[] = [];
  // A treatment with sidecars runs once in each block; a baseline, which runs twice, has none.
  for (const trial of blocks.flat()) {
    const use = meanOverPods(trial, quantity);
    if (isMissing(use)) return use;
    values.push(use);
  }
  return values.length === 0 ? NO_SIDECAR : estimateOverBlocks(values);
}

function meanOverPods(trial: TrialRecord, quantity: keyof ProcessUse): Measured<number> {
  const processes = trial.processes.filter(isSidecar);
  const pods = new Set(processes.filter(({ role }) => role === 'proxy').map(({ pod }) => pod)).size;
  if (pods === 0) return NO_SIDECAR;
  const together = useOf(trial, processes)[quantity];
  return isMissing(together) ? together : together / pods;
}

/** A budget may then say what to take for a sidecar's request. */
export const RESERVES_NOTHING = { missing: 'the sidecars of this run reserve nothing' };

/** By its words: a redacted copy of an analysis says the same. */
export const isReservedByNone = (reserved: Measured<unknown>): boolean =>
  isMissing(reserved) && reserved.missing === RESERVES_NOTHING.missing;

/** Why a container's requests or limits have no mean: none has any, or only some have. */
const NOT_SET = {
  requests: { none: RESERVES_NOTHING, some: { missing: 'some sidecars of this run reserve nothing, others do' } },
  limits: {
    none: { missing: 'the sidecars of this run have no limit' },
    some: { missing: 'some sidecars of this run have no limit, others do' },
  },
} as const;

/** Nothing is estimated here: low and high are the smallest and the largest amount that a sidecar of the run has. */
function amountOver(
  deployments: readonly DeploymentRecord[],
  kind: keyof typeof NOT_SET,
  quantity: keyof Reserved,
): Measured<Estimate> {
  const set = deployments.flatMap(({ proxies }) => proxies.map((proxy) => proxy[kind]));
  if (set.length === 0) return { missing: 'no sidecar was deployed' };
  const amounts = set.flatMap((own) => (own === undefined ? [] : (reservedBy(own)[quantity] ?? [])));
  const point = mean(amounts);
  if (point === undefined) return NOT_SET[kind].none;
  if (amounts.length < set.length) return NOT_SET[kind].some;
  return {
    point,
    low: Math.min(...amounts),
    high: Math.max(...amounts),
    n: deployments.length,
    confidence: 1,
    method: 'exact',
  };
}
