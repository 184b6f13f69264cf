import { expect, test } from 'vitest';
import { mean, median, quantile } from '../../../src/analysis/stats/quantile.ts';

test('an empty sample has no quantile, no median and no mean', () => {
  expect([quantile([], 0.5), median([]), mean([])]).toEqual([undefined, undefined, undefined]);
});

test('quantiles interpolate between the order statistics, whatever the order of the values', () => {
  const values = [40, 10, 30, 20];
  expect([0, 0.25, 0.5, 0.9, 1].map((share) => quantile(values, share))).toEqual([10, 17.5, 25, 37, 40]);
  expect(values).toEqual([40, 10, 30, 20]);
});

test('the median of an odd sample is its middle value, of an even one the mean of the middle two', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
});

test('a share outside 0 to 1 is refused', () => {
  expect(() => quantile([1], 1.01)).toThrow(new RangeError('share has to lie between 0 and 1, got 1.01'));
  expect(() => quantile([1], -0.01)).toThrow(new RangeError('share has to lie between 0 and 1, got -0.01'));
  expect(() => quantile([1], Number.NaN)).toThrow(RangeError);
});
