import { describe, expect, test } from 'vitest';
import { type AnalysedRun, analyseRun } from '../../src/analysis/analyse.ts';
import { isMissing } from '../../src/record/measured.ts';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import { makePlan } from '../../src/scenario/plan.ts';
import type { TrialSummary } from '../../src/scenario/trial.ts';
import { runFixture } from './fixtures/runs.ts';
import { deploymentFixture, streamOf, trialFixture, windowOf } from './fixtures/trials.ts';

interface Capacity {
  none: number;
  envoy: number;
}

/** A trial at a rate that was held, or of which one request in ten was not sent. */
function searchTrial(spec: TrialRecord['spec'], isHeld: boolean, change?: (trial: TrialRecord) => void): TrialRecord {
  const trial = trialFixture({
    index: spec.index,
    meshed: spec.cell.treatment === 'envoy',
    deploymentId: spec.deploymentId,
  });
  trial.spec = spec;
  const window = windowOf(trial);
  if (!isHeld) window.counts = { ...window.counts, scheduled: 4400, unsent: 400 };
  if (!isHeld) change?.(trial);
  return trial;
}

/** A whole search over systems of these capacities, in so many blocks. */
function searched(of: {
  capacity: Capacity;
  blocks?: number;
  upTo?: number;
  stopAfter?: number;
  change?: (trial: TrialRecord) => void;
}): AnalysedRun {
  const { capacity, blocks = 6, upTo = 8000, stopAfter = Number.POSITIVE_INFINITY, change } = of;
  const fixture = runFixture({ blocks: 1 });
  const load = {
    ...fixture.scenario.load,
    arrivalRatesPerSecond: [1000],
    saturation: { upToPerSecond: upTo, within: 0.1 },
  };
  const scenario = { ...fixture.scenario, load, blocks: { min: blocks, max: blocks } };
  const plan = makePlan(scenario, 3);
  const done: TrialSummary[] = [];
  const trials: TrialRecord[] = [];
  const deployments: AnalysedRun['deployments'][number][] = [];
  const live = new Set<string>();
  for (;;) {
    const step = plan.next(done, live);
    if (step.kind === 'stop' || trials.length >= stopAfter) break;
    if (step.kind === 'retire') live.delete(step.deploymentId);
    if (step.kind === 'deploy') {
      live.add(step.deployment.id);
      const { name } = step.deployment.treatment;
      deployments.push(deploymentFixture(step.deployment.id, { name, meshed: name === 'envoy' }));
    }
    if (step.kind !== 'trial') continue;
    const spec = { ...step.trial, segments: [...step.trial.segments], actions: [] };
    const ratePerSecond = spec.segments[1]?.arrivalRatePerSecond ?? 0;
    const heldRate = ratePerSecond <= capacity[spec.cell.treatment === 'envoy' ? 'envoy' : 'none'];
    trials.push(searchTrial(spec, heldRate, change));
    const { index, cell, block, attempt, purpose } = spec;
    done.push({ index, cell, block, attempt, purpose, outcome: 'valid', ratePerSecond, heldRate, percentilesUs: {} });
  }
  return { run: fixture.run, scenario, deployments, trials };
}

