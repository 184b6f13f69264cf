// @ts-nocheck
import { QUANTITIES, type QuantityId } from '../../analysis/quantities.ts';
import type { Estimate, LoadAnalysis, RunAnalysis } from '../../analysis/result.ts';
import { ratePerSecond } from '../../analysis/rounding.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import { PERCENTILES, type Percentile } from '../../scenario/scenario.ts';
import { ROLES } from '../labels.ts';
import { treatmentOrder } from '../table.ts';

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

/** Response time by percentile: x is 1 / (1 - quantile), y is in ms; both axes are logarithmic. */
export interface CurveChart {
  kind: 'curve';
  id: string;
  title: string;
  series: readonly (Named & { points: readonly Point[] })[];
}

/** Added latency block by block, x is the block, y is in ms; with the interval over all blocks. */
export interface BlocksChart {
  kind: 'blocks';
  id: string;
  title: string;
  series: readonly (Named & { points: readonly Point[]; point: number; low: number; high: number })[];
}

/** One bar with its interval for each process. */
export interface BarsChart {
  kind: 'bars';
  id: string;
  title: string;
  unit: string;
  bars: readonly (Named & { point: number; low: number; high: number })[];
}

export type ChartSpec = CurveChart | BlocksChart | BarsChart;

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
          .map(({ quantile, responseUs }) => ({ x: 1 / (1 - quantile), y: responseUs / QUANTITIES.latency.perUnit })),
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
      const points = entry.perBlock.map(({ block, addedUs }) => ({
        x: block,
        y: addedUs / QUANTITIES.latency.perUnit,
      }));
      return [{ label: treatment.treatment, tone: toneOf(analysis, treatment.treatment), points, ...spread }];
    });
    return series.length === 0 ? [] : [blocksChart(load, percentile, series)];
  });
}

function blocksChart(load: LoadAnalysis, percentile: Percentile, series: BlocksChart['series']): BlocksChart {
  const title = `Added ${percentile} by block at ${ratePerSecond(load.arrivalRatePerSecond)}, ms`;
  return { kind: 'blocks', id: `blocks-${load.load}-${percentile}`, title, series };
}

/** CPU and memory of each proxy and proxy agent; a chart without a single bar is left out. */
export function costCharts(analysis: RunAnalysis): BarsChart[] {
  const chart = (id: 'cpu' | 'memory', title: string): BarsChart => ({
    kind: 'bars',
    id: `cost-${id}`,
    title,
    unit: QUANTITIES[id].unit,
    bars: analysis.loads.flatMap((load) =>
      load.treatments.flatMap(({ treatment, costs }) =>
        costs
          .filter(({ role }) => role === 'proxy' || role === 'proxy-agent')
          .flatMap((cost) => {
            const spread = bounds(id, id === 'cpu' ? cost.cpuMillicores : cost.memoryRssBytes);
            const label = `${treatment} ${cost.hop} ${ROLES[cost.role]}, ${ratePerSecond(load.arrivalRatePerSecond)}`;
            return spread === undefined ? [] : [{ label, tone: toneOf(analysis, treatment), ...spread }];
          }),
      ),
    ),
  });
  return [
    chart('cpu', 'CPU of each proxy, in millicores'),
    chart('memory', 'Memory (RSS) of each proxy, in MiB'),
  ].filter(({ bars }) => bars.length > 0);
}

function bounds(
  id: QuantityId,
  estimate: Measured<Estimate>,
): { point: number; low: number; high: number } | undefined {
  if (isMissing(estimate)) return undefined;
  const { perUnit } = QUANTITIES[id];
  return { point: estimate.point / perUnit, low: estimate.low / perUnit, high: estimate.high / perUnit };
}
