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
    reservedCpuMillicores: reservedOver(deployments, 'cpuMillicores'),
    reservedMemoryBytes: reservedOver(deployments, 'memoryBytes'),
  };
}

const NO_SIDECAR = { missing: 'no valid block has a record of a sidecar' };

function usedOver(
  blocks: readonly (readonly TrialRecord[])[],
  quantity: 'cpuMillicores' | 'memoryRssBytes',
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

/** Nothing is estimated here: low and high are the smallest and the largest request that a sidecar of the run has. */
function reservedOver(deployments: readonly DeploymentRecord[], quantity: keyof Reserved): Measured<Estimate> {
  const requests = deployments.flatMap(({ proxies }) => proxies.map((proxy) => proxy.requests));
  if (requests.length === 0) return { missing: 'no sidecar was deployed' };
  const amounts = requests.flatMap((own) => (own === undefined ? [] : (reservedBy(own)[quantity] ?? [])));
  const point = mean(amounts);
  if (point === undefined) return RESERVES_NOTHING;
  if (amounts.length < requests.length) return { missing: 'some sidecars of this run reserve nothing, others do' };
  return {
    point,
    low: Math.min(...amounts),
    high: Math.max(...amounts),
    n: deployments.length,
    confidence: 1,
    method: 'exact',
  };
}
