import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isMissing } from '../../src/record/measured.ts';
import { accuracyTables, type BenchFigures, measuredOn, printedTable, withTables } from './accuracyTables.ts';
import { type ComparedRun, medianOf } from './compare.ts';
import { measuredFile } from './keepMeasured.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const DOCUMENT = readFileSync(path.join(ROOT, 'docs/accuracy.md'), 'utf8');
const KEPT = measuredFile('bench');

const run = (tool: string, p50Us: number, asked: ComparedRun['asked']): ComparedRun => ({
  tool,
  asked,
  said: { requests: 4000, seconds: 4, p50Us, p99Us: 3000, cpuMs: 400, lagP99Us: { missing: 'not told' } },
  truth: { requests: 4000, sojournP50Us: 2000, sojournP99Us: 2900, gapVariation: 0.25 },
});

const FIGURES: BenchFigures = {
  tools: [
    { id: 'meshtax', title: 'meshtax', rate: 'open', resolution: '1 µs', version: 'as built' },
    { id: 'wrk', title: 'wrk', rate: 'none', resolution: '1 µs', version: { missing: 'wrk cannot be started' } },
  ],
  accuracy: [2010, 2030, 2500].map((p50) => run('meshtax', p50, { ratePerSecond: 1000, connections: 16, seconds: 4 })),
  freezes: [
    {
      ...run('meshtax', 550, { ratePerSecond: 1000, connections: 5, seconds: 20 }),
      simulatedP99Us: 41_000,
      off: 0.021,
    },
  ],
  throughput: [
    run('meshtax', 500, { connections: 64, seconds: 5 }),
    run('meshtax', 500, { ratePerSecond: 2000, connections: 64, seconds: 5 }),
  ],
};

describe('the tables of the comparison', () => {
  it('give medians over the runs, and say what was not measured', () => {
    const [tools, accuracy, freeze, throughput] = accuracyTables(FIGURES);
    expect(tools?.rows).toEqual([
      ['meshtax', 'as built', '1 µs'],
      ['wrk', 'not measured: wrk cannot be started', '1 µs'],
    ]);
    expect(accuracy?.rows).toEqual([['meshtax', '1,000/s', '30 µs', '100 µs', '0.25', '100.0 %', '100 µs']]);
    expect(freeze?.rows).toEqual([['meshtax', '5', '3,000 µs', '41,000 µs', '2.1 %']]);
    expect(throughput?.rows).toEqual([
      ['meshtax, closed loop', 'the most', '1,000/s', '—', '—', '—', '100 µs'],
      ['meshtax, open loop', '2,000/s', '1,000/s (50.0 %)', '—', '—', '—', '100 µs'],
    ]);
  });

  it('stand in columns on a terminal', () => {
    const [tools] = accuracyTables(FIGURES);
    expect(tools === undefined ? '' : printedTable(tools).split('\n')[3]).toBe(
      'meshtax                             as built                1 µs',
    );
  });

  it('are written between two lines of the document, which keeps the rest', () => {
    const written = withTables(DOCUMENT, accuracyTables(FIGURES), 'then');
    expect(withTables(written, accuracyTables(FIGURES), 'then')).toBe(written);
    expect(written).toContain('| meshtax | 1,000/s | 30 µs |');
    expect(() => withTables('nothing', [], '')).toThrow('lacks the lines');
  });
});

describe('docs/accuracy.md', () => {
  it('has the tables that the recorded comparison gives', (context) => {
    if (!existsSync(KEPT)) return context.skip('no comparison is recorded: npm run bench records one');
    const { at, machine, ...figures } = JSON.parse(readFileSync(KEPT, 'utf8'));
    expect(DOCUMENT).toBe(withTables(DOCUMENT, accuracyTables(figures), measuredOn(at, machine, figures.throughputAt)));
  });

  it('says how late the driver was in open loop at the rate where its limit is not reached', (context) => {
    if (!existsSync(KEPT)) return context.skip('no comparison is recorded: npm run bench records one');
    const { throughput }: BenchFigures = JSON.parse(readFileSync(KEPT, 'utf8'));
    const open = throughput.filter(({ tool, asked }) => tool === 'meshtax' && asked.ratePerSecond !== undefined);
    const lagUs = medianOf(open.map(({ said }) => said.lagP99Us));
    if (isMissing(lagUs)) return expect.fail(lagUs.missing);
    expect(DOCUMENT).toContain(`its lag has a p99 of ${(lagUs / 1000).toFixed(1)} ms`);
  });
});
