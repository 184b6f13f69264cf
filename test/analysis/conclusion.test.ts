import { describe, expect, test } from 'vitest';
import { type AnalysedRun, analyseRun } from '../../src/analysis/analyse.ts';
import type { BudgetLine } from '../../src/scenario/scenario.ts';
import { confirmedBy, latencyLine, runFixture } from './fixtures/runs.ts';
import { failRequests, windowOf } from './fixtures/trials.ts';

const concluded = (run: AnalysedRun) => {
  const { outcome, exitCode, sentence } = analyseRun(run).conclusion;
  return { outcome, exitCode, sentence };
};

const withLines = (...lines: BudgetLine[]) => concluded(runFixture({ lines }));
const advisory = { role: 'advisory' } as const;

describe('the conclusion', () => {
  test('is within, exit 0, when every required line is, and tells the closest one', () => {
    expect(withLines(latencyLine(5000))).toEqual({
      outcome: 'within',
      exitCode: 0,
      sentence: 'envoy adds 0.525 ms at p50 (96.9 % interval 0.502 to 0.548) at 1,000/s: within the 5 ms budget',
    });
    expect(withLines(latencyLine(50_000), latencyLine(5000), latencyLine(1, advisory))).toEqual({
      outcome: 'within',
      exitCode: 0,
      sentence:
        'envoy adds 0.525 ms at p50 (96.9 % interval 0.502 to 0.548) at 1,000/s: within the 5 ms budget; all 2 required lines are within, this one is the closest',
    });
  });

  test('is over, exit 1, as soon as fresh blocks confirm it of one required line, and tells the worst one', () => {
    const lines = [latencyLine(525), latencyLine(300), latencyLine(200), latencyLine(5000)];
    expect(concluded(confirmedBy(runFixture({ lines })))).toEqual({
      outcome: 'over',
      exitCode: 1,
      sentence:
        'envoy adds 0.525 ms at p50 (96.9 % interval 0.502 to 0.548) at 1,000/s: over the 0.2 ms budget; 2 of 4 required lines are over',
    });
  });

  test('is inconclusive, exit 4, where a required line is over and no fresh block was run', () => {
    expect(withLines(latencyLine(300), latencyLine(5000))).toEqual({
      outcome: 'inconclusive',
      exitCode: 4,
      sentence:
        'envoy adds 0.525 ms at p50 (96.9 % interval 0.502 to 0.548) at 1,000/s: over the 0.3 ms budget in one set of blocks only, and a run fails on what fresh blocks confirm; 1 of 2 required lines is over so',
    });
  });

  test('is inconclusive, exit 4, where fresh blocks do not find the line over again', () => {
    const run = confirmedBy(runFixture({ lines: [latencyLine(300)] }), (asked) =>
      asked.treatment === 'envoy' ? { ...asked, medianUs: 690 + asked.block } : asked,
    );
    expect(concluded(run)).toEqual({
      outcome: 'inconclusive',
      exitCode: 4,
      sentence:
        'Whether the latency that envoy adds at p50 at 1,000/s is within the 0.3 ms budget cannot be said, since the whole interval, 0.502 to 0.548 ms, is above 0.3 ms, but not confirmed by 6 fresh blocks: 0.290 to 0.297 ms',
    });
  });

  test('is inconclusive, exit 4, when a required line is and none is over', () => {
    expect(withLines(latencyLine(525), latencyLine(5000), latencyLine(300, advisory))).toEqual({
      outcome: 'inconclusive',
      exitCode: 4,
      sentence:
        'Whether the latency that envoy adds at p50 at 1,000/s is within the 0.525 ms budget cannot be said, since the interval, 0.502 to 0.548 ms, holds values on both sides of 0.525 ms; 1 of 2 required lines is inconclusive',
    });
  });

  test('without a required line is exit 0 when every load point has 6 valid blocks', () => {
    expect(withLines()).toEqual({
      outcome: 'no-budget',
      exitCode: 0,
      sentence: 'envoy adds 0.525 ms at p50 (96.9 % interval 0.502 to 0.548) at 1,000/s; no budget applies',
    });
    expect(withLines(latencyLine(1, advisory))).toMatchObject({ outcome: 'no-budget', exitCode: 0 });
  });

  test('without a required line is exit 4 when a load point has fewer, or none at all', () => {
    expect(concluded(runFixture({ blocks: 5 }))).toEqual({
      outcome: 'no-budget',
      exitCode: 4,
      sentence: 'no budget applies; only 5 valid blocks at 1,000/s, an interval needs 6',
    });
    const run = runFixture();
    const load = { ...run.scenario.load, arrivalRatesPerSecond: [1000, 2000] };
    expect(concluded({ ...run, scenario: { ...run.scenario, load } })).toMatchObject({
      exitCode: 4,
      sentence: expect.stringMatching(/; only 0 valid blocks at 2,000\/s, an interval needs 6$/),
    });
  });

  test('is never green for a required line at a load point that was not reached', () => {
    const run = runFixture({ lines: [latencyLine(5000)] });
    const load = { ...run.scenario.load, arrivalRatesPerSecond: [1000, 2000] };
    expect(concluded({ ...run, scenario: { ...run.scenario, load } })).toMatchObject({
      outcome: 'inconclusive',
      exitCode: 4,
    });
  });

  test('is exit 4 when nothing valid was measured, whatever the budgets', () => {
    const run = runFixture({ blocks: 1, lines: [latencyLine(1)] });
    for (const trial of run.trials) windowOf(trial).counts.unsent = 7;
    expect(concluded(run)).toEqual({
      outcome: 'inconclusive',
      exitCode: 4,
      sentence:
        'No block was a fair measurement, so nothing can be said about the cost of envoy (block 1: none, trial 1: unsent (7 of 4,000 scheduled requests unsent); none again, trial 3: unsent (7 of 4,000 scheduled requests unsent); envoy, trial 2: unsent (7 of 4,000 scheduled requests unsent))',
    });
    expect(concluded({ ...run, trials: [], deployments: [] })).toMatchObject({
      exitCode: 4,
      sentence: 'No block was a fair measurement, so nothing can be said about the cost of envoy (no block was run)',
    });
  });

  test('can be drawn again against other budgets, which then stand in the result', () => {
    const run = runFixture({ lines: [latencyLine(5000)] });
    const budgets = { name: 'strict.yaml', lines: [latencyLine(300)] };
    const analysis = analyseRun({ ...run, scenario: { ...run.scenario, budgets } });
    expect([analysis.conclusion.exitCode, analysis.scenario.budgets]).toEqual([4, budgets]);
  });
});

