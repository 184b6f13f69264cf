import { createHash } from 'node:crypto';
import { type Block, layOutBlocks } from './blocks.ts';
import { type DueCell, dueCell, type LoadProgress, validCells, wantedBlocks } from './progress.ts';
import type { Scenario } from './scenario.ts';
import type { DeploymentSpec, Plan, SegmentSpec, Step, TrialSpec, TrialSummary } from './trial.ts';

/** Deploying and retiring, for each trial, as the worst case counts them; locally both take under a second. */
const SET_UP_AND_TEAR_DOWN_MS = 3000;
/** Waiting for the last answers after the window. */
const DRAIN_MS = 1000;
/** One for each cell, and one repetition. */
const ATTEMPTS = 2;
/** After this many rounds, a proof that failed in every single block ends the run. */
const HOPELESS_ROUNDS = 2;

/**
 * The plan of a run. It decides on finished trials of purpose `measure` alone, so that resuming is asking it again.
 * A cell's `load` is the index into the scenario's arrival rates. Block numbers are fixed beforehand.
 * @param seed a whole number; orders and arrival schedules follow from it
 */
export function makePlan(scenario: Scenario, seed: number): Plan {
  const blocks = layOutBlocks(scenario, seed);
  return {
    seed,
    digest: digestOf({ scenario, seed }),
    worstCase: () => worstCase(scenario, blocks),
    outline: () =>
      blocks.map(({ number, load, cells, round }) => ({
        block: number,
        load,
        cells,
        ifNeeded: round > scenario.blocks.min,
      })),
    next: (done, live) => nextStep({ scenario, blocks }, done, live),
  };
}

interface Layout {
  scenario: Scenario;
  blocks: readonly Block[];
}

function nextStep(layout: Layout, done: readonly TrialSummary[], live: ReadonlySet<string>): Step {
  const wanted = nextTrial(layout, done);
  const deployment = 'because' in wanted ? undefined : deploymentFor(layout.scenario, wanted);
  // One deployment at a time: a second one would take its share of the machine.
  const stale = [...live].reverse().find((id) => id !== deployment?.id);
  if (stale !== undefined) return { kind: 'retire', deploymentId: stale };
  if ('because' in wanted) return { kind: 'stop', because: wanted.because };
  if (deployment === undefined) throw new Error(`no treatment ${wanted.due.cell.treatment} in the scenario`);
  if (!live.has(deployment.id)) return { kind: 'deploy', deployment };
  return { kind: 'trial', trial: trialFor({ ...wanted, scenario: layout.scenario, deployment }, done.length + 1) };
}

interface WantedTrial {
  block: Block;
  due: DueCell;
}

/** Walks the blocks in order over what is done, to the first cell that is due, or to the end. */
function nextTrial({ scenario, blocks }: Layout, done: readonly TrialSummary[]): WantedTrial | { because: string } {
  const trialsOf = groupByBlock(done);
  const loads = scenario.load.arrivalRatesPerSecond.map((): LoadProgress => ({ rounds: 0, valid: [] }));
  for (const block of blocks) {
    if (block.round > HOPELESS_ROUNDS && isHopeless(blocks, trialsOf)) return { because: HOPELESS };
    const progress = loads[block.load];
    if (progress === undefined || progress.valid.length >= wantedBlocks(scenario, progress).blocks) continue;
    const trials = trialsOf.get(block.number) ?? [];
    const due = dueCell(block, trials);
    if (due !== undefined) return { block, due };
    const valid = validCells(block, trials);
    progress.rounds += 1;
    if (valid !== undefined) progress.valid.push(valid);
  }
  return { because: loads.map((progress, load) => describe(scenario, progress, load)).join('; ') };
}

function groupByBlock(done: readonly TrialSummary[]): Map<number, TrialSummary[]> {
  const groups = new Map<number, TrialSummary[]>();
  for (const trial of done) {
    if (trial.purpose !== 'measure') continue;
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
  const rate = scenario.load.arrivalRatesPerSecond[load]?.toLocaleString('en-US');
  const reached = `${progress.valid.length} of ${wanted.blocks} blocks valid at ${rate}/s${wanted.because}`;
  const isShort = progress.valid.length < wanted.blocks;
  return isShort ? `${reached}, after ${progress.rounds} rounds, the most that the scenario allows` : reached;
}

function deploymentFor(scenario: Scenario, { block, due }: WantedTrial): DeploymentSpec | undefined {
  const { cell, attempt } = due;
  const treatment = scenario.treatments.find(({ name }) => name === cell.treatment);
  const id = `b${block.number}-${cell.treatment}-r${cell.replica}-a${attempt}`;
  return treatment && { id, treatment, block: block.number };
}

function trialFor(
  { scenario, deployment, block, due }: WantedTrial & { scenario: Scenario; deployment: DeploymentSpec },
  index: number,
): TrialSpec {
  return {
    index,
    cell: due.cell,
    block: block.number,
    position: due.position,
    deploymentId: deployment.id,
    attempt: due.attempt,
    purpose: 'measure',
    scheduleSeed: block.scheduleSeed,
    segments: segmentsOf(scenario, block.load),
    actions: [],
  };
}

function segmentsOf({ load }: Scenario, index: number): SegmentSpec[] {
  const arrivalRatePerSecond = load.arrivalRatesPerSecond[index];
  if (arrivalRatePerSecond === undefined) throw new Error(`no load point ${index} in the scenario`);
  const end = load.warmUpMs + load.durationMs;
  return [
    { name: 'warm-up', fromMs: 0, toMs: load.warmUpMs, arrivalRatePerSecond, measured: false },
    { name: 'window', fromMs: load.warmUpMs, toMs: end, arrivalRatePerSecond, measured: true },
  ];
}

/** Every block there can be, each cell tried twice. */
function worstCase({ load }: Scenario, blocks: readonly Block[]): { trials: number; durationMs: number } {
  const trials = blocks.reduce((sum, { cells }) => sum + cells.length * ATTEMPTS, 0);
  const trialMs = SET_UP_AND_TEAR_DOWN_MS + load.warmUpMs + load.durationMs + DRAIN_MS;
  return { trials, durationMs: trials * trialMs };
}

/** SHA-256 over the value as JSON with sorted keys, in hexadecimal. */
function digestOf(value: object): string {
  const sortKeys = (_: string, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  return createHash('sha256').update(JSON.stringify(value, sortKeys)).digest('hex');
}
