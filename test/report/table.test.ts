import { describe, expect, it } from 'vitest';
import { figureText } from '../../src/analysis/figure.ts';
import type { Estimate } from '../../src/analysis/result.ts';
import { conditionLines } from '../../src/report/conditions.ts';
import { gateRows, lostBlockRows, runFacts, unfairTrials } from '../../src/report/evidence.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import {
  budgetRows,
  costRows,
  keyFigures,
  overheadRows,
  percentileRows,
  proxyCostRows,
} from '../../src/report/table.ts';
import type { BudgetLine } from '../../src/scenario/scenario.ts';
import { noValidBlock, within } from './fixture.ts';

const NEEDS = { missing: 'needs 25,000 requests a trial' };

describe('percentileRows', () => {
  it('puts the baseline first, with its pooled percentiles and no overhead', () => {
    expect(percentileRows(within())[0]).toEqual({
      load: 0,
      rate: '500/s',
      treatment: 'none',
      build: 'no mesh',
      isBaseline: true,
      percentile: 'p50',
      standing: 'reported',
      note: undefined,
      added: { missing: 'the baseline is what others are compared with' },
      pooled: '0.118',
      baselinePooled: '0.118',
    });
  });

  it('prints no number of a percentile whose support is absent, even where the analysis holds one', () => {
    const analysis = within();
    const loads = analysis.loads.map((load) => ({
      ...load,
      treatments: load.treatments.map((treatment) => ({
        ...treatment,
        overhead: treatment.overhead.map((entry) => ({ ...entry, pooledUs: 1000, baselinePooledUs: 1000 })),
      })),
    }));
    const rows = overheadRows({ ...analysis, loads }).filter((row) => row.percentile === 'p999');
    expect(rows.map(({ added, pooled, baselinePooled }) => [added, pooled, baselinePooled])).toEqual([
      [NEEDS, NEEDS, NEEDS],
      [NEEDS, NEEDS, NEEDS],
    ]);
  });

  it('says how well the tail carries each percentile, and why not', () => {
    expect(
      overheadRows(within())
        .slice(0, 4)
        .map(({ standing, note }) => [standing, note]),
    ).toEqual([
      ['reported', undefined],
      ['reported', undefined],
      ['coarse', 'only 50 requests of a trial lie beyond it'],
      ['absent', 'needs 25,000 requests a trial'],
    ]);
  });
});

describe('budgetRows', () => {
  it('prints the limit, the measurement and the verdict in one unit', () => {
    expect(budgetRows(within())[6]).toEqual({
      subject: 'CPU of each proxy',
      limit: 'at most 100 millicores',
      documented: undefined,
      role: 'advisory',
      source: 'typical sidecar request',
      treatment: 'envoy',
      build: 'upstream Envoy 1.38.0, Istio topology, mTLS strict',
      rate: '1,000/s',
      measured: { point: '138', low: '132', high: '144', unit: 'millicores', blocks: 6, confidence: '96.9 %' },
      verdict: { tone: 'bad', sign: '✗', text: 'over' },
      betterThanDocumented: false,
      because: 'the server proxy is the costliest, at 1,000/s',
      isAssuming: false,
      notMet: [],
      notStated: [],
    });
  });
});

describe('a budget row', () => {
  /** The first verdict on another line, with another estimate. */
  function rowOf(line: BudgetLine, estimate: Estimate) {
    const analysis = within();
    const [first] = analysis.verdicts;
    if (first === undefined) throw new Error('no verdict');
    return budgetRows({ ...analysis, verdicts: [{ ...first, line, estimate }] })[0];
  }
  const about = { role: 'required', source: 'scenario' } as const;

  it('of a success rate has a lower limit, in per cent', () => {
    const line: BudgetLine = { metric: 'success-rate', atLeast: 0.9995, ...about };
    expect(rowOf(line, { point: 0.99992, low: 0.99981, high: 1, n: 6, confidence: 0.96875 })).toMatchObject({
      subject: 'success rate',
      limit: 'at least 99.95 %',
      measured: { point: '99.992', low: '99.981', high: '100.000', unit: '%' },
      isAssuming: false,
    });
  });

  it('of a fleet that reserves is one exact value without an interval, and says what it assumes', () => {
    const line: BudgetLine = { metric: 'fleet-cpu-reserved', pods: 100, atMost: 10_000, ...about };
    const exact: Estimate = { point: 10_000, low: 10_000, high: 10_000, n: 6, confidence: 1, method: 'exact' };
    const row = rowOf(line, exact);
    expect(row).toMatchObject({
      subject: 'CPU reserved by the sidecars of 100 pods',
      limit: 'at most 10 cores',
      isAssuming: true,
    });
    expect(figureText(row?.measured ?? { missing: 'no row' })).toBe('10 cores');
  });

  it.each<[BudgetLine['metric'], string, string]>([
    ['proxy-cpu-per-1000-rps', 'CPU of each proxy for each 1,000/s', 'at most 2,000,000 millicores per 1,000/s'],
    ['fleet-cpu-used', 'CPU used by the sidecars of 100 pods', 'at most 2,000 cores'],
    ['fleet-memory-reserved', 'memory reserved by the sidecars of 100 pods', 'at most 0.002 GiB (2 MB)'],
    ['fleet-memory-used', 'memory used by the sidecars of 100 pods', 'at most 0.002 GiB (2 MB)'],
    ['proxy-memory', 'memory of each proxy', 'at most 1.907 MiB (2 MB)'],
    ['set-up-time', 'set-up time', 'at most 2 s'],
    ['added-set-up-time', 'added set-up time', 'at most 2 s'],
  ])('on %s says "%s", %s', (metric, subject, limit) => {
    const estimate: Estimate = { point: 1, low: 1, high: 1, n: 6, confidence: 0.96875 };
    expect(rowOf({ metric, atMost: 2_000_000, ...about }, estimate)).toMatchObject({ subject, limit });
  });
});