const ofTreatment = (run: AnalysedRun, name: string) => {
  const found = analyseRun(run).knees?.treatments.find(({ treatment }) => treatment === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe('a saturation search', () => {
  const run = () => searched({ capacity: { none: 6000, envoy: 2200 } });

  test('has a knee of each treatment over its blocks, and the share of the baseline’s', () => {
    const [none, envoy] = [ofTreatment(run(), 'none'), ofTreatment(run(), 'envoy')];
    if (isMissing(none.heldPerSecond) || isMissing(envoy.heldPerSecond)) throw new Error('no estimate');
    expect([none.heldPerSecond.n, none.knees.length, envoy.knees.length]).toEqual([6, 12, 6]);
    // Within a tenth below the capacity.
    expect(none.heldPerSecond.point).toBeGreaterThan(6000 / 1.1);
    expect(none.heldPerSecond.point).toBeLessThanOrEqual(6000);
    expect(envoy.heldPerSecond.high).toBeLessThanOrEqual(2200);
    expect(none.shareOfBaseline).toBeNull();
    expect(envoy.shareOfBaseline).toMatchObject({ n: 6, point: expect.closeTo(2200 / 6000, 1) });
  });

  test('names what gave out: the component that was nearest to its end where the rate was not held', () => {
    // The fixture's one core under test is busy for 500 of 1,000 millicores, its proxies for 70 and 80.
    expect(ofTreatment(run(), 'envoy').gaveOut).toBe('core under test in 6 of 6 searches');
    expect(ofTreatment(run(), 'envoy').knees[0]?.gaveOut).toEqual({ component: 'core under test', busyShare: 0.5 });
  });

  test('names the driver where nothing but its lateness failed', () => {
    const late = searched({
      capacity: { none: 6000, envoy: 2200 },
      change: (trial) => {
        const window = windowOf(trial);
        window.counts = { ...window.counts, scheduled: window.counts.sent, unsent: 0 };
        for (const stream of window.streams) stream.lag = stream.response;
      },
    });
    expect(ofTreatment(late, 'envoy').gaveOut).toBe('the load driver, which sent late in 6 of 6 searches');
  });

  test('asks the lowest rate that was not held alone what gave out: above it anything may', () => {
    const run = searched({
      capacity: { none: 6000, envoy: 2200 },
      change: (trial) => {
        // The knee is closed in on to within a tenth.
        if ((trial.spec.segments[1]?.arrivalRatePerSecond ?? 0) > 2200 * 1.1) return;
        const window = windowOf(trial);
        window.counts = { ...window.counts, scheduled: window.counts.sent, unsent: 0 };
        for (const stream of window.streams) stream.lag = stream.response;
      },
    });
    expect(ofTreatment(run, 'envoy').gaveOut).toBe('the load driver, which sent late in 6 of 6 searches');
  });

  test('names the build that was deployed, or that none was', () => {
    expect([ofTreatment(run(), 'none').build, ofTreatment(run(), 'envoy').build]).toEqual([
      'no mesh',
      'upstream Envoy 1.40.0, not Istio',
    ]);
    const undeployed = run();
    undeployed.deployments = undeployed.deployments.filter(({ treatment }) => treatment === 'none');
    expect(ofTreatment(undeployed, 'envoy').build).toBe('never deployed');
  });

  test('says which side of a knee it has not found', () => {
    const [all, nothing] = [9000, 0].map((envoy) =>
      ofTreatment(searched({ capacity: { none: 6000, envoy } }), 'envoy'),
    );
    expect(all?.knees[0]).toMatchObject({
      heldPerSecond: 8000,
      brokenPerSecond: { missing: 'every rate that was tried was held' },
      gaveOut: { missing: 'nothing gave out' },
    });
    expect(all?.gaveOut).toEqual({ missing: 'nothing gave out' });
    expect(nothing?.knees[0]?.heldPerSecond).toEqual({ missing: 'no rate that was tried was held' });
  });

  test('does not name the driver where requests waited for a connection, since then the system was slow', () => {
    const waiting = searched({
      capacity: { none: 6000, envoy: 2200 },
      change: (trial) => {
        const window = windowOf(trial);
        window.counts = { ...window.counts, scheduled: window.counts.sent, unsent: 0 };
        const { sent: count } = window.counts;
        window.streams = [streamOf('ok', { count, medianUs: 500, waitUs: 3000 })];
      },
    });
    expect(ofTreatment(waiting, 'envoy').gaveOut).toBe('core under test in 6 of 6 searches');
  });

  test('is concluded in a sentence, with 0', () => {
    const { conclusion, loads, verdicts } = analyseRun(run());
    expect([conclusion.exitCode, loads.length, verdicts.length]).toEqual([0, 0, 0]);
    expect(conclusion.sentence).toMatch(
      /^none holds 5,\d{3}\/s \(.*\); envoy holds 2,\d{3}\/s \(.*\), 3\d(\.\d)? % of what the baseline holds$/,
    );
  });
});

describe('no knee is claimed', () => {
  test('where driver and system under test share cores', () => {
    const run = searched({ capacity: { none: 6000, envoy: 2200 } });
    run.run.platform.affinity = { missing: 'one core only' };
    expect(ofTreatment(run, 'envoy').heldPerSecond).toEqual({
      missing: 'driver and system under test share cores, so that either may give out first (one core only)',
    });
    expect(analyseRun(run).conclusion.exitCode).toBe(4);
  });

  test('where the highest rate that was tried is held, of what is compared with it either', () => {
    const run = searched({ capacity: { none: 9000, envoy: 2200 } });
    const missing = { missing: 'block 1 held 8,000/s, the highest that was tried: raise saturation.upTo' };
    expect(ofTreatment(run, 'none').heldPerSecond).toEqual(missing);
    expect(ofTreatment(run, 'envoy').shareOfBaseline).toEqual(missing);
    expect(isMissing(ofTreatment(run, 'envoy').heldPerSecond)).toBe(false);
  });

  test('of fewer than six blocks', () => {
    const run = searched({ capacity: { none: 6000, envoy: 2200 }, blocks: 5 });
    expect(ofTreatment(run, 'envoy').heldPerSecond).toEqual({ missing: '5 valid blocks: a 95 % interval needs 6' });
  });

  test('of a search that was cut short, which says so', () => {
    const run = searched({ capacity: { none: 6000, envoy: 2200 }, stopAfter: 3 });
    const found = analyseRun(run).knees?.treatments.flatMap(({ knees }) => knees) ?? [];
    expect(found).toEqual([expect.objectContaining({ heldPerSecond: { missing: 'the search had not ended' } })]);
  });
});

test('a scenario without a search has no knees', () => {
  expect(analyseRun(runFixture()).knees).toBeNull();
});