describe('a conclusion on success rates', () => {
  const rate = (atLeast: number): BudgetLine => ({
    metric: 'success-rate',
    atLeast,
    role: 'required',
    source: 'scenario',
  });
  /** A tenth of the envoy's requests fails in each block, so that no block is valid. */
  const failing = (...lines: BudgetLine[]) => {
    const run = runFixture({ lines });
    const twice = confirmedBy(run);
    for (const trial of twice.trials.filter(({ spec }) => spec.cell.treatment === 'envoy')) failRequests(trial, 400);
    return concluded(twice);
  };

  test('is over, exit 1, where failures break one, though they leave no valid block', () => {
    expect(failing(rate(0.99), latencyLine(5000))).toEqual({
      outcome: 'over',
      exitCode: 1,
      sentence:
        'envoy answers 90.0 % (96.9 % interval 89.6 to 90.4) of the requests at 1,000/s: under the 99 % that the budget asks; 1 of 2 required lines is over',
    });
  });

  test('is within, exit 0, where all that is required is kept by them', () => {
    expect(failing(rate(0.5))).toEqual({
      outcome: 'within',
      exitCode: 0,
      sentence:
        'envoy answers 90.0 % (96.9 % interval 89.6 to 90.4) of the requests at 1,000/s: within the budget of at least 50 %',
    });
  });

  test('is exit 4 where another line is required too, which has no valid block', () => {
    expect(failing(rate(0.5), latencyLine(5000))).toMatchObject({
      outcome: 'inconclusive',
      exitCode: 4,
      sentence: expect.stringMatching(/^No block was a fair measurement/),
    });
  });

  test('is exit 4 where not all of them are kept, or none was asked for', () => {
    const sentence = expect.stringMatching(/^No block was a fair measurement/);
    // Of 24,000 requests 2,400 failed: 90 % lies inside the interval.
    expect(failing(rate(0.5), rate(0.9))).toMatchObject({ exitCode: 4, sentence });
    expect(failing()).toMatchObject({ exitCode: 4, sentence });
  });

  test('tells as the closest the line that has the least of its allowance left', () => {
    // Of 1 - 0.9 = 0.1 that may fail, nothing does; of 5,000 µs that may be added, 548 are.
    expect(withLines(rate(0.9), latencyLine(5000)).sentence).toMatch(/^envoy adds /);
    expect(withLines(rate(0.9998), latencyLine(5000)).sentence).toMatch(/^envoy answers /);
  });
});

