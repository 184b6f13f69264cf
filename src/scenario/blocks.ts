import { createRandom, deriveSeed, shuffle } from './random.ts';
import type { Scenario } from './scenario.ts';
import type { Cell } from './trial.ts';

/** All cells of one load point back to back, in an order of its own. */
export interface Block {
  /** From 1, in the order of the run: fixed beforehand, so a load point that needs no more blocks leaves gaps. */
  number: number;
  /** From 1. */
  round: number;
  /** Index into the scenario's arrival rates. */
  load: number;
  cells: readonly Cell[];
  scheduleSeed: number;
}

/** Each use of randomness has its own stream, so that none depends on what another drew. */
export const STREAMS = { schedule: 1, cells: 2, loads: 3, pilot: 4, search: 5 } as const;

/**
 * Every block that a run can come to, in order: `blocks.max` rounds, each visiting every load point once.
 * @param loads the load points that are measured, as indices into the scenario's arrival rates
 * @param after blocks that stand before these: numbers go on after theirs, and with them orders and schedules
 */
export function layOutBlocks(scenario: Scenario, seed: number, loads: readonly number[], after = 0): Block[] {
  const rounds = Array.from({ length: scenario.blocks.max }, (_, index) => index + 1);
  return rounds.flatMap((round) => {
    const order = shuffle(loads, createRandom(deriveSeed(seed, STREAMS.loads, after + round)));
    return order.map((load, place): Block => {
      const number = after + (round - 1) * loads.length + place + 1;
      const random = createRandom(deriveSeed(seed, STREAMS.cells, number));
      const scheduleSeed = deriveSeed(seed, STREAMS.schedule, number);
      return { number, round, load, cells: shuffle(cellsOf(scenario, load), random), scheduleSeed };
    });
  });
}

/** Every treatment once, and the baseline a second time: the difference of the two shows the noise. */
function cellsOf(scenario: Scenario, load: number): Cell[] {
  return scenario.treatments.flatMap(({ name }, index): Cell[] => {
    const first: Cell = { treatment: name, load, replica: 0 };
    return index === scenario.baseline ? [first, { ...first, replica: 1 }] : [first];
  });
}
