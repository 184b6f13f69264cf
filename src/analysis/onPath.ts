import { isMissing, type Measured } from '../record/measured.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import type { ComparableBlock } from './blocks.ts';
import { estimateOverBlocks } from './estimate.ts';
import { type ProcessUse, sumOf, useOf } from './resources.ts';
import type { ApplicationsAdded, Estimate } from './result.ts';
import { isSidecar } from './sidecar.ts';

/** What the sample services themselves take more or less, and which side of the path the sidecars' CPU goes to. */

type CpuUse = 'cpuMillicores' | 'cpuMsPerThousandRequests';

/**
 * CPU of all sample services together: the treatment's minus the mean of the block's two baselines, over the blocks.
 *
 * A service behind a proxy has other connections and other packets to read than one that clients reach by themselves.
 */
export function applicationsAddedOf(blocks: readonly ComparableBlock[], treatment: string): ApplicationsAdded {
  return {
    cpuMillicores: addedOver(blocks, treatment, 'cpuMillicores'),
    cpuMsPerThousandRequests: addedOver(blocks, treatment, 'cpuMsPerThousandRequests'),
  };
}

function addedOver(blocks: readonly ComparableBlock[], treatment: string, quantity: CpuUse): Measured<Estimate> {
  const differences: number[] = [];
  for (const { treated, baselines } of blocks) {
    const own = treated.get(treatment);
    if (own === undefined) continue;
    const after = applicationUse(own.record)[quantity];
    const before = sumOf(baselines.map(({ record }) => applicationUse(record)[quantity]));
    if (isMissing(after)) return after;
    if (isMissing(before)) return before;
    differences.push(after - before / baselines.length);
  }
  return estimateOverBlocks(differences);
}

function applicationUse(trial: TrialRecord): ProcessUse {
  return useOf(
    trial,
    trial.processes.filter(({ role }) => role === 'application'),
  );
}

/**
 * Of the CPU that all sidecars on the path take, the share of the client's, from 0 to 1, over the blocks.
 * @param blocks the treatment's trials in each comparable block
 */
export function clientShareOf(blocks: readonly (readonly TrialRecord[])[]): Measured<Estimate> {
  const shares: number[] = [];
  for (const trial of blocks.flat()) {
    const share = clientShareIn(trial);
    if (isMissing(share)) return share;
    shares.push(share);
  }
  return estimateOverBlocks(shares);
}

function clientShareIn(trial: TrialRecord): Measured<number> {
  const sidecars = trial.processes.filter(isSidecar);
  const ofClient = sidecars.filter(({ hop }) => hop === 'client');
  if (sidecars.length === 0) return { missing: 'no sidecar was recorded' };
  if (ofClient.length === 0 || ofClient.length === sidecars.length) {
    return { missing: 'there are sidecars at one side only' };
  }
  const client = useOf(trial, ofClient).cpuMillicores;
  const all = useOf(trial, sidecars).cpuMillicores;
  if (isMissing(client)) return client;
  if (isMissing(all)) return all;
  return all === 0 ? { missing: 'the sidecars took no CPU that the kernel counted' } : client / all;
}
