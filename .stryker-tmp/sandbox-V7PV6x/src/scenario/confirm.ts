// @ts-nocheck
import { type Block, layOutBlocks } from './blocks.ts';
import { validCells } from './progress.ts';
import type { Scenario } from './scenario.ts';
import type { TrialSummary } from './trial.ts';

interface Confirming {
  scenario: Scenario;
  seed: number;
  /** Load points at which a required line is over. */
  toConfirm: readonly number[];
  /** How many blocks were laid out to measure: the fresh ones have numbers, orders and schedules after theirs. */
  measured: number;
}

/**
 * The blocks that confirm an over: as many valid ones are wanted at each load point as the first set had, since a
 * smaller set would confirm less than was found. How many that is does not depend on what the fresh blocks show.
 */
export function confirmingLayout(
  { scenario, seed, toConfirm, measured }: Confirming,
  done: readonly TrialSummary[],
): { scenario: Scenario; loads: readonly number[]; blocks: readonly Block[] } {
  const found = Math.max(...toConfirm.map((load) => validBlocksAt(load, done)), scenario.blocks.min);
  const { max } = scenario.blocks;
  const wanted = { ...scenario, blocks: { min: Math.min(found, max), max } };
  const laidOut = layOutBlocks(scenario, seed, toConfirm, measured);
  return { scenario: wanted, loads: toConfirm, blocks: laidOut };
}

/** Blocks with every cell valid among the measured trials of a load point. */
function validBlocksAt(load: number, done: readonly TrialSummary[]): number {
  const trials = done.filter(({ purpose, cell }) => purpose === 'measure' && cell.load === load);
  const numbers = [...new Set(trials.map(({ block }) => block))];
  return numbers.filter((number) => {
    const own = trials.filter(({ block }) => block === number);
    const cells = [...new Map(own.map(({ cell }) => [`${cell.treatment} ${cell.replica}`, cell])).values()];
    return validCells({ cells }, own) !== undefined;
  }).length;
}
