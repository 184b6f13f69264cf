import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { estimateOfShift } from '../../src/analysis/estimate.ts';
import { smallestEffectOf } from '../../src/analysis/sensitivity.ts';
import { isMissing, type Measured } from '../../src/record/measured.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { measuredFile } from './keepMeasured.ts';

interface Seen {
  estimate: Measured<{ point: number; low: number; high: number; n: number }>;
  perBlock: number[];
  smallestEffect: Measured<number>;
}

interface Kept {
  scenario: string;
  compared: { what: string; predicted: number; ratio: number }[];
  runs: Record<'cpu16' | 'cpu100' | 'latency16' | 'latency100' | 'againP50' | 'againP90', Seen>[];
}

const { scenario: text, compared, runs }: Kept = JSON.parse(readFileSync(measuredFile('power'), 'utf8'));
const parsed = parseScenario(text, 'scenario.yaml');
if (!parsed.ok) throw new Error('the recorded scenario cannot be read');
const { blocks } = parsed.scenario;

/** In how many runs today's estimator says that the blocks differ, and whether upwards. */
function told(of: keyof Kept['runs'][number]): { above: number; below: number } {
  const estimates = runs.map((run) => estimateOfShift(run[of].perBlock, blocks));
  const known = estimates.flatMap((estimate) => (isMissing(estimate) ? [] : [estimate]));
  return {
    above: known.filter(({ low }) => low > 0).length,
    below: known.filter(({ high }) => high < 0).length,
  };
}

describe('the recorded power of twenty quick starts', () => {
  it('is that of twenty runs whose estimates the blocks give again', () => {
    expect(runs).toHaveLength(20);
    for (const seen of runs.flatMap((run) => Object.values(run))) {
      if (typeof seen !== 'object' || !('perBlock' in seen)) continue;
      expect(estimateOfShift(seen.perBlock, blocks)).toEqual(seen.estimate);
      expect(smallestEffectOf(seen.perBlock)).toEqual(seen.smallestEffect);
    }
  });

  it('finds a planted cost of 16 µs of CPU and one of 100 µs of latency in 16 of 20 or more', () => {
    expect(told('cpu16').above).toBeGreaterThanOrEqual(16);
    expect(told('latency100').above).toBeGreaterThanOrEqual(16);
    expect(told('cpu16').below + told('latency100').below).toBe(0);
  });

  it('tells the two baselines apart in 4 of 20 or fewer', () => {
    const { above, below } = told('againP50');
    expect(above + below).toBeLessThanOrEqual(4);
  });

  it('predicts the smallest visible effect to within a factor of 1.5', () => {
    expect(compared.map(({ what }) => what)).toEqual(['p50 of planted-100', 'CPU of planted-16']);
    for (const { ratio } of compared) expect(Math.abs(Math.log(ratio))).toBeLessThanOrEqual(Math.log(1.5));
  });
});
