// @ts-nocheck
import { stringify } from 'csv-stringify/sync';
import type { Figure } from '../analysis/figure.ts';
import type { RunAnalysis } from '../analysis/result.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import { type PercentileRow, percentileRows } from './table.ts';

interface Column {
  name: string;
  value(row: PercentileRow): string;
}

const COLUMNS: readonly Column[] = [
  { name: 'load', value: (row) => String(row.load) },
  { name: 'arrival_rate_per_second', value: (row) => row.rate.replaceAll(/[,]|\/s$/g, '') },
  { name: 'treatment', value: (row) => neutralised(row.treatment) },
  { name: 'build', value: (row) => neutralised(row.build) },
  { name: 'is_baseline', value: (row) => String(row.isBaseline) },
  { name: 'percentile', value: (row) => row.percentile },
  { name: 'pooled_ms', value: (row) => textOf(row.pooled) },
  { name: 'baseline_pooled_ms', value: (row) => textOf(row.baselinePooled) },
  { name: 'added_point_ms', value: (row) => part(row.added, 'point') },
  { name: 'added_low_ms', value: (row) => part(row.added, 'low') },
  { name: 'added_high_ms', value: (row) => part(row.added, 'high') },
  { name: 'added_blocks', value: (row) => part(row.added, 'blocks') },
  { name: 'added_confidence_percent', value: (row) => part(row.added, 'confidence').replace(' %', '') },
  { name: 'support', value: (row) => row.standing ?? '' },
  { name: 'note', value: (row) => neutralised(row.note ?? '') },
  { name: 'added_missing_because', value: (row) => neutralised(isMissing(row.added) ? row.added.missing : '') },
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
 * Text that a spreadsheet does not run as a formula: where a cell begins with a sign that starts one (=, +, -, @, their
 * full-width forms, tab or carriage return), an apostrophe is put before it. Numbers of our own keep their minus sign.
 * Source: OWASP, "CSV Injection".
 */
function neutralised(text: string): string {
  return /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/u.test(text) ? `'${text}` : text;
}

function textOf(value: Measured<string>): string {
  return isMissing(value) ? '' : value;
}

function part(figure: Measured<Figure>, key: 'point' | 'low' | 'high' | 'blocks' | 'confidence'): string {
  return isMissing(figure) ? '' : String(figure[key]);
}
