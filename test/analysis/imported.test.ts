import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { judgeBudgets } from '../../src/analysis/verdict.ts';
import { envoyOf, latencyLine, runFixture } from './fixtures/runs.ts';

/** The fixture's run, as if the first so many of its trials had come from fortio's results. */
function imported(trials = Number.POSITIVE_INFINITY) {
  const run = runFixture();
  for (const trial of run.trials.slice(0, trials)) trial.origin = { kind: 'imported', tool: 'fortio', cannotSay: [] };
  return analyseRun(run);
}

describe('a run of imported trials', () => {
  test('says by whom they were measured, where the build and the proof would stand', () => {
    const { build, proof } = envoyOf(imported());
    expect([build, proof.sentence]).toEqual([
      'as fortio measured it, not deployed here',
      'the trials were imported from fortio',
    ]);
  });

  test.each([1, Number.POSITIVE_INFINITY])('gets no verdict where %d of the trials were imported', (trials) => {
    const { scenario, loads, trials: judged } = imported(trials);
    const [verdict] = judgeBudgets({ scenario, lines: [latencyLine(10_000)], loads, trials: judged });
    expect([verdict?.verdict, verdict?.because]).toEqual([
      'inconclusive',
      'the trials were imported: nobody proved that their traffic went through the mesh',
    ]);
  });
});
