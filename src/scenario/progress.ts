import type { Block } from './blocks.ts';
import { steinSampleSize } from './precision.ts';
import type { Percentile, Scenario } from './scenario.ts';
import type { Cell, TrialSummary } from './trial.ts';

/** The cell that a block needs next. */
export interface DueCell {
  cell: Cell;
  attempt: 1 | 2;
  /** Place within the block as it is run, from 0; a repetition comes after all first attempts. */
  position: number;
}

/** How far a load point has come. */
export interface LoadProgress {
  rounds: number;
  /** Valid blocks, each as the last attempts of its cells, in the order of the run. */
  valid: TrialSummary[][];
}

/** How many valid blocks a load point wants, and why. */
export interface Wanted {
  blocks: number;
  because: string;
}

function isSame(a: Cell, b: Cell): boolean {
  return a.treatment === b.treatment && a.load === b.load && a.replica === b.replica;
}

function lastAttempt(cell: Cell, trials: readonly TrialSummary[]): TrialSummary | undefined {
  const attempts = trials.filter((trial) => isSame(trial.cell, cell));
  return attempts.reduce<TrialSummary | undefined>(
    (last, trial) => (last === undefined || trial.attempt > last.attempt ? trial : last),
    undefined,
  );
}

/**
 * What a block still needs: first every cell once in the block's order, then once more each cell whose first attempt
 * came out `repeat`. A void trial is never repeated, since that would only hide what its proof found.
 */
export function dueCell(block: Block, trials: readonly TrialSummary[]): DueCell | undefined {
  const position = trials.length;
  const fresh = block.cells.find((cell) => lastAttempt(cell, trials) === undefined);
  if (fresh !== undefined) return { cell: fresh, attempt: 1, position };
  const again = block.cells.find((cell) => {
    const last = lastAttempt(cell, trials);
    return last?.attempt === 1 && last.outcome === 'repeat';
  });
  return again && { cell: again, attempt: 2, position };
}

/** The last attempts of a finished block's cells, where all of them are valid. */
export function validCells(block: Block, trials: readonly TrialSummary[]): TrialSummary[] | undefined {
  const last = block.cells.flatMap((cell) => lastAttempt(cell, trials) ?? []);
  const isValid = last.length === block.cells.length && last.every(({ outcome }) => outcome === 'valid');
  return isValid ? last : undefined;
}

/** `min` valid blocks at first; with `until`, then as many as Stein's second stage asks for, at most `max`. */
export function wantedBlocks(scenario: Scenario, progress: LoadProgress): Wanted {
  const { min, max, until } = scenario.blocks;
  if (until === undefined || progress.valid.length < min) return { blocks: min, because: '' };
  const goal = `${until.percentile} ± ${until.halfWidthUs / 1000} ms`;
  const firstStage = progress.valid.slice(0, min);
  const sizes = differences(scenario, firstStage, until.percentile).map((d) => steinSampleSize(d, until.halfWidthUs));
  const known = sizes.filter((size) => size !== undefined);
  // More blocks would not help where the trials are too short to have this percentile.
  if (known.length < sizes.length) return { blocks: min, because: ` (${goal} cannot be judged: trials without it)` };
  if (known.length === 0) return { blocks: min, because: '' };
  const needed = Math.max(...known);
  if (needed > max) return { blocks: max, because: ` (${goal} would need ${needed.toLocaleString('en-US')})` };
  const blocks = Math.max(min, needed);
  return { blocks, because: ` (${blocks} wanted for ${goal})` };
}

/** For each treatment but the baseline, its percentile minus the mean of the two baselines' in each block that has all three. */
function differences(scenario: Scenario, blocks: readonly TrialSummary[][], percentile: Percentile): number[][] {
  const baseline = scenario.treatments[scenario.baseline]?.name;
  const compared = scenario.treatments.filter(({ name }) => name !== baseline);
  return compared.map(({ name }) =>
    blocks.flatMap((cells) => {
      const own = cells.find(({ cell }) => cell.treatment === name)?.percentilesUs[percentile];
      const [first, second] = [0, 1].map(
        (replica) =>
          cells.find(({ cell }) => cell.treatment === baseline && cell.replica === replica)?.percentilesUs[percentile],
      );
      return own === undefined || first === undefined || second === undefined ? [] : [own - (first + second) / 2];
    }),
  );
}
