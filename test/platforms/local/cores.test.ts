import { describe, expect, it } from 'vitest';
import { meterMsPerCore, refuseSharedWorkers, shareCores } from '../../../src/platforms/local/cores.ts';
import { fakeHost } from '../../host/fakeHost.ts';

describe('the meter of idle cores', () => {
  it.each([
    [2, 1000],
    [10, 1000],
    [16, 625],
    [128, 200],
  ])('takes of %i cores %i ms each, so that a machine of many is not metered for minutes', (cores, ms) => {
    expect(meterMsPerCore(cores, 1000)).toBe(ms);
  });
});

describe('cores for several threads of the driver', () => {
  it('are the last ones, and what is tested keeps the others', () => {
    expect(shareCores('0-3', 2)).toEqual({ driver: [2, 3], system: [0, 1] });
    expect(shareCores('0-1', 2)).toEqual({
      missing: '2 threads of the driver and what is tested need 3 cores, here are 2',
    });
  });

  const version2 = (limits: Record<string, string>) =>
    fakeHost({
      files: {
        '/proc/self/cgroup': '0::/ci/job\n',
        ...Object.fromEntries(Object.entries(limits).map(([group, text]) => [`/sys/fs/cgroup${group}/cpu.max`, text])),
      },
    });
  const four = shareCores('0-3', 2);

  it('are refused where there are too few', async () => {
    const refused = refuseSharedWorkers(fakeHost(), shareCores('0-1', 2), 2);
    await expect(refused).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('need 3 cores, here are 2'),
    });
  });

  it.each([
    [{ '/ci/job': '250000 100000' }, '2.5'],
    [{ '/ci/job': 'max 100000', '/ci': '200000 100000' }, '2'],
  ])('are refused where a control group may not use as many: %j', async (limits, cores) => {
    await expect(refuseSharedWorkers(version2(limits), four, 2)).rejects.toMatchObject({
      exitCode: 3,
      message: `load.workers of 2: the control group of this process may use ${cores} cores, and 3 are needed`,
    });
  });

  it('are refused by a limit of cgroup 1 as well', async () => {
    const host = fakeHost({
      files: {
        '/proc/self/cgroup': '4:cpu,cpuacct:/job\n',
        '/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us': '150000\n',
        '/sys/fs/cgroup/cpu/job/cpu.cfs_period_us': '100000\n',
      },
    });
    await expect(refuseSharedWorkers(host, four, 2)).rejects.toThrow('may use 1.5 cores');
  });

  it.each([
    ['no limit is set', version2({ '/ci/job': 'max 100000' })],
    ['the limit is high enough', version2({ '/ci/job': '300000 100000' })],
    ['no control group is told', fakeHost()],
  ])('are given where %s', async (_, host) => {
    await expect(refuseSharedWorkers(host, four, 2)).resolves.toBeUndefined();
  });

  it('are not asked about for one thread', async () => {
    await expect(refuseSharedWorkers(fakeHost(), { missing: 'one core only' }, 1)).resolves.toBeUndefined();
  });
});
