import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesText,
  decimalsForDigits,
  decimalsForWidth,
  fixed,
  grouped,
  percentage,
  ratePerSecond,
  trimmed,
} from '../../src/analysis/rounding.ts';

describe('decimalsForWidth', () => {
  it.each([
    ['an interval of 0.06 to two decimals', 0.06, 3, 2],
    ['an interval of exactly five last steps, as binary numbers miss it', 0.3 - 0.25, 3, 2],
    ['an interval just under five last steps to one decimal more', 0.049, 3, 3],
    ['an interval that misses five last steps by a billionth as if it did not', 5 - 1e-9, 3, 0],
    ['an interval that misses them by two billionths to one decimal more', 5 - 2e-9, 3, 1],
    ['an interval of five whole units to whole units', 5, 3, 0],
    ['an interval that is no number to all decimals that were measured', Number.NaN, 3, 3],
    ['a wide interval to whole units', 52, 3, 0],
    ['a very narrow interval to no more decimals than were measured', 0.0001, 3, 3],
    ['no spread at all to all decimals that were measured', 0, 1, 1],
  ])('prints %s', (_, width, atMost, expected) => {
    expect(decimalsForWidth(width, atMost)).toBe(expected);
  });

  it('never prints more decimals for a wider interval', () => {
    const width = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(width, width, (a, b) => {
        expect(decimalsForWidth(Math.max(a, b), 3)).toBeLessThanOrEqual(decimalsForWidth(Math.min(a, b), 3));
      }),
    );
  });
});

describe('fixed', () => {
  it.each([
    [-0.0004, 2, '0.00'],
    [-0.006, 2, '-0.01'],
    [-0.6, 0, '-1'],
    [0.5, 0, '1'],
    [12, 1, '12.0'],
  ])('prints %d with %d decimals as %s', (value, decimals, expected) => {
    expect(fixed(value, decimals)).toBe(expected);
  });
});

describe('numbers without an interval', () => {
  it.each([
    [0.6118, 3, 3],
    [61.18, 3, 1],
    [6118, 3, 0],
    [0.000_04, 3, 3],
    [0, 3, 0],
    [-1.5, 2, 1],
  ])('gives %d to %d digits %d decimals', (value, digits, expected) => {
    expect(decimalsForDigits(value, digits, 3)).toBe(expected);
  });

  it('prints what was asked for without empty decimals', () => {
    expect([5, 0.25, 134.217_728, 1234.5, -1234.5678].map(trimmed)).toEqual([
      '5',
      '0.25',
      '134.218',
      '1,234.5',
      '-1,234.568',
    ]);
  });

  it('prints counts, rates and shares as people read them', () => {
    expect([grouped(30_000), grouped(999), grouped(1000), grouped(1_234_567)]).toEqual([
      '30,000',
      '999',
      '1,000',
      '1,234,567',
    ]);
    expect([ratePerSecond(1000), ratePerSecond(999.96), ratePerSecond(499.62)]).toEqual([
      '1,000/s',
      '1,000/s',
      '499.6/s',
    ]);
    expect([percentage(0.96875), percentage(0.95), percentage(0.0141)]).toEqual(['96.9 %', '95 %', '1.4 %']);
    expect([0, 999, 1000, 1024, 1_500_000, 8_211_456_000, 3e12, 4e15].map(bytesText)).toEqual([
      '0 B',
      '999 B',
      '1 kB',
      '1.02 kB',
      '1.5 MB',
      '8.21 GB',
      '3 TB',
      '4,000 TB',
    ]);
  });
});
