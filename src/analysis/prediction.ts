import { isMissing, type Measured } from '../record/measured.ts';
import { sizeFor } from '../scenario/precision.ts';
import type { Percentile, Scenario } from '../scenario/scenario.ts';
import type { LoadAnalysis, RunAnalysis } from './result.ts';
import { variance } from './stats/quantile.ts';
import { visibleShift } from './stats/visible.ts';

/** What earlier runs say beforehand of one comparison of a scenario. */
export interface Prediction {
  arrivalRatePerSecond: number;
  /** `envoy`, or `new minus old`. */
  comparison: string;
  quantity: Percentile | 'server sidecar CPU' | 'client sidecar CPU';
  /** Standard deviation of the block differences over the earlier runs, in µs or millicores. */
  spread: Measured<number>;
  /** Blocks that the spread rests on. */
  blocks: number;
  /** The smallest effect that 4 of 5 runs would see with `blocks.min` and with `blocks.max` blocks, in the same unit. */
  smallestEffect: Measured<{ withMin: number; withMax: number }>;
  /** Blocks that the scenario's `until` would take; only for its percentile. */
  blocksWanted?: Measured<number>;
}

interface Seen {
  comparison: string;
  quantity: Prediction['quantity'];
  differences: readonly number[];
}

/**
 * What a scenario's run would see, from the spread of earlier runs of the same treatments at the same load points: the
 * runs' spreads pooled as √(Σ(n - 1)s² / Σ(n - 1)), so that a shift between the runs does not enter it. It holds as far
 * as the machine is as restless as it was.
 */
export function predict(scenario: Scenario, earlier: readonly RunAnalysis[]): Prediction[] {
  return scenario.load.arrivalRatesPerSecond.flatMap((rate) => {
    const loads = earlier.flatMap((run) => run.loads.filter((load) => load.arrivalRatePerSecond === rate));
    const seen = loads.map(comparisonsOf);
    return wanted(scenario).map((of) => {
      const samples = seen.flatMap((all) => all.filter((one) => isSame(one, of)).map(({ differences }) => differences));
      return { arrivalRatePerSecond: rate, ...of, ...fromSamples(scenario, of, samples) };
    });
  });
}

const isSame = (a: Omit<Seen, 'differences'>, b: Omit<Seen, 'differences'>): boolean =>
  a.comparison === b.comparison && a.quantity === b.quantity;

const PREDICTED = ['p50', 'p90', 'p99'] as const satisfies readonly Percentile[];

function wanted({ treatments, baseline }: Scenario): Omit<Seen, 'differences'>[] {
  const compared = treatments.filter((_, index) => index !== baseline);
  const latency = (comparison: string) => PREDICTED.map((quantity) => ({ comparison, quantity }));
  const pairs = compared.flatMap((from, index) =>
    compared.slice(index + 1).flatMap((to) => {
      const comparison = pairName(from.name, to.name);
      const hops = [from, to].some(({ mesh }) => mesh !== 'none') ? (['client', 'server'] as const) : [];
      return [...latency(comparison), ...hops.map((hop) => ({ comparison, quantity: `${hop} sidecar CPU` as const }))];
    }),
  );
  return [...compared.flatMap(({ name }) => latency(name)), ...pairs];
}

const pairName = (from: string, to: string): string => `${to} minus ${from}`;

function comparisonsOf(load: LoadAnalysis): Seen[] {
  const overheads = load.treatments.flatMap(({ treatment, overhead }) =>
    overhead.map(({ percentile, perBlock }) => ({
      comparison: treatment,
      quantity: percentile,
      differences: perBlock.map(({ addedUs }) => addedUs),
    })),
  );
  const contrasts = load.contrasts.flatMap(({ from, to, latency, sidecars }): Seen[] => {
    const comparison = pairName(from, to);
    return [
      ...latency.map(({ percentile, perBlock }) => ({
        comparison,
        quantity: percentile,
        differences: perBlock.map(({ differenceUs }) => differenceUs),
      })),
      ...sidecars.map(({ hop, cpuPerBlock }) => ({
        comparison,
        quantity: `${hop} sidecar CPU` as const,
        differences: cpuPerBlock,
      })),
    ];
  });
  return [...overheads, ...contrasts];
}

function fromSamples(
  { blocks }: Scenario,
  { quantity }: Omit<Seen, 'differences'>,
  samples: readonly (readonly number[])[],
): Pick<Prediction, 'spread' | 'blocks' | 'smallestEffect' | 'blocksWanted'> {
  const usable = samples.filter(({ length }) => length >= 2);
  const degrees = usable.reduce((sum, { length }) => sum + length - 1, 0);
  const asked = blocks.until?.percentile === quantity ? blocks.until : undefined;
  if (degrees === 0) {
    const none = { missing: 'no earlier run has two blocks of it' };
    return { spread: none, blocks: 0, smallestEffect: none, ...(asked === undefined ? {} : { blocksWanted: none }) };
  }
  const squares = usable.reduce((sum, sample) => sum + (sample.length - 1) * (variance(sample) ?? 0), 0);
  const pooled = { variance: squares / degrees, degrees };
  const spread = Math.sqrt(pooled.variance);
  const effect = (n: number): Measured<number> => {
    const shift = visibleShift(n);
    return shift === undefined ? { missing: `no interval exists with ${n} blocks` } : spread * shift;
  };
  const [withMin, withMax] = [effect(blocks.min), effect(blocks.max)];
  return {
    spread,
    blocks: usable.reduce((sum, { length }) => sum + length, 0),
    smallestEffect: isMissing(withMin) ? withMin : isMissing(withMax) ? withMax : { withMin, withMax },
    ...(asked === undefined ? {} : { blocksWanted: Math.max(blocks.min, sizeFor(pooled, asked.halfWidthUs)) }),
  };
}
