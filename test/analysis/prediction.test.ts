import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { predict } from '../../src/analysis/prediction.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { runFixture } from './fixtures/runs.ts';

const { scenario } = runFixture();
const wanting = (blocks: Scenario['blocks']): Scenario => ({ ...scenario, blocks });
const p50Of = (predictions: ReturnType<typeof predict>) => predictions.find(({ quantity }) => quantity === 'p50');

/** The squared deviations of the fixture's six differences sum to 1414. */
const SPREAD = Math.sqrt(1414 / 5);

describe('a prediction', () => {
  test('is the spread of the earlier blocks times the shift that so many blocks see', () => {
    expect(p50Of(predict(wanting({ min: 6, max: 10 }), [analyseRun(runFixture())]))).toEqual({
      arrivalRatePerSecond: 1000,
      comparison: 'envoy',
      quantity: 'p50',
      spread: expect.closeTo(SPREAD, 9),
      blocks: 6,
      smallestEffect: { withMin: expect.closeTo(1.794 * SPREAD, 9), withMax: expect.closeTo(1.02 * SPREAD, 9) },
    });
  });

  test('pools the spread within each earlier run, so that a shift between them does not enter', () => {
    const shifted = runFixture({
      cell: (asked) => (asked.treatment === 'envoy' ? { ...asked, medianUs: (asked.medianUs ?? 0) + 5000 } : asked),
    });
    const two = p50Of(predict(wanting({ min: 6, max: 6 }), [analyseRun(runFixture()), analyseRun(shifted)]));
    expect(two).toMatchObject({ blocks: 12 });
    // A median of some ms is recorded to a few µs.
    expect(two?.spread).toBeCloseTo(SPREAD, -1);
  });

  test('tells the blocks that the precision asked for takes, by Stein’s formula', () => {
    // t(5, 0.975) = 2.5706: (2.5706 × 16.817 / 10)² = 18.69.
    const until = { percentile: 'p50', halfWidthUs: 10 } as const;
    const predicted = predict(wanting({ min: 6, max: 30, until }), [analyseRun(runFixture())]);
    expect(p50Of(predicted)?.blocksWanted).toBe(19);
    expect(predicted.find(({ quantity }) => quantity === 'p90')).not.toHaveProperty('blocksWanted');
    const easy = { percentile: 'p50', halfWidthUs: 1000 } as const;
    expect(p50Of(predict(wanting({ min: 6, max: 30, until: easy }), [analyseRun(runFixture())]))?.blocksWanted).toBe(6);
  });

  test('says where no earlier run has the load point or the treatment', () => {
    const none = { missing: 'no earlier run has two blocks of it' };
    const elsewhere = { ...scenario, load: { ...scenario.load, arrivalRatesPerSecond: [500] } };
    expect(p50Of(predict(elsewhere, [analyseRun(runFixture())]))).toMatchObject({
      arrivalRatePerSecond: 500,
      blocks: 0,
      spread: none,
      smallestEffect: none,
    });
    expect(p50Of(predict(scenario, []))).toMatchObject({ spread: none });
  });
});
