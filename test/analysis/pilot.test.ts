import { describe, expect, test } from 'vitest';
import { type AnalysedRun, analyseRun } from '../../src/analysis/analyse.ts';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import { latencyLine, runFixture } from './fixtures/runs.ts';
import { deploymentFixture, trialFixture, windowOf } from './fixtures/trials.ts';

interface Tried {
  treatment: 'none' | 'envoy';
  load: number;
  attempt?: number;
  unsent?: number;
}

function pilotTrial({ treatment, load, attempt = 1, unsent = 0 }: Tried, index: number): TrialRecord {
  const meshed = treatment === 'envoy';
  const deploymentId = `pilot-${load}-${treatment}-a${attempt}`;
  const trial = trialFixture({ index, block: 0, treatment, meshed, load, attempt, deploymentId });
  trial.spec.purpose = 'pilot';
  windowOf(trial).counts.unsent = unsent;
  return trial;
}

/** A pilot over 2,000/s, 1,000/s and 500/s, and what was measured after it; the fixture measures at the first of the rates. */
function piloted(tried: readonly Tried[], { blocks = 6 } = {}): AnalysedRun {
  const run = runFixture({ blocks, lines: [latencyLine(5000)] });
  const measured = run.trials.map((trial) => ({
    ...trial,
    spec: { ...trial.spec, index: trial.spec.index + tried.length },
  }));
  const pilots = tried.map((each, place) => pilotTrial(each, place + 1));
  const deployments = pilots.map(({ spec }) =>
    deploymentFixture(spec.deploymentId, { name: spec.cell.treatment, meshed: spec.cell.treatment === 'envoy' }),
  );
  const load = { ...run.scenario.load, arrivalRatesPerSecond: [1000, 2000, 500], pilot: 'highest' } as const;
  return {
    ...run,
    scenario: { ...run.scenario, load },
    deployments: [...deployments, ...run.deployments],
    trials: [...pilots, ...measured],
  };
}

const ENVOY_FAILS_AT_2000: Tried[] = [
  { treatment: 'none', load: 1 },
  { treatment: 'envoy', load: 1, attempt: 1, unsent: 9 },
  { treatment: 'envoy', load: 1, attempt: 2, unsent: 7 },
];
const BOTH_HOLD_1000: Tried[] = [
  { treatment: 'none', load: 0 },
  { treatment: 'envoy', load: 0 },
];

describe('a run with a pilot', () => {
  const pilotedRun = () => piloted([...ENVOY_FAILS_AT_2000, ...BOTH_HOLD_1000]);

  test('is analysed and judged at the rate that the pilot chose alone', () => {
    const analysis = analyseRun(pilotedRun());
    expect(analysis.loads.map(({ load, blocksValid }) => [load, blocksValid])).toEqual([[0, 6]]);
    expect(analysis.verdicts.map(({ arrivalRatePerSecond, verdict }) => [arrivalRatePerSecond, verdict])).toEqual([
      [1000, 'within'],
    ]);
    expect(analysis.conclusion).toMatchObject({ outcome: 'within', exitCode: 0 });
  });

  test('says of a higher rate what did not hold it, and of a lower one that it was not needed', () => {
    const analysis = analyseRun(pilotedRun());
    expect(analysis.conclusion.caveats.slice(0, 2)).toEqual([
      '2,000/s was not measured: in the pilot envoy did not hold it (trial 3, unsent: 7 of 4,000 scheduled requests unsent)',
      '500/s was not needed: 1,000/s is the highest rate that every treatment held in the pilot, and the only one measured',
    ]);
  });

  test('lists the trials of the pilot, but counts no gate of theirs against the run', () => {
    const run = pilotedRun();
    const analysis = analyseRun(run);
    expect(analysis.trials.slice(0, 3).map(({ purpose, outcome }) => [purpose, outcome])).toEqual([
      ['pilot', 'valid'],
      ['pilot', 'repeat'],
      ['pilot', 'repeat'],
    ]);
    expect(analysis.gates.find(({ gate }) => gate === 'unsent')).toMatchObject({ pass: 18, fail: 0 });
  });

  test('is judged by the proofs of what was measured, not by those of its rehearsal', () => {
    const run = pilotedRun();
    const deployments = run.deployments.filter(({ id }) => !id.startsWith('pilot'));
    const unproven = analyseRun({ ...run, deployments });
    expect(unproven.trials[4]?.outcome).toBe('void');
    expect(unproven.verdicts.map(({ verdict }) => verdict)).toEqual(['within']);
  });
});

describe('a pilot', () => {
  const failing = [1, 0, 2].flatMap((load): Tried[] => [
    { treatment: 'none', load, unsent: 5 },
    { treatment: 'none', load, attempt: 2, unsent: 5 },
  ]);

  test('that finds no rate leaves nothing measured: exit 4, whatever the budgets', () => {
    const { conclusion, loads, verdicts, gates } = analyseRun(piloted(failing, { blocks: 0 }));
    expect([loads, verdicts]).toEqual([[], []]);
    expect(conclusion).toMatchObject({
      outcome: 'inconclusive',
      exitCode: 4,
      sentence: 'Nothing was measured, since the pilot found no rate that every treatment holds',
    });
    expect(conclusion.caveats.filter((caveat) => caveat.includes('did not hold it'))).toHaveLength(3);
    // With nothing else to speak of, its gates are those of the run.
    expect(gates.find(({ gate }) => gate === 'unsent')).toMatchObject({ fail: 6 });
  });

  test('that was interrupted leaves nothing measured either', () => {
    expect(analyseRun(piloted(ENVOY_FAILS_AT_2000.slice(0, 2), { blocks: 0 })).conclusion).toMatchObject({
      exitCode: 4,
      sentence: 'Nothing was measured, since the pilot had not found the rate to measure yet',
    });
  });

  test('without a measured trial after it is a run without a valid block', () => {
    expect(
      analyseRun(
        piloted(
          BOTH_HOLD_1000.map((each) => ({ ...each, load: 1 })),
          { blocks: 0 },
        ),
      ).conclusion,
    ).toEqual(expect.objectContaining({ outcome: 'inconclusive', exitCode: 4 }));
  });
});
