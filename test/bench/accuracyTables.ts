import { isMissing, type Measured } from '../../src/record/measured.ts';
import { type ComparedRun, medianOf, p50Error } from './compare.ts';
import type { Machine } from './keepMeasured.ts';
import { achievedOf } from './throughput.ts';

/** What `npm run bench` found: the records of its runs, as docs/measured/bench.json keeps them. */
export interface BenchFigures {
  tools: readonly { id: string; title: string; rate: string; resolution: string; version: Measured<string> }[];
  accuracy: readonly ComparedRun[];
  freezes: readonly (ComparedRun & { simulatedP99Us: number; off: Measured<number> })[];
  throughput: readonly ComparedRun[];
  /** Where that was measured later than the rest. */
  throughputAt?: string;
}

export interface Table {
  title: string;
  heads: readonly string[];
  rows: readonly (readonly string[])[];
}

const us = (value: Measured<number>) => (isMissing(value) ? '—' : `${grouped(value)} µs`);
const grouped = (value: number) => Math.round(value).toLocaleString('en-US');
const percent = (share: Measured<number>) => (isMissing(share) ? '—' : `${(share * 100).toFixed(1)} %`);

function cpuPerRequest({ said }: ComparedRun): Measured<number> {
  return isMissing(said.cpuMs) ? said.cpuMs : (said.cpuMs * 1000) / said.requests;
}

/** The tables in the order in which they are read: what could not be measured is a row with its reason. */
export function accuracyTables(figures: BenchFigures): Table[] {
  return [toolTable(figures), accuracyTable(figures), freezeTable(figures), throughputTable(figures)];
}

function toolTable({ tools }: BenchFigures): Table {
  const rows = tools.map(({ title, version, resolution }) => [
    title,
    isMissing(version) ? `not measured: ${version.missing}` : version,
    resolution,
  ]);
  return { title: 'The tools', heads: ['tool', 'version', 'tells a latency to'], rows };
}

function accuracyTable({ tools, accuracy }: BenchFigures): Table {
  const rates = [...new Set(accuracy.flatMap(({ asked }) => asked.ratePerSecond ?? []))];
  const rows = rates.flatMap((rate) =>
    tools.flatMap(({ id, title }) => {
      const own = accuracy.filter((run) => run.tool === id && run.asked.ratePerSecond === rate);
      if (own.length === 0) return [];
      const gaps = medianOf(own.map(({ truth }) => (isMissing(truth) ? truth : truth.gapVariation)));
      return [
        [
          title,
          `${grouped(rate)}/s`,
          us(medianOf(own.map(p50Error))),
          us(medianOf(own.map(p99Error))),
          isMissing(gaps) ? '—' : gaps.toFixed(2),
          percent(medianOf(own.map((run) => achievedOf(run) / rate))),
          us(medianOf(own.map(cpuPerRequest))),
        ],
      ];
    }),
  );
  const heads = ['tool', 'rate', 'error at p50', 'error at p99', 'variation of the gaps', 'achieved', 'CPU a request'];
  return { title: 'A service of 2 ms, 16 connections', heads, rows };
}

function p99Error({ said, truth }: ComparedRun): Measured<number> {
  if (isMissing(truth)) return truth;
  if (isMissing(truth.sojournP99Us)) return truth.sojournP99Us;
  return isMissing(said.p99Us) ? said.p99Us : said.p99Us - truth.sojournP99Us;
}

function freezeTable({ tools, freezes }: BenchFigures): Table {
  const connections = [...new Set(freezes.map(({ asked }) => asked.connections))];
  const rows = connections.flatMap((wanted) =>
    tools.flatMap(({ id, title }) =>
      freezes
        .filter(({ tool, asked }) => tool === id && asked.connections === wanted)
        .map(({ said, simulatedP99Us, off }) => [
          title,
          String(wanted),
          us(said.p99Us),
          us(simulatedP99Us),
          percent(off),
        ]),
    ),
  );
  const heads = ['tool', 'connections', 'p99', 'simulated', 'off'];
  return { title: 'A server of 0.5 ms that stands still for 50 ms in each second, 1,000/s', heads, rows };
}

function throughputTable({ tools, throughput }: BenchFigures): Table {
  const wrkRate = medianOf(throughput.filter(({ tool }) => tool === 'wrk').map(achievedOf));
  const rows = [false, true].flatMap((isOpen) =>
    tools.flatMap(({ id, title }) => {
      const own = throughput.filter(({ tool, asked }) => tool === id && (asked.ratePerSecond !== undefined) === isOpen);
      if (own.length === 0) return [];
      const achieved = medianOf(own.map(achievedOf));
      const asked = medianOf(own.map((run) => run.asked.ratePerSecond ?? 0));
      const ofAsked = medianOf(own.map((run) => achievedOf(run) / (run.asked.ratePerSecond ?? Number.NaN)));
      return [
        [
          `${title}, ${isOpen ? 'open' : 'closed'} loop`,
          isOpen && !isMissing(asked) ? `${grouped(asked)}/s` : 'the most',
          isMissing(achieved) ? '—' : `${grouped(achieved)}/s${isOpen ? ` (${percent(ofAsked)})` : ''}`,
          isMissing(achieved) || isMissing(wrkRate) ? '—' : (achieved / wrkRate).toFixed(2),
          us(medianOf(own.map(({ said }) => said.lagP99Us))),
          us(medianOf(own.map(({ said }) => said.waitP99Us ?? { missing: 'the tool does not tell it' }))),
          us(medianOf(own.map(cpuPerRequest))),
        ],
      ];
    }),
  );
  const heads = ['tool', 'asked', 'achieved', 'of wrk', 'lag p99', 'wait p99', 'CPU a request'];
  return {
    title: 'A server that answers as fast as a core lets it, 64 connections, one core for the tool',
    heads,
    rows,
  };
}

/** For a terminal, its columns apart. */
export function printedTable({ title, heads, rows }: Table): string {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return ['', title, line(heads), ...rows.map(line)].join('\n');
}

/** When and on what the tables were measured. */
export function measuredOn(at: string, { cpu, cores, kernel, node }: Machine, throughputAt = at): string {
  const time = (text: string) => `${text.slice(0, 10)}, ${text.slice(11, 16)} UTC`;
  const later = throughputAt === at ? '' : `; the last table on ${time(throughputAt)}`;
  return `Measured on ${time(at)} by \`npm run bench\` on ${cores} cores (${cpu}), Linux ${kernel}, Node ${node}: [figures](measured/bench.json)${later}. Medians of runs in turn; tool and server have a core each.`;
}

/** Between these lines of docs/accuracy.md. */
const MARKS = { from: '<!-- npm run bench writes from here -->', to: '<!-- to here -->' };

/** The document with its tables replaced. @throws where it lacks the lines around them */
export function withTables(document: string, tables: readonly Table[], measured: string): string {
  const [before, rest] = document.split(MARKS.from);
  const after = rest?.split(MARKS.to)[1];
  if (before === undefined || after === undefined)
    throw new Error('docs/accuracy.md lacks the lines around its tables');
  const written = tables.map(({ title, heads, rows }) => {
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    return [`### ${title}`, '', line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
  });
  return `${before}${MARKS.from}\n\n${[measured, ...written].join('\n\n')}\n\n${MARKS.to}${after}`;
}
