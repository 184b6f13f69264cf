import { describe, expect, it } from 'vitest';
import { refuseAboveLimits, refusePortExhaustion } from '../../src/run/preflight.ts';
import { fakeHost } from '../host/fakeHost.ts';
import { scenarioWith } from '../scenario/planned.ts';

const machineWith = (openFiles: string) =>
  fakeHost({
    files: { '/proc/self/limits': `Max open files            ${openFiles}                1048576   files\n` },
  });

function scenario(
  over: { connections?: number; requestsPerConnection?: number; rate?: number; seconds?: number } = {},
) {
  const { connections = 16, requestsPerConnection, rate = 1000, seconds = 5 } = over;
  const plain = scenarioWith({ rates: [rate] });
  const churn = requestsPerConnection === undefined ? {} : { requestsPerConnection };
  return { ...plain, load: { ...plain.load, connections, warmUpMs: 0, durationMs: seconds * 1000, ...churn } };
}

describe('the limit of open files', () => {
  it('refuses more connections than a proxy can hold both ends of, with exit 3 and the line that helps', async () => {
    await expect(refuseAboveLimits(machineWith('256'), scenario({ connections: 100 }))).rejects.toMatchObject({
      exitCode: 3,
      message: '100 connections need 264 open files in a process, and the limit here is 256',
      hint: 'raise it with "ulimit -n 264" before the run, or lower load.connections',
    });
  });

  it.each(['264', '1048576', 'unlimited'])('lets the same load pass at %s', async (limit) => {
    expect(await refuseAboveLimits(machineWith(limit), scenario({ connections: 100 }))).toEqual([]);
  });

  it('says so where it cannot be read, and does not refuse', async () => {
    expect(await refuseAboveLimits(fakeHost(), scenario())).toEqual([
      'whether the open files suffice is not known: there is no such line in /proc/self/limits',
    ]);
  });

  it('is not asked of this machine when the pods are in a cluster', async () => {
    const inCluster = { ...scenario({ connections: 5000 }), platform: 'kubernetes' as const };
    expect(await refuseAboveLimits(machineWith('64'), inCluster)).toEqual([]);
  });
});

describe('connections that are closed after some requests', () => {
  const platform = {
    id: 'local' as const,
    mode: 'root',
    refused: [],
    leavesOut: [],
    affinity: { missing: '' },
    details: {},
  };

  it('are refused where their ports cannot come back in time, with the number that fits', () => {
    const churning = scenario({ rate: 13_000, requestsPerConnection: 1, seconds: 5 }).load;
    expect(() => refusePortExhaustion(churning, platform)).toThrow(
      expect.objectContaining({
        exitCode: 3,
        message: expect.stringContaining('needs 65016 ports in 5 s, and a pod has 64512'),
        hint: 'load.requestsPerConnection of 2 or more, a lower rate, or shorter trials',
      }),
    );
    expect(() => refusePortExhaustion({ ...churning, requestsPerConnection: 2 }, platform)).not.toThrow();
  });

  it('count for one minute at most: by then the first ports are free again', () => {
    const long = scenario({ rate: 1074, requestsPerConnection: 1, seconds: 600 }).load;
    expect(() => refusePortExhaustion(long, platform)).not.toThrow();
    expect(() => refusePortExhaustion({ ...long, arrivalRatesPerSecond: [1075] }, platform)).toThrow();
  });

  it('are not refused on loopback, in a cluster, or where they stay open', () => {
    const churning = scenario({ rate: 20_000, requestsPerConnection: 1, seconds: 60 }).load;
    expect(() => refusePortExhaustion(churning, { ...platform, mode: 'ports' })).not.toThrow();
    expect(() => refusePortExhaustion(churning, { ...platform, id: 'kubernetes' })).not.toThrow();
    expect(() => refusePortExhaustion(scenario({ rate: 20_000, seconds: 60 }).load, platform)).not.toThrow();
  });
});
