// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { createLoopMeter } from '../../../src/drivers/paced/loopMeter.ts';

/** What the meter says of turns at these times in µs; a time with `slept` comes after a sleep of one timer step. */
function metered(turns: readonly (number | { slept: number })[], window = { fromUs: 0, toUs: 1e6 }) {
  const meter = createLoopMeter(window);
  for (const turn of turns) {
    if (typeof turn === 'number') meter.turn(turn, false);
    else meter.turn(turn.slept, true);
  }
  const { lostUs, longestUs, stalls } = meter.result(window.toUs - window.fromUs);
  return { lostUs, longestUs, stalls };
}

describe('the meter of the loop', () => {
  it('says what it is and how long it looked', () => {
    expect(createLoopMeter({ fromUs: 0, toUs: 5000 }).result(5000)).toEqual({
      where: 'generator',
      meter: "gaps between turns of the driver's loop",
      thresholdUs: 500,
      windowUs: 5000,
      lostUs: 0,
      longestUs: 0,
      stalls: 0,
    });
  });

  it('adds up gaps above half a ms, and counts those above 1 ms as stalls', () => {
    expect(metered([0, 10, 510, 1011, 1020, 2120, 2130, 7130])).toEqual({ lostUs: 6601, longestUs: 5000, stalls: 2 });
  });

  it('takes no gap for lost that ends outside its window', () => {
    const window = { fromUs: 10_000, toUs: 20_000 };
    expect(metered([0, 9000, 10_000, 10_001, 25_000], window)).toEqual({ lostUs: 1000, longestUs: 1000, stalls: 0 });
    expect(metered([0, 9000], window)).toEqual({ lostUs: 0, longestUs: 0, stalls: 0 });
  });

  it('allows a sleep its own time, and counts only what it took longer', () => {
    expect(metered([0, { slept: 1150 }, { slept: 2800 }, { slept: 6500 }])).toEqual({
      lostUs: 2500,
      longestUs: 2500,
      stalls: 1,
    });
  });
});
