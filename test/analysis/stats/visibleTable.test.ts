import { describe, expect, test } from 'vitest';
import { standardDeviation } from '../../../src/analysis/stats/quantile.ts';
import { visibleShift } from '../../../src/analysis/stats/visible.ts';

describe('the smallest visible shift, by the number of blocks', () => {
  test('is the one of the table from 6 to 30', () => {
    expect([5, 6, 7, 8, 20, 29, 30].map(visibleShift)).toEqual([undefined, 1.794, 1.338, 1.252, 0.678, 0.553, 0.54]);
  });

  test('is beyond it that of the t test, by the efficiency of the ranks', () => {
    // (t(30, 0.975) + t(30, 0.8)) / √(31 × 3/π) = (2.04227 + 0.85377) / 5.44088.
    expect(visibleShift(31)).toBeCloseTo(2.89604 / 5.44088, 5);
    // (t(99, 0.975) + t(99, 0.8)) / √(100 × 3/π) = (1.98422 + 0.84523) / 9.77205.
    expect(visibleShift(100)).toBeCloseTo(2.82945 / 9.77205, 4);
  });
});

test('the standard deviation is that of a sample, and needs two values', () => {
  expect([[2, 4, 6], [1, 3], [5], []].map(standardDeviation)).toEqual([2, Math.sqrt(2), undefined, undefined]);
});
