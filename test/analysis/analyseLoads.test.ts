import { describe, expect, test } from 'vitest';
import { type AnalysedRun, analyseRun } from '../../src/analysis/analyse.ts';
import type { LoadAnalysis, TreatmentAtLoad } from '../../src/analysis/result.ts';
import { deploymentRecordSchema } from '../../src/record/runRecord.ts';
import { confirmedBy, latencyLine, runFixture } from './fixtures/runs.ts';
import { payloadOf, windowOf } from './fixtures/trials.ts';

/** One block at each of two load points: at 1,000/s the envoy's median is 900 µs, at 2,000/s 1,500 µs. */
function twoLoads(): AnalysedRun & Pick<ReturnType<typeof runFixture>, 'trials' | 'deployments'> {
  const slow = runFixture({ blocks: 1 });
  const fast = runFixture({
    blocks: 1,
    cell: (asked) => ({
      ...asked,
      load: 1,
      index: (asked.index ?? 0) + 3,
      deploymentId: `fast-${asked.treatment}-${asked.replica}`,
      ...(asked.treatment === 'envoy' && { medianUs: 1500 }),
    }),
  });
  const load = { ...slow.scenario.load, arrivalRatesPerSecond: [1000, 2000] };
  return {
    ...slow,
    scenario: { ...slow.scenario, load },
    trials: [...slow.trials, ...fast.trials],
    deployments: [...slow.deployments, ...fast.deployments],
  };
}

