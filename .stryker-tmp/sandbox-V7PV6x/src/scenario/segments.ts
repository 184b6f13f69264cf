// @ts-nocheck
import type { LoadSpec } from './scenario.ts';
import type { SegmentSpec } from './trial.ts';

/**
 * Warm-up and window of a trial.
 * @param index of the load point within the arrival rates
 * @param windowMs length of what is measured
 * @throws where there is no such load point
 */
export function segmentsOf(load: LoadSpec, index: number, windowMs: number): SegmentSpec[] {
  const arrivalRatePerSecond = load.arrivalRatesPerSecond[index];
  if (arrivalRatePerSecond === undefined) throw new Error(`no load point ${index} in the scenario`);
  const end = load.warmUpMs + windowMs;
  return [
    { name: 'warm-up', fromMs: 0, toMs: load.warmUpMs, arrivalRatePerSecond, measured: false },
    { name: 'window', fromMs: load.warmUpMs, toMs: end, arrivalRatePerSecond, measured: true },
  ];
}
