import { type Block, layOutBlocks, STREAMS } from './blocks.ts';
import { deriveSeed } from './random.ts';
import type { LoadSpec, Scenario } from './scenario.ts';
import { segmentsAt } from './segments.ts';
import type { Cell, DeploymentSpec, TrialSpec, TrialSummary } from './trial.ts';

/** A rate is given up after this many tries: one may have met a stall of the machine. */
const TRIES = 2;
/** A search that has not ended by then is left as wide as it is. */
const MOST_TRIALS = 30;
/** Steps from rate to rate until one is held and one is not: in the first block from the scenario's own rate, later from the knee of the first. */
const FIRST_STEP = 2;
const LATER_STEP = 1.25;
/** Digits of the rates that are tried: finer ones would only look precise. */
const DIGITS = 3;

/** A rate and whether it was held in one trial. */
export interface TriedRate {
  ratePerSecond: number;
  held: boolean;
}

/** Where a search stands: the rate that comes next, or the end with the highest held and the lowest that was not. */
export type SearchState =
  | { kind: 'try'; ratePerSecond: number }
  | { kind: 'end'; heldPerSecond: number | undefined; brokenPerSecond: number | undefined };

interface Search {
  startPerSecond: number;
  upToPerSecond: number;
  /** How near to each other held and not held have to come, as a share. */
  within: number;
  step: number;
}

/**
 * Bracket and bisect: up or down by steps until one rate is held and one above it is not, then between the two by the
 * geometric mean, until they lie as near as is asked for. Every trial is open loop at its own rate.
 * Where a rate above one that was given up is held all the same, the lower one counts: capacity is what holds throughout.
 */
export function searchState(search: Search, tried: readonly TriedRate[]): SearchState {
  const rates = [...new Set(tried.map(({ ratePerSecond }) => ratePerSecond))];
  const isHeld = (rate: number) => tried.some(({ ratePerSecond, held }) => ratePerSecond === rate && held);
  const triesOf = (rate: number) => tried.filter(({ ratePerSecond }) => ratePerSecond === rate).length;
  const open = rates.find((rate) => !isHeld(rate) && triesOf(rate) < TRIES);
  if (open !== undefined && tried.length < MOST_TRIALS) return { kind: 'try', ratePerSecond: open };
  const broken = Math.min(...rates.filter((rate) => !isHeld(rate)));
  const held = Math.max(...rates.filter((rate) => isHeld(rate) && rate < broken));
  const end: SearchState = {
    kind: 'end',
    heldPerSecond: Number.isFinite(held) ? held : undefined,
    brokenPerSecond: Number.isFinite(broken) ? broken : undefined,
  };
  if (tried.length >= MOST_TRIALS) return end;
  const next = nextRate(search, { held, broken });
  return next === undefined || rates.includes(next) ? end : { kind: 'try', ratePerSecond: next };
}

/** @param found infinite where there is none of the kind */
function nextRate(search: Search, { held, broken }: { held: number; broken: number }): number | undefined {
  const { startPerSecond, upToPerSecond, within, step } = search;
  if (!Number.isFinite(held) && !Number.isFinite(broken)) return Math.min(startPerSecond, upToPerSecond);
  if (!Number.isFinite(broken))
    return held >= upToPerSecond ? undefined : Math.min(rounded(held * step), upToPerSecond);
  if (!Number.isFinite(held)) return broken <= 1 ? undefined : rounded(broken / step);
  return broken / held <= 1 + within ? undefined : rounded(Math.sqrt(held * broken));
}

const rounded = (rate: number) => Number(rate.toPrecision(DIGITS));

/** Blocks of a search: as many as are wanted at least, each with a search of its own for every cell. */
function searchBlocks(scenario: Scenario, seed: number): Block[] {
  return layOutBlocks(scenario, seed, [0]).filter(({ round }) => round <= scenario.blocks.min);
}

