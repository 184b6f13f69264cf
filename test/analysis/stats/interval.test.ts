import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hodgesLehmann, signedRankInterval, tInterval } from '../../../src/analysis/stats/interval.ts';

const intervalOf = (values: readonly number[], confidence: number) => {
  const found = signedRankInterval(values, confidence);
  if ('missing' in found) throw new Error(found.missing);
  return found;
};

describe('hodgesLehmann', () => {
  test('is the median of all pairwise means, worked by hand', () => {
    // Walsh averages of 1, 2, 6: 1, 1.5, 2, 3.5, 4, 6.
    expect(hodgesLehmann([6, 1, 2])).toBe(2.75);
    expect(hodgesLehmann([])).toBeUndefined();
  });
});

describe('signedRankInterval', () => {
  test('with 6 values is the smallest to the largest, at 96.875 %', () => {
    // Of the 21 Walsh averages ten are at most 4.5 (1, 2, 2.5, 3, 3, 3.5, 4, 4, 4, 4.5), and the eleventh is 5.
    expect(signedRankInterval([5, 3, 1, 9, 7, 4], 0.95)).toEqual({
      point: 5,
      low: 1,
      high: 9,
      n: 6,
      confidence: 0.96875,
      method: 'signed-rank',
    });
  });

  test('with 10 values takes the 9th Walsh average from either end, at 95.1 %', () => {
    // The critical value of the signed-rank table at n = 10 is 8, with P(T+ <= 8) = 25/1024.
    const values = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
    const walsh = values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2)).sort((a, b) => a - b);
    expect(walsh).toHaveLength(55);
    expect(signedRankInterval(values, 0.95)).toEqual({
      point: walsh[27],
      low: walsh[8],
      high: walsh[46],
      n: 10,
      confidence: 1 - 50 / 1024,
      method: 'signed-rank',
    });
  });

  // Two-sided critical values c of the printed table (5 % and 1 %), as the number of Walsh averages cut off at each end.
  test.each([
    [6, 0.95, 0],
    [7, 0.95, 2],
    [8, 0.95, 3],
    [9, 0.95, 5],
    [12, 0.95, 13],
    [15, 0.95, 25],
    [20, 0.95, 52],
    [8, 0.99, 0],
    [9, 0.99, 1],
    [10, 0.99, 3],
    [15, 0.99, 15],
    [20, 0.99, 37],
  ])('with %i values at %f cuts off as many Walsh averages as the printed table says', (n, confidence, cut) => {
    const values = Array.from({ length: n }, (_, index) => 3 ** index);
    const walsh = values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2)).sort((a, b) => a - b);
    const found = intervalOf(values, confidence);
    expect([walsh.indexOf(found.low), walsh.length - 1 - walsh.indexOf(found.high)]).toEqual([cut, cut]);
  });

  test('says why there is none below 6 values for 95 % and below 8 for 99 %', () => {
    expect(signedRankInterval([1, 2, 3, 4, 5], 0.95)).toEqual({
      missing: 'no exact 95 % interval exists below 6 values, here are 5',
      needed: 6,
    });
    expect(signedRankInterval([1, 2, 3, 4, 5, 6, 7], 0.99)).toEqual({
      missing: 'no exact 99 % interval exists below 8 values, here are 7',
      needed: 8,
    });
    expect(intervalOf([1, 2, 3, 4, 5, 6, 7, 8], 0.99).confidence).toBe(1 - 2 / 256);
  });

  test('counts a confidence that it just reaches as reached', () => {
    // 3 values hold 1 - 2/2³ = 75 %; of 10, cutting off 8 Walsh averages leaves 1 - 50/1024.
    expect(signedRankInterval([1, 2, 4], 0.75)).toMatchObject({ low: 1, high: 4, confidence: 0.75 });
    const ten = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
    expect(signedRankInterval(ten, 1 - 50 / 1024)).toEqual(signedRankInterval(ten, 0.95));
  });

  test.each([0, 1, -0.5, 1.5, Number.NaN])('refuses a confidence of %f, as does the t interval', (confidence) => {
    const refusal = new RangeError(`confidence has to lie between 0 and 1, got ${confidence}`);
    expect(() => signedRankInterval([1, 2, 3], confidence)).toThrow(refusal);
    expect(() => tInterval([1, 2, 3], confidence)).toThrow(refusal);
  });

  test('stays exact for samples beyond the printed tables', () => {
    // Normal approximation of the confidence at n = 80 for comparison; it is off by less than 1e-3 there.
    const found = intervalOf(
      Array.from({ length: 80 }, (_, index) => index),
      0.95,
    );
    expect(found.confidence).toBeGreaterThanOrEqual(0.95);
    expect(found.confidence).toBeLessThan(0.951);
  });

  const sample = fc.array(fc.integer({ min: -10_000, max: 10_000 }), { minLength: 6, maxLength: 25 });

  test('holds its point, reaches the asked confidence, and lies within the values', () => {
    fc.assert(
      fc.property(sample, (values) => {
        const { point, low, high, n, confidence } = intervalOf(values, 0.95);
        expect(low <= point && point <= high).toBe(true);
        expect(low >= Math.min(...values) && high <= Math.max(...values)).toBe(true);
        expect(confidence).toBeGreaterThanOrEqual(0.95);
        expect(n).toBe(values.length);
      }),
    );
  });

  test('moves with its values, and turns over with their sign', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: -5000, max: 5000 }), (values, shift) => {
        const { point, low, high, ...rest } = intervalOf(values, 0.95);
        expect(
          intervalOf(
            values.map((value) => value + shift),
            0.95,
          ),
        ).toEqual({ point: point + shift, low: low + shift, high: high + shift, ...rest });
        const turned = intervalOf(
          values.map((value) => 0 - value),
          0.95,
        );
        expect(turned.point + point).toBe(0);
        expect(turned.low + high).toBe(0);
        expect(turned.high + low).toBe(0);
      }),
    );
  });

  test('does not depend on the order of the values', () => {
    fc.assert(
      fc.property(sample, (values) => {
        expect(signedRankInterval(values.toReversed(), 0.95)).toEqual(signedRankInterval(values, 0.95));
      }),
    );
  });
});

describe('tInterval', () => {
  test('is the mean with t standard errors on either side, worked by hand', () => {
    // Mean 3, s² = 10/4, standard error sqrt(0.5); t(4, 0.995) = 4.604094871.
    const found = tInterval([1, 2, 3, 4, 5], 0.99);
    expect(found).toEqual({
      point: 3,
      low: expect.closeTo(3 - 4.604094871 * Math.sqrt(0.5), 7),
      high: expect.closeTo(3 + 4.604094871 * Math.sqrt(0.5), 7),
      n: 5,
      confidence: 0.99,
      method: 't',
    });
  });

  test('needs two values', () => {
    // Mean 2, s² = 2, standard error 1; t(1, 0.75) = 1.
    expect(tInterval([1, 3], 0.5)).toMatchObject({ low: expect.closeTo(1, 9), high: expect.closeTo(3, 9), n: 2 });
    expect(tInterval([7], 0.99)).toEqual({ missing: 'a t interval needs 2 values, here are 1', needed: 2 });
  });
});
