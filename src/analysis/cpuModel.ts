import { isMissing, type Measured } from '../record/measured.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { BlocksAtLoad } from './blocks.ts';
import { trialsPerBlock } from './costs.ts';
import { estimateOverBlocks } from './estimate.ts';
import { achievedRate } from './resources.ts';
import type { CpuModel, Estimate, RoundLine } from './result.ts';
import { sidecarUse } from './sidecar.ts';
import { fitLine, lackOfFit } from './stats/line.ts';
import { mean } from './stats/quantile.ts';

/** Load points below which a line through them says nothing of whether it is one. */
const LOADS_NEEDED = 3;
/** A true line is called bent once in a hundred runs. */
const BENT_BELOW = 0.01;

interface Reading {
  round: number;
  ratePerSecond: number;
  millicores: number;
}

/**
 * CPU of each sidecar as idle + slope × rate, where at least three load points were measured; none otherwise, and then
 * a figure holds at its own load only.
 *
 * Each round, the blocks of all load points next to each other in time, gives a line of its own by least squares; over
 * the rounds the Hodges-Lehmann point with its interval, as everywhere. Whether it is a line at all is tested over all
 * values at once.
 */
export function cpuModelsOf(scenario: Scenario, loads: readonly BlocksAtLoad[]): CpuModel[] {
  if (loads.length < LOADS_NEEDED) return [];
  return scenario.treatments.flatMap(({ name, mesh }, index) =>
    mesh === 'none'
      ? []
      : (['client', 'server'] as const).flatMap((hop) => {
          const of = { treatment: name, isBaseline: index === scenario.baseline, hop };
          const readings = loads.map((load) => readingsAt(load, loads.length, of));
          const why = readings.find(isMissing);
          const known = readings.flatMap((each) => (isMissing(each) ? [] : [each]));
          return [
            { treatment: name, hop, loads: loads.length, ...(why === undefined ? modelOf(known) : unknown(why)) },
          ];
        }),
  );
}

const unknown = (why: { missing: string }) => ({
  idleMillicores: why,
  millicoresPerThousandPerSecond: why,
  lackOfFit: why,
  perRound: [],
});

/** Blocks are numbered over all load points, so that as many as there are loads make a round. */
function readingsAt(
  load: BlocksAtLoad,
  loads: number,
  of: { treatment: string; isBaseline: boolean; hop: 'client' | 'server' },
): Measured<Reading[]> {
  const readings: Reading[] = [];
  const trials = trialsPerBlock(load.comparable, of);
  for (const [index, { block }] of load.comparable.entries()) {
    for (const trial of trials[index] ?? []) {
      const millicores = sidecarUse(trial, of.hop).cpuMillicores;
      const ratePerSecond = achievedRate(trial);
      if (isMissing(millicores)) return millicores;
      if (isMissing(ratePerSecond)) return ratePerSecond;
      readings.push({ round: Math.ceil(block / loads), ratePerSecond, millicores });
    }
  }
  return readings.length === 0 ? { missing: 'a load point without a valid block' } : readings;
}

function modelOf(readings: readonly (readonly Reading[])[]): Omit<CpuModel, 'treatment' | 'hop' | 'loads'> {
  const rounds = [...new Set(readings.flat().map(({ round }) => round))];
  const perRound = rounds.flatMap((round): RoundLine[] => {
    const own = readings.map((load) => load.find((reading) => reading.round === round));
    const points = own.flatMap((each) => (each === undefined ? [] : [{ x: each.ratePerSecond, y: each.millicores }]));
    const line = points.length < readings.length ? undefined : fitLine(points);
    if (line === undefined) return [];
    return [{ round, idleMillicores: line.intercept, millicoresPerThousandPerSecond: line.slope * 1000 }];
  });
  const groups = readings.map((load) => ({
    x: mean(load.map(({ ratePerSecond }) => ratePerSecond)) ?? 0,
    ys: load.map(({ millicores }) => millicores),
  }));
  const tested = lackOfFit(groups);
  const over = (values: readonly number[]): Measured<Estimate> => estimateOverBlocks(values);
  return {
    idleMillicores: over(perRound.map((line) => line.idleMillicores)),
    millicoresPerThousandPerSecond: over(perRound.map((line) => line.millicoresPerThousandPerSecond)),
    lackOfFit:
      tested === undefined
        ? { missing: 'too few values to test the line' }
        : { ...tested, isLine: tested.p >= BENT_BELOW },
    perRound,
  };
}
