import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnalysedRun, analyseRun } from '../../src/analysis/analyse.ts';
import type { BudgetVerdict } from '../../src/analysis/result.ts';
import { judgeBudgets } from '../../src/analysis/verdict.ts';
import type { BudgetLine } from '../../src/scenario/scenario.ts';
import { latencyLine, runFixture } from './fixtures/runs.ts';

const analysed = () => analyseRun(runFixture());

/** The verdict on one line over the fixture run, whose added p50 is 525 µs, 502 to 548. */
function verdictOn(line: BudgetLine, run?: AnalysedRun): BudgetVerdict {
  const { scenario, loads, trials } = run === undefined ? analysed() : analyseRun(run);
  const [verdict, ...others] = judgeBudgets({ scenario, lines: [line], loads, trials });
  if (verdict === undefined || others.length > 0) throw new Error(`${others.length} other verdicts`);
  return verdict;
}

describe('a latency budget', () => {
  test.each([
    [0.3, 'over'],
    [1, 'inconclusive'],
    [3, 'within'],
  ])('of %f times the estimate is %s', (factor, verdict) => {
    expect(verdictOn(latencyLine(525 * factor)).verdict).toBe(verdict);
  });

  test.each([
    [501.9, 'over'],
    [502, 'inconclusive'],
    [547.9, 'inconclusive'],
    [548, 'within'],
  ])('of %f µs is %s against an interval of 502 to 548 µs', (atMost, verdict) => {
    expect(verdictOn(latencyLine(atMost)).verdict).toBe(verdict);
  });

  test('says on which side of the budget the interval lies', () => {
    expect(verdictOn(latencyLine(5000)).because).toBe('the whole interval, 0.502 to 0.548 ms, is at or under 5 ms');
    expect(verdictOn(latencyLine(300)).because).toBe('the whole interval, 0.502 to 0.548 ms, is above 0.3 ms');
    expect(verdictOn(latencyLine(525)).because).toBe(
      'the interval, 0.502 to 0.548 ms, holds values on both sides of 0.525 ms',
    );
  });

  test('never turns worse when it grows', () => {
    const rank = { over: 0, inconclusive: 1, within: 2 };
    const { scenario, loads, trials } = analysed();
    const rankAt = (atMost: number) => {
      const [verdict] = judgeBudgets({ scenario, lines: [latencyLine(atMost)], loads, trials });
      if (verdict === undefined) throw new Error('no verdict');
      return rank[verdict.verdict];
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1200 }), fc.integer({ min: 0, max: 600 }), (atMost, more) => {
        expect(rankAt(atMost + more)).toBeGreaterThanOrEqual(rankAt(atMost));
      }),
    );
  });

  test('is better than documented only where the whole interval lies under the documented range', () => {
    const documented = (documentedFrom: number) =>
      verdictOn(latencyLine(5000, { documentedFrom })).betterThanDocumented;
    expect([documented(548), documented(549), documented(2000)]).toEqual([false, true, true]);
  });

  test('judges a coarse percentile, and says that it is coarse', () => {
    const { verdict, because } = verdictOn(latencyLine(15_000, { percentile: 'p99' }));
    expect(verdict).toBe('within');
    expect(because).toMatch(
      /^the whole interval, .* ms, is at or under 15 ms; coarse, since only 40 requests of the smallest trial lie beyond p99$/,
    );
  });

  test('is inconclusive at a percentile that too few requests carry', () => {
    const { verdict, because, estimate } = verdictOn(latencyLine(15_000, { percentile: 'p999' }));
    const missing = 'needs 25,000 requests in each trial, the smallest has 4,000';
    expect({ verdict, because, estimate }).toEqual({
      verdict: 'inconclusive',
      because: missing,
      estimate: { missing },
    });
  });

  test('is inconclusive below 6 valid blocks', () => {
    const { verdict, because } = verdictOn(latencyLine(15_000), runFixture({ blocks: 5 }));
    expect([verdict, because]).toEqual(['inconclusive', 'only 5 valid blocks, a 95 % interval needs 6']);
  });

  test('is inconclusive when a proof of the treatment failed once, however many blocks are left', () => {
    const run = runFixture({ blocks: 8 });
    const control = run.trials[7]?.controls[0];
    if (control === undefined) throw new Error('no control');
    control.observed = { status: 200 };
    const { verdict, because } = verdictOn(latencyLine(15_000), run);
    expect([verdict, because]).toEqual([
      'inconclusive',
      'a proof failed in trial 8: the traffic did not go as the treatment says',
    ]);
  });

  test('is inconclusive when the baselines differ at that percentile, also where it would be over', () => {
    const run = runFixture({
      cell: (asked) => (asked.replica === 1 ? { ...asked, medianUs: 460 + asked.block } : asked),
    });
    for (const atMost of [1, 15_000]) {
      const { verdict, because } = verdictOn(latencyLine(atMost), run);
      expect([verdict, because]).toEqual([
        'inconclusive',
        'the two baselines differ from each other at p50: order or placement is broken',
      ]);
    }
  });
});

describe('a line', () => {
  test('is for a mesh, for a treatment, or for every treatment but the baseline', () => {
    const { scenario, loads, trials } = analysed();
    const named = (line: BudgetLine) =>
      judgeBudgets({ scenario, lines: [line], loads, trials }).map((v) => v.treatment);
    expect([
      named(latencyLine(1)),
      named(latencyLine(1, { for: 'envoy' })),
      named(latencyLine(1, { for: 'linkerd' })),
      named(latencyLine(1, { for: 'none' })),
    ]).toEqual([['envoy'], ['envoy'], [], []]);
  });

  const cpu: BudgetLine = { metric: 'proxy-cpu', atMost: 100, role: 'required', source: 'scenario' };
  const varied = () =>
    runFixture({
      cell: (asked) => ({ ...asked, proxyMillicores: 70 + asked.block, proxyRssBytes: 48e6 + 1e6 * asked.block }),
    });

  test('on proxy CPU judges the costliest proxy, and says which one and at which rate', () => {
    expect(verdictOn(cpu, varied())).toMatchObject({
      verdict: 'within',
      because:
        'server proxy, the costliest, at 1,000/s: the whole interval, 81 to 86 millicores, is at or under 100 millicores',
    });
    expect(verdictOn({ ...cpu, atMost: 80 }, varied()).verdict).toBe('over');
  });

  test('on proxy memory judges the peak of the costliest proxy', () => {
    expect(verdictOn({ ...cpu, metric: 'proxy-memory', atMost: 50 * 2 ** 20 }, varied())).toMatchObject({
      verdict: 'inconclusive',
      because:
        'server proxy, the costliest, at 1,000/s: the interval, 47.7 to 52.5 MiB, holds values on both sides of 50 MiB',
    });
  });

  test('on proxy CPU is inconclusive while one proxy is not known', () => {
    const run = varied();
    for (const process of run.trials[1]?.processes ?? []) {
      if (process.role === 'proxy' && process.hop === 'client') process.samples = { missing: 'permission denied' };
    }
    expect(verdictOn(cpu, run)).toMatchObject({
      verdict: 'inconclusive',
      because: 'client proxy: permission denied',
    });
  });

  test('on proxies passes over a treatment without a mesh', () => {
    const run = runFixture();
    const scenario = {
      ...run.scenario,
      treatments: run.scenario.treatments.map((entry) => ({ ...entry, mesh: 'none' as const })),
    };
    const { loads, trials } = analyseRun({ ...run, scenario });
    expect(judgeBudgets({ scenario, lines: [cpu], loads, trials })).toEqual([]);
  });
});
