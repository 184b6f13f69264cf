import { describe, expect, test } from 'vitest';
import { RESERVES_NOTHING, sidecarOf } from '../../src/analysis/sidecar.ts';
import { isMissing } from '../../src/record/measured.ts';
import type { DeploymentRecord } from '../../src/record/runRecord.ts';
import { START_EVENT, type TrialRecord } from '../../src/record/trialRecord.ts';
import { deploymentFixture, trialFixture } from './fixtures/trials.ts';

/** Six blocks: in block b the client's sidecar takes 70 + 2 b millicores and holds 40 + b MB, the server's 10 and 1 MB more. */
const sixBlocks = (): TrialRecord[][] =>
  [1, 2, 3, 4, 5, 6].map((block) => [
    trialFixture({ block, meshed: true, proxyMillicores: 70 + 2 * block, proxyRssBytes: 40e6 + 1e6 * block }),
  ]);

/** A deployment whose client's and server's sidecars reserve these. */
function reserving(...requests: (Record<string, string> | undefined)[]): DeploymentRecord {
  const deployment = deploymentFixture('d', { name: 'envoy', meshed: true });
  deployment.proxies = deployment.proxies.map((proxy, index) => {
    const own = requests[index];
    return own === undefined ? proxy : { ...proxy, requests: own };
  });
  return deployment;
}

const usedOf = (blocks: TrialRecord[][]) => {
  const { usedCpuMillicores, usedMemoryBytes } = sidecarOf(blocks, []);
  return { usedCpuMillicores, usedMemoryBytes };
};
const reservedOf = (...deployments: DeploymentRecord[]) => {
  const { reservedCpuMillicores, reservedMemoryBytes } = sidecarOf([], deployments);
  return { reservedCpuMillicores, reservedMemoryBytes };
};
const near = (value: number) => expect.closeTo(value, 6);

describe('what a sidecar holds in an empty mesh', () => {
  test('is the last reading before the load, as the mean over the pods', () => {
    const blocks = sixBlocks();
    for (const { processes, events } of blocks.flat()) {
      const start = events.find(({ what }) => what === START_EVENT)?.atUs ?? 0;
      for (const [index, process] of processes.filter(({ role }) => role === 'proxy').entries()) {
        if (isMissing(process.samples)) throw new Error('no samples');
        const [first] = process.samples;
        if (first === undefined) throw new Error('no sample');
        process.samples = [{ ...first, atUs: start - 1, rssBytes: 30e6 + 2e6 * index }, ...process.samples];
      }
    }
    expect(sidecarOf(blocks, []).emptyMemoryBytes).toMatchObject({ point: near(31e6), low: near(31e6), n: 6 });
  });
});

describe('what a sidecar uses', () => {
  test('is the mean over the pods of each trial, and over the blocks an estimate', () => {
    // Mean of 70 + 2 b and 80 + 2 b: 77 to 87. Of 40 + b and 41 + b MB: 41.5 to 46.5.
    const rest = { n: 6, confidence: 0.96875, method: 'signed-rank' };
    expect(usedOf(sixBlocks())).toEqual({
      usedCpuMillicores: { point: near(82), low: near(77), high: near(87), ...rest },
      usedMemoryBytes: { point: near(44e6), low: near(41.5e6), high: near(46.5e6), ...rest },
    });
  });

  test('counts neither the service nor the driver, and takes one pod with two sidecar processes for one', () => {
    const blocks = sixBlocks();
    for (const { processes } of blocks.flat()) {
      for (const process of processes) if (process.role === 'proxy') process.pod = 'shared';
    }
    expect(usedOf(blocks).usedCpuMillicores).toMatchObject({ point: near(164), low: near(154), high: near(174) });
  });

  test('is missing where no trial was comparable, and where a trial has no sidecar', () => {
    const none = { missing: 'no valid block has a record of a sidecar' };
    expect(usedOf([])).toEqual({ usedCpuMillicores: none, usedMemoryBytes: none });
    const bare = trialFixture({ meshed: false });
    expect(usedOf([...sixBlocks(), [bare]])).toEqual({ usedCpuMillicores: none, usedMemoryBytes: none });
    for (const process of bare.processes) process.role = 'proxy-agent';
    expect(usedOf([...sixBlocks(), [bare]]).usedCpuMillicores).toEqual(none);
  });

  test('is missing below 6 blocks, and where one sidecar could not be read', () => {
    expect(usedOf(sixBlocks().slice(1)).usedCpuMillicores).toEqual({
      missing: '5 valid blocks: a 95 % interval needs 6',
    });
    const blocks = sixBlocks();
    const proxy = blocks[3]?.[0]?.processes.find(({ role }) => role === 'proxy');
    if (proxy === undefined) throw new Error('no proxy');
    proxy.samples = { missing: 'permission denied' };
    expect(usedOf(blocks)).toEqual({
      usedCpuMillicores: { missing: 'permission denied' },
      usedMemoryBytes: { missing: 'permission denied' },
    });
  });
});

