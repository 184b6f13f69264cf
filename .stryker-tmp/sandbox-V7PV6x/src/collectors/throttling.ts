// @ts-nocheck
import { existsSync, readFileSync } from 'node:fs';

/** How often the CPU limit of a control group held its processes back; cumulative since the group was made. */
export interface ThrottlingCounts {
  /** Periods, ordinarily of 100 ms, in which the group wanted to run; 0 where it has no limit. */
  periods: number;
  /** Those of them in which it used up its quota and was stopped until the next. */
  throttledPeriods: number;
  /** For how long it was stopped, summed over the cores. */
  throttledNs: number;
}

export interface ThrottlingSample extends ThrottlingCounts {
  atUs: number;
}

/** Where a container sees its own group: cgroup 2, then the names under which distributions mount cgroup 1's. */
const FILES = ['cpu.stat', 'cpu/cpu.stat', 'cpu,cpuacct/cpu.stat'];

/** From where a process's control groups are looked at: through the file system of its container, or beside it. */
export type LimitView = 'inside' | 'outside';

/** @throws where the groups may not be looked at, the process is gone, or no group of it counts periods */
export function readThrottling(pid: number, view: LimitView, atUs: number): ThrottlingSample {
  return { atUs, ...(view === 'inside' ? readInside(pid) : readOutside(pid)) };
}

/**
 * Reads the control group of a process in another container, through that container's own file system.
 * @throws where it may not be looked into (another user's process), is gone, or counts no periods
 */
function readInside(pid: number): ThrottlingCounts {
  for (const name of FILES) {
    const found = ifThere(`/proc/${pid}/root/sys/fs/cgroup/${name}`);
    if (found !== undefined) return parseThrottling(found);
  }
  throw new Error(`process ${pid} sees no cpu.stat of a control group`);
}

/** Where cgroup 1's cpu controller and cgroup 2 are mounted, the first that is there; distributions differ. */
const MOUNTS = {
  1: ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct'],
  2: ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'],
};

/**
 * Sums the group of a process and all groups above it, since a limit on any of them holds it back: a container's limit
 * holds back all that runs in it.
 * @throws where the process is gone, or none of its groups counts periods
 */
function readOutside(pid: number): ThrottlingCounts {
  const { version, groups } = cpuGroupsOf(readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
  const mount = MOUNTS[version].find((place) => existsSync(place)) ?? MOUNTS[version][0];
  const texts = groups.flatMap((group) => {
    const found = ifThere(`${mount}${group}/cpu.stat`);
    return found?.includes('nr_periods') ? [found] : [];
  });
  if (texts.length === 0) throw new Error(`no control group of process ${pid} counts the periods of a CPU limit`);
  const sum = { periods: 0, throttledPeriods: 0, throttledNs: 0 };
  for (const counts of texts.map(parseThrottling)) {
    sum.periods += counts.periods;
    sum.throttledPeriods += counts.throttledPeriods;
    sum.throttledNs += counts.throttledNs;
  }
  return sum;
}

/**
 * A process's cpu groups below the mount, its own first, the root as an empty text last.
 * @param text the contents of /proc/PID/cgroup (cgroups(7)): "4:cpu,cpuacct:/a/b" in cgroup 1, "0::/a/b" in cgroup 2
 */
export function cpuGroupsOf(text: string): { version: 1 | 2; groups: string[] } {
  const lines = text.split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const v1 = lines.find((match) => match?.[1]?.split(',').includes('cpu'));
  const path = (v1 ?? lines.find((match) => match?.[1] === ''))?.[2];
  const version = v1 === undefined ? 2 : 1;
  if (path === undefined) return { version, groups: [] };
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  const groups = parts.map((_, index) => `/${parts.slice(0, parts.length - index).join('/')}`);
  return { version, groups: [...groups, ''] };
}

function ifThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * @param text the contents of cpu.stat: cgroup 1 gives throttled_time in ns (kernel Documentation/scheduler/sched-bwc.rst),
 * cgroup 2 throttled_usec (Documentation/admin-guide/cgroup-v2.rst)
 * @throws where a count is not there, as in cgroup 2 without the cpu controller
 */
export function parseThrottling(text: string): ThrottlingCounts {
  const field = (name: string): number | undefined => {
    const digits = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  const count = (name: string): number => {
    const found = field(name);
    if (found === undefined) throw new Error(`cpu.stat of the control group has no ${name}`);
    return found;
  };
  const throttledUs = field('throttled_usec');
  return {
    periods: count('nr_periods'),
    throttledPeriods: count('nr_throttled'),
    throttledNs: throttledUs === undefined ? count('throttled_time') : throttledUs * 1000,
  };
}
