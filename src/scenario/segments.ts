import type { LoadSpec } from './scenario.ts';
import type { SegmentSpec } from './trial.ts';

/**
 * Warm-up and window of a trial; a window in stages is a segment for each.
 * @param index of the load point within the arrival rates
 * @param windowMs length of what is measured, where it has no stages
 * @throws where there is no such load point
 */
export function segmentsOf(load: LoadSpec, index: number, windowMs: number): SegmentSpec[] {
  const rate = load.arrivalRatesPerSecond[index];
  if (rate === undefined) throw new Error(`no load point ${index} in the scenario`);
  const { stages, warmUpMs } = load;
  if (stages !== undefined) {
    const arrivalRatePerSecond = stages[0]?.fromRatePerSecond ?? rate;
    const warmUp = { name: 'warm-up', fromMs: 0, toMs: warmUpMs, arrivalRatePerSecond, measured: false };
    return [warmUp, ...stagesFrom(stages, warmUpMs)];
  }
  return segmentsAt(load, rate, windowMs);
}

/** Warm-up and window at one rate. */
export function segmentsAt({ warmUpMs }: LoadSpec, arrivalRatePerSecond: number, windowMs: number): SegmentSpec[] {
  return [
    { name: 'warm-up', fromMs: 0, toMs: warmUpMs, arrivalRatePerSecond, measured: false },
    { name: 'window', fromMs: warmUpMs, toMs: warmUpMs + windowMs, arrivalRatePerSecond, measured: true },
  ];
}

function stagesFrom(stages: NonNullable<LoadSpec['stages']>, startMs: number): SegmentSpec[] {
  let at = startMs;
  return stages.map(({ durationMs, fromRatePerSecond, toRatePerSecond }, index) => {
    const fromMs = at;
    at += durationMs;
    return {
      name: `stage ${index + 1}`,
      fromMs,
      toMs: at,
      arrivalRatePerSecond: fromRatePerSecond,
      ...(toRatePerSecond === fromRatePerSecond ? {} : { toRatePerSecond }),
      measured: true,
    };
  });
}
