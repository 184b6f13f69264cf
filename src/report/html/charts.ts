import { type Figure, figureOf, figureText } from '../../analysis/figure.ts';
import { QUANTITIES, type QuantityId } from '../../analysis/quantities.ts';
import type { Estimate, LoadAnalysis, RunAnalysis } from '../../analysis/result.ts';
import { ratePerSecond } from '../../analysis/rounding.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import { PERCENTILES, type Percentile } from '../../scenario/scenario.ts';
import { ROLES } from '../labels.ts';
import { treatmentOrder } from '../table.ts';
import { wrap } from '../text.ts';

/** A point of a chart, in the units of its axes. */
interface Point {
  x: number;
  y: number;
}

interface Named {
  label: string;
  /** Place in the palette: 0 is the baseline. */
  tone: number;
}

/** `low` and `high` are those of the fastest and the slowest single trial, where every trial has one. */
interface CurvePoint extends Point {
  low?: number;
  high?: number;
}

/** Response time by percentile: x is 1 / (1 - quantile), y is in ms; both axes are logarithmic. */
export interface CurveChart {
  kind: 'curve';
  id: string;
  title: string;
  series: readonly (Named & { points: readonly CurvePoint[] })[];
}

/** An estimate as a chart needs it: where it is drawn, and how the tables print it. */
interface Spread {
  point: number;
  low: number;
  high: number;
  text: string;
}

/** Added latency block by block, x is the block, y is in ms; with the interval over all blocks. */
export interface BlocksChart {
  kind: 'blocks';
  id: string;
  title: string;
  series: readonly (Named & Spread & { points: readonly Point[] })[];
}

/** Added latency over the arrival rate: x is in requests a second, y in ms, with the interval of each. */
export interface RatesChart {
  kind: 'rates';
  id: string;
  title: string;
  series: readonly (Named & { points: readonly (Point & { low: number; high: number; text: string })[] })[];
}

/** One bar with its interval for each process. */
export interface BarsChart {
  kind: 'bars';
  id: string;
  title: string;
  unit: string;
  bars: readonly (Named & Spread & { lines: readonly string[] })[];
}

export type ChartSpec = CurveChart | BlocksChart | RatesChart | BarsChart;

/** Place of a treatment in the palette; treatments beyond the palette's five begin again at its first hue. */
export function toneOf(analysis: RunAnalysis, treatment: string): number {
  const place = treatmentOrder(analysis).indexOf(treatment);
  return place <= 0 ? 0 : 1 + ((place - 1) % 5);
}

/** One percentile curve for each load that has any: all treatments in it. */
export function curveCharts(analysis: RunAnalysis): CurveChart[] {
  return analysis.loads.flatMap((load) => {
    const series = load.treatments
      .filter(({ curve }) => curve.length > 0)
      .map(({ treatment, curve }) => ({
        label: treatment,
        tone: toneOf(analysis, treatment),
        // The slowest request of all lies at quantile 1, which this axis has no place for.
        points: curve
          .filter(({ quantile, responseUs }) => quantile < 1 && responseUs > 0)
          .map(({ quantile, responseUs, fastestTrialUs: low, slowestTrialUs: high }) => ({
            x: drawn(1 / (1 - quantile)),
            y: inMs(responseUs),
            // A logarithmic axis has no place for 0.
            ...(low !== undefined && high !== undefined && low > 0 && { low: inMs(low), high: inMs(high) }),
          })),
      }))
      .toSorted((a, b) => a.tone - b.tone);
    const title = `Response time by percentile at ${ratePerSecond(load.arrivalRatePerSecond)}, in ms`;
    return series.length === 0 ? [] : [{ kind: 'curve', id: `curve-${load.load}`, title, series }];
  });
}

/** One chart for each percentile of a load that has an added latency. */
export function blocksCharts(analysis: RunAnalysis, load: LoadAnalysis): BlocksChart[] {
  return PERCENTILES.flatMap((percentile) => {
    const series = load.treatments.flatMap((treatment) => {
      const entry = treatment.isBaseline
        ? undefined
        : treatment.overhead.find((each) => each.percentile === percentile);
      if (entry === undefined || entry.support.standing === 'absent') return [];
      const spread = bounds('latency', entry.addedUs);
      if (spread === undefined) return [];
      const points = entry.perBlock.map(({ block, addedUs }) => ({ x: block, y: inMs(addedUs) }));
      return [{ label: treatment.treatment, tone: toneOf(analysis, treatment.treatment), points, ...spread }];
    });
    return series.length === 0 ? [] : [blocksChart(load, percentile, series)];
  });
}

function blocksChart(load: LoadAnalysis, percentile: Percentile, series: BlocksChart['series']): BlocksChart {
  const title = `Added ${percentile} by block at ${ratePerSecond(load.arrivalRatePerSecond)}, ms`;
  return { kind: 'blocks', id: `blocks-${load.load}-${percentile}`, title, series };
}

