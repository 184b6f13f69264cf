import { describe, expect, it } from 'vitest';
import type { Contrast, LoadAnalysis, RunAnalysis } from '../../src/analysis/result.ts';
import { bottleneckRows, contrastRows, cpuModelRows, sensitivityRows } from '../../src/report/comparisons.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { renderTerminal } from '../../src/report/terminal.ts';
import { estimate } from './fixture/loads.ts';
import { within } from './fixture.ts';

const reported = { percentile: 'p50', beyond: 5000, standing: 'reported' } as const;
const CONTRAST: Contrast = {
  from: 'older',
  to: 'newer',
  latency: [
    { percentile: 'p50', support: reported, differenceUs: estimate(50, 2, 120), perBlock: [], smallestEffectUs: 80 },
    {
      percentile: 'p90',
      support: { ...reported, percentile: 'p90', standing: 'coarse', note: 'few' },
      differenceUs: estimate(100, -3, 500),
      perBlock: [],
      smallestEffectUs: 300,
    },
    {
      percentile: 'p999',
      support: { ...reported, percentile: 'p999', standing: 'absent', note: 'none' },
      differenceUs: { missing: 'none' },
      perBlock: [],
      smallestEffectUs: { missing: 'none' },
    },
  ],
  sidecars: [
    {
      hop: 'server',
      cpuMillicores: estimate(-19, -27, -9),
      cpuPerBlock: [],
      smallestCpuEffectMillicores: 13,
      memoryRssBytes: { missing: 'process 42 could not be read' },
    },
  ],
};

/** The fixture's run with one contrast at its first load. */
function withContrast(): RunAnalysis {
  const base = within();
  return {
    ...base,
    loads: base.loads.map((load, index): LoadAnalysis => (index === 0 ? { ...load, contrasts: [CONTRAST] } : load)),
  };
}

describe('the rows of contrasts', () => {
  it('say on which side of 0 the interval lies, with the digits that show it, and leave absent percentiles out', () => {
    const rows = contrastRows(withContrast()).map(({ what, difference, answer }) => [
      what,
      'missing' in difference
        ? difference
        : `${difference.point} (${difference.low} to ${difference.high}) ${difference.unit}`,
      answer,
    ]);
    expect(rows).toEqual([
      ['p50', '0.050 (0.002 to 0.120) ms', 'more'],
      ['p90, coarse', '0.100 (-0.003 to 0.500) ms', 'no difference seen'],
      ['CPU of the server sidecar', '-19 (-27 to -9) millicores', 'less'],
      [
        'memory of the server sidecar',
        { missing: 'process 42 could not be read' },
        { missing: 'process 42 could not be read' },
      ],
    ]);
  });

  it('stand in every report, and nowhere where there is one treatment only', () => {
    const reports = (analysis: RunAnalysis) => [
      renderTerminal(analysis, { colour: false }),
      renderMarkdown(analysis),
      renderHtml(analysis, { chartJs: '' }),
    ];
    for (const text of reports(withContrast())) expect(text).toContain('Treatments against each other');
    for (const text of reports(within())) expect(text).not.toContain('Treatments against each other');
    expect(renderTerminal(withContrast(), { colour: false })).toContain(
      [
        '  newer minus older at 500/s',
        '    p50                           0.050 ms (0.002 to 0.120): more',
        '    p90, coarse                   0.100 ms (-0.003 to 0.500): no difference seen',
        '    CPU of the server sidecar     -19 millicores (-27 to -9): less',
        '    memory of the server sidecar  — (process 42 could not be read)',
      ].join('\n'),
    );
  });
});

describe('the other rows', () => {
  it('tell the smallest effect and the correlation of each percentile that is there', () => {
    expect(sensitivityRows(within())[0]).toEqual({
      rate: '500/s',
      treatment: 'envoy',
      percentile: 'p50',
      smallestEffect: '0.046',
      lagOne: '0.12 (independent blocks stay within ±0.80)',
    });
    expect(sensitivityRows(within()).map(({ percentile }) => percentile)).toEqual([
      'p50',
      'p90',
      'p99',
      'p50',
      'p90',
      'p99',
    ]);
  });

  it('tell the component nearest to its end, and the others', () => {
    expect(bottleneckRows(within())[0]).toEqual({
      rate: '500/s',
      treatment: 'envoy',
      isBaseline: false,
      nearest: 'cores under test, 41.2 % busy',
      others: 'sample service, 8.5 % busy',
    });
  });

  it('tell idle and slope only with whether the loads lie on a line', () => {
    const model = { treatment: 'envoy', hop: 'client' as const, loads: 3, perRound: [] };
    const figures = { idleMillicores: estimate(12, 10, 14), millicoresPerThousandPerSecond: estimate(160, 150, 171) };
    const cpuModels = [
      { ...model, ...figures, lackOfFit: { f: 0.4, p: 0.53, isLine: true } },
      { ...model, ...figures, lackOfFit: { f: 60, p: 0.00001, isLine: false } },
      { ...model, ...figures, lackOfFit: { missing: 'too few values to test the line' } },
    ];
    expect(cpuModelRows({ ...within(), cpuModels }).map(({ line }) => line)).toEqual([
      'the loads lie on a line (lack of fit p = 0.530)',
      'the loads do not lie on a line (lack of fit p = under 0.001): no single slope holds',
      { missing: 'too few values to test the line' },
    ]);
    expect(renderHtml({ ...within(), cpuModels }, { chartJs: '' })).toContain('For each 1,000 requests a second');
    expect(renderHtml(within(), { chartJs: '' })).toContain('need three load points');
  });
});
