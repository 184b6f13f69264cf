// @ts-nocheck
import { describe, expect, test } from 'vitest';
import { signedRankInterval, tInterval } from '../../../src/analysis/stats/interval.ts';
import { createRandom } from '../../../src/scenario/random.ts';

/**
 * 4,000 samples each. A coverage of 0.96875 (0.951) then has a standard error of 0.0028 (0.0034), and the tolerance of
 * 0.012 is more than 3.5 of them: with a seed drawn afresh, each test would pass in over 999 of 1,000 cases.
 */
const SAMPLES = 4000;
const TOLERANCE = 0.012;
const TRUTH = 500;

function coverage(seed: number, draw: (normal: () => number) => number[], interval = signedRankInterval): number {
  const random = createRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let held = 0;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const found = interval(draw(normal), 0.95);
    if (!('missing' in found) && found.low <= TRUTH && TRUTH <= found.high) held += 1;
  }
  return held / SAMPLES;
}

const repeat = (n: number, value: (index: number) => number): number[] =>
  Array.from({ length: n }, (_, index) => value(index));

describe('the signed-rank interval holds the truth as often as its confidence says', () => {
  test.each([
    [6, 1 - 2 / 64],
    [10, 1 - 50 / 1024],
  ])('for normal differences of %i blocks', (n, confidence) => {
    const held = coverage(11, (normal) => repeat(n, () => TRUTH + 40 * normal()));
    expect(Math.abs(held - confidence)).toBeLessThan(TOLERANCE);
  });

  test('for blocks of unequal spread', () => {
    const held = coverage(12, (normal) => repeat(10, (block) => TRUTH + 5 * 2 ** block * normal()));
    expect(Math.abs(held - (1 - 50 / 1024))).toBeLessThan(TOLERANCE);
  });

  test('for rare stalls that hit treatment and baseline alike', () => {
    const stall = (normal: () => number) => (Math.abs(normal()) > 2 ? 3000 : 0);
    const held = coverage(13, (normal) => repeat(10, () => TRUTH + 40 * normal() + stall(normal) - stall(normal)));
    expect(Math.abs(held - (1 - 50 / 1024))).toBeLessThan(TOLERANCE);
  });

  test('for a machine that drifts slowly, since a block compares neighbours', () => {
    // Each trial's level follows the one before it (correlation 0.8); the treatment stands between its two baselines.
    const held = coverage(14, (normal) => {
      let level = 100 * normal();
      const next = () => {
        level = 0.8 * level + 60 * normal();
        return level;
      };
      return repeat(10, () => {
        const first = next();
        const treated = TRUTH + next();
        return treated - (first + next()) / 2;
      });
    });
    expect(Math.abs(held - (1 - 50 / 1024))).toBeLessThan(2 * TOLERANCE);
  });

  test('for a deployment effect when each block deploys anew, and not when all blocks share one deployment', () => {
    const anew = coverage(15, (normal) => repeat(10, () => TRUTH + 40 * normal() + 10 * normal()));
    const shared = coverage(15, (normal) => {
      const effect = 40 * normal();
      return repeat(10, () => TRUTH + effect + 10 * normal());
    });
    expect(Math.abs(anew - (1 - 50 / 1024))).toBeLessThan(TOLERANCE);
    expect(shared).toBeLessThan(0.5);
  });
});

test('the t interval holds the truth in 95 % of normal samples of 6', () => {
  const held = coverage(16, (normal) => repeat(6, () => TRUTH + 40 * normal()), tInterval);
  expect(Math.abs(held - 0.95)).toBeLessThan(TOLERANCE);
});
