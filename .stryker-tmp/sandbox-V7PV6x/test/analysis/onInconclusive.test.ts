// @ts-nocheck
import { describe, expect, test } from 'vitest';
import { type AnalysedRun, analyseRun } from '../../src/analysis/analyse.ts';
import { withInconclusive } from '../../src/analysis/onInconclusive.ts';
import { latencyLine, runFixture } from './fixtures/runs.ts';
import { windowOf } from './fixtures/trials.ts';

/** The fixture's added p50 is 525 µs, 502 to 548. */
const OPEN = latencyLine(525);

const passed = (run: AnalysedRun) => {
  const { outcome, exitCode, sentence } = withInconclusive(analyseRun(run), 'pass').conclusion;
  return { outcome, exitCode, told: sentence.split('; ').at(-1) };
};
const NOT = '--on-inconclusive pass does not apply, since';

describe('--on-inconclusive pass', () => {
  test('ends an inconclusive run with 0, and says so in its first sentence; the outcome stays inconclusive', () => {
    expect(passed(runFixture({ lines: [OPEN] }))).toEqual({
      outcome: 'inconclusive',
      exitCode: 0,
      told: 'exit code 0 all the same, as --on-inconclusive pass asks',
    });
    expect(passed(runFixture({ lines: [OPEN], blocks: 5 }))).toMatchObject({ exitCode: 0 });
  });

  test('changes nothing of a run that is within or over, and neither does fail of any', () => {
    for (const limit of [300, 5000]) {
      const analysis = analyseRun(runFixture({ lines: [latencyLine(limit)] }));
      expect(withInconclusive(analysis, 'pass')).toEqual(analysis);
    }
    const open = analyseRun(runFixture({ lines: [OPEN] }));
    expect(withInconclusive(open, 'fail')).toEqual(open);
    expect(open.conclusion.exitCode).toBe(4);
  });

  test('does not apply where a proof failed, be it of the baseline', () => {
    const run = runFixture({ lines: [OPEN], blocks: 7 });
    const tally = run.trials[0]?.services[0]?.tally;
    if (tally === undefined || 'missing' in tally) throw new Error('no tally');
    tally.byIdentity = [{ identity: 'spiffe://stranger', attempt: null, requests: tally.requests }];
    expect(passed(run)).toEqual({ outcome: 'inconclusive', exitCode: 4, told: `${NOT} a proof failed` });
  });

  test('does not apply where nothing valid was measured', () => {
    const run = runFixture({ lines: [OPEN] });
    for (const trial of run.trials) windowOf(trial).counts.unsent = 7;
    expect(passed(run)).toEqual({ outcome: 'inconclusive', exitCode: 4, told: `${NOT} nothing valid was measured` });
  });

  test('does not apply where the baselines differ from each other', () => {
    const run = runFixture({
      lines: [OPEN],
      cell: (asked) => (asked.replica === 1 ? { ...asked, medianUs: 460 + asked.block } : asked),
    });
    expect(passed(run)).toEqual({ outcome: 'inconclusive', exitCode: 4, told: `${NOT} the measurement was not fair` });
  });

  test('does not apply to a run that did not finish, or of which no required line is inconclusive', () => {
    const killed = runFixture({ lines: [OPEN] });
    delete killed.run.ended;
    expect(passed(killed)).toMatchObject({ exitCode: 4, told: `${NOT} the run did not finish` });
    expect(passed(runFixture({ blocks: 5 }))).toEqual({
      outcome: 'no-budget',
      exitCode: 4,
      told: `${NOT} no required line is what is inconclusive`,
    });
  });
});
