// @ts-nocheck
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSchedule } from '../../../src/drivers/paced/schedule.ts';
import type { Arrivals } from '../../../src/scenario/scenario.ts';
import type { SegmentSpec } from '../../../src/scenario/trial.ts';

interface Stretch {
  rate: number;
  ms: number;
}

/** Consecutive segments of the given rates and lengths. */
function segmentsOf(stretches: readonly Stretch[]): SegmentSpec[] {
  let at = 0;
  return stretches.map(({ rate, ms }, i) => {
    const fromMs = at;
    at += ms;
    return { name: `s${i}`, fromMs, toMs: at, arrivalRatePerSecond: rate, measured: i > 0 };
  });
}

function startsOf(stretches: readonly Stretch[], arrivals: Arrivals, seed = 1): number[] {
  const schedule = createSchedule({ segments: segmentsOf(stretches), arrivals, seed });
  const starts: number[] = [];
  for (let next = schedule.next(); next !== undefined; next = schedule.next()) starts.push(next);
  return starts;
}

const within = (fromUs: number, toUs: number) => (start: number) => start >= fromUs && start < toUs;

describe('a constant schedule', () => {
  it('starts exactly rate × time requests, evenly spaced, the first half a step in', () => {
    const stretch = fc.record({ rate: fc.integer({ min: 1, max: 3000 }), seconds: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(stretch, ({ rate, seconds }) => {
        const starts = startsOf([{ rate, ms: seconds * 1000 }], 'constant');
        expect(starts.length).toBe(rate * seconds);
        const stepUs = 1e6 / rate;
        const worst = Math.max(...starts.map((start, i) => Math.abs(start - (i + 0.5) * stepUs)));
        expect(worst).toBeLessThan(0.001);
      }),
    );
  });

  it('changes its rate where one segment ends and the next begins', () => {
    const starts = startsOf(
      [
        { rate: 2, ms: 1000 },
        { rate: 4, ms: 1000 },
      ],
      'constant',
    );
    expect(starts).toEqual([250_000, 750_000, 1_125_000, 1_375_000, 1_625_000, 1_875_000]);
  });

  it('keeps whole requests where a segment holds a broken number of them', () => {
    const starts = startsOf(
      [
        { rate: 3, ms: 500 },
        { rate: 3, ms: 500 },
      ],
      'constant',
    );
    expect(starts.map(Math.round)).toEqual([166_667, 500_000, 833_333]);
  });

  it('starts nothing in a segment of rate 0, and goes on after it', () => {
    const starts = startsOf(
      [
        { rate: 1, ms: 1000 },
        { rate: 0, ms: 5000 },
        { rate: 1, ms: 1000 },
      ],
      'constant',
    );
    expect(starts).toEqual([500_000, 6_500_000]);
  });

  it('does not depend on the seed', () => {
    const stretches = [{ rate: 100, ms: 1000 }];
    expect(startsOf(stretches, 'constant', 1)).toEqual(startsOf(stretches, 'constant', 2));
  });

  it('has nothing more to give once it is over', () => {
    const schedule = createSchedule({ segments: segmentsOf([{ rate: 1, ms: 1000 }]), arrivals: 'constant', seed: 1 });
    expect([schedule.next(), schedule.next(), schedule.next()]).toEqual([500_000, undefined, undefined]);
    expect(createSchedule({ segments: [], arrivals: 'poisson', seed: 1 }).next()).toBeUndefined();
  });
});

describe('a Poisson schedule', () => {
  const stretches = [
    { rate: 1000, ms: 1000 },
    { rate: 250, ms: 2000 },
  ];

  it('is the same for the same seed, and another for another seed', () => {
    expect(startsOf(stretches, 'poisson', 5)).toEqual(startsOf(stretches, 'poisson', 5));
    expect(startsOf(stretches, 'poisson', 5)).not.toEqual(startsOf(stretches, 'poisson', 6));
  });

  it('stays within its segments, in the order of time', () => {
    const seeds = fc.integer({ min: 0, max: 2 ** 32 });
    fc.assert(
      fc.property(seeds, (seed) => {
        const starts = startsOf(stretches, 'poisson', seed);
        expect(starts.filter((start) => !(start >= 0 && start < 3e6))).toEqual([]);
        expect(starts).toEqual([...starts].sort((a, b) => a - b));
      }),
      { numRuns: 30 },
    );
  });

  it('holds in each segment as many starts as its rate says, within six standard deviations for each of 50 seeds', () => {
    const deviations = Array.from({ length: 50 }, (_, seed) => {
      const starts = startsOf(stretches, 'poisson', seed);
      const first = starts.filter(within(0, 1e6)).length;
      const second = starts.filter(within(1e6, 3e6)).length;
      return [(first - 1000) / Math.sqrt(1000), (second - 500) / Math.sqrt(500)];
    }).flat();
    expect(Math.max(...deviations.map(Math.abs))).toBeLessThan(6);
    // Counts that always hit the mark exactly would not be random.
    expect(Math.max(...deviations.map(Math.abs))).toBeGreaterThan(1);
  });

  it('has gaps of an exponential distribution: 1/e of them are longer than the mean', () => {
    const starts = startsOf([{ rate: 1000, ms: 50_000 }], 'poisson', 3);
    const gaps = starts.slice(1).map((start, i) => start - (starts[i] ?? 0));
    const long = gaps.filter((gap) => gap > 1000).length / gaps.length;
    const sigma = Math.sqrt((Math.exp(-1) * (1 - Math.exp(-1))) / gaps.length);
    expect(Math.abs(long - Math.exp(-1))).toBeLessThan(5 * sigma);
  });
});