describe('the caveats', () => {
  const caveatsOf = (run: AnalysedRun) => analyseRun(run).conclusion.caveats;
  const COARSE = 'p99 is coarse: only 40 requests of the smallest trial lie beyond p99 (envoy at 1,000/s)';
  const ABSENT = 'p999 is absent: needs 25,000 requests in each trial, the smallest has 4,000 (envoy at 1,000/s)';
  const BUILD = 'envoy here is upstream Envoy 1.40.0, not Istio';

  test('of a fair run on a quiet machine name weak percentiles and what ran', () => {
    expect(caveatsOf(runFixture())).toEqual([COARSE, ABSENT, BUILD]);
  });

  test('come in the order of their weight', () => {
    const run = runFixture({
      blocks: 8,
      cell: (asked) => ({
        ...asked,
        deploymentId: `only-${asked.treatment}`,
        ...(asked.replica === 1 && { medianUs: 460 + asked.block }),
      }),
    });
    const [first, second] = run.trials;
    if (first === undefined || second === undefined) throw new Error('no trial');
    windowOf(first).counts.unsent = 1;
    second.controls = [];
    run.run.idleNoise = {
      seconds: 3,
      perCore: [
        { core: 0, lostShare: 0.009, stallsOver1msPerSecond: 2, longestUs: 8200 },
        { core: 1, lostShare: 0.0137, stallsOver1msPerSecond: 3, longestUs: 4100 },
      ],
    };
    run.run.platform.leavesOut = ['no redirection'];
    run.run.ended = { at: '2026-11-24T10:05:00.000Z', because: 'interrupted', complete: false };
    const analysis = analyseRun(run);
    expect(analysis.incomplete).toBe(true);
    expect(analysis.conclusion.caveats).toEqual([
      'the run ended before its plan was through: interrupted',
      expect.stringMatching(/^envoy at 1,000\/s: not proven: .*; trial 2 fails plaintext$/),
      'at 1,000/s the two baselines differ from each other at p50, p90 and p99: order or placement is broken, and the overhead there cannot be trusted',
      '1 of 8 blocks at 1,000/s carry no comparison: lost to unsent and plaintext',
      COARSE,
      ABSENT,
      "the host took up to 1.4 % of a core's time while nothing ran, in stalls of up to 8.2 ms: high percentiles hold these stalls too, and longer trials, more blocks or a quieter machine narrow their intervals",
      'no redirection',
      'each of envoy and none was deployed once: the intervals speak for these deployments, not for the next ones',
      BUILD,
    ]);
  });

  test('say of a run that was killed that it did not come to its end', () => {
    const run = runFixture();
    delete run.run.ended;
    expect(caveatsOf(run)[0]).toBe('the run did not come to its end: what is here is what was recorded until then');
  });

  test('name each treatment that was left out, and that lines for it are not judged; then the notes', () => {
    const run = runFixture({ lines: [latencyLine(5000, { for: 'istio' })] });
    const because = 'it is measured on the kubernetes platform only';
    const leftOut = [
      { treatment: 'istio-strict', mesh: 'istio', because },
      { treatment: 'linkerd', mesh: 'linkerd', because },
    ] as const;
    const noted = { ...run, scenario: { ...run.scenario, leftOut, notes: ['nobody ran this'] } };
    expect(caveatsOf(noted)).toEqual([
      'istio-strict is left out: it is measured on the kubernetes platform only, so that no budget line is judged for it',
      'linkerd is left out: it is measured on the kubernetes platform only',
      'nobody ran this',
      COARSE,
      ABSENT,
      BUILD,
    ]);
    expect(concluded(noted)).toMatchObject({ outcome: 'no-budget', exitCode: 0 });
  });

  test('say that the idle machine was not metered', () => {
    const run = runFixture();
    run.run.idleNoise = { missing: 'skipped' };
    expect(caveatsOf(run)).toContain('how much time the idle machine loses by itself is not known: skipped');
  });
});
