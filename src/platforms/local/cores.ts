import { cpuGroupsOf } from '../../collectors/throttling.ts';
import type { Host } from '../../host/host.ts';
import { reasonOf, UserError } from '../../host/problems.ts';
import { isMissing, type Measured } from '../../record/measured.ts';

export type Affinity = Measured<{ driver: number[]; system: number[] }>;

/**
 * The driver alone on the last core, or with several threads on as many, everything under test on the others: nothing of
 * what is measured shares a core with what measures (docs/pinning.md).
 * @param allowed the text of Cpus_allowed_list in /proc/self/status, such as "0-3,6"
 */
export function shareCores(allowed: string, workers = 1): Affinity {
  const cores = parseCores(allowed);
  if (cores.length < 2) return { missing: 'one core only: driver and system under test share it' };
  if (cores.length <= workers) {
    return {
      missing: `${workers} threads of the driver and what is tested need ${workers + 1} cores, here are ${cores.length}`,
    };
  }
  return { driver: cores.slice(-workers), system: cores.slice(0, -workers) };
}

export function parseCores(list: string): number[] {
  return list
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
}

const IDLE_METERS_MS = 10_000;
const SHORTEST_METER_MS = 200;

/**
 * How long each idle core is metered, one after the other, in ms: as long as asked where there are few, less of each where
 * they would take over 10 s together, and long enough for a stall in any case.
 */
export function meterMsPerCore(cores: number, asked: number): number {
  return Math.round(Math.max(SHORTEST_METER_MS, Math.min(asked, IDLE_METERS_MS / cores)));
}

export async function affinityOf(host: Host, pinning: boolean, workers = 1): Promise<Affinity> {
  if (!pinning) return { missing: '--no-pin was asked for' };
  try {
    const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(await host.readText('/proc/self/status'))?.[1] ?? '';
    return shareCores(allowed, workers);
  } catch (error) {
    return { missing: `the allowed cores could not be read: ${reasonOf(error)}` };
  }
}

/**
 * Refuses more than one thread of the driver where they would share cores, or the quota of a control group, with each
 * other or with what is tested.
 * @throws UserError (exit 3)
 */
export async function refuseSharedWorkers(host: Host, affinity: Affinity, workers: number): Promise<void> {
  if (workers === 1) return;
  const hint = 'lower load.workers, or take a machine with more cores';
  if (isMissing(affinity))
    throw new UserError(`load.workers of ${workers}: ${affinity.missing}`, { exitCode: 3, hint });
  const quota = await quotaCores(host);
  if (quota >= workers + 1) return;
  const message = `load.workers of ${workers}: the control group of this process may use ${quota} cores, and ${workers + 1} are needed`;
  throw new UserError(message, { exitCode: 3, hint });
}

/** Where the limits of cgroup 1's cpu controller and of cgroup 2 are, each with its file. */
const QUOTAS = [
  { mounts: ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct'], read: ofVersion1 },
  { mounts: ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'], read: ofVersion2 },
] as const;

/** The smallest CPU limit of this process's control group and of all above it, in cores; infinite where none is set. */
async function quotaCores(host: Host): Promise<number> {
  const text = await host.readText('/proc/self/cgroup').catch(() => '');
  const { version, groups } = cpuGroupsOf(text);
  const { mounts, read } = QUOTAS[version - 1] ?? QUOTAS[1];
  const limits = await Promise.all(groups.flatMap((group) => mounts.map((mount) => read(host, `${mount}${group}`))));
  return Math.min(Number.POSITIVE_INFINITY, ...limits);
}

async function ofVersion1(host: Host, folder: string): Promise<number> {
  const [quota, period] = await Promise.all(
    ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((file) => host.readText(`${folder}/${file}`).catch(() => '')),
  );
  return coresOf(quota ?? '', period ?? '');
}

async function ofVersion2(host: Host, folder: string): Promise<number> {
  const [quota = '', period = ''] = (await host.readText(`${folder}/cpu.max`).catch(() => '')).split(' ');
  return coresOf(quota, period);
}

/** "max", -1 and a file that is not there stand for no limit. */
function coresOf(quotaUs: string, periodUs: string): number {
  const cores = Number(quotaUs) / Number(periodUs);
  return quotaUs.trim() !== '' && cores > 0 ? cores : Number.POSITIVE_INFINITY;
}
