import { type Block, layOutBlocks } from './blocks.ts';
import { validCells } from './progress.ts';
import type { Scenario } from './scenario.ts';
import type { TrialSummary } from './trial.ts';

interface Confirming {
  scenario: Scenario;
  seed: number;
  /** Load points at which a required line is over. */
  toConfirm: readonly number[];
  /** The blocks that were laid out to measure: the fresh ones have numbers, orders and schedules after theirs. */
  measured: readonly Block[];
}

/**
 * The blocks that confirm an over: as many valid ones are wanted at each load point as the first set had, since a
 * smaller set would confirm less than was found. How many that is does not depend on what the fresh blocks show.
 */
export function confirmingLayout(
  { scenario, seed, toConfirm, measured }: Confirming,
  done: readonly TrialSummary[],
): { scenario: Scenario; loads: readonly number[]; blocks: readonly Block[] } {
  const found = Math.max(...toConfirm.map((load) => validAt(load, measured, done)), scenario.blocks.min);
  const { max } = scenario.blocks;
  const wanted = { ...scenario, blocks: { min: Math.min(found, max), max } };
  const laidOut = layOutBlocks(scenario, seed, toConfirm, measured.length);
  return { scenario: wanted, loads: toConfirm, blocks: laidOut };
}

/** How many of a load point's blocks have a valid trial in every cell. */
function validAt(load: number, blocks: readonly Block[], done: readonly TrialSummary[]): number {
  return blocks.filter((block) => {
    const own = done.filter((trial) => trial.purpose === 'measure' && trial.block === block.number);
    return block.load === load && validCells(block, own) !== undefined;
  }).length;
}
