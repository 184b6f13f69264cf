// @ts-nocheck
import { ABSENT, confidenceText, numberOf } from '../../analysis/figure.ts';
import { QUANTITIES } from '../../analysis/quantities.ts';
import type { LoadAnalysis, RunAnalysis } from '../../analysis/result.ts';
import { ratePerSecond } from '../../analysis/rounding.ts';
import { isMissing } from '../../record/measured.ts';
import { PERCENTILES } from '../../scenario/scenario.ts';
import { balanceRows } from '../evidence.ts';
import { costRows, overheadRows, type PercentileRow, percentileRows } from '../table.ts';
import { blocksCharts, costCharts, curveCharts, toneOf } from './charts.ts';
import { bottleneckTable, cpuModelTable } from './comparisons.ts';
import { type Markup, markup } from './markup.ts';
import { absent, chart, figure, numeral, table, treatmentName } from './parts.ts';

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
  return markup`<section><h2>Added latency</h2>
<p class="lead">The typical block’s shift of the percentile: treatment minus baseline within one block, from the intended start of each request to its last byte.${confidence === undefined ? '' : ` Intervals: ${confidence}.`}</p>
${table({ caption: 'Added latency by treatment, load and percentile', columns, rows, stack: true })}</section>`;
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
  return markup`<section><h2>Response time by percentile</h2>
<p class="lead">All valid trials together. To the right, ever rarer and slower requests; both axes are logarithmic.</p>
${parts}</section>`;
}

/** The overhead block by block: whether the interval rests on all of them or on a few. */
export function blocksSection(analysis: RunAnalysis): Markup {
  const parts = analysis.loads.map((load) => {
    const charts = blocksCharts(analysis, load).map(chart);
    const grid = charts.length === 0 ? undefined : markup`<div class="charts">${charts}</div>`;
    return markup`<h3>At ${ratePerSecond(load.arrivalRatePerSecond)}</h3>${grid}${blocksTable(load) ?? markup`<p>No block carries a comparison.</p>`}`;
  });
  return markup`<section><h2>Added latency in each block</h2>
<p class="lead">Each mark is one block. The line is the estimate over all of them, the band its interval.</p>
${parts}</section>`;
}

function blocksTable(load: LoadAnalysis): Markup | undefined {
  const series = load.treatments.flatMap(({ treatment, isBaseline, overhead }) =>
    isBaseline
      ? []
      : overhead
          .filter(({ perBlock, support }) => perBlock.length > 0 && support.standing !== 'absent')
          .map((entry) => ({ title: `${treatment} ${entry.percentile}, ms`, perBlock: entry.perBlock })),
  );
  const blocks = [...new Set(series.flatMap(({ perBlock }) => perBlock.map(({ block }) => block)))];
  const rows = blocks
    .toSorted((a, b) => a - b)
    .map((block) => [
      markup`${block}`,
      ...series.map(({ perBlock }) => {
        const found = perBlock.find((each) => each.block === block);
        // As it was recorded, to the µs: a single block has no interval that would say how many digits hold.
        const value = numberOf('latency', found?.addedUs ?? { missing: 'no comparison in this block' }, 9);
        return isMissing(value) ? absent(value.missing) : markup`${value}`;
      }),
    ]);
  const columns = [{ title: 'Block' }, ...series.map(({ title }) => ({ title, number: true }))];
  const caption = `Added latency in each block at ${ratePerSecond(load.arrivalRatePerSecond)}`;
  return table({ caption, columns, rows, stack: false });
}

/** CPU and memory of each proxy, and where the machine's time went. */
export function costSection(analysis: RunAnalysis): Markup {
  const rows = costRows(analysis).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment), `${row.hop} ${row.roleText}`),
    markup`${row.rate}<span class="sub">achieved ${isMissing(row.achieved) ? absent(row.achieved.missing) : row.achieved}</span>`,
    figure(row.cpu),
    figure(row.cpuPerThousandRequests),
    markup`${figure(row.memory)}<span class="sub">anonymous: ${figure(row.memoryAnon)}</span><span class="sub">before the load: ${figure(row.memoryIdle)}</span><span class="sub">after it: ${figure(row.memoryAfter)}</span>`,
  ]);
  const columns = [
    { title: 'Process' },
    { title: 'Arrival rate', number: true },
    { title: 'CPU', number: true },
    { title: 'CPU time per 1,000 requests', number: true },
    { title: 'Memory (RSS), peak', number: true },
  ];
  const charts = costCharts(analysis).map(chart);
  return markup`<section><h2>CPU and memory</h2>
<p class="lead">Each figure holds at the arrival rate beside it, and at no other. Whiskers and brackets are the interval over blocks.</p>
<div class="charts">${charts}</div>
${table({ caption: 'CPU and memory of each process', columns, rows, stack: true }) ?? markup`<p>No process was measured.</p>`}
${cpuModelTable(analysis)}
${balanceTable(analysis)}
${bottleneckTable(analysis)}</section>`;
}

function balanceTable(analysis: RunAnalysis): Markup | undefined {
  const { unit } = QUANTITIES.cpu;
  const rows = balanceRows(analysis).map((row) => [
    treatmentName(
      row.treatment,
      toneOf(analysis, row.treatment),
      row.kind === 'whole' ? `at ${row.rate}` : `added, at ${row.rate}`,
    ),
    ...[row.proxies, row.applications, row.driver, row.rest, row.machine].map((value) =>
      isMissing(value) ? absent(value.missing) : markup`${value}`,
    ),
  ]);
  const columns = [
    { title: 'Treatment' },
    ...['Proxies', 'Sample services', 'Load driver', 'Rest', 'Machine'].map((title) => ({ title, number: true })),
  ];
  return table({ caption: `Where the machine’s busy time went, mean in ${unit}`, columns, rows, stack: true });
}
