import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.ts';
import { makePlan } from '../../src/scenario/plan.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { type SearchState, searchState, type TriedRate } from '../../src/scenario/search.ts';
import type { TrialSpec, TrialSummary } from '../../src/scenario/trial.ts';

const SEARCH = { startPerSecond: 1000, upToPerSecond: 20_000, within: 0.1, step: 2 };

/** Searches a system that holds every rate up to its capacity, and gives what was tried and the end. */
function searched(holds: (rate: number, attempt: number) => boolean, search = SEARCH) {
  const tried: TriedRate[] = [];
  let state: SearchState = searchState(search, tried);
  while (state.kind === 'try') {
    const { ratePerSecond } = state;
    const attempt = tried.filter((one) => one.ratePerSecond === ratePerSecond).length + 1;
    tried.push({ ratePerSecond, held: holds(ratePerSecond, attempt) });
    state = searchState(search, tried);
  }
  return { tried, end: state };
}

describe('a saturation search', () => {
  it.each([300, 999, 1000, 1234, 4000, 7777, 15_000])('brackets a capacity of %i/s to within a tenth', (capacity) => {
    const { end } = searched((rate) => rate <= capacity);
    const { heldPerSecond = Number.NaN, brokenPerSecond = Number.NaN } = end;
    expect(heldPerSecond).toBeLessThanOrEqual(capacity);
    expect(brokenPerSecond).toBeGreaterThan(capacity);
    expect(brokenPerSecond / heldPerSecond).toBeLessThanOrEqual(1.1 + 1e-9);
  });

  it('goes up by doubling, then halves what lies between', () => {
    const { tried } = searched((rate) => rate <= 2500);
    expect(tried.map(({ ratePerSecond }) => ratePerSecond)).toEqual([
      1000, 2000, 4000, 4000, 2830, 2830, 2380, 2600, 2600,
    ]);
  });

  it('tries a rate that was not held once more before it gives it up', () => {
    const { end } = searched((rate, attempt) => rate <= 4000 && !(rate === 2000 && attempt === 1));
    expect(end.heldPerSecond).toBeGreaterThan(3500);
  });

  it('takes the lower one where a higher rate than a broken one is held all the same', () => {
    const state = searchState(SEARCH, [
      { ratePerSecond: 1000, held: true },
      { ratePerSecond: 2000, held: false },
      { ratePerSecond: 2000, held: false },
      { ratePerSecond: 4000, held: true },
    ]);
    expect(state).toEqual({ kind: 'try', ratePerSecond: 1410 });
  });

  it('ends without a broken rate where the highest is held, and without a held one where none is', () => {
    expect(searched(() => true).end).toEqual({ kind: 'end', heldPerSecond: 20_000, brokenPerSecond: undefined });
    const { end, tried } = searched(() => false);
    expect(end).toMatchObject({ kind: 'end', heldPerSecond: undefined });
    expect(tried.length).toBeLessThanOrEqual(30);
  });

  it('ends after 30 trials, however wide it is then', () => {
    // A system that answers by chance, as the worst that can come.
    let coin = 1;
    const { tried } = searched(
      () => {
        coin = (coin * 1_103_515_245 + 12_345) % 2 ** 31;
        return coin % 3 === 0;
      },
      { ...SEARCH, within: 0.0001 },
    );
    expect(tried.length).toBeLessThanOrEqual(30);
  });
});

function scenarioOf(load = ''): Scenario {
  const parsed = parseScenario(
    `name: search\ntreatments: [{ mesh: none }, { mesh: envoy }]\nload: { arrivalRate: 1000/s, saturation: { upTo: 8000/s }${load} }\n`,
    'search.yaml',
  );
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.scenario;
}

/** Runs a plan to its end over systems that hold what their capacity is. */
function run(scenario: Scenario, capacityOf: (treatment: string) => number) {
  const plan = makePlan(scenario, 7);
  const done: TrialSummary[] = [];
  const trials: TrialSpec[] = [];
  const live = new Set<string>();
  for (let steps = 0; steps < 5000; steps++) {
    const step = plan.next(done, live);
    if (step.kind === 'stop') return { trials, because: step.because, plan };
    if (step.kind === 'deploy') live.add(step.deployment.id);
    if (step.kind === 'retire') live.delete(step.deploymentId);
    if (step.kind !== 'trial') continue;
    const { index, cell, block, attempt, purpose, segments } = step.trial;
    const ratePerSecond = segments.find(({ measured }) => measured)?.arrivalRatePerSecond ?? 0;
    trials.push(step.trial);
    const heldRate = ratePerSecond <= capacityOf(cell.treatment);
    done.push({
      index,
      cell,
      block,
      attempt,
      purpose,
      outcome: heldRate ? 'valid' : 'repeat',
      ratePerSecond,
      heldRate,
      percentilesUs: {},
    });
  }
  throw new Error('the plan does not end');
}

describe('the plan of a saturation search', () => {
  const { trials, because, plan } = run(scenarioOf(), (treatment) => (treatment === 'none' ? 6000 : 2200));

  it('searches each cell in six blocks, the baseline twice, on one deployment each', () => {
    const deployments = new Set(trials.map(({ deploymentId }) => deploymentId));
    expect(deployments.size).toBe(18);
    expect(trials.every(({ purpose }) => purpose === 'search')).toBe(true);
    expect(because).toBe('the knee of every treatment was searched in 6 blocks');
    expect(trials.length).toBeLessThanOrEqual(plan.worstCase().trials);
  });

  it('begins at the knee of the first block in the later ones, and so needs fewer trials', () => {
    const of = (block: number) => trials.filter((trial) => trial.block === block).length;
    expect(Math.max(of(2), of(3), of(4), of(5), of(6))).toBeLessThan(of(1));
    const first = trials.find(({ block, cell }) => block === 3 && cell.treatment === 'envoy');
    expect(first?.segments[1]?.arrivalRatePerSecond).toBeGreaterThan(2000);
    expect(first?.segments[1]?.arrivalRatePerSecond).toBeLessThanOrEqual(2200);
  });

  it('is the same again for the same seed', () => {
    const again = run(scenarioOf(), (treatment) => (treatment === 'none' ? 6000 : 2200));
    expect(again.trials).toEqual(trials);
  });

  it.each([
    ['a pilot', ', pilot: highest', 'load.pilot'],
    ['several rates', '', 'load.arrivalRate'],
    ['stages', ', stages: [{ duration: 5s, to: 2000/s }]', 'load.stages'],
  ])('is refused beside %s', (_, load, path) => {
    const text = `name: s\ntreatments: [{ mesh: none }]\nload: { arrivalRate: ${path === 'load.arrivalRate' ? '[1/s, 2/s]' : '1/s'}, saturation: { upTo: 9/s }${load} }\n`;
    const parsed = parseScenario(text, 's.yaml');
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.path)).toContain(path);
  });

  it('is refused beside budgets, which it measures nothing for', () => {
    const text =
      'name: s\ntreatments: [{ mesh: none }]\nload: { arrivalRate: 1/s, saturation: { upTo: 9/s } }\nbudgets: documented\n';
    const parsed = parseScenario(text, 's.yaml');
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.path)).toContain('budgets');
  });
});
