// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { meterHiccups } from '../../src/collectors/hiccups.ts';

/** A clock that shows these times one after the other, and the last one for ever. */
function scripted(times: readonly number[]): () => number {
  let at = 0;
  return () => times[Math.min(at++, times.length - 1)] ?? Number.NaN;
}

describe('a meter that never sleeps', () => {
  it('adds up what is missing above 0.1 ms, and counts what is above 1 ms', () => {
    // Asked once before it begins, once when it begins, and then at each turn.
    const clock = scripted([0, 0, 50, 150, 251, 1251, 2252, 2300, 10_000]);
    expect(meterHiccups({ fromUs: 0, toUs: 10_000, kind: 'spin' }, clock)).toEqual({
      where: 'system',
      meter: 'a thread that never sleeps',
      thresholdUs: 100,
      windowUs: 10_000,
      lostUs: 101 + 1000 + 1001 + 7700,
      longestUs: 7700,
      stalls: 2,
    });
  });

  it('finds nothing where nothing is missing', () => {
    const steady = Array.from({ length: 103 }, (_, i) => Math.max(0, i - 1) * 100);
    expect(meterHiccups({ fromUs: 0, toUs: 10_000, kind: 'spin' }, scripted(steady))).toMatchObject({
      windowUs: 10_000,
      lostUs: 0,
      longestUs: 0,
      stalls: 0,
    });
  });

  it('says how long it looked where it came after its window had begun', () => {
    expect(meterHiccups({ fromUs: 0, toUs: 1000, kind: 'spin' }, scripted([600, 600, 700, 1050]))).toMatchObject({
      windowUs: 450,
      lostUs: 350,
    });
  });
});

describe('a meter that sleeps', () => {
  it('takes its own sleep of 2 ms for granted, and lateness up to half a ms too', () => {
    const clock = scripted([0, 0, 2400, 4901, 9000]);
    expect(meterHiccups({ fromUs: 0, toUs: 9000, kind: 'sleep' }, clock)).toEqual({
      where: 'system',
      meter: 'a thread that wakes every 2 ms',
      thresholdUs: 500,
      windowUs: 9000,
      lostUs: 501 + 2099,
      longestUs: 2099,
      stalls: 1,
    });
  });
});
