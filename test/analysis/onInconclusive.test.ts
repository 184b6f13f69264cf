import { describe, expect, test } from 'vitest';
import { type AnalysedRun, analyseRun } from '../../src/analysis/analyse.ts';
import { withInconclusive } from '../../src/analysis/onInconclusive.ts';
import { confirmedBy, latencyLine, runFixture } from './fixtures/runs.ts';
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
    const over = confirmedBy(runFixture({ lines: [latencyLine(300)] }));
    for (const run of [over, runFixture({ lines: [latencyLine(5000)] })]) {
      const analysis = analyseRun(run);
      expect(withInconclusive(analysis, 'pass')).toEqual(analysis);
    }
    const open = analyseRun(runFixture({ lines: [OPEN] }));
    expect(withInconclusive(open, 'fail')).toEqual(open);
    expect(open.conclusion.exitCode).toBe(4);
  });

  test('does not apply where a line is over in blocks that nobody confirmed', () => {
    const told = `${NOT} a required line is over in the blocks that were run`;
    expect(passed(runFixture({ lines: [latencyLine(300)] }))).toEqual({ outcome: 'inconclusive', exitCode: 4, told });
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

  test('does not apply where one of several load points has no valid block', () => {
    const run = runFixture({ lines: [OPEN] });
    const load = { ...run.scenario.load, arrivalRatesPerSecond: [1000, 2000] };
    expect(passed({ ...run, scenario: { ...run.scenario, load } })).toEqual({
      outcome: 'inconclusive',
      exitCode: 4,
      told: `${NOT} nothing valid was measured`,
    });
  });

  test('does not apply where the baselines differ from each other', () => {
    const run = runFixture({
      lines: [OPEN],
      cell: (asked) => (asked.replica === 1 ? { ...asked, medianUs: 460 + asked.block } : asked),
    });
    expect(passed(run)).toEqual({ outcome: 'inconclusive', exitCode: 4, told: `${NOT} the measurement was not fair` });
  });

  test('asks nothing of advisory lines, and nothing of required ones that are kept', () => {
    const run = runFixture({
      lines: [
        { metric: 'success-rate', atLeast: 0.99999, role: 'required', source: 'scenario' },
        latencyLine(15_000, { role: 'advisory' }),
      ],
      cell: (asked) => (asked.replica === 1 ? { ...asked, medianUs: 460 + asked.block } : asked),
    });
    expect(passed(run)).toMatchObject({ outcome: 'inconclusive', exitCode: 0 });
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
