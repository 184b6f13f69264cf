import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../src/scenario/plan.ts';
import { createRandom } from '../../src/scenario/random.ts';
import type { TrialSpec } from '../../src/scenario/trial.ts';
import { allValid, type Finish, scenarioWith, walk } from './planned.ts';

const cellName = ({ cell, attempt }: TrialSpec) => `${cell.treatment}${cell.replica}${attempt === 1 ? '' : ' again'}`;

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

const byBlock = (trials: readonly TrialSpec[]) => groupBy(trials, ({ block }) => block);

/** Outcomes and percentiles drawn from a seed and the trial's place, so that a replay meets the same ones. */
function randomFinish(seed: number): Finish {
  return ({ block, position, attempt }) => {
    const random = createRandom(seed * 1_000_003 + block * 101 + position * 7 + attempt);
    const u = random();
    const outcome = u < 0.75 ? 'valid' : u < 0.95 ? 'repeat' : 'void';
    return random() < 0.97 ? { outcome, p50Us: 300 + 200 * random() } : { outcome };
  };
}

const scenarios = fc
  .record({
    rates: fc.uniqueArray(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 3 }),
    treatments: fc
      .subarray(['none', 'envoy', 'plain', 'slim'], { minLength: 2 })
      .filter((names) => names.includes('none')),
    min: fc.integer({ min: 2, max: 6 }),
    more: fc.integer({ min: 0, max: 4 }),
    halfWidthUs: fc.option(fc.integer({ min: 10, max: 500 }), { nil: undefined }),
  })
  .map(({ rates, treatments, min, more, halfWidthUs }) => {
    const until = halfWidthUs === undefined ? {} : { until: { percentile: 'p50' as const, halfWidthUs } };
    return scenarioWith({ rates, treatments, blocks: { min, max: min + more, ...until } });
  });
const seeds = fc.nat({ max: 2 ** 32 });

describe('a plan, step by step', () => {
  it('deploys, drives and retires each trial in turn, and stops with nothing live', () => {
    const { steps, because } = walk(makePlan(scenarioWith({ blocks: { min: 1, max: 1 } }), 1), allValid);
    const ids = steps.filter((step) => step.startsWith('deploy')).map((step) => step.slice('deploy '.length));
    expect([...ids].sort()).toEqual(['b1-envoy-r0-a1', 'b1-none-r0-a1', 'b1-none-r1-a1']);
    expect(steps).toEqual(ids.flatMap((id, index) => [`deploy ${id}`, `trial ${index + 1} ${id}`, `retire ${id}`]));
    expect(because).toBe('1 of 1 blocks valid at 1,000/s');
  });

  it('describes a trial completely', () => {
    const plan = makePlan(scenarioWith({ rates: [500] }), 3);
    const { trials } = walk(plan, allValid);
    const segment = { arrivalRatePerSecond: 500 };
    expect(trials[4]).toEqual({
      index: 5,
      cell: plan.outline()[1]?.cells[1],
      block: 2,
      position: 1,
      deploymentId: `b2-${trials[4]?.cell.treatment}-r${trials[4]?.cell.replica}-a1`,
      attempt: 1,
      purpose: 'measure',
      scheduleSeed: trials[3]?.scheduleSeed,
      segments: [
        { ...segment, name: 'warm-up', fromMs: 0, toMs: 1000, measured: false },
        { ...segment, name: 'window', fromMs: 1000, toMs: 5000, measured: true },
      ],
      actions: [],
    });
  });

  it('first retires what is live and not wanted, the newest first', () => {
    const plan = makePlan(scenarioWith({}), 1);
    expect(plan.next([], new Set(['left-over', 'newer']))).toEqual({ kind: 'retire', deploymentId: 'newer' });
    expect(plan.next([], new Set(['left-over']))).toEqual({ kind: 'retire', deploymentId: 'left-over' });
  });

  it('drives at once where the wanted deployment is live already', () => {
    const plan = makePlan(scenarioWith({}), 1);
    const first = plan.next([], new Set());
    const id = first.kind === 'deploy' ? first.deployment.id : '';
    expect(plan.next([], new Set([id]))).toMatchObject({ kind: 'trial', trial: { index: 1, deploymentId: id } });
  });

  it('counts trials of other purposes in the index only', () => {
    const plan = makePlan(scenarioWith({}), 1);
    const proof = {
      index: 1,
      cell: { treatment: 'envoy', load: 0, replica: 0 as const },
      block: 1,
      attempt: 1,
      purpose: 'proof' as const,
      outcome: 'valid' as const,
      ratePerSecond: 1000,
      heldRate: true,
      percentilesUs: {},
    };
    const id = [...walk(plan, allValid).deployments][0]?.id ?? '';
    expect(plan.next([proof], new Set([id]))).toMatchObject({ kind: 'trial', trial: { index: 2, deploymentId: id } });
  });
});

