import { deriveSeed } from '../../../src/scenario/random.ts';
import { CANDIDATES } from '../candidates/candidate.ts';
import { type CoverageCell, countCells, type Design } from './cell.ts';
import { truthOf } from './truth.ts';
import { WORLDS } from './worlds.ts';

/** Each number of blocks by itself, and the stopping rule with room for a little more and for much more than its goal. */
export const DESIGNS: readonly Design[] = [
  ...[6, 7, 8, 10, 12, 15, 20, 30].map((blocks) => ({ blocks })),
  ...[15, 30].flatMap((max) => [6, 10, 20].map((aimsAt) => ({ min: 6, max, aimsAt }))),
  { min: 6, max: 100, aimsAt: 40 },
];

export interface Runs {
  plain: number;
  /** Of the methods that resample, which take a hundred times as long. */
  resampling: number;
}

export interface CoverageRecord {
  at: string;
  seed: number;
  runs: Runs;
  cells: readonly CoverageCell[];
}

/** All cells of one world. Each design has samples of its own; within it all methods see the same ones. */
export function studyWorld(id: string, of: { seed: number; runs: Runs }): CoverageCell[] {
  const place = WORLDS.findIndex((entry) => entry.id === id);
  const world = WORLDS[place];
  if (world === undefined) throw new Error(`there is no world ${id}`);
  const truth = truthOf(world, deriveSeed(of.seed, 2, place));
  return DESIGNS.flatMap((design, at) => {
    const seed = deriveSeed(of.seed, 3, place * DESIGNS.length + at);
    const count = (isResampling: boolean) =>
      countCells({
        world,
        truth,
        design,
        seed,
        candidates: CANDIDATES.filter(({ resamples }) => (resamples ?? false) === isResampling),
        runs: isResampling ? of.runs.resampling : of.runs.plain,
      });
    const resampled = count(true);
    return count(false).map((cell, level) => ({
      ...cell,
      methods: { ...cell.methods, ...resampled[level]?.methods },
    }));
  });
}
