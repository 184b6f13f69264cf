import { describe, expect, test } from 'vitest';
import { signedRankInterval, tInterval } from '../../../src/analysis/stats/interval.ts';
import { createRandom } from '../../../src/scenario/random.ts';

/**
 * Neither too rarely nor too often; test/bench/coverage.test.ts has the worlds in which a real run may find itself.
 *
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
});

test('the t interval holds the truth in 95 % of normal samples of 6', () => {
  const held = coverage(16, (normal) => repeat(6, () => TRUTH + 40 * normal()), tInterval);
  expect(Math.abs(held - 0.95)).toBeLessThan(TOLERANCE);
});
