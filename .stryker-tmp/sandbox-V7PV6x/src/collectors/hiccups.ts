// @ts-nocheck
import type { Hiccups } from '../record/trialRecord.ts';

export type HiccupSpec = {
  fromUs: number;
  toUs: number;
  /** `sleep`: wakes every 2 ms, costs little; `spin`: never sleeps, sees everything, takes the whole core. */
  kind: 'sleep' | 'spin';
};

const PERIOD_US = 2000;
const STALL_US = 1000;
/** Ordinary lateness of a wake-up on an idle core is 50 to 150 µs; a spin sees nothing of that. */
const THRESHOLD_US = { sleep: 500, spin: 100 };

/**
 * Blocks this thread until `toUs` and adds up by how much it came late. A stall that begins and ends within one sleep
 * is not seen by `sleep`: shorter stalls than 2 ms are counted only in part.
 */
export function meterHiccups(spec: HiccupSpec, nowUs: () => number): Hiccups {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const period = spec.kind === 'sleep' ? PERIOD_US : 0;
  const threshold = THRESHOLD_US[spec.kind];
  waitUntilUs(cell, spec.fromUs, nowUs);
  let lostUs = 0;
  let longestUs = 0;
  let stalls = 0;
  const fromUs = nowUs();
  let last = fromUs;
  while (last < spec.toUs) {
    if (period > 0) Atomics.wait(cell, 0, 0, period / 1000);
    const now = nowUs();
    const late = now - last - period;
    last = now;
    if (late <= threshold) continue;
    lostUs += late;
    longestUs = Math.max(longestUs, late);
    if (late > STALL_US) stalls++;
  }
  return {
    where: 'system',
    meter: spec.kind === 'sleep' ? 'a thread that wakes every 2 ms' : 'a thread that never sleeps',
    thresholdUs: threshold,
    windowUs: Math.round(last - fromUs),
    lostUs: Math.round(lostUs),
    longestUs: Math.round(longestUs),
    stalls,
  };
}

function waitUntilUs(cell: Int32Array, untilUs: number, nowUs: () => number): void {
  const ms = (untilUs - nowUs()) / 1000;
  if (ms > 0) Atomics.wait(cell, 0, 0, ms);
}
