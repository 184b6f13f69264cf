import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import type { Contrast, RunAnalysis } from '../../src/analysis/result.ts';
import { overSixBlocks } from './fixtures/estimates.ts';
import { runFixture } from './fixtures/runs.ts';
import { deploymentFixture, type TrialFixture, trialFixture } from './fixtures/trials.ts';

const SHIFTS_US = [0, 50, 20, 40, 10, 30];

/** The fixture's run with a second meshed treatment in each block: what is told is added to the envoy's own. */
function twoMeshes(second: (block: number) => Partial<TrialFixture>): RunAnalysis {
  const run = runFixture();
  const [baseline, envoy] = run.scenario.treatments;
  if (baseline === undefined || envoy === undefined) throw new Error('no treatments');
  const fresh = SHIFTS_US.map((shift, index) =>
    trialFixture({
      index: 19 + index,
      block: index + 1,
      treatment: 'newer',
      meshed: true,
      medianUs: 900 + shift,
      ...second(index + 1),
    }),
  );
  const deployments = fresh.map(({ spec }) => deploymentFixture(spec.deploymentId, { name: 'newer', meshed: true }));
  return analyseRun({
    ...run,
    scenario: { ...run.scenario, treatments: [baseline, envoy, { ...envoy, name: 'newer' }] },
    trials: [...run.trials, ...fresh],
    deployments: [...run.deployments, ...deployments],
  });
}

function onlyContrast(analysis: RunAnalysis): Contrast {
  const [contrast, ...others] = analysis.loads[0]?.contrasts ?? [];
  if (contrast === undefined || others.length > 0) throw new Error('not one contrast');
  return contrast;
}

describe('a contrast', () => {
  test('is the later treatment minus the earlier one within each block, the baseline left out', () => {
    const contrast = onlyContrast(twoMeshes((block) => ({ medianUs: 1000 + (SHIFTS_US[block - 1] ?? 0) + block })));
    expect([contrast.from, contrast.to]).toEqual(['envoy', 'newer']);
    const [p50] = contrast.latency;
    expect(p50).toEqual({
      percentile: 'p50',
      support: { percentile: 'p50', beyond: 2000, standing: 'reported' },
      // The blocks' own shifts, 0 to 50 µs, are in both and fall away.
      differenceUs: overSixBlocks(103.5, 101, 106),
      perBlock: [101, 102, 103, 104, 105, 106].map((differenceUs, index) => ({ block: index + 1, differenceUs })),
      // Of 101 to 106 the standard deviation is √3.5.
      smallestEffectUs: expect.closeTo(1.794 * Math.sqrt(3.5), 6),
    });
  });

  test('gives each percentile with the support of both sides, and none where it is absent', () => {
    const { latency } = onlyContrast(twoMeshes(() => ({ requests: 2000 })));
    expect(latency.map(({ percentile, support }) => [percentile, support.standing])).toEqual([
      ['p50', 'reported'],
      ['p90', 'reported'],
      ['p99', 'absent'],
      ['p999', 'absent'],
    ]);
    const note = 'needs 2,500 requests in each trial, the smallest has 2,000';
    expect(latency[2]).toMatchObject({
      differenceUs: { missing: note },
      perBlock: [],
      smallestEffectUs: { missing: note },
    });
  });

  test('compares CPU and memory of each hop’s sidecar', () => {
    // The fixture's proxies take 70 and 80 millicores, and 48 and 49 MB, unless told.
    const { sidecars } = onlyContrast(twoMeshes((block) => ({ proxyMillicores: 90 + block, proxyRssBytes: 60e6 })));
    expect(sidecars.map(({ hop }) => hop)).toEqual(['client', 'server']);
    expect(sidecars[0]?.cpuMillicores).toMatchObject({ n: 6 });
    const [client] = sidecars;
    const perBlock = client?.cpuPerBlock ?? [];
    expect(perBlock.map((value) => Math.round(value - (perBlock[0] ?? 0)))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(client?.smallestCpuEffectMillicores).toBeCloseTo(1.794 * Math.sqrt(3.5), 6);
    expect(client?.memoryRssBytes).toMatchObject({ n: 6 });
  });

  test('is as missing as what it is made of', () => {
    const analysis = twoMeshes(() => ({}));
    const [first] = analysis.loads;
    expect(first?.contrasts).toHaveLength(1);
    const alone = analyseRun(runFixture());
    expect(alone.loads[0]?.contrasts).toEqual([]);
  });
});

describe('a contrast whose sidecar could not be watched', () => {
  test('says why in the place of its CPU and memory', () => {
    const run = runFixture();
    const [baseline, envoy] = run.scenario.treatments;
    if (baseline === undefined || envoy === undefined) throw new Error('no treatments');
    const fresh = SHIFTS_US.map((_, index) =>
      trialFixture({ index: 19 + index, block: index + 1, treatment: 'newer', meshed: true, medianUs: 900 }),
    );
    const gone = fresh[2]?.processes.find(({ role, hop }) => role === 'proxy' && hop === 'server');
    if (gone === undefined) throw new Error('no server proxy');
    gone.samples = { missing: 'process 42 could not be read' };
    const deployments = fresh.map(({ spec }) => deploymentFixture(spec.deploymentId, { name: 'newer', meshed: true }));
    const analysis = analyseRun({
      ...run,
      scenario: { ...run.scenario, treatments: [baseline, envoy, { ...envoy, name: 'newer' }] },
      trials: [...run.trials, ...fresh],
      deployments: [...run.deployments, ...deployments],
    });
    const server = analysis.loads[0]?.contrasts[0]?.sidecars.find(({ hop }) => hop === 'server');
    const missing = { missing: 'process 42 could not be read' };
    expect(server).toEqual({
      hop: 'server',
      cpuMillicores: missing,
      cpuPerBlock: [],
      smallestCpuEffectMillicores: missing,
      memoryRssBytes: missing,
    });
  });
});
