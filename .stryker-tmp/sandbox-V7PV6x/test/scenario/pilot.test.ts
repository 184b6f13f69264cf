// @ts-nocheck
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pilotState } from '../../src/scenario/pilot.ts';
import { makePlan } from '../../src/scenario/plan.ts';
import { createRandom } from '../../src/scenario/random.ts';
import type { TrialSpec } from '../../src/scenario/trial.ts';
import { allValid, type Finish, scenarioWith, walk } from './planned.ts';

const RATES = [200, 1000, 500];
const piloted = (shape: Parameters<typeof scenarioWith>[0] = {}) =>
  scenarioWith({ rates: RATES, pilot: 'highest', blocks: { min: 1, max: 2 }, ...shape });

const isPilot = ({ purpose }: TrialSpec) => purpose === 'pilot';
const pilotsOf = (trials: readonly TrialSpec[]) => trials.filter(isPilot).map(({ deploymentId }) => deploymentId);

/** Trials of a treatment above a rate do not hold it. */
const holdsUpTo =
  (most: Record<string, number>): Finish =>
  ({ cell, segments }) => ({
    outcome: 'valid',
    heldRate: (segments[0]?.arrivalRatePerSecond ?? 0) <= (most[cell.treatment] ?? Number.POSITIVE_INFINITY),
  });

/** Outcomes drawn from a seed and the trial, so that a replay meets the same ones. */
const randomFinish =
  (seed: number): Finish =>
  ({ block, cell, position, attempt }) => {
    const random = createRandom(seed * 1_000_003 + block * 1009 + cell.load * 101 + position * 7 + attempt);
    return { outcome: random() < 0.8 ? 'valid' : 'repeat', p50Us: 300, heldRate: random() < 0.6 };
  };

const scenarios = fc
  .record({
    rates: fc.uniqueArray(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 4 }),
    treatments: fc.subarray(['none', 'envoy', 'plain'], { minLength: 1 }).filter((names) => names.includes('none')),
    max: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ rates, treatments, max }) => piloted({ rates, treatments, blocks: { min: 1, max } }));
const seeds = fc.nat({ max: 2 ** 32 });