/** Added latency over the arrival rate, one chart for each percentile; none where fewer than two loads have a figure. */
export function rateCharts(analysis: RunAnalysis): RatesChart[] {
  const loads = analysis.loads.toSorted((a, b) => a.arrivalRatePerSecond - b.arrivalRatePerSecond);
  return PERCENTILES.flatMap((percentile) => {
    const series = treatmentOrder(analysis)
      .slice(1)
      .map((name) => ({
        label: name,
        tone: toneOf(analysis, name),
        points: loads.flatMap((load) => ratePoint(load, name, percentile)),
      }))
      .filter(({ points }) => points.length > 1);
    const title = `Added ${percentile} over the arrival rate, ms`;
    return series.length === 0 ? [] : [{ kind: 'rates', id: `rates-${percentile}`, title, series }];
  });
}

function ratePoint(
  load: LoadAnalysis,
  treatment: string,
  percentile: Percentile,
): RatesChart['series'][number]['points'] {
  const found = load.treatments.find((each) => each.treatment === treatment);
  const entry = found?.overhead.find((each) => each.percentile === percentile);
  if (entry === undefined || entry.support.standing === 'absent') return [];
  const spread = bounds('latency', entry.addedUs);
  if (spread === undefined) return [];
  const { point: y, ...rest } = spread;
  return [{ x: load.arrivalRatePerSecond, y, ...rest }];
}

/** More bars than this cannot be told apart: then those of the highest rate alone are drawn, and the table has all. */
const MOST_BARS = 24;
/** Columns of a bar's label, in lines of which no word is cut. */
const LABEL_COLUMNS = 26;
/** A name may be of any length where a record was made by hand; the table has it whole. */
const MOST_LABEL_LINES = 3;

/** CPU and memory of each proxy and proxy agent; a chart without a single bar is left out. */
export function costCharts(analysis: RunAnalysis): BarsChart[] {
  return [
    costChart(analysis, 'cpu', `CPU of each proxy, in ${QUANTITIES.cpu.unit}`),
    costChart(analysis, 'memory', `Memory (RSS) of each proxy, in ${QUANTITIES.memory.unit}`),
  ].filter(({ bars }) => bars.length > 0);
}

function costChart(analysis: RunAnalysis, id: 'cpu' | 'memory', title: string): BarsChart {
  const of = (loads: readonly LoadAnalysis[]) => loads.flatMap((load) => costBars(analysis, load, id));
  const { unit } = QUANTITIES[id];
  const all = of(analysis.loads);
  if (all.length <= MOST_BARS) return { kind: 'bars', id: `cost-${id}`, title, unit, bars: all };
  const [highest] = analysis.loads.toSorted((a, b) => b.arrivalRatePerSecond - a.arrivalRatePerSecond);
  const bars = highest === undefined ? [] : of([highest]);
  const rate = ratePerSecond(highest?.arrivalRatePerSecond ?? 0);
  return { kind: 'bars', id: `cost-${id}`, title: `${title}, at ${rate} alone (the table has all)`, unit, bars };
}

function costBars(analysis: RunAnalysis, load: LoadAnalysis, id: 'cpu' | 'memory'): BarsChart['bars'] {
  return load.treatments.flatMap(({ treatment, costs }) =>
    costs
      .filter(({ role }) => role === 'proxy' || role === 'proxy-agent')
      .flatMap((cost) => {
        const spread = bounds(id, id === 'cpu' ? cost.cpuMillicores : cost.memoryRssBytes);
        const label = `${treatment} ${cost.hop} ${ROLES[cost.role]}, ${ratePerSecond(load.arrivalRatePerSecond)}`;
        return spread === undefined
          ? []
          : [{ label, lines: labelLines(label), tone: toneOf(analysis, treatment), ...spread }];
      }),
  );
}

function labelLines(label: string): string[] {
  const lines = wrap(label, LABEL_COLUMNS);
  if (lines.length <= MOST_LABEL_LINES) return lines;
  return [...lines.slice(0, MOST_LABEL_LINES - 1), `… ${lines.at(-1) ?? ''}`];
}

/** As fine as a screen can draw: more digits would only lengthen the page. */
const drawn = (value: number): number => Number(value.toPrecision(6));
const inMs = (us: number): number => drawn(us / QUANTITIES.latency.perUnit);

function bounds(id: QuantityId, estimate: Measured<Estimate>): Spread | undefined {
  const figure: Measured<Figure> = figureOf(id, estimate);
  if (isMissing(estimate) || isMissing(figure)) return undefined;
  const { perUnit } = QUANTITIES[id];
  const [point, low, high] = [estimate.point, estimate.low, estimate.high].map((value) => drawn(value / perUnit));
  if (point === undefined || low === undefined || high === undefined) return undefined;
  return { point, low, high, text: figureText(figure) };
}
