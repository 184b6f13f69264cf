import { askedConfidence, CONFIDENCE } from '../../../src/analysis/estimate.ts';
import { wantedBlocks } from '../../../src/scenario/progress.ts';
import { createRandom, deriveSeed } from '../../../src/scenario/random.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import type { TrialSummary } from '../../../src/scenario/trial.ts';
import { scenarioWith } from '../../scenario/planned.ts';
import { drawResamples, type Resampled, resample } from '../candidates/bootstrap.ts';
import type { Candidate } from '../candidates/candidate.ts';
import type { Truth } from './truth.ts';
import { blocksOf, differenceOf, drawFrom, type MeasuredBlock, type World } from './worlds.ts';

/** When a run of the study ends: after so many blocks, or by the product's own stopping rule. */
export type Design = { blocks: number } | { min: number; max: number; aimsAt: number };

/** What one method did in the runs of a cell. */
export interface Count {
  runs: number;
  /** Runs whose interval held the method's own centre; one without an interval does not. */
  held: number;
  /** Mean width in standard deviations of a block's difference. */
  width: number;
}

/** One world under one design, with the confidence that every method was asked for. */
export interface CoverageCell {
  world: string;
  design: Design;
  asked: number;
  /** Mean number of blocks. */
  blocks: number;
  methods: Readonly<Record<string, Count>>;
}

/** t with 5 degrees of freedom at 0.975: Stein's factor after six blocks. */
const STEIN_FACTOR = 2.5706;

function scenarioOf(design: Design, spreadUs: number): Scenario {
  if ('blocks' in design) return scenarioWith({ blocks: { min: design.blocks, max: design.blocks } });
  const { min, max, aimsAt } = design;
  // The half-width at which Stein's rule asks for that many blocks when the first ones have the world's own spread.
  const until = { percentile: 'p50' as const, halfWidthUs: (STEIN_FACTOR * spreadUs) / Math.sqrt(aimsAt) };
  return scenarioWith({ blocks: { min, max, until } });
}

function summariesOf({ baselines: [first, second], treated }: MeasuredBlock, block: number): TrialSummary[] {
  const of = (treatment: string, replica: 0 | 1, p50: number): TrialSummary => ({
    index: 0,
    cell: { treatment, load: 0, replica },
    block,
    attempt: 1,
    purpose: 'measure',
    outcome: 'valid',
    ratePerSecond: 1000,
    heldRate: true,
    percentilesUs: { p50 },
  });
  return [of('none', 0, first), of('none', 1, second), of('envoy', 0, treated)];
}

/** Block differences of one run, as many as the product would have measured. */
function runOnce(world: World, scenario: Scenario, uniform: () => number): number[] {
  const next = blocksOf(world, drawFrom(uniform));
  const { min, until } = scenario.blocks;
  const blocks = Array.from({ length: min }, next);
  if (until !== undefined) {
    const wanted = wantedBlocks(scenario, { rounds: min, valid: blocks.map(summariesOf) }).blocks;
    while (blocks.length < wanted) blocks.push(next());
  }
  return blocks.map(differenceOf);
}

export interface Asked {
  world: World;
  truth: Truth;
  design: Design;
  candidates: readonly Candidate[];
  runs: number;
  seed: number;
}

/**
 * Simulates one design in one world and counts, for each method on the same samples, how often its interval holds its
 * own centre: once asked for 95 %, and under the stopping rule once more for what the product asks for there.
 */
export function countCells({ world, truth, design, candidates, runs, seed }: Asked): CoverageCell[] {
  const scenario = scenarioOf(design, truth.spreadUs);
  const levels = [...new Set([CONFIDENCE, askedConfidence(scenario.blocks)])];
  const counters = levels.map((asked) => ({
    asked,
    methods: candidates.map((candidate) => ({ candidate, held: 0, width: 0 })),
  }));
  let blocks = 0;
  for (let run = 0; run < runs; run += 1) {
    const uniform = createRandom(deriveSeed(seed, 1, run));
    const values = runOnce(world, scenario, uniform);
    blocks += values.length;
    let kept: Resampled | undefined;
    const resampled = () => {
      kept ??= resample(values, drawResamples(values.length, uniform));
      return kept;
    };
    for (const { asked, methods } of counters) {
      for (const counter of methods) {
        const found = counter.candidate.interval(values, asked, resampled);
        if (found === undefined) continue;
        const centre = truth.centres[counter.candidate.centre];
        counter.width += (found.high - found.low) / truth.spreadUs;
        if (found.low <= centre && centre <= found.high) counter.held += 1;
      }
    }
  }
  return counters.map(({ asked, methods }) => ({
    world: world.id,
    design,
    asked,
    blocks: rounded(blocks / runs),
    methods: Object.fromEntries(
      methods.map(({ candidate, held, width }) => [candidate.id, { runs, held, width: rounded(width / runs) }]),
    ),
  }));
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
