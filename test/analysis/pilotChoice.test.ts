import { describe, expect, test } from 'vitest';
import { chosenLoads } from '../../src/analysis/pilot.ts';
import { judgeTrials } from '../../src/analysis/validity.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { runFixture } from './fixtures/runs.ts';
import { deploymentFixture, failRequests, trialFixture, windowOf } from './fixtures/trials.ts';

/** Whether a treatment held the rate in a trial of the pilot, or what kept it from it. */
type Outcome = 'held' | 'unsent' | 'unsent and errors' | 'not proven';

function scenarioAt(arrivalRatesPerSecond: readonly number[], piloted = true): Scenario {
  const { scenario } = runFixture({ blocks: 0 });
  const load = { ...scenario.load, arrivalRatesPerSecond, ...(piloted && { pilot: 'highest' as const }) };
  return { ...scenario, load };
}

/** Trials of the envoy at a load, in the order of their attempts, after one of the baseline that held it. */
function tried(...at: { load: number; envoy: readonly Outcome[] }[]) {
  const trials = at.flatMap(({ load, envoy }) => [
    trialFixture({ load, block: 0, deploymentId: 'none', requests: 1000 }),
    ...envoy.map((outcome, index) => {
      const attempt = index + 1;
      const trial = trialFixture({ load, block: 0, attempt, meshed: true, deploymentId: 'envoy', requests: 1000 });
      if (outcome === 'unsent and errors') failRequests(trial, 100);
      if (outcome.startsWith('unsent')) windowOf(trial).counts.unsent = 7;
      if (outcome === 'not proven') trial.controls = [];
      return trial;
    }),
  ]);
  for (const [index, { spec }] of trials.entries()) {
    spec.index = index + 1;
    spec.purpose = 'pilot';
  }
  const deployments = ['none', 'envoy'].map((name) => deploymentFixture(name, { name, meshed: name === 'envoy' }));
  return judgeTrials({ trials, deployments });
}

const fails = (load: number) => ({ load, envoy: ['unsent', 'unsent'] as const });
const holds = (load: number) => ({ load, envoy: ['held'] as const });

describe('the load points that are measured', () => {
  test('are all of them without a pilot, with nothing to say of any', () => {
    expect(chosenLoads(scenarioAt([500, 1000], false), tried(fails(1), holds(0)))).toEqual({
      loads: [0, 1],
      nothingBecause: undefined,
      caveats: [],
    });
  });

  test('are the highest that was held, with nothing to say where it is the only one', () => {
    expect(chosenLoads(scenarioAt([1000]), tried(holds(0)))).toEqual({
      loads: [0],
      nothingBecause: undefined,
      caveats: [],
    });
  });

  test('leave out each lower rate, told from the lowest up', () => {
    const kept =
      'not needed: 2,000/s is the highest rate that every treatment held in the pilot, and the only one measured';
    expect(chosenLoads(scenarioAt([2000, 500]), tried(holds(0))).caveats).toEqual([`500/s was ${kept}`]);
    expect(chosenLoads(scenarioAt([1000, 2000, 500]), tried(holds(1))).caveats).toEqual([
      `500/s and 1,000/s were ${kept}`,
    ]);
  });

  test('leave out each higher rate, told by the gates of the last trial that did not hold it', () => {
    const { loads, caveats } = chosenLoads(
      scenarioAt([500, 1000, 2000]),
      tried({ load: 2, envoy: ['unsent', 'unsent and errors'] }, fails(1), holds(0)),
    );
    expect(loads).toEqual([0]);
    expect(caveats).toEqual([
      expect.stringMatching(
        /^2,000\/s was not measured: in the pilot envoy did not hold it \(trial 3, (\S+: .+; )?unsent: 7 of 1,000 scheduled requests unsent; errors: .*100 .*\)$/,
      ),
      '1,000/s was not measured: in the pilot envoy did not hold it (trial 6, unsent: 7 of 1,000 scheduled requests unsent)',
    ]);
  });

  test('are chosen whatever else a trial of the pilot fails', () => {
    expect(chosenLoads(scenarioAt([1000]), tried({ load: 0, envoy: ['not proven'] })).loads).toEqual([0]);
    expect(chosenLoads(scenarioAt([1000]), tried({ load: 0, envoy: ['unsent', 'held'] })).loads).toEqual([0]);
  });
});

describe('a pilot', () => {
  test('has not chosen while a treatment has an attempt left', () => {
    expect(chosenLoads(scenarioAt([1000, 500]), tried({ load: 0, envoy: ['unsent'] }))).toEqual({
      loads: [],
      nothingBecause: 'the pilot had not found the rate to measure yet',
      caveats: [],
    });
  });

  test('has found none where every rate was given up', () => {
    const { loads, nothingBecause, caveats } = chosenLoads(scenarioAt([1000, 500]), tried(fails(0), fails(1)));
    expect([loads, nothingBecause]).toEqual([[], 'the pilot found no rate that every treatment holds']);
    expect(caveats.map((caveat) => caveat.split(' was ')[0])).toEqual(['1,000/s', '500/s']);
  });
});
