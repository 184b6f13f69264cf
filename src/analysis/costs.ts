import { isMissing, type Measured } from '../record/measured.ts';
import type { ProcessRecord, TrialRecord } from '../record/trialRecord.ts';
import type { ComparableBlock } from './blocks.ts';
import { estimateOverBlocks } from './estimate.ts';
import { machineMillicores, type ProcessUse, processMillicores, sumOf, useOf } from './resources.ts';
import type { CpuBalance, Estimate, ProcessCost } from './result.ts';
import { isSidecar } from './sidecar.ts';
import type { JudgedTrial } from './validity.ts';

/** Which processes a cost is about. The driver is never among them: its CPU is the price of measuring. */
type CostKey = Pick<ProcessCost, 'role' | 'hop'>;

const COSTED_ROLES = ['proxy', 'proxy-agent', 'application'] as const;

/** Roles in this order, within each the hops from the client on. */
function costKeysOf(processes: readonly ProcessRecord[]): CostKey[] {
  const hops = hopsOf(processes);
  return COSTED_ROLES.flatMap((role) => hops.map((hop) => ({ role, hop })));
}

/** The hops that something was recorded of, from the client on: a chain's services follow in their order. */
export function hopsOf<H extends string>(entries: readonly { hop: H }[]): H[] {
  const place = (hop: string) => (hop === 'client' ? 0 : hop === 'server' ? 1 : Number(hop.slice('server-'.length)));
  return [...new Set(entries.map(({ hop }) => hop))].sort((a, b) => place(a) - place(b));
}

/** The trials of a treatment in each comparable block: one, or the two of the baseline. */
export function trialsPerBlock(
  blocks: readonly ComparableBlock[],
  of: { treatment: string; isBaseline: boolean },
): TrialRecord[][] {
  return blocks.map(({ treated, baselines }) => {
    if (of.isBaseline) return baselines.map(({ record }) => record);
    const own = treated.get(of.treatment);
    return own === undefined ? [] : [own.record];
  });
}

/**
 * What each kind of process costs at this load point, over the comparable blocks, with 95 % signed-rank intervals.
 *
 * CPU over the window in millicores and in ms per 1,000 completed requests, memory as the peak in bytes. A block in
 * which the treatment ran twice counts with the mean.
 */
export function costsOf(blocks: readonly (readonly TrialRecord[])[]): ProcessCost[] {
  const processes = blocks.flat().flatMap((trial) => trial.processes);
  const present = costKeysOf(processes).filter((key) => processes.some((process) => matches(process, key)));
  return present.map((key) => {
    const uses = blocks.map((trials) =>
      trials.map((trial) =>
        useOf(
          trial,
          trial.processes.filter((process) => matches(process, key)),
        ),
      ),
    );
    const over = (quantity: keyof ProcessUse) => estimateOf(uses, quantity);
    return {
      ...key,
      cpuMillicores: over('cpuMillicores'),
      cpuMsPerThousandRequests: over('cpuMsPerThousandRequests'),
      memoryIdleRssBytes: over('memoryIdleRssBytes'),
      memoryRssBytes: over('memoryRssBytes'),
      memoryAnonBytes: over('memoryAnonBytes'),
      memoryAfterRssBytes: over('memoryAfterRssBytes'),
    };
  });
}

const matches = (process: ProcessRecord, key: CostKey): boolean => process.role === key.role && process.hop === key.hop;

function estimateOf(blocks: readonly (readonly ProcessUse[])[], quantity: keyof ProcessUse): Measured<Estimate> {
  const values: number[] = [];
  for (const uses of blocks) {
    const sum = sumOf(uses.map((use) => use[quantity]));
    if (isMissing(sum)) return sum;
    if (uses.length > 0) values.push(sum / uses.length);
  }
  return estimateOverBlocks(values);
}

/**
 * Where the machine's busy time went, in millicores, as means over trials.
 *
 * A part whose samples are missing in a trial is missing, and then so is `rest`, which would hold it. A trial without the
 * record of any process, such as an imported one, says nothing of a part; with records of others, a part has none.
 */
export function balanceOf(trials: readonly JudgedTrial[]): CpuBalance {
  const records = trials.map(({ record }) => record);
  const part = (isOfPart: (process: ProcessRecord) => boolean): Measured<number> =>
    meanOf(
      records.map((trial) =>
        trial.processes.length === 0
          ? NO_PROCESS
          : sumOf(trial.processes.filter(isOfPart).map((process) => processMillicores(trial, process))),
      ),
    );
  const proxies = part(isSidecar);
  const applications = part(({ role }) => role === 'application');
  const driver = part(({ role }) => role === 'driver');
  const machine = meanOf(records.map(machineMillicores));
  const rest = [proxies, applications, driver].reduce(minus, machine);
  const gap = [proxies, applications, driver].find(isMissing);
  return { machine, proxies, applications, driver, rest: gap ?? rest };
}

const NO_PROCESS = { missing: 'no process was measured' };

const minus = (a: Measured<number>, b: Measured<number>): Measured<number> =>
  isMissing(a) ? a : isMissing(b) ? b : a - b;

/** What of the machine's busy time a treatment adds: Δ machine = Δ proxies + Δ applications + Δ driver + Δ rest. */
export function balanceDifference(own: CpuBalance, baseline: CpuBalance): CpuBalance {
  return {
    machine: minus(own.machine, baseline.machine),
    proxies: minus(own.proxies, baseline.proxies),
    applications: minus(own.applications, baseline.applications),
    driver: minus(own.driver, baseline.driver),
    rest: minus(own.rest, baseline.rest),
  };
}

/** The mean of all values, or the reason of the first that is missing. */
export function meanOf(values: readonly Measured<number>[]): Measured<number> {
  const sum = sumOf(values);
  if (values.length === 0) return { missing: 'no valid trial' };
  return isMissing(sum) ? sum : sum / values.length;
}
