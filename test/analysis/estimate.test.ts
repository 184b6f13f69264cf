import { describe, expect, it } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { askedConfidence, boundOrder, estimateOfShift, estimateOverBlocks } from '../../src/analysis/estimate.ts';
import { envoyOf, runFixture } from './fixtures/runs.ts';

const until = { percentile: 'p50' as const, halfWidthUs: 100 };
const VALUES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

describe('the confidence that is asked of the shift of a percentile', () => {
  it('is 96.5 % only where the spread of the blocks may decide how many there are', () => {
    expect([
      askedConfidence({ min: 6, max: 10 }),
      askedConfidence({ min: 10, max: 10, until }),
      askedConfidence({ min: 6, max: 10, until }),
    ]).toEqual([0.95, 0.95, 0.965]);
  });
});

describe('the Walsh average that ends an interval', () => {
  // P(T+ <= 0) = 1/64 for six blocks, and P(T+ <= 8) = 25/1024 for ten: the first and the ninth from either end.
  it.each([
    [6, 1],
    [10, 9],
  ])('over %i blocks is the one of order %i', (blocks, order) => {
    expect(boundOrder(blocks)).toBe(order);
  });
});

describe('the shift of a percentile', () => {
  it('over a number of blocks that was fixed beforehand has the exact interval', () => {
    expect(estimateOfShift(VALUES, { min: 10, max: 12 })).toEqual(estimateOverBlocks(VALUES));
    expect(estimateOfShift(VALUES, { min: 10, max: 12 })).toMatchObject({ confidence: 1 - 50 / 1024 });
  });

  it('over a number that the spread decided has the wider one, and claims no more than 95 % for it', () => {
    // At n = 10 P(T+ <= 7) = 19/1024 and P(T+ <= 6) = 14/1024: 1 - 38/1024 is 96.3 %, and 1 - 28/1024 is 97.3 %. So the
    // bounds are the seventh Walsh averages from either end, of 1, 1.5, 2, 2.5, 3, 4, 4.5 and of 512, 384, 320, 288,
    // 272, 264, 260.
    expect(estimateOfShift(VALUES, { min: 6, max: 12, until })).toEqual({
      point: 64,
      low: 4.5,
      high: 260,
      n: 10,
      confidence: 0.95,
      method: 'signed-rank',
    });
  });

  it('over six blocks reaches from the smallest to the largest under either rule', () => {
    const six = [5, 3, 1, 9, 7, 4];
    expect(estimateOfShift(six, { min: 6, max: 6 })).toMatchObject({ low: 1, high: 9, confidence: 0.96875 });
    expect(estimateOfShift(six, { min: 6, max: 30, until })).toMatchObject({ low: 1, high: 9, confidence: 0.95 });
  });

  it('says of too few blocks what it says without a stopping rule', () => {
    const missing = { missing: '5 valid blocks: a 95 % interval needs 6' };
    expect(estimateOfShift([1, 2, 3, 4, 5], { min: 6, max: 30, until })).toEqual(missing);
  });

  it('is made by the rule of the scenario, in an analysis too', () => {
    const run = runFixture();
    const added = (blocks: typeof run.scenario.blocks) =>
      envoyOf(analyseRun({ ...run, scenario: { ...run.scenario, blocks } })).overhead[0]?.addedUs;
    expect(added({ min: 6, max: 8 })).toMatchObject({ low: 502, high: 548, confidence: 0.96875 });
    expect(added({ min: 6, max: 8, until })).toMatchObject({ low: 502, high: 548, confidence: 0.95 });
  });
});
