import { createHash } from 'node:crypto';
import { platformEntry } from '../platforms/index.ts';
import { type Block, layOutBlocks } from './blocks.ts';
import { confirmingLayout } from './confirm.ts';
import {
  fromTheHighest,
  loadsInPlay,
  longestPilot,
  type NotHeld,
  pilotCells,
  pilotState,
  pilotTrial,
} from './pilot.ts';
import { type DueCell, dueCell, type LoadProgress, validCells, wantedBlocks } from './progress.ts';
import type { LoadSpec, Scenario } from './scenario.ts';
import { longestSearch, nextSearch } from './search.ts';
import { segmentsOf } from './segments.ts';
import type { DeploymentSpec, Plan, Step, TrialPurpose, TrialSpec, TrialSummary } from './trial.ts';

/** Waiting for the last answers after the window. */
const DRAIN_MS = 1000;
/** One for each cell, and one repetition. */
const ATTEMPTS = 2;
/** After this many rounds, a proof that failed in every single block ends the run. */
const HOPELESS_ROUNDS = 2;

/**
 * The plan of a run. It decides on finished trials of purpose `measure` and `pilot` alone, so that resuming is asking it
 * again. A cell's `load` is the index into the scenario's arrival rates. Block numbers are fixed beforehand.
 * @param seed a whole number; orders and arrival schedules follow from it
 */
export function makePlan(scenario: Scenario, seed: number): Plan {
  if (scenario.load.saturation !== undefined) return makeSearch(scenario, seed);
  const tried = scenario.load.pilot === undefined ? [] : fromTheHighest(scenario.load);
  const expected = layOutBlocks(scenario, seed, tried.length > 0 ? tried.slice(0, 1) : loadsInPlay(scenario, []));
  return {
    seed,
    digest: digestOf({ scenario, seed }),
    worstCase: () => worstCase(scenario, expected, longestPilot(scenario)),
    pilot: () => tried.map((load) => ({ load, cells: pilotCells(scenario, load) })),
    outline: () =>
      expected.map(({ number, load, cells, round }) => ({
        block: number,
        load,
        cells,
        ifNeeded: round > scenario.blocks.min,
      })),
    worstConfirmation: () => worstConfirmation(scenario, expected),
    next: (done, live, toConfirm = []) => nextStep(nextWanted({ scenario, seed, toConfirm }, done), done, live),
  };
}

/** A saturation search: its trials follow from what was held so far, so that no block can be laid out beforehand. */
function makeSearch(scenario: Scenario, seed: number): Plan {
  return {
    seed,
    digest: digestOf({ scenario, seed }),
    worstCase: () => worstCase(scenario, [], longestSearch(scenario)),
    pilot: () => [],
    outline: () =>
      layOutBlocks(scenario, seed, [0])
        .filter(({ round }) => round <= scenario.blocks.min)
        .map(({ number, load, cells }) => ({ block: number, load, cells, ifNeeded: false })),
    worstConfirmation: () => null,
    next: (done, live) => nextStep(nextSearch({ scenario, seed }, done), done, live),
  };
}

interface Wanted {
  deployment: DeploymentSpec;
  trial: Omit<TrialSpec, 'index'>;
}

function nextStep(
  wanted: Wanted | { because: string },
  done: readonly TrialSummary[],
  live: ReadonlySet<string>,
): Step {
  const deployment = 'because' in wanted ? undefined : wanted.deployment;
  // One deployment at a time: a second one would take its share of the machine.
  const stale = [...live].reverse().find((id) => id !== deployment?.id);
  if (stale !== undefined) return { kind: 'retire', deploymentId: stale };
  if ('because' in wanted) return { kind: 'stop', because: wanted.because };
  if (!live.has(wanted.deployment.id)) return { kind: 'deploy', deployment: wanted.deployment };
  return { kind: 'trial', trial: { index: done.length + 1, ...wanted.trial } };
}

/** The pilot's next trial, or once it has chosen the next one of the blocks. */
function nextWanted(
  { scenario, seed, toConfirm }: { scenario: Scenario; seed: number; toConfirm: readonly number[] },
  done: readonly TrialSummary[],
): Wanted | { because: string } {
  if (scenario.load.pilot !== undefined) {
    const state = pilotState(scenario, done);
    if (state.kind === 'trial') return pilotTrial(scenario, state, seed);
    if (state.kind === 'none') return { because: nothingHeld(scenario, state.notHeld) };
  }
  const loads = loadsInPlay(scenario, done);
  const blocks = layOutBlocks(scenario, seed, loads);
  const next = nextTrial({ scenario, loads, blocks }, ofPurpose(done, 'measure'));
  if (!('because' in next)) return trialOf(scenario, next, 'measure');
  if (toConfirm.length === 0) return next;
  const fresh = confirmingLayout({ scenario, seed, toConfirm, measured: blocks }, done);
  const again = nextTrial(fresh, ofPurpose(done, 'confirm'));
  if (!('because' in again)) return trialOf(scenario, again, 'confirm');
  return { because: `${next.because}; to confirm what was over: ${again.because}` };
}