function treatmentOf(load: LoadAnalysis | undefined, name: string): TreatmentAtLoad {
  const found = load?.treatments.find(({ treatment }) => treatment === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

test('the fixtures are deployments as they are recorded', () => {
  for (const each of runFixture({ blocks: 1 }).deployments) expect(deploymentRecordSchema.parse(each)).toEqual(each);
});

describe('each load point', () => {
  test('is analysed from its own trials, at its own rate', () => {
    const { loads } = analyseRun(twoLoads());
    expect(
      loads.map(({ load, arrivalRatePerSecond, blocksRun, blocksValid, blocksLost }) => ({
        load,
        arrivalRatePerSecond,
        blocksRun,
        blocksValid,
        blocksLost,
      })),
    ).toEqual([
      { load: 0, arrivalRatePerSecond: 1000, blocksRun: 1, blocksValid: 1, blocksLost: [] },
      { load: 1, arrivalRatePerSecond: 2000, blocksRun: 1, blocksValid: 1, blocksLost: [] },
    ]);
    expect(loads.map((load) => treatmentOf(load, 'envoy').overhead[0]?.perBlock)).toEqual([
      [{ block: 1, addedUs: 502 }],
      [{ block: 1, addedUs: 1102 }],
    ]);
    expect(loads.map((load) => treatmentOf(load, 'envoy').requestedRatePerSecond)).toEqual([1000, 2000]);
  });

  test('that was not reached is listed without any block', () => {
    const run = twoLoads();
    const analysis = analyseRun({ ...run, trials: run.trials.slice(0, 3) });
    const [, second] = analysis.loads;
    expect([second?.blocksRun, second?.blocksValid, second?.blocksLost]).toEqual([0, 0, []]);
    const envoy = treatmentOf(second, 'envoy');
    expect({
      build: envoy.build,
      validTrials: envoy.validTrials,
      requests: envoy.requests,
      achieved: envoy.achievedRatePerSecond,
      bottleneck: envoy.bottleneck,
      curve: envoy.curve,
      costs: envoy.costs,
    }).toEqual({
      build: 'never deployed',
      validTrials: 0,
      requests: 0,
      achieved: { missing: 'no valid trial' },
      bottleneck: { missing: 'no valid trial' },
      curve: [],
      costs: [],
    });
  });

  test('has the blocks that it lost, each with its reason', () => {
    const run = twoLoads();
    expect(analyseRun({ ...run, trials: run.trials.slice(0, -1) }).loads[1]?.blocksLost).toEqual([
      { block: 1, because: 'none again was not run' },
    ]);
  });
});

describe('each treatment', () => {
  test('has what was measured of it and not of the others', () => {
    const [load] = analyseRun(twoLoads()).loads;
    const [none, envoy] = [treatmentOf(load, 'none'), treatmentOf(load, 'envoy')];
    expect([none.validTrials, none.requests, none.build, none.isBaseline]).toEqual([2, 8000, 'no mesh', true]);
    expect([envoy.validTrials, envoy.requests, envoy.isBaseline]).toEqual([1, 4000, false]);
    expect([none.overhead[0]?.pooledUs, envoy.overhead[0]?.pooledUs]).toEqual([398, 900]);
    expect(envoy.overhead[0]?.baselinePooledUs).toBe(398);
    expect(none.costs.map(({ role, hop }) => `${hop} ${role}`)).toEqual(['server application']);
    expect(envoy.costs.map(({ role, hop }) => `${hop} ${role}`)).toEqual([
      'client proxy',
      'server proxy',
      'server application',
    ]);
    expect([none.proof.applies, envoy.proof.applies, envoy.proof.holds]).toEqual([false, true, true]);
  });

  test('has a proof by what it was to be, and none of it where its deployment is lost', () => {
    const run = twoLoads();
    const [load] = analyseRun({ ...run, deployments: [] }).loads;
    const [none, envoy] = [treatmentOf(load, 'none'), treatmentOf(load, 'envoy')];
    expect([none.proof.applies, envoy.proof.applies, envoy.proof.holds]).toEqual([false, true, false]);
    expect([none.build, envoy.build]).toEqual(['never deployed', 'never deployed']);
    expect(envoy.sidecar.reservedCpuMillicores).toEqual({ missing: 'no sidecar was deployed' });
  });

  test('is named by its build where the deployment of its first trial alone is lost', () => {
    const run = runFixture({ blocks: 2 });
    const [first] = run.trials.filter(({ spec }) => spec.cell.treatment === 'envoy');
    const named = treatmentOf(analyseRun(run).loads[0], 'envoy').build;
    const deployments = run.deployments.filter(({ id }) => id !== first?.spec.deploymentId);
    expect(deployments).toHaveLength(5);
    expect(named).not.toBe('never deployed');
    expect(treatmentOf(analyseRun({ ...run, deployments }).loads[0], 'envoy').build).toBe(named);
  });

  test('is held against those trials of the baseline alone that are valid', () => {
    const run = runFixture({ blocks: 1, cell: (asked) => (asked.replica === 1 ? { ...asked, medianUs: 500 } : asked) });
    const pooled = () => treatmentOf(analyseRun(run).loads[0], 'envoy').overhead[0]?.baselinePooledUs;
    // 4,000 requests about 400 µs and 4,000 about 500 µs have their middle between them.
    expect(pooled()).toBeGreaterThan(400);
    const second = run.trials.find(({ spec }) => spec.cell.replica === 1);
    if (second === undefined) throw new Error('no second baseline');
    payloadOf(windowOf(second)).wrongSize = 1;
    expect(pooled()).toBe(400);
  });

  test('has the CPU balance of its valid trials, and what that is more than the baseline’s', () => {
    const [load] = analyseRun(twoLoads()).loads;
    const [none, envoy] = [treatmentOf(load, 'none'), treatmentOf(load, 'envoy')];
    // The fixture's machine is busy for 1,500 millicores, its service 90, driver 1,000, proxies 70 and 80.
    const near = (value: number) => expect.closeTo(value, 3);
    const shared = { machine: near(1500), applications: near(90), driver: near(1000) };
    expect(none.balance).toEqual({ ...shared, proxies: 0, rest: near(410) });
    expect(envoy.balance).toEqual({ ...shared, proxies: near(150), rest: near(260) });
    expect(none.balanceAdded).toBeNull();
    expect(envoy.balanceAdded).toEqual({
      machine: near(0),
      proxies: near(150),
      applications: near(0),
      driver: near(0),
      rest: near(-150),
    });
  });

  test('counts only its valid trials, but every trial towards its success rate and set-up time', () => {
    const run = runFixture();
    for (const trial of run.trials) if (trial.spec.block < 3) payloadOf(windowOf(trial)).wrongSize = 1;
    const envoy = treatmentOf(analyseRun(run).loads[0], 'envoy');
    expect([envoy.validTrials, envoy.requests]).toEqual([4, 16_000]);
    expect(envoy.successShare).toMatchObject({ n: 6 });
    expect(envoy.setUp).toMatchObject({ takenUs: { point: 400_000, n: 6 }, addedUs: { point: 0, n: 6 } });
  });

  test('counts each of its deployments once towards what its sidecars reserve', () => {
    const run = runFixture({ cell: (asked) => ({ ...asked, deploymentId: `only-${asked.treatment}` }) });
    for (const { proxies } of run.deployments) for (const proxy of proxies) proxy.requests = { cpu: '100m' };
    expect(treatmentOf(analyseRun(run).loads[0], 'envoy').sidecar.reservedCpuMillicores).toMatchObject({
      point: 100,
      n: 1,
    });
  });
});

describe('the whole of a run', () => {
  test('holds its records, whether it is complete, and what its gates say of the trials that were measured', () => {
    const run = twoLoads();
    const analysis = analyseRun(run);
    expect(analysis.run).toBe(run.run);
    expect(analysis.deployments).toBe(run.deployments);
    expect([analysis.incomplete, analysis.trials.length, analysis.cpuModels]).toEqual([false, 6, []]);
    expect(analysis.gates.find(({ gate }) => gate === 'unsent')).toMatchObject({ pass: 6, fail: 0 });
  });

  test('counts the gates of fresh blocks that confirm, and not those of other trials', () => {
    const run = confirmedBy(runFixture({ blocks: 1, lines: [latencyLine(300)] }));
    const [, , last] = run.trials;
    if (last === undefined) throw new Error('no trial');
    last.spec.purpose = 'calibrate';
    expect(analyseRun(run).gates.find(({ gate }) => gate === 'unsent')).toMatchObject({ pass: 5 });
  });

  test('has a knob table from the trials that measure', () => {
    const run = confirmedBy(runFixture({ blocks: 1 }));
    for (const { spec, clients } of run.trials) {
      for (const { connections } of spec.purpose === 'confirm' ? clients : []) connections.opened = 99;
    }
    const knob = analyseRun(run).knobs.alike.find(({ title }) => title === "the driver's connections");
    expect(knob?.cells).toEqual([
      {
        treatment: 'envoy',
        value: { text: 'kept for the whole trial', basis: 'observed', range: { least: 16, most: 16 } },
      },
    ]);
  });

  test('judges a line once at each load point', () => {
    const run = twoLoads();
    const lines = [latencyLine(5000)];
    const { verdicts } = analyseRun({ ...run, scenario: { ...run.scenario, budgets: { name: 'inline', lines } } });
    expect(verdicts.map(({ load, verdict, because }) => [load, verdict, because])).toEqual([
      [0, 'inconclusive', 'only 1 valid block, a 95 % interval needs 6'],
      [1, 'inconclusive', 'only 1 valid block, a 95 % interval needs 6'],
    ]);
  });
});
