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

describe('a ramp', () => {
  const ramp = (from: number, to: number, ms: number): SegmentSpec => {
    return { name: 'ramp', fromMs: 0, toMs: ms, arrivalRatePerSecond: from, toRatePerSecond: to, measured: true };
  };
  const all = (segments: readonly SegmentSpec[], arrivals: Arrivals = 'constant', seed = 1) => {
    const schedule = createSchedule({ segments, arrivals, seed });
    const starts: number[] = [];
    for (let next = schedule.next(); next !== undefined; next = schedule.next()) starts.push(next);
    return starts;
  };

  it('from 0 to 200/s in a second starts its k-th request where k - 1/2 = 100 t²', () => {
    const starts = all([ramp(0, 200, 1000)]);
    expect(starts).toHaveLength(100);
    const worst = Math.max(...starts.map((start, k) => Math.abs(start - 1e6 * Math.sqrt((k + 0.5) / 100))));
    expect(worst).toBeLessThan(0.001);
  });

  it('downwards is the same one backwards', () => {
    const up = all([ramp(20, 180, 1000)]);
    const down = all([ramp(180, 20, 1000)]);
    expect(down.map((start) => Math.round(1e6 - start)).reverse()).toEqual(up.map(Math.round));
  });

  it('that ends where it begins is a constant rate', () => {
    expect(all([ramp(100, 100, 500)])).toEqual(startsOf([{ rate: 100, ms: 500 }], 'constant'));
  });

  it('holds in each half of a Poisson schedule as many starts as its rate says, within five standard deviations', () => {
    // 0 to 4,000/s in 2 s: 1,000 in the first second, 3,000 in the second.
    const starts = all([ramp(0, 4000, 2000)], 'poisson', 7);
    const first = starts.filter(within(0, 1e6)).length;
    const second = starts.filter(within(1e6, 2e6)).length;
    expect(Math.abs(first - 1000) / Math.sqrt(1000)).toBeLessThan(5);
    expect(Math.abs(second - 3000) / Math.sqrt(3000)).toBeLessThan(5);
  });
});

describe('threads that share a schedule', () => {
  it('give together exactly the whole, each in its turn', () => {
    const segments = segmentsOf([{ rate: 777, ms: 1000 }]);
    const starts = (index: number, of: number) => {
      const schedule = createSchedule({
        segments,
        arrivals: 'poisson',
        seed: 4,
        weights: [1, 2],
        share: { index, of },
      });
      const found: [number, number][] = [];
      for (let next = schedule.next(); next !== undefined; next = schedule.next())
        found.push([next, schedule.target()]);
      return found;
    };
    const shares = [0, 1, 2].map((index) => starts(index, 3));
    expect(shares.flat().sort(([a], [b]) => a - b)).toEqual(starts(0, 1));
    const lengths = shares.map(({ length }) => length);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
  });
});

describe('kinds of requests', () => {
  const drawn = (weights: readonly number[], seed: number) => {
    const schedule = createSchedule({
      segments: segmentsOf([{ rate: 1000, ms: 10_000 }]),
      arrivals: 'constant',
      seed,
      weights,
    });
    const counts = weights.map(() => 0);
    while (schedule.next() !== undefined) counts[schedule.target()] = (counts[schedule.target()] ?? 0) + 1;
    return counts;
  };

  it('come as often as their weights say, within five standard deviations', () => {
    const [first = 0, second = 0, third = 0] = drawn([7, 2, 1], 3);
    expect(first + second + third).toBe(10_000);
    for (const [count, share] of [
      [first, 0.7],
      [second, 0.2],
      [third, 0.1],
    ] as const) {
      expect(Math.abs(count - 10_000 * share) / Math.sqrt(10_000 * share * (1 - share))).toBeLessThan(5);
    }
  });

  it('are drawn anew with each seed, and shift no arrival', () => {
    expect(drawn([1, 1], 1)).toEqual(drawn([1, 1], 1));
    expect(drawn([1, 1], 1)).not.toEqual(drawn([1, 1], 2));
    const segments = segmentsOf([{ rate: 100, ms: 1000 }]);
    const one = createSchedule({ segments, arrivals: 'poisson', seed: 9 });
    const many = createSchedule({ segments, arrivals: 'poisson', seed: 9, weights: [1, 5] });
    for (let next = one.next(); next !== undefined; next = one.next()) expect(many.next()).toBe(next);
  });
});

/** Of the largest distance between an empirical and a continuous distribution (Kolmogorov 1933; Marsaglia and others 2003, eq. 1). */
function kolmogorovTail(distance: number, n: number): number {
  // Stephens' correction makes the limit good to three digits from some 100 values on.
  const t = distance * (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n));
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * t * t);
  return Math.min(1, Math.max(0, sum));
}

describe('the gaps of a Poisson schedule', () => {
  // Each seed is below 0.01 by chance in 1 of 100 cases: 18 of 20 hold with 0.9990. Evenly spaced gaps would hold in none.
  it('follow the exponential distribution: Kolmogorov and Smirnov do not object to at least 18 of 20 seeds', () => {
    const gapsOf = (arrivals: Arrivals, seed: number) => {
      const starts = startsOf([{ rate: 1000, ms: 10_000 }], arrivals, seed);
      return starts.map((start, i) => start - (starts[i - 1] ?? 0)).sort((a, b) => a - b);
    };
    const holds = (gaps: readonly number[]) => {
      const distances = gaps.map((gap, i) => {
        const below = 1 - Math.exp(-gap / 1000);
        return Math.max(below - i / gaps.length, (i + 1) / gaps.length - below);
      });
      return kolmogorovTail(Math.max(...distances), gaps.length) > 0.01;
    };
    const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(seeds.filter((seed) => holds(gapsOf('poisson', seed))).length).toBeGreaterThanOrEqual(18);
    expect(seeds.filter((seed) => holds(gapsOf('constant', seed)))).toEqual([]);
  });
});
