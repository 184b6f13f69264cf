// @ts-nocheck
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steinSampleSize } from '../../src/scenario/precision.ts';

describe("Stein's second stage", () => {
  it('asks for ceil((t s / h)^2) values', () => {
    // s^2 = 17.5 / 5 = 3.5 for 1 to 6; t(5, 0.975) = 2.570582; 2.570582^2 * 3.5 = 23.13.
    expect(steinSampleSize([1, 2, 3, 4, 5, 6], 1)).toBe(24);
    expect(steinSampleSize([1, 2, 3, 4, 5, 6], 2)).toBe(6);
    // t(1, 0.975) = 12.7062, s^2 = 2: 12.7062^2 * 2 = 322.9.
    expect(steinSampleSize([0, 2], 1)).toBe(323);
  });

  it('asks for nothing more where the values do not differ', () => {
    expect(steinSampleSize([7, 7, 7], 1)).toBe(0);
  });

  it('says nothing where the spread is unknown', () => {
    expect([steinSampleSize([], 1), steinSampleSize([5], 1)]).toEqual([undefined, undefined]);
  });

  it('does not depend on where the values lie, and asks for no fewer for a narrower interval', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(values, fc.integer({ min: -5000, max: 5000 }), (first, shift) => {
        const size = steinSampleSize(first, 10) ?? Number.NaN;
        const shifted =
          steinSampleSize(
            first.map((value) => value + shift),
            10,
          ) ?? Number.NaN;
        expect(Math.abs(shifted - size)).toBeLessThanOrEqual(1);
        expect(steinSampleSize(first, 5)).toBeGreaterThanOrEqual(size);
      }),
    );
  });
});
