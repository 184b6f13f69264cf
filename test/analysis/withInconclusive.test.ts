import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { withInconclusive } from '../../src/analysis/onInconclusive.ts';
import type { BudgetVerdict, RunAnalysis, TrialVerdict, VerdictWord } from '../../src/analysis/result.ts';
import { loadPointFixture } from './fixtures/loadPoint.ts';
import { latencyLine, runFixture } from './fixtures/runs.ts';

function verdict(word: VerdictWord, rest: Partial<BudgetVerdict> = {}): BudgetVerdict {
  return {
    line: latencyLine(525),
    treatment: 'envoy',
    load: 0,
    arrivalRatePerSecond: 1000,
    estimate: { missing: 'lost' },
    verdict: word,
    betterThanDocumented: false,
    because: 'that is so',
    ...rest,
  };
}

const trial = (rest: Partial<TrialVerdict>): TrialVerdict => ({
  index: 1,
  purpose: 'measure',
  block: 1,
  treatment: 'envoy',
  replica: 0,
  load: 0,
  attempt: 1,
  outcome: 'valid',
  gates: [],
  ...rest,
});

/** A fair run of which one required line is inconclusive, with a change. */
function inconclusive(change: Partial<RunAnalysis> = {}): RunAnalysis {
  return {
    ...analyseRun(runFixture({ blocks: 0 })),
    incomplete: false,
    conclusion: { outcome: 'inconclusive', exitCode: 4, sentence: 'It cannot be said', caveats: ['a caveat'] },
    verdicts: [verdict('inconclusive')],
    loads: [loadPointFixture()],
    trials: [trial({})],
    ...change,
  };
}

const PASSED = 'exit code 0 all the same, as --on-inconclusive pass asks';
const toldOf = (change: Partial<RunAnalysis>) => {
  const { exitCode, sentence } = withInconclusive(inconclusive(change), 'pass').conclusion;
  return [exitCode, sentence.replace('It cannot be said; ', '').replace('--on-inconclusive pass does not apply, ', '')];
};

describe('an inconclusive run that is to pass', () => {
  test('differs in its exit code and in its sentence alone', () => {
    const analysis = inconclusive();
    expect(withInconclusive(analysis, 'pass')).toEqual({
      ...analysis,
      conclusion: { ...analysis.conclusion, exitCode: 0, sentence: `It cannot be said; ${PASSED}` },
    });
    expect(withInconclusive(analysis, 'fail')).toBe(analysis);
  });

  test('is left alone where it ends with another exit code', () => {
    for (const exitCode of [0, 1] as const) {
      const analysis = inconclusive({ conclusion: { ...inconclusive().conclusion, exitCode } });
      expect(withInconclusive(analysis, 'pass')).toBe(analysis);
    }
  });

  test('does not where it is no fair measurement, for the first reason that there is', () => {
    const none = { ...loadPointFixture(), blocksValid: 0 };
    const loads = [loadPointFixture(), none];
    const trials = [trial({}), trial({ outcome: 'void' })];
    const verdicts = [verdict('inconclusive'), verdict('over')];
    expect([
      toldOf({ incomplete: true, loads, trials, verdicts }),
      toldOf({ loads, trials, verdicts }),
      toldOf({ loads: [] }),
      toldOf({ trials, verdicts }),
      toldOf({ verdicts }),
      toldOf({ verdicts: [verdict('inconclusive'), verdict('inconclusive', { isInvalid: true })] }),
      toldOf({ verdicts: [verdict('within')] }),
    ]).toEqual([
      [4, 'since the run did not finish'],
      [4, 'since nothing valid was measured'],
      [4, 'since nothing valid was measured'],
      [4, 'since a proof failed'],
      [4, 'since a required line is over in the blocks that were run'],
      [4, 'since the measurement was not fair'],
      [4, 'since no required line is what is inconclusive'],
    ]);
  });

  test('passes whatever trials were repeated, the pilot tried, and advisory lines say', () => {
    const line = latencyLine(525, { role: 'advisory' });
    const trials = [trial({ outcome: 'repeat' }), trial({ purpose: 'pilot', outcome: 'void' })];
    const advisory = [verdict('over', { line }), verdict('inconclusive', { line, isInvalid: true })];
    expect([
      toldOf({ trials }),
      toldOf({ verdicts: [verdict('inconclusive'), ...advisory] }),
      toldOf({ verdicts: [verdict('within', { isInvalid: true }), verdict('inconclusive')] }),
    ]).toEqual([
      [0, PASSED],
      [0, PASSED],
      [0, PASSED],
    ]);
    expect(toldOf({ verdicts: advisory })).toEqual([4, 'since no required line is what is inconclusive']);
  });
});
