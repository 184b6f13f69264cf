import { describe, expect, test } from 'vitest';
import { signedRankInterval } from '../../../src/analysis/stats/interval.ts';
import { standardDeviation } from '../../../src/analysis/stats/quantile.ts';
import { visibleShift } from '../../../src/analysis/stats/visible.ts';
import { createRandom } from '../../../src/scenario/random.ts';

const RUNS = 4000;

/** How many of the seeded samples with this true shift have an interval that leaves out 0. */
function seen(n: number, shift: number): number {
  const random = createRandom(20_261_126 + n);
  // Box and Muller.
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let count = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const interval = signedRankInterval(
      Array.from({ length: n }, () => normal() + shift),
      0.95,
    );
    if (!('missing' in interval) && (interval.low > 0 || interval.high < 0)) count += 1;
  }
  return count;
}

describe('the smallest visible shift', () => {
  // 80 % of 4,000 are 3,200; four standard deviations of that count are 101, and 1 % of the shift moves it by some 25.
  test.each([6, 7, 10, 15, 30, 40])('of %i blocks is seen in 4 of 5 samples', (n) => {
    const count = seen(n, visibleShift(n) ?? Number.NaN);
    expect(count).toBeGreaterThan(3200 - 150);
    expect(count).toBeLessThan(3200 + 150);
  });

  test('of six blocks needs all of them on one side', () => {
    // Φ(1.7936)^6 = 0.8.
    expect(visibleShift(6)).toBe(1.794);
  });

  test('falls with every further block, also where the table ends', () => {
    const shifts = Array.from({ length: 60 }, (_, index) => visibleShift(index + 6) ?? Number.NaN);
    expect(shifts.every((shift, index) => index === 0 || shift < (shifts[index - 1] ?? 0))).toBe(true);
  });

  test('is not known of fewer blocks than an interval needs', () => {
    expect(visibleShift(5)).toBeUndefined();
  });
});

test('the standard deviation divides by one less than the values', () => {
  expect(standardDeviation([2, 4, 6])).toBe(2);
  expect(standardDeviation([5])).toBeUndefined();
});
