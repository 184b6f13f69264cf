import { describe, expect, test } from 'vitest';
import type { ComparableBlock } from '../../src/analysis/blocks.ts';
import { noiseOf } from '../../src/analysis/noise.ts';
import { lagOneOf, smallestEffectOf } from '../../src/analysis/sensitivity.ts';
import { comparableBlocks } from './fixtures/blocks.ts';

/** Blocks whose second baseline is off by so many µs each. */
function blocksOff(offsUs: readonly number[], requests = 4000): readonly ComparableBlock[] {
  return comparableBlocks({
    blocks: offsUs.length,
    cell: (asked) => ({
      ...asked,
      requests,
      medianUs: 400 + (asked.replica === 1 ? (offsUs[asked.block - 1] ?? 0) : 0),
    }),
  });
}

const p50Of = (blocks: readonly ComparableBlock[]) => noiseOf(blocks).find(({ percentile }) => percentile === 'p50');

describe('the noise', () => {
  test('is told for each percentile, and only where both baselines carry it', () => {
    const note = { missing: 'needs 25,000 requests in each trial, the smallest has 4,000' };
    const noise = noiseOf(blocksOff([4, -4, 4, -4, 4, -4]));
    expect(noise.map(({ percentile }) => percentile)).toEqual(['p50', 'p90', 'p99', 'p999']);
    expect(noise.at(-1)).toEqual({ percentile: 'p999', differenceUs: note, holdsZero: note });
    const none = { missing: 'no valid trial' };
    expect(p50Of([])).toEqual({ percentile: 'p50', differenceUs: none, holdsZero: none });
  });

  test('holds zero where an end of its interval is 0, and not where 0 is beyond either end', () => {
    const held = (offsUs: readonly number[]) => {
      const found = p50Of(blocksOff(offsUs));
      const { low, high } = Object.assign({ low: Number.NaN, high: Number.NaN }, found?.differenceUs);
      return [low, high, found?.holdsZero];
    };
    expect(held([0, 1, 2, 3, 4, 5, 6, 7])).toEqual([0, 7, true]);
    expect(held([0, -1, -2, -3, -4, -5, -6, -7])).toEqual([-7, 0, true]);
    expect(held([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([1, 8, false]);
    expect(held([-1, -2, -3, -4, -5, -6, -7, -8])).toEqual([-8, -1, false]);
  });

  test('is not known of one block', () => {
    const missing = { missing: '1 valid block: a 99 % interval needs 2' };
    expect(p50Of(blocksOff([4]))).toEqual({ percentile: 'p50', differenceUs: missing, holdsZero: missing });
  });
});

describe('what the spread of the blocks says', () => {
  const six = [1, 2, 3, 4, 5, 6];

  test('is the smallest effect that would show, from six blocks on', () => {
    expect(smallestEffectOf(six)).toBeCloseTo(1.794 * Math.sqrt(3.5), 9);
    expect(smallestEffectOf(six.slice(1))).toEqual({ missing: '5 blocks with a difference: 6 are needed' });
    expect(smallestEffectOf([1])).toEqual({ missing: '1 block with a difference: 6 are needed' });
  });

  test('is whether they hang together, from six blocks on', () => {
    // Deviations ±2.5, ±1.5, ±0.5: products 3.75 + 0.75 - 0.25 + 0.75 + 3.75, squares 17.5.
    expect(lagOneOf(six)).toEqual({
      correlation: expect.closeTo(8.75 / 17.5, 12),
      band: expect.closeTo(1.96 / Math.sqrt(6), 12),
    });
    expect(lagOneOf(six.slice(1))).toEqual({ missing: '5 blocks with a difference: 6 are needed' });
    expect(lagOneOf([7, 7, 7, 7, 7, 7])).toEqual({ missing: 'all blocks have the same difference' });
  });
});