const ofPurpose = (done: readonly TrialSummary[], wanted: TrialPurpose) =>
  done.filter(({ purpose }) => purpose === wanted);

function nothingHeld({ load }: Scenario, notHeld: readonly NotHeld[]): string {
  const each = notHeld.map(({ treatment, load: index }) => `${treatment} did not hold ${rateText(load, index)}`);
  return `the pilot found no rate that every treatment holds: ${each.join('; ')}`;
}

function rateText({ arrivalRatesPerSecond }: LoadSpec, index: number): string {
  return `${arrivalRatesPerSecond[index]?.toLocaleString('en-US')}/s`;
}

interface Layout {
  scenario: Scenario;
  /** The load points that are measured. */
  loads: readonly number[];
  blocks: readonly Block[];
}

interface WantedTrial {
  block: Block;
  due: DueCell;
}

/** Walks the blocks in order over what is done, to the first cell that is due, or to the end. */
function nextTrial(
  { scenario, loads, blocks }: Layout,
  done: readonly TrialSummary[],
): WantedTrial | { because: string } {
  const trialsOf = groupByBlock(done);
  const progressOf = new Map(loads.map((load): [number, LoadProgress] => [load, { rounds: 0, valid: [] }]));
  for (const block of blocks) {
    if (block.round > HOPELESS_ROUNDS && isHopeless(blocks, trialsOf)) return { because: HOPELESS };
    const progress = progressOf.get(block.load);
    if (progress === undefined || progress.valid.length >= wantedBlocks(scenario, progress).blocks) continue;
    const trials = trialsOf.get(block.number) ?? [];
    const due = dueCell(block, trials);
    if (due !== undefined) return { block, due };
    const valid = validCells(block, trials);
    progress.rounds += 1;
    if (valid !== undefined) progress.valid.push(valid);
  }
  return { because: [...progressOf].map(([load, progress]) => describe(scenario, progress, load)).join('; ') };
}

function groupByBlock(done: readonly TrialSummary[]): Map<number, TrialSummary[]> {
  const groups = new Map<number, TrialSummary[]>();
  for (const trial of done) {
    groups.set(trial.block, [...(groups.get(trial.block) ?? []), trial]);
  }
  return groups;
}

const HOPELESS =
  'a proof failed in every block so far: the traffic did not go as its treatment says, and repeating would only take time';

function isHopeless(blocks: readonly Block[], trialsOf: ReadonlyMap<number, readonly TrialSummary[]>): boolean {
  const early = blocks.filter(({ round }) => round <= HOPELESS_ROUNDS);
  return early.every(({ number }) => trialsOf.get(number)?.some(({ outcome }) => outcome === 'void') ?? false);
}

function describe(scenario: Scenario, progress: LoadProgress, load: number): string {
  const wanted = wantedBlocks(scenario, progress);
  const rate = rateText(scenario.load, load);
  const reached = `${progress.valid.length} of ${wanted.blocks} blocks valid at ${rate}${wanted.because}`;
  const isShort = progress.valid.length < wanted.blocks;
  return isShort ? `${reached}, after ${progress.rounds} rounds, the most that the scenario allows` : reached;
}

function trialOf(scenario: Scenario, { block, due }: WantedTrial, purpose: 'measure' | 'confirm'): Wanted {
  const { cell, attempt, position } = due;
  const treatment = scenario.treatments.find(({ name }) => name === cell.treatment);
  if (treatment === undefined) throw new Error(`no treatment ${cell.treatment} in the scenario`);
  const id = `b${block.number}-${cell.treatment}-r${cell.replica}-a${attempt}`;
  return {
    deployment: { id, treatment, block: block.number },
    trial: {
      cell,
      block: block.number,
      position,
      deploymentId: id,
      attempt,
      purpose,
      scheduleSeed: block.scheduleSeed,
      segments: segmentsOf(scenario.load, block.load, scenario.load.durationMs),
      actions: [],
    },
  };
}

interface Worst {
  trials: number;
  durationMs: number;
}

/** Every block there can be with each cell tried twice, after what stands before them, such as the longest pilot. */
function worstCase(
  { load, platform }: Scenario,
  blocks: readonly Block[],
  before: { trials: number; drivenMs: number },
): Worst {
  const tried = blocks.reduce((sum, { cells }) => sum + cells.length * ATTEMPTS, 0);
  const trials = before.trials + tried;
  const drivenMs = before.drivenMs + tried * (load.warmUpMs + load.durationMs);
  return { trials, durationMs: drivenMs + trials * (platformEntry(platform).setUpAndTearDownMs + DRAIN_MS) };
}

/** Every block again, where a required line might be over. */
function worstConfirmation(scenario: Scenario, blocks: readonly Block[]): Worst | null {
  const mayBeOver = scenario.budgets.lines.some(({ role }) => role === 'required');
  return mayBeOver ? worstCase(scenario, blocks, { trials: 0, drivenMs: 0 }) : null;
}

/** SHA-256 over the value as JSON with sorted keys, in hexadecimal. */
function digestOf(value: object): string {
  const sortKeys = (_: string, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  return createHash('sha256').update(JSON.stringify(value, sortKeys)).digest('hex');
}
