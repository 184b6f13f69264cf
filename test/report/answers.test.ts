import { describe, expect, it } from 'vitest';
import type { Contrast, RunAnalysis } from '../../src/analysis/result.ts';
import { budgetAnswers, contrastAnswers, provenanceText } from '../../src/report/answers.ts';
import { renderHtml } from '../../src/report/html.ts';
import { large } from './fixture/large.ts';
import { estimate } from './fixture/loads.ts';
import { incomplete, noValidBlock, within } from './fixture.ts';

const support = { percentile: 'p50', beyond: 5000, standing: 'reported' } as const;
const CONTRAST: Contrast = {
  from: 'older',
  to: 'newer',
  latency: [
    { percentile: 'p50', support, differenceUs: estimate(50, 2, 120), perBlock: [], smallestEffectUs: 80 },
    { percentile: 'p90', support, differenceUs: estimate(50, 2, 120), perBlock: [], smallestEffectUs: 80 },
    {
      percentile: 'p99',
      support: { ...support, standing: 'coarse', note: 'few' },
      differenceUs: estimate(100, -30, 500),
      perBlock: [],
      smallestEffectUs: 300,
    },
  ],
  sidecars: [],
};

function withContrasts(...contrasts: Contrast[]): RunAnalysis {
  const base = within();
  return { ...base, loads: base.loads.map((load, index) => (index === 0 ? { ...load, contrasts } : load)) };
}

describe('the answers', () => {
  it('are one sentence for each required budget line, treatment and load', () => {
    expect(budgetAnswers(within()).map(({ badge, sentence }) => `${badge.text}: ${sentence}`)).toEqual([
      'within: envoy adds 0.492 ms at p50 (96.9 % interval 0.471 to 0.517) at 500/s: within the 5 ms budget',
      'within: envoy adds 1.1 ms at p99 (96.9 % interval 0.8 to 1.4) at 500/s: within the 15 ms budget',
      'within: envoy adds 0.52 ms at p50 (96.9 % interval 0.49 to 0.55) at 1,000/s: within the 5 ms budget',
      'within: envoy adds 1.3 ms at p99 (96.9 % interval 1.1 to 1.7) at 1,000/s: within the 15 ms budget',
    ]);
  });

  it('begin with what is over, then what is open', () => {
    const base = within();
    const words = ['within', 'inconclusive', 'over'] as const;
    const verdicts = base.verdicts.slice(0, 3).map((entry, index) => ({
      ...entry,
      line: { ...entry.line, role: 'required' as const },
      verdict: words[index] ?? 'within',
    }));
    expect(budgetAnswers({ verdicts }).map(({ badge }) => badge.text)).toEqual(['over', 'inconclusive', 'within']);
  });

  it('say of each pair of treatments on which side of 0 the difference lies, and never more than the interval does', () => {
    const other: Contrast = { ...CONTRAST, latency: [] };
    const faster: Contrast = {
      ...CONTRAST,
      latency: [{ percentile: 'p50', support, differenceUs: estimate(-5, -9, -1), perBlock: [], smallestEffectUs: 8 }],
    };
    const open: Contrast = {
      ...CONTRAST,
      latency: [
        { percentile: 'p50', support, differenceUs: { missing: '5 valid blocks' }, perBlock: [], smallestEffectUs: 8 },
      ],
    };
    expect(contrastAnswers(withContrasts(CONTRAST, other, faster, open)).map(({ sentence }) => sentence)).toEqual([
      'newer against older at 500/s: slower at p50, 0.050 ms (0.002 to 0.120); no difference seen at p99 (coarse), 0.10 ms (-0.03 to 0.50)',
      'newer against older at 500/s: no percentile that both carry',
      'newer against older at 500/s: faster at p50, -0.005 ms (-0.009 to -0.001)',
      'newer against older at 500/s: not to be said at p50, since 5 valid blocks',
    ]);
  });

  it('are withheld of a pair of which one was not proven', () => {
    const run = withContrasts(CONTRAST);
    const trials = run.trials.map((each, index) =>
      index === 0 ? { ...each, treatment: 'older', outcome: 'void' as const } : each,
    );
    expect(contrastAnswers({ ...run, trials })[0]?.sentence).toMatch(
      /^newer against older at 500\/s: not to be said, since a proof failed in trial 1: /,
    );
  });

  it('tell what is over on a required line and was not confirmed from what a run fails on', () => {
    const [first] = within().verdicts;
    if (first === undefined) throw new Error('no verdict');
    const over = { ...first, verdict: 'over' as const, line: { ...first.line, role: 'required' as const } };
    const badges = (['not-tried', 'confirmed'] as const).map(
      (state) => budgetAnswers({ verdicts: [{ ...over, confirmation: { state, because: 'so' } }] })[0]?.badge.text,
    );
    expect(badges).toEqual(['over, not confirmed', 'over']);
  });

  it('stand under the headline and before everything else of the page', () => {
    const html = renderHtml(withContrasts(CONTRAST), { chartJs: '' });
    const places = ['<h1>', '<h2>Answers</h2>', 'newer against older', '<nav', '<h2>Budgets</h2>'];
    const found = places.map((place) => html.indexOf(place));
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(found).not.toContain(-1);
  });

  it('are folded up where they are many, with how many there are of each kind', () => {
    const html = renderHtml(large().analysis, { chartJs: '' });
    expect(html).toContain('<summary>10 more: 10 within, of 20 required budget lines</summary>');
  });
});

describe('where and when it was measured', () => {
  it('is one line, with how much of it counts', () => {
    expect(provenanceText(within())).toBe(
      'Measured on 2026-03-02 from 09:00 to 09:17 UTC on local (network namespaces), Example CPU 3.1 GHz, 2 cores, kernel 6.8.0-45-generic: 1 of 2 trials valid; 6 of 7 blocks at 500/s compared; 6 of 7 blocks at 1,000/s compared.',
    );
    expect(provenanceText(noValidBlock())).toContain('0 of 7 blocks at 500/s compared');
  });

  it('names no end of a run that has none, and no machine that is not known', () => {
    const base = incomplete();
    const environment = { missing: 'the trials were imported' };
    expect(provenanceText({ ...base, run: { ...base.run, environment } })).toMatch(
      /^Measured from 2026-03-02 09:00 UTC \(no end recorded\) on local \(network namespaces\): 1 of 2/,
    );
  });

  it('says of an import that another tool measured it', () => {
    const base = within();
    const run = { ...base.run, platform: { ...base.run.platform, mode: 'imported' } };
    const ended = { at: '2026-03-03T01:02:00.000Z', because: 'imported', complete: true };
    expect(provenanceText({ ...base, run: { ...run, ended } })).toMatch(
      /^Measured by another tool on 2026-03-02 from 09:00 to 2026-03-03 01:02 UTC, and imported: /,
    );
  });
});
