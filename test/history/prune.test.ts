import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pruningOf } from '../../src/history/prune.ts';
import { baseline, daily, figures, historyFrom, normals } from './fixture.ts';

const days = (runs: readonly { folder: string }[]) => runs.map(({ folder }) => Number(folder.slice(-4)));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('what goes when the newest runs stay', () => {
  const runs = daily(normals(40, { mean: 600, spread: 20, seed: 1 }));

  it('is what is older, but for the first ten, which everything is held against', () => {
    const { remove, kept } = pruningOf(historyFrom(runs), 12);
    expect([days(remove), days(kept)]).toEqual([range(10, 28), range(0, 10)]);
  });

  it('is never an accepted baseline, nor the ten runs that it rests on', () => {
    const { remove, kept } = pruningOf(historyFrom(runs, { baselines: [baseline(15)] }), 5);
    expect([days(remove), days(kept)]).toEqual([[...range(0, 15), ...range(25, 35)], range(15, 25)]);
  });

  it('is no run that a quantity needs for its first ten values', () => {
    const gap = { missing: 'no valid block' };
    const gappy = runs.map((run, day) => (day < 4 ? figures({ day, p50Us: gap }) : run));
    const { kept } = pruningOf(historyFrom(gappy), 12);
    expect(days(kept)).toEqual(range(0, 14));
  });

  it('is counted for each scenario by itself, and each series keeps its own', () => {
    const other = range(0, 15).map((day) => figures({ day, scenario: 'weekly', environment: { cores: '4' } }));
    const { remove } = pruningOf(historyFrom([...runs, ...other]), 3);
    expect(
      remove.filter(({ figures: { scenario } }) => scenario === 'weekly').map(({ folder }) => folder.slice(-4)),
    ).toEqual(['0010', '0011']);
  });

  it('leaves the verdict on the newest run able to be had, whatever is kept', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 45 }), fc.option(fc.integer({ min: 0, max: 25 })), (keep, accepted) => {
        const baselines = accepted === null ? [] : [baseline(accepted)];
        const { remove } = pruningOf(historyFrom(runs, { baselines }), keep);
        const gone = new Set(remove.map(({ folder }) => folder));
        const left = runs.filter(({ runId }) => !gone.has(runId));
        expect(historyFrom(left, { baselines }).conclusion.outcome).not.toBe('not-judged');
        expect(left.length).toBeGreaterThanOrEqual(Math.min(keep, 40));
      }),
      { numRuns: 60, seed: 2 },
    );
  });
});
