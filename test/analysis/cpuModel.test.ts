import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import type { CpuModel } from '../../src/analysis/result.ts';
import { runFixture } from './fixtures/runs.ts';

/** A run at the given numbers of requests in 4 s, each load with the client proxy's CPU that is told of it. */
function modelsOf(
  requests: readonly number[],
  millicores: (at: { load: number; round: number }) => number,
): readonly CpuModel[] {
  const loads = requests.map((count, load) => {
    const run = runFixture({
      cell: (asked) => ({ ...asked, requests: count, proxyMillicores: millicores({ load, round: asked.block }) }),
    });
    for (const trial of run.trials) {
      const { spec } = trial;
      const deploymentId = `l${load}-${spec.deploymentId}`;
      // Rounds visit every load once, so that block numbers go on over the loads.
      const block = (spec.block - 1) * requests.length + load + 1;
      trial.spec = { ...spec, block, cell: { ...spec.cell, load }, deploymentId, index: spec.index + 100 * load };
      for (const segment of trial.clients[0]?.segments ?? []) {
        segment.requestedRatePerSecond = segment.measured ? count / 4 : segment.requestedRatePerSecond;
      }
    }
    for (const deployment of run.deployments) deployment.id = `l${load}-${deployment.id}`;
    return run;
  });
  const [first] = loads;
  if (first === undefined) throw new Error('no load');
  const rates = requests.map((count) => count / 4);
  return analyseRun({
    ...first,
    scenario: { ...first.scenario, load: { ...first.scenario.load, arrivalRatesPerSecond: rates } },
    trials: loads.flatMap(({ trials }) => trials),
    deployments: loads.flatMap(({ deployments }) => deployments),
  }).cpuModels;
}

const clientOf = (models: readonly CpuModel[]) => models.find(({ hop }) => hop === 'client');

describe('CPU over the load points', () => {
  test('is idle plus slope times rate, with the interval over the rounds', () => {
    // 10 millicores at rest and 60 for each 1,000 a second; each round is off by its number at every load.
    const models = modelsOf([2000, 4000, 6000], ({ load, round }) => 10 + 60 * ([0.5, 1, 1.5][load] ?? 0) + round);
    const model = clientOf(models);
    expect(models.map(({ treatment, hop, loads }) => [treatment, hop, loads])).toEqual([
      ['envoy', 'client', 3],
      ['envoy', 'server', 3],
    ]);
    expect(model?.idleMillicores).toMatchObject({ point: expect.closeTo(13.5, 6), n: 6 });
    expect(model?.idleMillicores).toMatchObject({ low: expect.closeTo(11, 6), high: expect.closeTo(16, 6) });
    expect(model?.millicoresPerThousandPerSecond).toMatchObject({
      point: expect.closeTo(60, 6),
      low: expect.closeTo(60, 6),
      high: expect.closeTo(60, 6),
    });
    expect(model?.lackOfFit).toMatchObject({ f: expect.closeTo(0, 6), isLine: true });
  });

  test('is called no line where the middle load lies off it by more than the rounds differ', () => {
    const bent = ({ load, round }: { load: number; round: number }) => ([40, 90, 100][load] ?? 0) + (round % 2);
    expect(clientOf(modelsOf([2000, 4000, 6000], bent))?.lackOfFit).toMatchObject({ isLine: false });
  });

  test('is not given for fewer than three load points', () => {
    expect(modelsOf([2000, 4000], () => 70)).toEqual([]);
  });
});