describe('what a sidecar reserves', () => {
  test('is the mean of what the sidecars request, between the least and the most of them', () => {
    const deployments = [
      reserving({ cpu: '100m', memory: '64Mi' }, { cpu: '300m', memory: '128Mi' }),
      reserving({ cpu: '0.2', memory: '64Mi' }, { cpu: '200m', memory: '64Mi' }),
      reserving({ cpu: '200m', memory: '64Mi' }, { cpu: '200m', memory: '64Mi' }),
    ];
    const rest = { n: 3, confidence: 1, method: 'exact' };
    // (100 + 300 + 4 x 200) / 6; (5 x 64 + 128) / 6 MiB.
    expect(reservedOf(...deployments)).toEqual({
      reservedCpuMillicores: { point: near(200), low: 100, high: 300, ...rest },
      reservedMemoryBytes: { point: near((448 / 6) * 2 ** 20), low: 64 * 2 ** 20, high: 128 * 2 ** 20, ...rest },
    });
  });

  test('is nothing, as a line may assume otherwise, where no sidecar requests any', () => {
    const { reservedCpuMillicores, reservedMemoryBytes } = reservedOf(reserving(), reserving({ memory: '1Mi' }));
    expect(reservedCpuMillicores).toBe(RESERVES_NOTHING);
    expect(reservedMemoryBytes).toEqual({ missing: 'some sidecars of this run reserve nothing, others do' });
    expect(RESERVES_NOTHING).toEqual({ missing: 'the sidecars of this run reserve nothing' });
  });

  test('is told apart from its limit, and either may be missing alone', () => {
    const deployment = reserving({ cpu: '100m' }, { cpu: '100m' });
    const limits: Record<string, string>[] = [{ cpu: '1', memory: '512Mi' }, { memory: '512Mi' }];
    deployment.proxies = deployment.proxies.map((proxy, index) => ({ ...proxy, limits: limits[index] ?? {} }));
    expect(sidecarOf([], [deployment])).toMatchObject({
      reservedCpuMillicores: { point: 100, method: 'exact' },
      reservedMemoryBytes: { missing: 'the sidecars of this run reserve nothing' },
      limitCpuMillicores: { missing: 'some sidecars of this run have no limit, others do' },
      limitMemoryBytes: { point: 512 * 2 ** 20, low: 512 * 2 ** 20, high: 512 * 2 ** 20, n: 1, method: 'exact' },
    });
    expect(sidecarOf([], [reserving()]).limitCpuMillicores).toEqual({
      missing: 'the sidecars of this run have no limit',
    });
  });

  test('is missing where there was no sidecar', () => {
    const none = { missing: 'no sidecar was deployed' };
    const bare = deploymentFixture('d', { name: 'none', meshed: false });
    expect(reservedOf()).toEqual({ reservedCpuMillicores: none, reservedMemoryBytes: none });
    expect(reservedOf(bare)).toEqual({ reservedCpuMillicores: none, reservedMemoryBytes: none });
  });
});
