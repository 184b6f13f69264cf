import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { hopsOf } from '../../src/analysis/costs.ts';
import { overSixBlocks } from './fixtures/estimates.ts';
import { envoyOf, runFixture } from './fixtures/runs.ts';

describe('the hops of a run', () => {
  test('are each named once, from the client on and in the order of the services', () => {
    const entries = ['server-10', 'server-2', 'server', 'client', 'server-2'].map((hop) => ({ hop }));
    expect(hopsOf(entries)).toEqual(['client', 'server', 'server-2', 'server-10']);
  });
});

describe('the costs', () => {
  test('are CPU over the samples in the window, CPU time per 1,000 requests, and peak memory, of every process but the driver', () => {
    const run = runFixture({
      cell: (asked) => ({ ...asked, proxyMillicores: 70 + asked.block, proxyRssBytes: 48e6 + 1e5 * asked.block }),
    });
    const { costs } = envoyOf(analyseRun(run));
    const unsampled = {
      memoryIdleRssBytes: { missing: 'no sample before the load' },
      memoryAfterRssBytes: { missing: 'no sample after the load' },
    };
    expect(costs).toEqual([
      {
        role: 'proxy',
        hop: 'client',
        cpuMillicores: overSixBlocks(73.5, 71, 76),
        cpuMsPerThousandRequests: overSixBlocks(73.5, 71, 76),
        memoryRssBytes: overSixBlocks(48.35e6, 48.1e6, 48.6e6),
        memoryAnonBytes: overSixBlocks(24.175e6, 24.05e6, 24.3e6),
        ...unsampled,
      },
      {
        role: 'proxy',
        hop: 'server',
        cpuMillicores: overSixBlocks(83.5, 81, 86),
        cpuMsPerThousandRequests: overSixBlocks(83.5, 81, 86),
        memoryRssBytes: overSixBlocks(49.35e6, 49.1e6, 49.6e6),
        memoryAnonBytes: overSixBlocks(24.675e6, 24.55e6, 24.8e6),
        ...unsampled,
      },
      {
        role: 'application',
        hop: 'server',
        cpuMillicores: overSixBlocks(90, 90, 90),
        cpuMsPerThousandRequests: overSixBlocks(90, 90, 90),
        memoryRssBytes: overSixBlocks(60e6, 60e6, 60e6),
        memoryAnonBytes: overSixBlocks(30e6, 30e6, 30e6),
        ...unsampled,
      },
    ]);
  });

  test('hold memory before the load, at its peak, and after it', () => {
    const run = runFixture();
    const began = run.trials[0]?.events[0]?.atUs ?? 0;
    for (const { samples } of run.trials.flatMap((trial) => trial.processes)) {
      if (!Array.isArray(samples)) continue;
      const [first, last] = [samples[0], samples.at(-1)];
      if (first === undefined || last === undefined) continue;
      samples.unshift({ ...first, atUs: began - 500_000, rssBytes: 30e6 });
      // 5 s of warm-up and window; within 100 ms after them a sample still is the one for the window's end.
      samples.push({ ...last, atUs: began + 5_050_000, rssBytes: 70e6 });
      samples.push({ ...last, atUs: began + 5_200_000, rssBytes: 65e6 });
    }
    const proxy = envoyOf(analyseRun(run)).costs.find(({ role }) => role === 'proxy');
    expect(proxy).toMatchObject({
      memoryIdleRssBytes: { point: 30e6 },
      memoryRssBytes: { point: 70e6 },
      memoryAfterRssBytes: { point: 65e6 },
    });
  });

  test('leave out CPU time before the window and after it', () => {
    const run = runFixture();
    for (const trial of run.trials) {
      for (const { samples } of trial.processes) {
        if (!Array.isArray(samples)) continue;
        const [first] = samples;
        if (first !== undefined) first.cpuNs = -1e12;
        samples.push({ ...first, atUs: 80_000_000, cpuNs: 1e15 } as (typeof samples)[number]);
      }
    }
    const application = envoyOf(analyseRun(run)).costs.find(({ role }) => role === 'application');
    expect(application?.cpuMillicores).toEqual({
      point: expect.closeTo(90, 6),
      low: expect.closeTo(90, 6),
      high: expect.closeTo(90, 6),
      n: 6,
      confidence: 0.96875,
      method: 'signed-rank',
    });
  });

  test('count the sample meant for the end of the window, though it was taken a moment later', () => {
    const run = runFixture();
    for (const { samples } of run.trials.flatMap((trial) => trial.processes)) {
      const last = Array.isArray(samples) ? samples.at(-1) : undefined;
      // A second of CPU time more within the last second; the window's samples lie 3.99995 s apart.
      if (last !== undefined) last.cpuNs += 1e9;
    }
    const application = envoyOf(analyseRun(run)).costs.find(({ role }) => role === 'application');
    expect(application?.cpuMillicores).toMatchObject({ point: expect.closeTo(90 + 1e9 / 3_999_950, 6) });
  });

  test('are missing with the reason where a process could not be sampled, and so is the rest of the balance', () => {
    const run = runFixture();
    for (const process of run.trials[1]?.processes ?? []) {
      if (process.role === 'proxy') process.samples = { missing: 'permission denied' };
    }
    const { costs, balance } = envoyOf(analyseRun(run));
    expect(costs[0]?.cpuMillicores).toEqual({ missing: 'permission denied' });
    expect(costs[2]?.cpuMillicores).toMatchObject({ n: 6 });
    expect(balance.rest).toEqual({ missing: 'permission denied' });
  });

  test('are missing where the trial does not say when its first segment started', () => {
    const run = runFixture();
    for (const trial of run.trials) trial.events = [];
    expect(envoyOf(analyseRun(run)).costs[0]?.cpuMillicores).toEqual({
      missing: 'the trial does not say when its first segment started',
    });
  });

  test('balance the machine: what is busy and belongs to no process is the rest', () => {
    expect(envoyOf(analyseRun(runFixture())).balance).toEqual({
      machine: expect.closeTo(1500, 6),
      proxies: expect.closeTo(150, 6),
      applications: expect.closeTo(90, 6),
      driver: expect.closeTo(1000, 6),
      rest: expect.closeTo(260, 6),
    });
  });
});
