// @ts-nocheck
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cpuGroupsOf, parseThrottling, readThrottling } from '../../src/collectors/throttling.ts';

const COUNTS = { periods: 240, throttledPeriods: 12, throttledNs: 345_678_000 };

describe('the counts of a CPU limit', () => {
  it('are read from cgroup 1, whose time is in ns', () => {
    const text = 'nr_periods 240\nnr_throttled 12\nthrottled_time 345678000\nnr_bursts 0\nburst_time 0\n';
    expect(parseThrottling(text)).toEqual(COUNTS);
  });

  it('are read from cgroup 2, whose time is in µs', () => {
    const text = `usage_usec 9876543\nuser_usec 9000000\nsystem_usec 876543\ncore_sched.force_idle_usec 0
nr_periods 240\nnr_throttled 12\nthrottled_usec 345678\nnr_bursts 0\nburst_usec 0\n`;
    expect(parseThrottling(text)).toEqual(COUNTS);
  });

  it('are refused where the group counts no periods, and are not 0 then', () => {
    const bare = 'usage_usec 9876543\nuser_usec 9000000\nsystem_usec 876543\n';
    expect(() => parseThrottling(bare)).toThrow('cpu.stat of the control group has no nr_periods');
    expect(() => parseThrottling('nr_periods 1\nnr_throttled \n')).toThrow('has no nr_throttled');
    expect(() => parseThrottling('nr_periods 1\nnr_throttled 0\n')).toThrow('has no throttled_time');
  });
});

describe('a reading of another process', () => {
  it('looks through the file system of that process', (context) => {
    const files = ['cpu.stat', 'cpu/cpu.stat', 'cpu,cpuacct/cpu.stat'];
    const isThere = files.some((name) => existsSync(`/sys/fs/cgroup/${name}`));
    if (!isThere) context.skip('no cpu.stat in /sys/fs/cgroup here');
    const { atUs, throttledPeriods, periods } = readThrottling(process.pid, 'inside', 7);
    expect(atUs).toBe(7);
    expect(throttledPeriods).toBeLessThanOrEqual(periods);
  });

  it('finds its groups from beside it, each of which may limit it', () => {
    expect(cpuGroupsOf('5:devices:/\n4:cpu,cpuacct:/docker/ab/c\n0::/unified\n')).toEqual({
      version: 1,
      groups: ['/docker/ab/c', '/docker/ab', '/docker', ''],
    });
    expect(cpuGroupsOf('0::/user.slice/a.scope\n')).toEqual({
      version: 2,
      groups: ['/user.slice/a.scope', '/user.slice', ''],
    });
    // Seen from another cgroup namespace, a path begins above its root.
    expect(cpuGroupsOf('0::/../a\n')).toEqual({ version: 2, groups: ['/a', ''] });
    expect(cpuGroupsOf('5:devices:/\n')).toEqual({ version: 2, groups: [] });
  });

  it('fails for a process that is gone', () => {
    const { pid } = spawnSync('true');
    expect(() => readThrottling(pid, 'inside', 0)).toThrow(`process ${pid} sees no cpu.stat of a control group`);
  });
});
