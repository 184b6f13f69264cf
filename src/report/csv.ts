import { stringify } from 'csv-stringify/sync';
import type { Figure } from '../analysis/figure.ts';
import type { RunAnalysis } from '../analysis/result.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import { type PercentileRow, percentileRows } from './table.ts';
import { visible } from './text.ts';

interface Column {
  name: string;
  /** What a number counts; absent where the cell holds a word or a text. */
  unit?: string;
  /** One row of the data dictionary, docs/csv.md. */
  meaning: string;
  value(row: PercentileRow): string;
}

export const COLUMNS: readonly Column[] = [
  {
    name: 'load',
    meaning: "place of the load point among the scenario's arrival rates, from 0",
    value: (row) => String(row.load),
  },
  {
    name: 'arrival_rate_per_second',
    unit: 'requests/s',
    meaning: 'arrival rate that was asked for; with stages their mean over the window',
    value: (row) => row.rate.replaceAll(/[,]|\/s$/g, ''),
  },
  {
    name: 'treatment',
    meaning: 'name of the treatment in the scenario',
    value: (row) => neutralised(row.treatment),
  },
  {
    name: 'build',
    meaning: 'what really ran under that name',
    value: (row) => neutralised(row.build),
  },
  {
    name: 'is_baseline',
    meaning: '`true` for the treatment that the others are compared with, else `false`',
    value: (row) => String(row.isBaseline),
  },
  {
    name: 'percentile',
    meaning: '`p50`, `p90`, `p99` or `p999` of the response time, from the intended start of a request',
    value: (row) => row.percentile,
  },
  {
    name: 'pooled_ms',
    unit: 'ms',
    meaning:
      "the treatment's percentile over all requests of its valid trials together; for display, nothing is judged by it",
    value: (row) => textOf(row.pooled),
  },
  {
    name: 'baseline_pooled_ms',
    unit: 'ms',
    meaning: 'the same of the baseline at this load',
    value: (row) => textOf(row.baselinePooled),
  },
  {
    name: 'added_point_ms',
    unit: 'ms',
    meaning:
      "treatment minus baseline: the typical block's shift of the percentile (Hodges–Lehmann); below 0 it was faster",
    value: (row) => part(row.added, 'point'),
  },
  {
    name: 'added_low_ms',
    unit: 'ms',
    meaning: 'lower end of its interval',
    value: (row) => part(row.added, 'low'),
  },
  {
    name: 'added_high_ms',
    unit: 'ms',
    meaning: 'upper end of its interval; a budget is kept where the whole interval keeps it',
    value: (row) => part(row.added, 'high'),
  },
  {
    name: 'added_blocks',
    unit: 'blocks',
    meaning: 'valid blocks that the interval rests on',
    value: (row) => part(row.added, 'blocks'),
  },
  {
    name: 'added_confidence_percent',
    unit: '%',
    meaning: 'confidence that the interval really has for this many blocks',
    value: (row) => part(row.added, 'confidence').replace(' %', ''),
  },
  {
    name: 'support',
    meaning:
      'how well the tail carries the percentile: `reported`; `coarse`, 25 to 99 requests of the smallest trial lie beyond it; `absent`, fewer do, and no number is given',
    value: (row) => row.standing ?? '',
  },
  {
    name: 'note',
    meaning: 'why it is coarse or absent, or what else weakens it',
    value: (row) => neutralised(row.note ?? ''),
  },
  {
    name: 'added_missing_because',
    meaning: 'why the cells of the added latency are empty; empty where they are not',
    value: (row) => neutralised(isMissing(row.added) ? row.added.missing : ''),
  },
];

/**
 * One row for each load, treatment and percentile, baseline included, with the digits of the report. What is missing
 * is an empty cell, and the last column says why.
 */
export function renderPercentilesCsv(analysis: RunAnalysis): string {
  const rows = percentileRows(analysis).map((row) => COLUMNS.map((column) => column.value(row)));
  return stringify([COLUMNS.map((column) => column.name), ...rows]);
}

/**
 * Text that a spreadsheet does not run as a formula and a terminal does not obey: where a cell begins with a sign that
 * starts a formula (=, +, -, @, their full-width forms, tab or carriage return), an apostrophe is put before it. Numbers
 * of our own keep their minus sign.
 * Source: OWASP, "CSV Injection".
 */
function neutralised(text: string): string {
  const shown = visible(text);
  return /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/u.test(shown) ? `'${shown}` : shown;
}

function textOf(value: Measured<string>): string {
  return isMissing(value) ? '' : value;
}

function part(figure: Measured<Figure>, key: 'point' | 'low' | 'high' | 'blocks' | 'confidence'): string {
  return isMissing(figure) ? '' : String(figure[key]);
}
