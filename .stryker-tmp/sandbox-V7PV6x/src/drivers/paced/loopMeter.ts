// @ts-nocheck
import type { Hiccups } from '../../record/trialRecord.ts';

/** A gap between two turns of the loop above this is time that the machine, or a collection of garbage, took. */
const THRESHOLD_US = 500;
const STALL_US = 1000;
/** A sleep of 1 ms on libuv's millisecond clock ends 1.1 to 1.2 ms later (load-facts D.1). */
const EXPECTED_SLEEP_US = 1200;

/** Watches the gaps between successive turns of a loop that never waits on purpose. */
export interface LoopMeter {
  turn(nowUs: number, sleptBefore: boolean): void;
  result(windowUs: number): Hiccups;
}

/** @param window the part of the trial that counts, in µs from its start */
export function createLoopMeter(window: { fromUs: number; toUs: number }): LoopMeter {
  let last: number | undefined;
  let lostUs = 0;
  let longestUs = 0;
  let stalls = 0;
  return {
    turn(nowUs, sleptBefore) {
      const gap = last === undefined ? 0 : nowUs - last - (sleptBefore ? EXPECTED_SLEEP_US : 0);
      last = nowUs;
      if (gap <= THRESHOLD_US || nowUs < window.fromUs || nowUs > window.toUs) return;
      lostUs += gap;
      longestUs = Math.max(longestUs, gap);
      if (gap > STALL_US) stalls++;
    },
    result: (windowUs) => ({
      where: 'generator',
      meter: "gaps between turns of the driver's loop",
      thresholdUs: THRESHOLD_US,
      windowUs,
      lostUs: Math.round(lostUs),
      longestUs: Math.round(longestUs),
      stalls,
    }),
  };
}
