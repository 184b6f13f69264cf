// @ts-nocheck
import { cpus, release } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/collectors/hostFacts.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { environmentSchema } from '../../src/record/runRecord.ts';
import { fakeHost } from '../host/fakeHost.ts';

const GOVERNOR = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor';
const CONFIG = `/boot/config-${release()}`;

describe('what the machine is', () => {
  it('is read as far as it lets itself be read', async () => {
    const files = {
      [GOVERNOR]: 'performance\n',
      '/proc/self/mountinfo': '36 25 0:31 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
      '/proc/cpuinfo': 'processor : 0\nflags\t\t: fpu hypervisor sse\n',
      [CONFIG]: 'CONFIG_A=y\nCONFIG_IRQ_TIME_ACCOUNTING=y\n',
    };
    expect(await readEnvironment(fakeHost({ files }))).toMatchObject({
      kernel: release(),
      cores: cpus().length,
      governor: 'performance',
      cgroupVersion: '2',
      irqTimeAccounting: true,
      virtualised: true,
      node: process.version,
    });
  });

  it('says with the reason what could not be read, and never puts a value in its place', async () => {
    expect(await readEnvironment(fakeHost())).toMatchObject({
      governor: { missing: expect.stringContaining('ENOENT') },
      cgroupVersion: { missing: expect.stringContaining('ENOENT') },
      irqTimeAccounting: { missing: `the kernel's configuration is not at ${CONFIG}` },
      virtualised: { missing: expect.stringContaining('ENOENT') },
    });
    const silent = { [GOVERNOR]: '\n', '/proc/self/mountinfo': '36 25 0:31 / / rw - ext4 /dev/sda rw\n' };
    expect(await readEnvironment(fakeHost({ files: silent }))).toMatchObject({
      governor: { missing: `${GOVERNOR} does not say` },
      cgroupVersion: { missing: '/proc/self/mountinfo does not say' },
    });
  });

  it.each([
    ['1', '33 25 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw\n'],
    ['hybrid', '33 25 0:29 / /a rw - cgroup cgroup rw\n34 25 0:30 / /b rw - cgroup2 cgroup2 rw\n'],
  ])('tells version %s of the control groups', async (version, mounts) => {
    const host = fakeHost({
      files: { '/proc/self/mountinfo': mounts, [CONFIG]: '', '/proc/cpuinfo': 'flags : fpu\n' },
    });
    expect(await readEnvironment(host)).toMatchObject({
      cgroupVersion: version,
      irqTimeAccounting: false,
      virtualised: false,
    });
  });

  it('fits its record on this very machine', async () => {
    const environment = await readEnvironment(nodeHost());
    expect(environmentSchema.parse(environment)).toEqual(environment);
  });
});
