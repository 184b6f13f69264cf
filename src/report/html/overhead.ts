import { ABSENT, confidenceText } from '../../analysis/figure.ts';
import type { RunAnalysis } from '../../analysis/result.ts';
import { ratePerSecond } from '../../analysis/rounding.ts';
import { isMissing } from '../../record/measured.ts';
import { PERCENTILES } from '../../scenario/scenario.ts';
import { overheadRows, type PercentileRow, percentileRows } from '../table.ts';
import { curveCharts, rateCharts, toneOf } from './charts.ts';
import { type Markup, markup } from './markup.ts';
import { absent, chart, figure, numeral, section, table, treatmentName } from './parts.ts';

/** What each treatment adds to the response time, percentile by percentile. */
export function overheadSection(analysis: RunAnalysis): Markup {
  const source = overheadRows(analysis);
  const rows = source.map((row) => {
    // A reason that holds for the whole row is said once.
    const pooled = (value: PercentileRow['pooled']) =>
      isMissing(value) && isMissing(row.added) && value.missing === row.added.missing
        ? markup`${ABSENT}`
        : numeral(value, 'ms');
    return [
      treatmentName(row.treatment, toneOf(analysis, row.treatment), `at ${row.rate}`),
      percentileCell(row),
      figure(row.added),
      pooled(row.baselinePooled),
      pooled(row.pooled),
    ];
  });
  const columns = [
    { title: 'Treatment' },
    { title: 'Percentile' },
    { title: 'Added (interval)', number: true },
    { title: 'Baseline, pooled', number: true },
    { title: 'Treatment, pooled', number: true },
  ];
  const confidence = confidenceText(source.map((row) => row.added));
  return section({
    id: 'latency',
    title: 'Added latency',
    lead: `The typical block’s shift of the percentile: treatment minus baseline within one block, from the intended start of each request to its last byte.${confidence === undefined ? '' : ` Intervals: ${confidence}.`}`,
    content: table({ caption: 'Added latency by treatment, load and percentile', columns, rows, stack: true }),
  });
}

function percentileCell(row: PercentileRow): Markup {
  const tag = row.standing === 'coarse' ? markup` <span class="tag">coarse</span>` : undefined;
  // An absent percentile says why where its number would stand.
  const note =
    row.note === undefined || row.standing === 'absent' ? undefined : markup`<span class="sub">${row.note}</span>`;
  return markup`${row.percentile}${tag}${note}`;
}

/** The percentile curves, each with the pooled percentiles below it. */
export function curveSection(analysis: RunAnalysis): Markup {
  const charts = curveCharts(analysis);
  const parts = analysis.loads.map((load) => {
    const ordered = load.treatments.toSorted((a, b) => toneOf(analysis, a.treatment) - toneOf(analysis, b.treatment));
    const rows = ordered.map(({ treatment }) => {
      const own = percentileRows(analysis).filter((row) => row.load === load.load && row.treatment === treatment);
      return [
        treatmentName(treatment, toneOf(analysis, treatment)),
        ...PERCENTILES.map((percentile) => {
          const row = own.find((each) => each.percentile === percentile);
          return row === undefined ? absent('not analysed') : numeral(row.pooled, 'ms');
        }),
      ];
    });
    const columns = [{ title: 'Treatment' }, ...PERCENTILES.map((title) => ({ title, number: true }))];
    const caption = `Pooled response time at ${ratePerSecond(load.arrivalRatePerSecond)}`;
    return markup`${charts.filter(({ id }) => id === `curve-${load.load}`).map(chart)}${table({ caption, columns, rows, stack: true })}`;
  });
  return section({
    id: 'percentiles',
    title: 'Response time by percentile',
    lead: 'The line is all valid trials together, the band runs from the fastest to the slowest single trial. To the right, ever rarer and slower requests; both axes are logarithmic.',
    content: parts,
  });
}

/** How the added latency goes with the rate; nothing where one load was measured. */
export function rateSection(analysis: RunAnalysis): Markup | undefined {
  const loads = analysis.loads.toSorted((a, b) => a.arrivalRatePerSecond - b.arrivalRatePerSecond);
  if (loads.length < 2) return undefined;
  const source = overheadRows(analysis);
  const subjects = [...new Map(source.map((row) => [`${row.percentile} ${row.treatment}`, row] as const)).values()];
  const rows = subjects
    .toSorted((a, b) => PERCENTILES.indexOf(a.percentile) - PERCENTILES.indexOf(b.percentile))
    .map(({ treatment, percentile }) => [
      treatmentName(treatment, toneOf(analysis, treatment), percentile),
      ...loads.map(({ load }) => {
        const row = source.find(
          (each) => each.load === load && each.treatment === treatment && each.percentile === percentile,
        );
        return row === undefined ? absent('not analysed') : figure(row.added);
      }),
    ]);
  const columns = [
    { title: 'Treatment' },
    ...loads.map((load) => ({ title: ratePerSecond(load.arrivalRatePerSecond), number: true })),
  ];
  const charts = rateCharts(analysis).map(chart);
  return section({
    id: 'rates',
    title: 'Added latency over the arrival rate',
    lead: 'Each mark is the estimate at one load, with its interval. The lines join what was measured; nothing is said of the rates between.',
    content: [
      charts.length === 0 ? undefined : markup`<div class="charts">${charts}</div>`,
      table({ caption: 'Added latency at each arrival rate', columns, rows, stack: true }),
    ],
  });
}