/** The search of one cell as its trials left it; undefined where the scenario searches nothing. */
export function searchOf(
  scenario: Scenario,
  cell: Cell,
  block: number,
  done: readonly Searched[],
): SearchState | undefined {
  const { saturation, arrivalRatesPerSecond } = scenario.load;
  if (saturation === undefined) return undefined;
  const own = done.filter((trial) => trial.block === block && isSame(trial.cell, cell));
  const firstKnee = block === 1 ? undefined : kneeInFirstBlock(scenario, cell, done);
  const search = {
    ...saturation,
    startPerSecond: firstKnee ?? arrivalRatesPerSecond[0] ?? 1,
    step: firstKnee === undefined ? FIRST_STEP : LATER_STEP,
  };
  return searchState(
    search,
    own.map(({ ratePerSecond, heldRate }) => ({ ratePerSecond, held: heldRate })),
  );
}

/** What of a finished trial a search rests on. */
export type Searched = Pick<TrialSummary, 'block' | 'cell' | 'ratePerSecond' | 'heldRate'>;

function kneeInFirstBlock(scenario: Scenario, { treatment }: Cell, done: readonly Searched[]): number | undefined {
  const state = searchOf(scenario, { treatment, load: 0, replica: 0 }, 1, done);
  return state?.kind === 'end' ? state.heldPerSecond : undefined;
}

const isSame = (a: Cell, b: Cell) => a.treatment === b.treatment && a.replica === b.replica;

/** The next trial of a saturation search, or why there is none. */
export function nextSearch(
  { scenario, seed }: { scenario: Scenario; seed: number },
  done: readonly TrialSummary[],
): { deployment: DeploymentSpec; trial: Omit<TrialSpec, 'index'> } | { because: string } {
  const searched = done.filter(({ purpose }) => purpose === 'search');
  const blocks = searchBlocks(scenario, seed);
  for (const { number, cells } of blocks) {
    for (const [place, cell] of cells.entries()) {
      const state = searchOf(scenario, cell, number, searched);
      if (state?.kind !== 'try') continue;
      return trialAt({ scenario, seed, cell, block: number, place, searched, ratePerSecond: state.ratePerSecond });
    }
  }
  return { because: `the knee of every treatment was searched in ${blocks.length} blocks` };
}

function trialAt(at: {
  scenario: Scenario;
  seed: number;
  cell: Cell;
  block: number;
  place: number;
  searched: readonly TrialSummary[];
  ratePerSecond: number;
}): { deployment: DeploymentSpec; trial: Omit<TrialSpec, 'index'> } {
  const { scenario, seed, cell, block, place, searched, ratePerSecond } = at;
  const treatment = scenario.treatments.find(({ name }) => name === cell.treatment);
  if (treatment === undefined) throw new Error(`no treatment ${cell.treatment} in the scenario`);
  const attempt = searched.filter((trial) => trial.block === block && isSame(trial.cell, cell)).length + 1;
  // All trials of a search are on one deployment: the next rate costs no new one.
  const id = `s${block}-${cell.treatment}-r${cell.replica}`;
  return {
    deployment: { id, treatment, block },
    trial: {
      cell,
      block,
      position: place,
      deploymentId: id,
      attempt,
      purpose: 'search',
      scheduleSeed: deriveSeed(seed, STREAMS.search, block * MOST_TRIALS + attempt),
      segments: segmentsAt(scenario.load, ratePerSecond, scenario.load.durationMs),
      actions: [],
    },
  };
}

/** The most trials that a search can come to, and warm-up and window of all of them, in ms; none without one. */
export function longestSearch(scenario: Scenario): { trials: number; drivenMs: number } {
  if (scenario.load.saturation === undefined) return { trials: 0, drivenMs: 0 };
  const trials = scenario.blocks.min * (scenario.treatments.length + 1) * mostTrialsOf(scenario.load);
  return { trials, drivenMs: trials * (scenario.load.warmUpMs + scenario.load.durationMs) };
}

/** Every rate tried twice: steps to the ends, then halvings of what lies between, in logarithms. */
function mostTrialsOf({ saturation, arrivalRatesPerSecond }: LoadSpec): number {
  if (saturation === undefined) return 0;
  const start = arrivalRatesPerSecond[0] ?? 1;
  const steps = Math.ceil(Math.log2(Math.max(saturation.upToPerSecond / start, start, 1))) + 1;
  const halvings = Math.ceil(Math.log2(Math.log(FIRST_STEP) / Math.log(1 + saturation.within)));
  return Math.min(MOST_TRIALS, TRIES * (steps + Math.max(0, halvings)));
}
