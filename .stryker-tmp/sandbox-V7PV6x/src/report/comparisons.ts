// @ts-nocheck
import { type Figure, figureOf, numberOf } from '../analysis/figure.ts';
import type { LoadAnalysis, RunAnalysis } from '../analysis/result.ts';
import { percentage, ratePerSecond } from '../analysis/rounding.ts';
import { isMissing, type Measured } from '../record/measured.ts';

/** What one treatment takes more or less than another. */
export interface ContrastRow {
  rate: string;
  from: string;
  to: string;
  /** `p50`, or `CPU of the server sidecar`. */
  what: string;
  difference: Measured<Figure>;
  /** Whether the interval leaves 0 out, in words. */
  answer: Measured<string>;
}

/** One row for each pair of treatments, load, and percentile or sidecar; absent percentiles are left out. */
export function contrastRows(analysis: RunAnalysis): ContrastRow[] {
  return analysis.loads.flatMap((load) =>
    load.contrasts.flatMap(({ from, to, latency, sidecars }) => {
      const of = { rate: ratePerSecond(load.arrivalRatePerSecond), from, to };
      return [
        ...latency
          .filter(({ support }) => support.standing !== 'absent')
          .map(({ percentile, support, differenceUs }) => ({
            ...of,
            what: support.standing === 'coarse' ? `${percentile}, coarse` : percentile,
            difference: figureOf('latency', differenceUs),
            answer: sideOf(differenceUs),
          })),
        ...sidecars.flatMap(({ hop, cpuMillicores, memoryRssBytes }) => [
          {
            ...of,
            what: `CPU of the ${hop} sidecar`,
            difference: figureOf('cpu', cpuMillicores),
            answer: sideOf(cpuMillicores),
          },
          {
            ...of,
            what: `memory of the ${hop} sidecar`,
            difference: figureOf('memory', memoryRssBytes),
            answer: sideOf(memoryRssBytes),
          },
        ]),
      ];
    }),
  );
}

function sideOf(estimate: Measured<{ low: number; high: number }>): Measured<string> {
  if (isMissing(estimate)) return estimate;
  if (estimate.low > 0) return 'more';
  return estimate.high < 0 ? 'less' : 'no difference seen';
}

/** What a run could have seen of one treatment at one percentile. */
export interface SensitivityRow {
  rate: string;
  treatment: string;
  percentile: string;
  /** In ms. */
  smallestEffect: Measured<string>;
  /** `0.12 (independent blocks stay within ±0.80)` */
  lagOne: Measured<string>;
}

export function sensitivityRows(analysis: RunAnalysis): SensitivityRow[] {
  return analysis.loads.flatMap((load) =>
    load.treatments
      .filter(({ isBaseline }) => !isBaseline)
      .flatMap(({ treatment, overhead }) =>
        overhead
          .filter(({ support }) => support.standing !== 'absent')
          .map(({ percentile, smallestEffectUs, lagOne }) => ({
            rate: ratePerSecond(load.arrivalRatePerSecond),
            treatment,
            percentile,
            smallestEffect: numberOf('latency', smallestEffectUs, 2),
            lagOne: isMissing(lagOne)
              ? lagOne
              : `${lagOne.correlation.toFixed(2)} (independent blocks stay within ±${lagOne.band.toFixed(2)})`,
          })),
      ),
  );
}

export interface CpuModelRow {
  treatment: string;
  hop: string;
  idle: Measured<Figure>;
  slope: Measured<Figure>;
  /** Whether the load points lie on a line, in words. */
  line: Measured<string>;
}

export function cpuModelRows({ cpuModels }: RunAnalysis): CpuModelRow[] {
  return cpuModels.map(({ treatment, hop, idleMillicores, millicoresPerThousandPerSecond, lackOfFit }) => ({
    treatment,
    hop,
    idle: figureOf('cpu', idleMillicores),
    slope: figureOf('cpu', millicoresPerThousandPerSecond),
    line: isMissing(lackOfFit)
      ? lackOfFit
      : lackOfFit.isLine
        ? `the loads lie on a line (lack of fit p = ${probability(lackOfFit.p)})`
        : `the loads do not lie on a line (lack of fit p = ${probability(lackOfFit.p)}): no single slope holds`,
  }));
}

const probability = (p: number): string => (p < 0.001 ? 'under 0.001' : p.toFixed(3));

export interface BottleneckRow {
  rate: string;
  treatment: string;
  isBaseline: boolean;
  /** `cores under test, 61.2 % busy` */
  nearest: Measured<string>;
  others: string;
}

/** The component nearest to the end of its capacity, for each treatment and load with a valid trial. */
export function bottleneckRows(analysis: RunAnalysis): BottleneckRow[] {
  return analysis.loads.flatMap((load: LoadAnalysis) =>
    load.treatments
      .filter(({ validTrials }) => validTrials > 0)
      .map(({ treatment, isBaseline, bottleneck }) => {
        const of = { rate: ratePerSecond(load.arrivalRatePerSecond), treatment, isBaseline };
        if (isMissing(bottleneck)) return { ...of, nearest: bottleneck, others: '' };
        const others = bottleneck.others.map(({ component, busyShare }) => busyText(component, busyShare));
        return { ...of, nearest: busyText(bottleneck.component, bottleneck.busyShare), others: others.join('; ') };
      }),
  );
}

const busyText = (component: string, busyShare: Measured<number>): string =>
  isMissing(busyShare) ? `${component}: ${busyShare.missing}` : `${component}, ${percentage(busyShare)} busy`;