describe('the conditions of budgets', () => {
  it('are told once for all lines that share them, with where they hold, and what could not be checked', () => {
    expect(conditionLines(within())).toEqual([
      'stated for Istio 1.24, here ran upstream Envoy 1.38.0, Istio topology, mTLS strict (envoy at 500/s and envoy at 1,000/s)',
      'stated at 2,000/s, judged at 500/s (envoy at 500/s)',
      'stated at 2,000/s, judged at 1000/s (envoy at 1,000/s)',
      'cannot be checked: hardware, payload (envoy at 500/s and envoy at 1,000/s)',
    ]);
  });

  it('stand beside the verdict in Markdown, and by their numbers in HTML', () => {
    const cell =
      'stated for Istio 1.24, here ran upstream Envoy 1.38.0, Istio topology, mTLS strict; stated at 2,000/s, judged at 500/s; cannot be checked: hardware, payload';
    const ofMarkdown = renderMarkdown(within())
      .split('\n')
      .filter((row) => row.includes('added latency p50 at most 5 ms | required | envoy at 500/s'));
    expect(ofMarkdown.map((row) => row.includes(`| ${cell} |`))).toEqual([true]);
    const html = renderHtml(within(), { chartJs: '' });
    expect(html).toContain('<span class="small">not met: 1, 2 and 3; cannot be checked: 4</span>');
    expect(html).toContain(
      [
        '<ol><li>not met: stated for Istio 1.24, here ran upstream Envoy 1.38.0, Istio topology, mTLS strict</li>',
        '<li>not met: stated at 2,000/s, judged at 500/s</li>',
        '<li>not met: stated at 2,000/s, judged at 1000/s</li>',
        '<li>cannot be checked: hardware, payload</li></ol>',
      ].join(''),
    );
  });
});

describe('costRows', () => {
  it('never counts the load driver as a cost', () => {
    expect(costRows(within()).map(({ rate, treatment, hop, role }) => `${rate} ${treatment} ${hop} ${role}`)).toEqual([
      '500/s none server application',
      '500/s envoy client proxy',
      '500/s envoy server proxy',
      '500/s envoy server application',
      '1,000/s none server application',
      '1,000/s envoy client proxy',
      '1,000/s envoy server proxy',
      '1,000/s envoy server application',
    ]);
  });

  it('counts as the mesh what the mesh adds', () => {
    expect(proxyCostRows(within()).map(({ rate, hop }) => `${rate} ${hop}`)).toEqual([
      '500/s client',
      '500/s server',
      '1,000/s client',
      '1,000/s server',
    ]);
  });
});

describe('keyFigures', () => {
  const chosen = (loads: ReturnType<typeof within>['loads']) =>
    keyFigures({ ...within(), loads }).map(({ rate }) => rate);

  it('speaks of the highest load', () => {
    expect(chosen(within().loads)).toEqual(['1,000/s']);
    expect(chosen(within().loads.toReversed())).toEqual(['1,000/s']);
  });

  it('speaks of the highest load with a valid block where a higher one has none', () => {
    expect(chosen(within().loads.map((load) => (load.load === 1 ? { ...load, blocksValid: 0 } : load)))).toEqual([
      '500/s',
    ]);
  });

  it('speaks of the highest load where no load has a valid block, and of nothing where nothing ran', () => {
    expect(chosen(noValidBlock().loads)).toEqual(['1,000/s']);
    expect(chosen([])).toEqual([]);
  });
});

describe('evidence', () => {
  it('lists failed gates first, then those that could not be asked of every trial', () => {
    expect(gateRows(within()).map(({ gate, answer }) => `${gate}: ${answer.text}`)).toEqual([
      'stalls-system: fail',
      'concurrency: not measured',
      'rate-achieved: pass',
      'errors: pass',
      'peer-identity: pass',
    ]);
  });

  it('does not pass a gate that no trial was asked', () => {
    const analysis = within();
    const gates = analysis.gates.slice(0, 1).map((gate) => ({ ...gate, pass: 0, fail: 0, notMeasured: 0 }));
    expect(gateRows({ ...analysis, gates }).map(({ answer }) => answer.text)).toEqual(['not measured']);
  });

  it('puts the blocks that the same gate took into one row', () => {
    expect(lostBlockRows(noValidBlock())).toEqual([
      { rate: '500/s', blocks: '1, 2, 3, 4, 5, 6', because: 'unsent: 412 requests were never sent' },
      { rate: '1,000/s', blocks: '1, 2, 3, 4, 5, 6', because: 'unsent: 412 requests were never sent' },
    ]);
  });

  it('names for each unfair trial the gates that it did not pass', () => {
    expect(unfairTrials(within()).map(({ trial, gates }) => [trial.index, gates])).toEqual([
      [23, 'stalls-system: 7.1 % of the window lost'],
    ]);
  });

  it('quotes the command so that a shell reads it back', () => {
    const analysis = within();
    const command = ['meshtax', 'run', "it's here.yaml", '--seed=42', ''];
    const facts = runFacts({ ...analysis, run: { ...analysis.run, command } });
    expect(facts.find(({ label }) => label === 'Command')).toEqual({
      label: 'Command',
      value: "meshtax run 'it'\\''s here.yaml' --seed=42 ''",
    });
  });
});
