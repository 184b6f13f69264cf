import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { clientShareOf } from '../../src/analysis/onPath.ts';
import { pooledP95 } from '../../src/analysis/percentiles.ts';
import { LatencyHistogram } from '../../src/record/histogram.ts';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import { overSixBlocks } from './fixtures/estimates.ts';
import { envoyOf, runFixture } from './fixtures/runs.ts';
import { trialFixture } from './fixtures/trials.ts';

/** The sample service takes 88 and 92 millicores without proxies, and 90 plus the block's number behind them. */
function varied() {
  const run = runFixture();
  for (const { processes, spec } of run.trials) {
    const { treatment, replica } = spec.cell;
    const millicores = treatment === 'envoy' ? 90 + spec.block : replica === 0 ? 88 : 92;
    for (const { role, samples } of processes) {
      if (role !== 'application' || !Array.isArray(samples)) continue;
      for (const sample of samples) sample.cpuNs *= millicores / 90;
    }
  }
  return run;
}

describe('what the applications take more behind proxies', () => {
  test('is their CPU minus the mean of the block’s two baselines', () => {
    expect(envoyOf(analyseRun(varied())).applicationsAdded).toEqual({
      cpuMillicores: overSixBlocks(3.5, 1, 6),
      cpuMsPerThousandRequests: overSixBlocks(3.5, 1, 6),
    });
  });

  test('is nothing of the baseline, and missing where one reading is', () => {
    const run = varied();
    const baseline = run.trials.find(({ spec }) => spec.cell.treatment === 'none');
    for (const process of baseline?.processes ?? []) {
      if (process.role === 'application') process.samples = { missing: 'process 40 could not be read' };
    }
    const [load] = analyseRun(run).loads;
    const added = (name: string) => load?.treatments.find(({ treatment }) => treatment === name)?.applicationsAdded;
    expect(added('none')).toBeNull();
    expect(added('envoy')?.cpuMillicores).toEqual({ missing: 'process 40 could not be read' });
  });
});

describe('the client’s share of the sidecars’ CPU', () => {
  const meshed = (proxyMillicores: number) => trialFixture({ meshed: true, proxyMillicores });
  const without = (trial: TrialRecord, hop: 'client' | 'server'): TrialRecord => ({
    ...trial,
    processes: trial.processes.filter((process) => process.role !== 'proxy' || process.hop !== hop),
  });

  test('is taken trial by trial, over the blocks', () => {
    // 20 of 50, 30 of 70, ..., 70 of 150: the server's proxy takes 10 millicores more.
    const share = clientShareOf([20, 30, 40, 50, 60, 70].map((each) => [meshed(each)]));
    expect(share).toMatchObject({ low: expect.closeTo(20 / 50, 9), high: expect.closeTo(70 / 150, 9), n: 6 });
  });

  test('is none of nothing: proxies that the kernel counted no time of', () => {
    const idle = meshed(20);
    for (const { role, samples } of idle.processes) {
      if (role === 'proxy' && Array.isArray(samples)) for (const sample of samples) sample.cpuNs = 7;
    }
    expect(clientShareOf([[idle]])).toEqual({ missing: 'the sidecars took no CPU that the kernel counted' });
  });

  test('counts an agent with the proxy beside it', () => {
    const trial = meshed(20);
    const [client] = trial.processes;
    if (client === undefined) throw new Error('the fixture has no process');
    const agent = { ...client, role: 'proxy-agent' as const };
    const blocks = Array.from({ length: 6 }, () => [{ ...trial, processes: [...trial.processes, agent] }]);
    expect(clientShareOf(blocks)).toMatchObject({ point: expect.closeTo(40 / 70, 9) });
  });

  test('is missing where there is nothing to share', () => {
    expect(clientShareOf([[trialFixture()]])).toEqual({ missing: 'no sidecar was recorded' });
    for (const hop of ['client', 'server'] as const) {
      expect(clientShareOf([[without(meshed(20), hop)]])).toEqual({ missing: 'there are sidecars at one side only' });
    }
    expect(clientShareOf([[meshed(-10)]])).toMatchObject({ missing: expect.any(String) });
  });
});

describe('a pooled p95', () => {
  const times = (count: number) => {
    const histogram = LatencyHistogram.create();
    for (let us = 1; us <= count; us += 1) histogram.record(us);
    return histogram;
  };

  test('is given where at least 25 requests lie beyond it', () => {
    expect(pooledP95(times(500))).toBe(475);
    expect(pooledP95(times(499))).toEqual({ missing: 'needs 500 requests, all valid trials have 499' });
    expect(pooledP95(times(0))).toEqual({ missing: 'no valid trial' });
  });
});
