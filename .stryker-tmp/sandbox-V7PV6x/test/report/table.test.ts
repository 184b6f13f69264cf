// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { gateRows, lostBlockRows, runFacts, unfairTrials } from '../../src/report/evidence.ts';
import {
  budgetRows,
  costRows,
  keyFigures,
  overheadRows,
  percentileRows,
  proxyCostRows,
} from '../../src/report/table.ts';
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
      atMost: '100 millicores',
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
    });
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
