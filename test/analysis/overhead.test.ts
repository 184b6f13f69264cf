import { describe, expect, test } from 'vitest';
import type { ComparableBlock } from '../../src/analysis/blocks.ts';
import { type Compared, overheadsOf, pooledTimes, weaknessOf } from '../../src/analysis/overhead.ts';
import type { OverheadAtPercentile } from '../../src/analysis/result.ts';
import { comparableBlocks } from './fixtures/blocks.ts';

function compared(blocks: readonly ComparableBlock[], of: Partial<Compared> = {}): Compared {
  const own = blocks.flatMap(({ treated }) => [...treated.values()]);
  return {
    treatment: 'envoy',
    isBaseline: false,
    blocks,
    rule: { min: 6, max: 6 },
    valid: own,
    baselineValid: blocks.flatMap(({ baselines }) => [...baselines]),
    ...of,
  };
}

const p50Of = (of: Compared) => overheadsOf(of).find(({ percentile }) => percentile === 'p50');

describe('the overhead of a treatment', () => {
  test('is told for each percentile, the fastest first', () => {
    expect(overheadsOf(compared(comparableBlocks())).map(({ percentile }) => percentile)).toEqual([
      'p50',
      'p90',
      'p99',
      'p999',
    ]);
  });

  test('leaves out a block without the treatment', () => {
    const blocks = comparableBlocks();
    const [first, ...rest] = blocks;
    if (first === undefined) throw new Error('no block');
    expect(p50Of(compared([{ ...first, treated: new Map() }, ...rest]))).toMatchObject({
      support: { beyond: 2000, standing: 'reported' },
      addedUs: { missing: '5 valid blocks: a 95 % interval needs 6' },
      perBlock: rest.map(({ block }) => expect.objectContaining({ block })),
      lagOne: { missing: '5 blocks with a difference: 6 are needed' },
    });
  });

  test('is absent where a baseline carries no such percentile, though the treatment does', () => {
    const blocks = comparableBlocks({
      cell: (asked) => (asked.replica === 1 ? { ...asked, requests: 40 } : asked),
    });
    const note = 'needs 50 requests in each trial, the smallest has 40';
    expect(p50Of(compared(blocks))).toMatchObject({ addedUs: { missing: note }, perBlock: [] });
  });

  test('is absent as a whole, with every block, where one trial carries no such percentile', () => {
    const blocks = comparableBlocks({
      cell: (asked) => (asked.block === 3 && asked.meshed ? { ...asked, requests: 40 } : asked),
    });
    const note = 'needs 50 requests in each trial, the smallest has 40';
    expect(p50Of(compared(blocks))).toMatchObject({ addedUs: { missing: note }, perBlock: [] });
  });

  test('of a treatment that no block has is absent, and so are its pooled percentiles', () => {
    const blocks = comparableBlocks();
    expect(p50Of(compared(blocks, { treatment: 'other', valid: [], baselineValid: [] }))).toEqual({
      percentile: 'p50',
      support: { percentile: 'p50', beyond: 0, standing: 'absent', note: 'no valid trial' },
      addedUs: { missing: 'no valid trial' },
      perBlock: [],
      smallestEffectUs: { missing: '0 blocks with a difference: 6 are needed' },
      lagOne: { missing: '0 blocks with a difference: 6 are needed' },
      pooledUs: { missing: 'no valid trial' },
      baselinePooledUs: { missing: 'no valid trial' },
    });
  });

  test('has no pooled percentile beyond which all trials together have too few requests', () => {
    const p999 = overheadsOf(compared(comparableBlocks())).at(-1);
    expect(p999).toMatchObject({
      pooledUs: { missing: 'too few requests in all trials: 24000' },
      // Of 48,000 requests 48 lie beyond: they are of the 12,000 between 202 and 606 µs, and 606 - 404 × 48/12,000 = 604.4.
      baselinePooledUs: 604,
    });
  });

  test('of the baseline is none, with the support of its own trials', () => {
    const blocks = comparableBlocks();
    const baselines = blocks.flatMap(({ baselines: both }) => [...both]);
    const [small] = comparableBlocks({ blocks: 1, cell: (asked) => ({ ...asked, requests: 2000 }) });
    if (small === undefined) throw new Error('no block');
    const of = compared(blocks, {
      treatment: 'none',
      isBaseline: true,
      valid: [...baselines, small.baselines[0]],
    });
    expect(p50Of(of)).toMatchObject({
      support: { percentile: 'p50', beyond: 1000, standing: 'reported' },
      addedUs: { missing: 'the baseline is what the other treatments are compared with' },
      perBlock: [],
    });
  });
});

test('pooled times are those of all trials', () => {
  const blocks = comparableBlocks({ blocks: 1 });
  expect(pooledTimes([]).count).toBe(0);
  expect(pooledTimes(blocks.flatMap(({ baselines }) => [...baselines])).count).toBe(8000);
});

describe('the weakness of an overhead', () => {
  const [reported] = [{ point: 5, low: 1, high: 9, n: 6, confidence: 0.96875, method: 'signed-rank' as const }];
  const weakness = (support: Partial<OverheadAtPercentile['support']>, addedUs: OverheadAtPercentile['addedUs']) =>
    weaknessOf({
      percentile: 'p99',
      support: { percentile: 'p99', beyond: 40, standing: 'reported', ...support } as OverheadAtPercentile['support'],
      addedUs,
      perBlock: [],
      smallestEffectUs: 1,
      lagOne: { missing: 'none' },
      pooledUs: 1,
      baselinePooledUs: 1,
    });

  test('is that it is absent or coarse, or rests on few stalls', () => {
    expect(weakness({ standing: 'absent', note: 'few' }, { missing: 'few' })).toBe('p99 is absent: few');
    expect(weakness({ standing: 'absent' }, { missing: 'few' })).toBe('p99 is absent: too few requests');
    expect(weakness({ standing: 'coarse', note: 'few' }, reported)).toBe('p99 is coarse: few');
    expect(weakness({ note: 'p99 rests on 1 stall' }, reported)).toBe('p99 rests on 1 stall');
  });

  test('is not there without a note, or without a number that it could weaken', () => {
    expect(weakness({}, reported)).toBeUndefined();
    expect(weakness({ standing: 'coarse' }, reported)).toBeUndefined();
    expect(weakness({ standing: 'coarse', note: 'few' }, { missing: 'too few blocks' })).toBeUndefined();
  });
});