describe('repeating', () => {
  it('tries a disturbed cell once more, after the other cells of its block', () => {
    const plan = makePlan(scenarioWith({ blocks: { min: 1, max: 1 } }), 5);
    const order = (plan.outline()[0]?.cells ?? []).map(({ treatment, replica }) => `${treatment}${replica}`);
    const first = order[0];
    const { trials, because } = walk(plan, (trial) => ({ outcome: cellName(trial) === first ? 'repeat' : 'valid' }));
    expect(trials.map(cellName)).toEqual([...order, `${first} again`]);
    expect(trials.map(({ position }) => position)).toEqual([0, 1, 2, 3]);
    expect(trials[3]?.deploymentId.endsWith('-a2')).toBe(true);
    expect(because).toBe('1 of 1 blocks valid at 1,000/s');
  });

  it('gives a cell up after one repetition, and the block with it', () => {
    const plan = makePlan(scenarioWith({ blocks: { min: 1, max: 2 } }), 5);
    const { trials, because } = walk(plan, ({ block }) => ({ outcome: block === 1 ? 'repeat' : 'valid' }));
    expect([...byBlock(trials)].map(([block, own]) => [block, own.length])).toEqual([
      [1, 6],
      [2, 3],
    ]);
    expect(because).toBe('1 of 1 blocks valid at 1,000/s');
  });

  it('never repeats a void trial', () => {
    const plan = makePlan(scenarioWith({ blocks: { min: 1, max: 2 } }), 5);
    const { trials, because } = walk(plan, ({ cell }) => ({ outcome: cell.treatment === 'envoy' ? 'void' : 'valid' }));
    expect(trials.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(because).toBe('0 of 1 blocks valid at 1,000/s, after 2 rounds, the most that the scenario allows');
  });
});

describe('stopping', () => {
  it('ends each load point by its own valid blocks', () => {
    const plan = makePlan(scenarioWith({ rates: [500, 1000], blocks: { min: 6, max: 8 } }), 9);
    const { trials, because } = walk(plan, ({ block, cell }) => ({
      outcome: cell.load === 0 && block <= 4 ? 'repeat' : 'valid',
    }));
    const blocks = [0, 1].map(
      (load) => new Set(trials.filter(({ cell }) => cell.load === load).map(({ block }) => block)),
    );
    expect(blocks.map(({ size }) => size)).toEqual([8, 6]);
    expect(because).toBe('6 of 6 blocks valid at 500/s; 6 of 6 blocks valid at 1,000/s');
  });

  it('gives up after two rounds in which every block held a failed proof', () => {
    const plan = makePlan(scenarioWith({ rates: [500, 1000] }), 9);
    const broken: Finish = ({ cell }) => ({ outcome: cell.treatment === 'envoy' ? 'void' : 'valid' });
    const { trials, because } = walk(plan, broken);
    expect(trials.length).toBe(2 * 2 * 3);
    expect(because).toBe(
      'a proof failed in every block so far: the traffic did not go as its treatment says, and repeating would only take time',
    );
  });

  it('goes on where one of the first blocks held no failed proof', () => {
    const plan = makePlan(scenarioWith({ rates: [500, 1000] }), 9);
    const { trials } = walk(plan, ({ block, cell }) => ({
      outcome: block !== 4 && cell.treatment === 'envoy' ? 'void' : 'valid',
    }));
    expect(trials.length).toBe(6 * 2 * 3);
  });
});

describe('the second stage', () => {
  const until = { percentile: 'p50' as const, halfWidthUs: 100 };
  const plan = makePlan(scenarioWith({ blocks: { min: 6, max: 12, until } }), 2);
  const run = (added: (block: number) => number | undefined) =>
    walk(plan, ({ block, cell }) => {
      // The two baselines part by turns, and only their mean stands still: neither alone may be the reference.
      const base = 300 + (cell.replica === 0 ? 200 : -200) * (block % 3 === 0 ? 1 : -1);
      const shift = added(block);
      if (cell.treatment === 'none') return { outcome: 'valid', p50Us: base };
      return shift === undefined ? { outcome: 'valid' } : { outcome: 'valid', p50Us: 300 + shift };
    });

  it('asks for as many blocks as the spread of the first ones needs', () => {
    // Differences 500 -+ s: of six values, three lie 100 above and three 100 below: s^2 = 60000 / 5 = 12000;
    // 2.570582^2 * 12000 / 100^2 = 7.93, so 8 blocks. What blocks 7 and 8 show changes nothing.
    const { trials, because } = run((block) => (block > 6 ? 5000 * block : 500 + (block % 2 === 0 ? 100 : -100)));
    expect(trials.length).toBe(8 * 3);
    expect(because).toBe('8 of 8 blocks valid at 1,000/s (8 wanted for p50 ± 0.1 ms)');
  });

  it('stays at min where the spread is small', () => {
    const { because } = run(() => 500);
    expect(because).toBe('6 of 6 blocks valid at 1,000/s (6 wanted for p50 ± 0.1 ms)');
  });

  it('ends at max, and says how many blocks the precision would have needed', () => {
    // s^2 = 12000 * 9: 71.36 blocks.
    const { because } = run((block) => 500 + (block % 2 === 0 ? 300 : -300));
    expect(because).toBe('12 of 12 blocks valid at 1,000/s (p50 ± 0.1 ms would need 72)');
  });

  it('says so where the percentile is missing, and asks for nothing more', () => {
    const { because } = run(() => undefined);
    expect(because).toBe('6 of 6 blocks valid at 1,000/s (p50 ± 0.1 ms cannot be judged: trials without it)');
  });

  it('follows the treatment that needs most', () => {
    const three = makePlan(
      scenarioWith({ treatments: ['none', 'still', 'noisy'], blocks: { min: 6, max: 12, until } }),
      2,
    );
    const { because } = walk(three, ({ block, cell }) => ({
      outcome: 'valid',
      p50Us: cell.treatment === 'noisy' ? 800 + (block % 2 === 0 ? 100 : -100) : 300,
    }));
    expect(because).toBe('8 of 8 blocks valid at 1,000/s (8 wanted for p50 ± 0.1 ms)');
  });

  it('takes the first valid blocks, whatever came between', () => {
    const { because } = walk(plan, ({ block, cell }) => ({
      outcome: block === 3 ? 'repeat' : 'valid',
      p50Us: cell.treatment === 'none' ? 300 : block === 3 ? 90_000 : 800,
    }));
    expect(because).toBe('6 of 6 blocks valid at 1,000/s (6 wanted for p50 ± 0.1 ms)');
  });
});

describe('order', () => {
  it('has all cells in each block, the baseline twice, and one arrival schedule', () => {
    fc.assert(
      fc.property(scenarios, seeds, (scenario, seed) => {
        const expected = [...scenario.treatments.map(({ name }) => `${name}0`), 'none1'].sort();
        const { trials } = walk(makePlan(scenario, seed), allValid);
        for (const own of byBlock(trials).values()) {
          expect(own.map(cellName).sort()).toEqual(expected);
          expect(new Set(own.map(({ scheduleSeed }) => scheduleSeed)).size).toBe(1);
          expect(new Set(own.map(({ cell }) => cell.load)).size).toBe(1);
          expect(own.map(({ position }) => position)).toEqual(expected.map((_, index) => index));
        }
        const schedules = new Set(trials.map(({ scheduleSeed }) => scheduleSeed));
        expect(schedules.size).toBe(byBlock(trials).size);
      }),
      { numRuns: 50 },
    );
  });

  it('visits every load point once in each round', () => {
    fc.assert(
      fc.property(scenarios, seeds, (scenario, seed) => {
        const rates = scenario.load.arrivalRatesPerSecond.map((_, index) => index);
        const outline = makePlan(scenario, seed).outline();
        expect(outline.map(({ block }) => block)).toEqual(outline.map((_, index) => index + 1));
        for (let round = 0; round < scenario.blocks.max; round += 1) {
          const own = outline.slice(round * rates.length, (round + 1) * rates.length);
          expect(own.map(({ load }) => load).sort((a, b) => a - b)).toEqual(rates);
          expect(own.map(({ ifNeeded }) => ifNeeded)).toEqual(own.map(() => round >= scenario.blocks.min));
        }
      }),
    );
  });

  it('runs the blocks of the outline in its order', () => {
    const plan = makePlan(scenarioWith({ rates: [500, 1000, 2000] }), 4);
    const ran = [...byBlock(walk(plan, allValid).trials)].map(([block, own]) => ({
      block,
      load: own[0]?.cell.load,
      cells: own.map(({ cell }) => cell),
      ifNeeded: false,
    }));
    expect(ran).toEqual(plan.outline());
  });

  it('puts each cell at each place of a block about equally often', () => {
    // 600 blocks of 3 cells: a cell is first in 200 of them, with a standard deviation of 11.5.
    const outline = makePlan(scenarioWith({ blocks: { min: 6, max: 600 } }), 77).outline();
    const firsts = groupBy(outline, ({ cells }) => `${cells[0]?.treatment}${cells[0]?.replica}`);
    expect([...firsts.keys()].sort()).toEqual(['envoy0', 'none0', 'none1']);
    expect([...firsts.values()].filter(({ length }) => Math.abs(length - 200) > 52)).toEqual([]);
  });

  it('is the same for the same seed, and so is the digest', () => {
    fc.assert(
      fc.property(scenarios, seeds, fc.nat(1000), (scenario, seed, luck) => {
        const [a, b] = [makePlan(scenario, seed), makePlan(scenario, seed)];
        expect(walk(a, randomFinish(luck))).toEqual(walk(b, randomFinish(luck)));
        expect([b.digest, b.seed]).toEqual([a.digest, seed]);
      }),
      { numRuns: 40 },
    );
  });

  it('changes with the seed', () => {
    const scenario = scenarioWith({ rates: [500, 1000] });
    const [a, b] = [makePlan(scenario, 1), makePlan(scenario, 2)];
    expect(a.outline()).not.toEqual(b.outline());
    expect(a.digest).not.toBe(b.digest);
  });

  it('has a digest that follows the scenario, not the order of its keys', () => {
    const scenario = scenarioWith({});
    const turned = Object.fromEntries(Object.entries(scenario).reverse());
    expect(makePlan({ ...scenario, ...turned }, 1).digest).toBe(makePlan(scenario, 1).digest);
    expect(makePlan({ ...scenario, baseline: 1 }, 1).digest).not.toBe(makePlan(scenario, 1).digest);
    expect(makePlan(scenario, 1).digest).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('resuming', () => {
  it('deploys after any interruption what the straight run deployed next, attempt included', () => {
    fc.assert(
      fc.property(scenarios, seeds, fc.nat(1000), (scenario, seed, luck) => {
        const straight = walk(makePlan(scenario, seed), randomFinish(luck));
        const resumed = makePlan(scenario, seed);
        for (const [index, deployment] of straight.deployments.entries()) {
          const prefix = straight.done.slice(0, index);
          expect(resumed.next(prefix, new Set())).toEqual({ kind: 'deploy', deployment });
          expect(resumed.next(prefix, new Set([deployment.id]))).toEqual({
            kind: 'trial',
            trial: straight.trials[index],
          });
        }
        expect(resumed.next(straight.done, new Set())).toEqual({ kind: 'stop', because: straight.because });
      }),
      { numRuns: 60 },
    );
  });

  it('does not depend on the order in which the records are read', () => {
    fc.assert(
      fc.property(scenarios, seeds, fc.nat(1000), (scenario, seed, luck) => {
        const plan = makePlan(scenario, seed);
        const { done } = walk(plan, randomFinish(luck));
        const prefix = done.slice(0, Math.floor(done.length / 2));
        expect(plan.next([...prefix].reverse(), new Set())).toEqual(plan.next(prefix, new Set()));
      }),
      { numRuns: 40 },
    );
  });
});

describe('the worst case', () => {
  it('counts every block with each cell tried twice, and the time around the windows', () => {
    // 2 load points, 8 rounds, 3 cells, 2 attempts; 3 s set-up and tear-down, 1 s warm-up, 4 s window, 1 s drain.
    const plan = makePlan(scenarioWith({ rates: [500, 1000], blocks: { min: 6, max: 8 } }), 1);
    expect(plan.worstCase()).toEqual({ trials: 96, durationMs: 96 * 9000 });
  });

  it('is reached where every trial is disturbed, and never exceeded', () => {
    fc.assert(
      fc.property(scenarios, seeds, fc.nat(1000), (scenario, seed, luck) => {
        const plan = makePlan(scenario, seed);
        const { trials } = plan.worstCase();
        expect(walk(plan, randomFinish(luck)).trials.length).toBeLessThanOrEqual(trials);
        expect(walk(plan, () => ({ outcome: 'repeat' })).trials.length).toBe(trials);
      }),
      { numRuns: 40 },
    );
  });

  it('has no deployment and no cell twice under one id', () => {
    fc.assert(
      fc.property(scenarios, seeds, fc.nat(1000), (scenario, seed, luck) => {
        const { deployments, trials } = walk(makePlan(scenario, seed), randomFinish(luck));
        expect(new Set(deployments.map(({ id }) => id)).size).toBe(deployments.length);
        expect(trials.map(({ index }) => index)).toEqual(trials.map((_, index) => index + 1));
        expect(trials.map(({ deploymentId }) => deploymentId)).toEqual(deployments.map(({ id }) => id));
      }),
      { numRuns: 40 },
    );
  });
});
