import { SHORTEST_WINDOW_MS } from '../collectors/index.ts';
import { STREAMS } from './blocks.ts';
import { deriveSeed } from './random.ts';
import type { LoadSpec, Scenario } from './scenario.ts';
import { segmentsOf } from './segments.ts';
import type { Cell, DeploymentSpec, TrialSpec, TrialSummary } from './trial.ts';

/** The pilot stands before the first block. */
export const PILOT_BLOCK = 0;
/** Long enough to tell a rate that is held from one that is not; what it measures is never reported. */
const LONGEST_WINDOW_MS = 5000;
/** A machine that stalls for a moment must not take a rate away. */
const ATTEMPTS = 2;

/** A rate that is given up, and the trial that shows why: the last one at that rate. */
export interface NotHeld {
  load: number;
  treatment: string;
  trial: number;
}

/** How far the search for the rate to measure has come. Loads are indices into the scenario's arrival rates. */
export type PilotState = { notHeld: readonly NotHeld[] } & (
  | { kind: 'trial'; cell: Cell; attempt: number; position: number }
  | { kind: 'chosen'; load: number }
  | { kind: 'none' }
);

/** The part of a finished trial that the pilot decides on. */
export type Tried = Pick<TrialSummary, 'index' | 'cell' | 'attempt' | 'purpose' | 'heldRate'>;

/** The load points as the pilot tries them, the highest rate first. */
export function fromTheHighest({ arrivalRatesPerSecond }: LoadSpec): number[] {
  const rateOf = (load: number) => arrivalRatesPerSecond[load] ?? 0;
  return arrivalRatesPerSecond.map((_, load) => load).sort((a, b) => rateOf(b) - rateOf(a));
}

/** What the pilot runs at one rate: every treatment once, in the scenario's order. */
export function pilotCells(scenario: Scenario, load: number): Cell[] {
  return scenario.treatments.map(({ name }): Cell => ({ treatment: name, load, replica: 0 }));
}

/**
 * Follows the pilot over the finished trials. A rate is chosen once every treatment has held it in one of two attempts,
 * and given up at the first treatment that has held it in neither.
 */
export function pilotState(scenario: Scenario, done: readonly Tried[]): PilotState {
  const trials = done.filter(({ purpose }) => purpose === 'pilot');
  const notHeld: NotHeld[] = [];
  for (const load of fromTheHighest(scenario.load)) {
    const verdict = atRate(pilotCells(scenario, load), trials);
    if (verdict === 'held') return { kind: 'chosen', load, notHeld };
    if ('cell' in verdict) return { kind: 'trial', ...verdict, notHeld };
    notHeld.push({ load, ...verdict });
  }
  return { kind: 'none', notHeld };
}

function atRate(
  cells: readonly Cell[],
  trials: readonly Tried[],
): 'held' | { treatment: string; trial: number } | { cell: Cell; attempt: number; position: number } {
  let position = 0;
  for (const cell of cells) {
    const own = trials.filter((trial) => trial.cell.treatment === cell.treatment && trial.cell.load === cell.load);
    position += own.length;
    if (own.some(({ heldRate }) => heldRate)) continue;
    const last = own.reduce<Tried | undefined>((a, b) => (a === undefined || b.attempt > a.attempt ? b : a), undefined);
    if (last === undefined || own.length < ATTEMPTS) return { cell, attempt: own.length + 1, position };
    return { treatment: cell.treatment, trial: last.index };
  }
  return 'held';
}

/** The load points that are measured: all, or with a pilot the one that it chose, none before it has chosen. */
export function loadsInPlay(scenario: Scenario, done: readonly Tried[]): number[] {
  if (scenario.load.saturation !== undefined) return [];
  if (scenario.load.pilot === undefined) return scenario.load.arrivalRatesPerSecond.map((_, load) => load);
  const state = pilotState(scenario, done);
  return state.kind === 'chosen' ? [state.load] : [];
}

/** Length of a pilot's window, in ms. */
function pilotWindowMs({ durationMs }: LoadSpec): number {
  return Math.max(SHORTEST_WINDOW_MS, Math.min(durationMs, LONGEST_WINDOW_MS));
}

/** The most trials that a pilot can come to, and warm-up and window of all of them, in ms; none without a pilot. */
export function longestPilot({ load, treatments }: Scenario): { trials: number; drivenMs: number } {
  if (load.pilot === undefined) return { trials: 0, drivenMs: 0 };
  const trials = load.arrivalRatesPerSecond.length * treatments.length * ATTEMPTS;
  return { trials, drivenMs: trials * (load.warmUpMs + pilotWindowMs(load)) };
}

/** The next trial of a pilot and what it is driven at; all at one rate have the same arrival schedule. */
export function pilotTrial(
  scenario: Scenario,
  { cell, attempt, position }: Extract<PilotState, { kind: 'trial' }>,
  seed: number,
): { deployment: DeploymentSpec; trial: Omit<TrialSpec, 'index'> } {
  const treatment = scenario.treatments.find(({ name }) => name === cell.treatment);
  if (treatment === undefined) throw new Error(`no treatment ${cell.treatment} in the scenario`);
  const id = `pilot-${rateInId(scenario.load.arrivalRatesPerSecond[cell.load])}-${cell.treatment}-a${attempt}`;
  return {
    deployment: { id, treatment, block: PILOT_BLOCK },
    trial: {
      cell,
      block: PILOT_BLOCK,
      position,
      deploymentId: id,
      attempt,
      purpose: 'pilot',
      scheduleSeed: deriveSeed(seed, STREAMS.pilot, cell.load),
      segments: segmentsOf(scenario.load, cell.load, pilotWindowMs(scenario.load)),
      actions: [],
    },
  };
}

/** A rate within the id of a deployment, where a point may not stand: 0.5/s as 0p5. */
function rateInId(ratePerSecond: number | undefined): string {
  return String(ratePerSecond).replace('.', 'p').replace('-', '');
}
