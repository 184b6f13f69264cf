import type { RunAnalysis } from '../../analysis/result.ts';
import { isMissing } from '../../record/measured.ts';
import { bottleneckRows, contrastRows, cpuModelRows, sensitivityRows } from '../comparisons.ts';
import { toneOf } from './charts.ts';
import { type Markup, markup } from './markup.ts';
import { absent, figure, numeral, section, table, treatmentName } from './parts.ts';

/** Every treatment against every other; nothing where there is only one beside the baseline. */
export function contrastSection(analysis: RunAnalysis): Markup | undefined {
  const rows = contrastRows(analysis).map((row) => [
    treatmentName(row.to, toneOf(analysis, row.to), `minus ${row.from}, at ${row.rate}`),
    markup`${row.what}`,
    figure(row.difference),
    isMissing(row.answer) ? absent(row.answer.missing) : markup`${row.answer}`,
  ]);
  if (rows.length === 0) return undefined;
  const columns = [
    { title: 'Treatment' },
    { title: 'What' },
    { title: 'Difference (interval)', number: true },
    { title: 'Answer' },
  ];
  return section({
    id: 'contrasts',
    title: 'Treatments against each other',
    lead: 'Each pair within the same blocks. Each interval holds its own confidence: of many contrasts, some leave out 0 by chance.',
    content: table({ caption: 'One treatment minus another', columns, rows, stack: true }),
  });
}

/** What the run could have seen, and whether its blocks were independent. */
export function sensitivityTable(analysis: RunAnalysis): Markup | undefined {
  const rows = sensitivityRows(analysis).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment), `${row.percentile} at ${row.rate}`),
    numeral(row.smallestEffect, 'ms'),
    isMissing(row.lagOne) ? absent(row.lagOne.missing) : markup`${row.lagOne}`,
  ]);
  const columns = [
    { title: 'Treatment' },
    { title: 'Smallest effect that 4 of 5 such runs would see', number: true },
    { title: 'Correlation of successive blocks' },
  ];
  return table({ caption: 'What this run could see', columns, rows, stack: true });
}

/** CPU over the load points as idle plus slope. */
export function cpuModelTable(analysis: RunAnalysis): Markup {
  const rows = cpuModelRows(analysis).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment), `${row.hop} sidecar`),
    figure(row.idle),
    figure(row.slope),
    isMissing(row.line) ? absent(row.line.missing) : markup`${row.line}`,
  ]);
  const columns = [
    { title: 'Sidecar' },
    { title: 'At no load', number: true },
    { title: 'For each 1,000 requests a second', number: true },
    { title: 'A line?' },
  ];
  const shown = table({ caption: 'CPU of each sidecar over the load points', columns, rows, stack: true });
  return (
    shown ??
    markup`<p class="small">CPU at no load and its slope need three load points; each figure above holds at its own.</p>`
  );
}

/** Which component is nearest to the end of its capacity. */
export function bottleneckTable(analysis: RunAnalysis): Markup | undefined {
  const rows = bottleneckRows(analysis).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment), `at ${row.rate}`),
    isMissing(row.nearest) ? absent(row.nearest.missing) : markup`<strong>${row.nearest}</strong>`,
    markup`<span class="small">${row.others}</span>`,
  ]);
  const columns = [{ title: 'Treatment' }, { title: 'Nearest to its end' }, { title: 'The others' }];
  return table({ caption: 'Bottleneck: what would give out first', columns, rows, stack: true });
}
