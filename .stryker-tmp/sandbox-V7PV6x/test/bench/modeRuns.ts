// @ts-nocheck
import { estimateOverBlocks } from '../../src/analysis/estimate.ts';
import { median } from '../../src/analysis/stats/quantile.ts';
import type { Mode } from '../../src/platforms/local/modes.ts';
import { isMissing } from '../../src/record/measured.ts';

/** What one mode gave in a campaign, as it is kept. */
export interface ModeFigures {
  mode: Mode;
  /** How the rules knew the proxy, as the run recorded it; absent without rules. */
  proxyTraffic?: string;
  leavesOut: readonly string[];
  /** Added p50 of each valid block in µs, round by round. */
  rounds: readonly (readonly number[])[];
}

/** What stands between these lines of the document is written by npm run verify:modes. */
export const TABLE = { from: '<!-- npm run verify:modes writes from here -->', to: '<!-- to here -->' };

const whole = (value: number | undefined) => (value === undefined ? '—' : String(Math.round(value)).replace('-', '−'));

/** One row of the document's table, in µs; a mode without enough valid blocks has the reason instead of a figure. */
export function rowOf({ mode, rounds }: ModeFigures): string {
  const blocks = rounds.flat();
  const estimate = estimateOverBlocks(blocks);
  const medians = rounds.map((round) => whole(median(round))).join(', ');
  const [point, interval] = isMissing(estimate)
    ? ['—', estimate.missing]
    : [whole(estimate.point), `${whole(estimate.low)} to ${whole(estimate.high)}`];
  return `| \`${mode}\` | ${point} | ${interval} | ${blocks.length} | ${medians} |`;
}

export function tableOf(figures: readonly ModeFigures[], measured: { at: string; machine: string }): string {
  return [
    `Measured on ${measured.at.slice(0, 10)} on ${measured.machine}, the modes in turn in each round ([figures](measured/modes)); added p50 in µs:`,
    '',
    '| mode | added p50 | 95 % interval | blocks | median of each round |',
    '|---|---|---|---|---|',
    ...figures.map(rowOf),
  ].join('\n');
}

/** The document with another table. @throws where it has lost the lines that enclose it */
export function withTable(document: string, table: string): string {
  const [before, rest] = document.split(TABLE.from);
  const after = rest?.split(TABLE.to)[1];
  if (before === undefined || after === undefined) throw new Error('docs/modes.md lacks the lines around its table');
  return `${before}${TABLE.from}\n\n${table}\n\n${TABLE.to}${after}`;
}
