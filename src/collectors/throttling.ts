import { readFileSync } from 'node:fs';

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

/**
 * Reads the control group of a process in another container, through that container's own file system.
 * @throws where it may not be looked into (another user's process), is gone, or counts no periods
 */
export function readThrottling(pid: number, atUs: number): ThrottlingSample {
  for (const name of FILES) {
    try {
      return { atUs, ...parseThrottling(readFileSync(`/proc/${pid}/root/sys/fs/cgroup/${name}`, 'utf8')) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`process ${pid} sees no cpu.stat of a control group`);
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
