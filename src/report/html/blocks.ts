import { ABSENT, numberOf } from '../../analysis/figure.ts';
import type { LoadAnalysis, OverheadAtPercentile, RunAnalysis } from '../../analysis/result.ts';
import { ratePerSecond } from '../../analysis/rounding.ts';
import { isMissing } from '../../record/measured.ts';
import { blocksCharts } from './charts.ts';
import { type Markup, markup } from './markup.ts';
import { chart, numberTable, section } from './parts.ts';

/** The overhead block by block: whether the interval rests on all of them or on a few. */
export function blocksSection(analysis: RunAnalysis): Markup {
  const parts = analysis.loads.map((load) => {
    const charts = blocksCharts(analysis, load).map(chart);
    const grid = charts.length === 0 ? undefined : markup`<div class="charts">${charts}</div>`;
    return markup`<h3>At ${ratePerSecond(load.arrivalRatePerSecond)}</h3>${grid}${blocksTable(load) ?? markup`<p>No block carries a comparison.</p>`}`;
  });
  return section({
    id: 'blocks',
    title: 'Added latency in each block',
    lead: 'Each mark is one block. The line is the estimate over all of them, the band its interval.',
    content: parts,
  });
}

function blocksTable(load: LoadAnalysis): Markup | undefined {
  const series = load.treatments.flatMap(({ treatment, isBaseline, overhead }) =>
    isBaseline
      ? []
      : overhead.filter(isShown).map((entry) => ({ title: `${treatment} ${entry.percentile}, ms`, ...entry })),
  );
  const blocks = [...new Set(series.flatMap(({ perBlock }) => perBlock.map(({ block }) => block)))];
  const rows = blocks
    .toSorted((a, b) => a - b)
    .map((block) => [
      String(block),
      ...series.map(({ perBlock }) => {
        const found = perBlock.find((each) => each.block === block);
        // As it was recorded, to the µs: a single block has no interval that would say how many digits hold.
        const value = numberOf('latency', found?.addedUs ?? { missing: '' }, 9);
        return isMissing(value) ? ABSENT : value;
      }),
    ]);
  const rate = ratePerSecond(load.arrivalRatePerSecond);
  const shown = numberTable({
    caption: `Added latency in each block at ${rate}`,
    titles: ['Block', ...series.map(({ title }) => title)],
    rows,
  });
  const isWhole = series.every(({ perBlock }) => perBlock.length === blocks.length);
  return shown === undefined || isWhole
    ? shown
    : markup`${shown}<p class="small">${ABSENT}: no comparison in this block.</p>`;
}

const isShown = ({ perBlock, support }: OverheadAtPercentile): boolean =>
  perBlock.length > 0 && support.standing !== 'absent';