describe('a pilot', () => {
  it('measures at the highest rate where every treatment holds it, and nowhere else', () => {
    const { trials, because } = walk(makePlan(piloted(), 1), allValid);
    expect(pilotsOf(trials)).toEqual(['pilot-1000-none-a1', 'pilot-1000-envoy-a1']);
    expect(new Set(trials.map(({ cell }) => cell.load))).toEqual(new Set([1]));
    expect(because).toBe('1 of 1 blocks valid at 1,000/s');
  });

  it('goes down to the first rate that every treatment holds, and tries no lower one', () => {
    const { trials, because } = walk(makePlan(piloted(), 1), holdsUpTo({ envoy: 600 }));
    expect(pilotsOf(trials)).toEqual([
      'pilot-1000-none-a1',
      'pilot-1000-envoy-a1',
      'pilot-1000-envoy-a2',
      'pilot-500-none-a1',
      'pilot-500-envoy-a1',
    ]);
    const measured = trials.filter((trial) => !isPilot(trial));
    expect(measured.every(({ cell, purpose }) => cell.load === 2 && purpose === 'measure')).toBe(true);
    expect(because).toBe('1 of 1 blocks valid at 500/s');
  });

  it('gives a rate up at the first treatment that fails twice, without trying the others', () => {
    const { trials } = walk(makePlan(piloted({ rates: [500, 1000] }), 1), holdsUpTo({ none: 600 }));
    expect(pilotsOf(trials).slice(0, 3)).toEqual(['pilot-1000-none-a1', 'pilot-1000-none-a2', 'pilot-500-none-a1']);
  });

  it('takes a rate that is held on the second try', () => {
    const { trials } = walk(makePlan(piloted(), 1), ({ purpose, attempt }) => ({
      outcome: 'valid',
      heldRate: purpose !== 'pilot' || attempt === 2,
    }));
    expect(pilotsOf(trials)).toEqual([
      'pilot-1000-none-a1',
      'pilot-1000-none-a2',
      'pilot-1000-envoy-a1',
      'pilot-1000-envoy-a2',
    ]);
  });

  it('asks whether the rate was held, and not whether the trial was valid', () => {
    const { trials, because } = walk(makePlan(piloted(), 1), ({ purpose }) => ({
      outcome: purpose === 'pilot' ? 'void' : 'valid',
    }));
    expect([pilotsOf(trials).length, because]).toEqual([2, '1 of 1 blocks valid at 1,000/s']);
  });

  it('stops the run where no rate is held, and names what did not hold each', () => {
    const { trials, because } = walk(makePlan(piloted(), 1), holdsUpTo({ envoy: 100 }));
    expect(trials.every(isPilot)).toBe(true);
    expect(because).toBe(
      'the pilot found no rate that every treatment holds: envoy did not hold 1,000/s; envoy did not hold 500/s; envoy did not hold 200/s',
    );
  });

  it('describes its trials completely: short, in block 0, under one arrival schedule for each rate', () => {
    const scenario = piloted();
    const long = { ...scenario, load: { ...scenario.load, durationMs: 12_000 } };
    const { trials, deployments } = walk(makePlan(long, 3), allValid);
    const segment = { arrivalRatePerSecond: 1000 };
    expect(trials[1]).toEqual({
      index: 2,
      cell: { treatment: 'envoy', load: 1, replica: 0 },
      block: 0,
      position: 1,
      deploymentId: 'pilot-1000-envoy-a1',
      attempt: 1,
      purpose: 'pilot',
      scheduleSeed: trials[0]?.scheduleSeed,
      segments: [
        { ...segment, name: 'warm-up', fromMs: 0, toMs: 1000, measured: false },
        { ...segment, name: 'window', fromMs: 1000, toMs: 6000, measured: true },
      ],
      actions: [],
    });
    expect(deployments[1]).toEqual({ id: 'pilot-1000-envoy-a1', treatment: long.treatments[1], block: 0 });
  });

  it.each([
    { durationMs: 3000, windowMs: 3000 },
    { durationMs: 60_000, windowMs: 5000 },
    { durationMs: 100, windowMs: 500 },
  ])('has a window of $windowMs ms where a trial has one of $durationMs ms', ({ durationMs, windowMs }) => {
    const scenario = piloted();
    const { trials } = walk(makePlan({ ...scenario, load: { ...scenario.load, durationMs } }, 1), allValid);
    const window = trials[0]?.segments[1];
    expect((window?.toMs ?? 0) - (window?.fromMs ?? 0)).toBe(windowMs);
  });

  it('names deployments as a cluster takes them, each once, also at rates below one', () => {
    const { deployments } = walk(makePlan(piloted({ rates: [0.5, 0.0000001, 10.5] }), 1), (trial) => ({
      outcome: 'valid',
      heldRate: !isPilot(trial),
    }));
    const ids = deployments.map(({ id }) => id);
    expect(ids).toContain('pilot-0p5-none-a1');
    expect(ids.every((id) => /^[a-z0-9-]+$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('leaves a run without one as it was', () => {
    const { trials } = walk(makePlan(scenarioWith({ rates: RATES, blocks: { min: 1, max: 1 } }), 1), allValid);
    expect([trials.some(isPilot), new Set(trials.map(({ cell }) => cell.load)).size]).toEqual([false, 3]);
  });
});

describe('the state of a pilot', () => {
  it('tells the last trial of each treatment that did not hold a rate', () => {
    const { done } = walk(makePlan(piloted(), 1), holdsUpTo({ envoy: 600 }));
    expect(pilotState(piloted(), done)).toEqual({
      kind: 'chosen',
      load: 2,
      notHeld: [{ load: 1, treatment: 'envoy', trial: 3 }],
    });
  });

  it('follows after any interruption, in whatever order the records are read', () => {
    fc.assert(
      fc.property(scenarios, seeds, fc.nat(1000), (scenario, seed, luck) => {
        const straight = walk(makePlan(scenario, seed), randomFinish(luck));
        const resumed = makePlan(scenario, seed);
        for (const [index, deployment] of straight.deployments.entries()) {
          const prefix = straight.done.slice(0, index).reverse();
          expect(resumed.next(prefix, new Set())).toEqual({ kind: 'deploy', deployment });
        }
        expect(resumed.next(straight.done, new Set())).toEqual({ kind: 'stop', because: straight.because });
      }),
      { numRuns: 60 },
    );
  });
});

describe('a plan with a pilot', () => {
  it('outlines the rates that it tries, and the blocks as if the first were held', () => {
    const plan = makePlan(piloted(), 1);
    const cell = (treatment: string, load: number) => ({ treatment, load, replica: 0 });
    expect(plan.pilot()).toEqual([1, 2, 0].map((load) => ({ load, cells: [cell('none', load), cell('envoy', load)] })));
    expect(plan.outline().map(({ block, load, ifNeeded }) => [block, load, ifNeeded])).toEqual([
      [1, 1, false],
      [2, 1, true],
    ]);
    expect(makePlan(scenarioWith({ rates: RATES }), 1).pilot()).toEqual([]);
  });

  it('has the same order of cells whichever rate is chosen', () => {
    const orderOf = (finish: Finish) =>
      walk(makePlan(piloted({ blocks: { min: 2, max: 2 } }), 8), finish)
        .trials.filter((trial) => !isPilot(trial))
        .map(({ cell }) => `${cell.treatment}${cell.replica}`);
    expect(orderOf(holdsUpTo({ envoy: 300 }))).toEqual(orderOf(allValid));
  });

  it('counts in its worst case each rate with each treatment tried twice, and one load point', () => {
    // 3 rates, 2 treatments, 2 attempts: 1 s warm-up, 4 s window. Then 2 rounds, 3 cells, 2 attempts. 3 + 1 s around each.
    expect(makePlan(piloted(), 1).worstCase()).toEqual({ trials: 12 + 12, durationMs: 24 * 9000 });
  });

  it('counts the set-up of the platform that it is for', () => {
    const { trials, durationMs } = makePlan({ ...piloted(), platform: 'kubernetes' }, 1).worstCase();
    expect(durationMs).toBe(trials * (25_000 + 1000 + 5000));
  });

  it('never exceeds its worst case', () => {
    fc.assert(
      fc.property(scenarios, seeds, fc.nat(1000), (scenario, seed, luck) => {
        const plan = makePlan(scenario, seed);
        const { deployments, trials } = walk(plan, randomFinish(luck));
        expect(trials.length).toBeLessThanOrEqual(plan.worstCase().trials);
        expect(new Set(deployments.map(({ id }) => id)).size).toBe(deployments.length);
      }),
      { numRuns: 60 },
    );
  });
});
