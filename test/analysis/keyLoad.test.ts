import { describe, expect, test } from 'vitest';
import { keyLoad } from '../../src/analysis/keyLoad.ts';
import { within } from '../report/fixture.ts';

/** Load points at these rates, with so many valid blocks each. */
function loadsOf(...points: { rate: number; blocksValid: number }[]) {
  const [load] = within().loads;
  if (load === undefined) throw new Error('the fixture has no load');
  return points.map(({ rate, blocksValid }) => ({ ...load, arrivalRatePerSecond: rate, blocksValid }));
}

describe('the load point that stands for a run', () => {
  test.each([
    [
      'the highest',
      [
        { rate: 500, blocksValid: 6 },
        { rate: 1000, blocksValid: 1 },
      ],
      1000,
    ],
    [
      'the highest that was measured',
      [
        { rate: 500, blocksValid: 6 },
        { rate: 1000, blocksValid: 0 },
      ],
      500,
    ],
    [
      'the highest of all where none was',
      [
        { rate: 500, blocksValid: 0 },
        { rate: 1000, blocksValid: 0 },
      ],
      1000,
    ],
    ['none where there is none', [], undefined],
  ])('is %s', (_what, points, rate) => {
    expect(keyLoad(loadsOf(...points))?.arrivalRatePerSecond).toBe(rate);
  });
});
