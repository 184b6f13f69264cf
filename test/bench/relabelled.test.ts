import { describe, expect, test } from 'vitest';
import { atMost } from '../../src/analysis/stats/binomial.ts';
import { createRandom } from '../../src/scenario/random.ts';
import type { BlocksSpec } from '../../src/scenario/scenario.ts';
import { readCampaign } from './campaign.ts';
import { claimsOn, sameBlocks } from './relabelling.ts';

/** Rules for blocks that a run may have: a fixed number, and a number that follows from the spread. */
const RULES: readonly BlocksSpec[] = [
  { min: 6, max: 6 },
  { min: 10, max: 10 },
  { min: 20, max: 20 },
  { min: 6, max: 15, until: { percentile: 'p50', halfWidthUs: 8 } },
  { min: 6, max: 30, until: { percentile: 'p50', halfWidthUs: 5 } },
];
const RELABELLINGS = 6000;
/** Of 6,000: 2.5 and 7 %. */
const [FEWEST, MOST] = [150, 420];

const campaign = readCampaign('a-a');
const blocks = sameBlocks(campaign);

describe('the whole procedure on a campaign in which everything is the same', () => {
  test('has at least 300 trials to draw from', () => {
    expect(campaign.trials.length).toBeGreaterThanOrEqual(300);
    expect(blocks.length).toBeGreaterThanOrEqual(90);
  });

  test('claims a difference at p50, and at p90, in 2.5 to 7 of 100 relabellings', () => {
    const random = createRandom(20_261_126);
    const claims = { p50: 0, p90: 0 };
    for (let run = 0; run < RELABELLINGS; run += 1) {
      const rule = RULES[run % RULES.length] ?? { min: 6, max: 6 };
      const found = claimsOn(blocks, { scenario: campaign.scenario, rule, random });
      if (found.claims.includes('p50')) claims.p50 += 1;
      if (found.claims.includes('p90')) claims.p90 += 1;
    }
    for (const count of Object.values(claims)) {
      expect(count).toBeGreaterThanOrEqual(FEWEST);
      expect(count).toBeLessThanOrEqual(MOST);
    }
  });

  test('would let a right method pass, and not one that errs twice as often', () => {
    const passes = (probability: number) =>
      atMost(MOST, { trials: RELABELLINGS, probability }) - atMost(FEWEST - 1, { trials: RELABELLINGS, probability });
    // Were the relabellings independent. They share their trials, so that the campaign itself is what is drawn once.
    expect(passes(0.04)).toBeGreaterThan(0.999);
    expect(passes(0.09)).toBeLessThan(0.001);
    expect(passes(0.01)).toBeLessThan(0.001);
  });
});
