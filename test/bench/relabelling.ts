import type { AnalysedRun } from '../../src/analysis/analyse.ts';
import { blocksAtLoad } from '../../src/analysis/blocks.ts';
import { overheadsOf } from '../../src/analysis/overhead.ts';
import { supportedPercentiles } from '../../src/analysis/percentiles.ts';
import { type JudgedTrial, judgeTrials } from '../../src/analysis/validity.ts';
import { isMissing } from '../../src/record/measured.ts';
import { wantedBlocks } from '../../src/scenario/progress.ts';
import { shuffle } from '../../src/scenario/random.ts';
import type { BlocksSpec, Percentile, Scenario } from '../../src/scenario/scenario.ts';
import type { TrialSummary } from '../../src/scenario/trial.ts';

/** The trials of one block of a campaign in which everything is the same thing. */
type SameBlock = readonly JudgedTrial[];

/** The blocks of a campaign of which every trial is valid, in the order in which they were run. */
export function sameBlocks(campaign: AnalysedRun): SameBlock[] {
  const judged = judgeTrials(campaign);
  const cells = campaign.scenario.treatments.length + 1;
  return [...new Set(judged.map(({ record }) => record.spec.block))]
    .sort((a, b) => a - b)
    .map((block) => judged.filter((trial) => trial.record.spec.block === block && trial.verdict.outcome === 'valid'))
    .filter((trials) => trials.length === cells);
}

const summaryOf = ({ record: { spec }, times }: JudgedTrial): TrialSummary => ({
  index: spec.index,
  cell: spec.cell,
  block: spec.block,
  attempt: 1,
  purpose: 'measure',
  outcome: 'valid',
  ratePerSecond: 1000,
  heldRate: true,
  percentilesUs: supportedPercentiles(times),
});

/** The block with its trials' labels drawn afresh: which of them is the first baseline, the second, or the treatment. */
function relabelled(block: SameBlock, random: () => number): JudgedTrial[] {
  const cells = shuffle(
    block.map(({ record }) => record.spec.cell),
    random,
  );
  return block.map((trial, index) => {
    const cell = cells[index] ?? trial.record.spec.cell;
    return { ...trial, record: { ...trial.record, spec: { ...trial.record.spec, cell, attempt: 1 } } };
  });
}

/**
 * The whole procedure on a contiguous window of the campaign with labels drawn afresh: blocks are taken one after the
 * other until the plan's own rule has enough, and the overhead is estimated as in any run.
 * @returns the blocks that it took, and at which percentiles it claims a difference that cannot be there
 */
export function claimsOn(
  blocks: readonly SameBlock[],
  of: { scenario: Scenario; rule: BlocksSpec; random: () => number },
): { blocks: number; claims: Percentile[] } {
  const { random, rule } = of;
  const scenario = { ...of.scenario, blocks: rule };
  const from = Math.floor(random() * (blocks.length - rule.max + 1));
  const taken: JudgedTrial[][] = [];
  const enough = () => {
    const valid = taken.map((trials) => trials.map(summaryOf));
    return taken.length >= wantedBlocks(scenario, { rounds: taken.length, valid }).blocks;
  };
  while (!enough()) {
    const block = blocks[from + taken.length];
    if (block === undefined) throw new Error('the campaign is too short for this rule');
    taken.push(relabelled(block, random));
  }
  const treatment = scenario.treatments.find((_, index) => index !== scenario.baseline)?.name ?? '';
  const { comparable } = blocksAtLoad(scenario, taken.flat());
  const overheads = overheadsOf({
    treatment,
    isBaseline: false,
    rule,
    blocks: comparable,
    valid: [],
    baselineValid: [],
  });
  const claims = overheads.flatMap(({ percentile, addedUs }) =>
    !isMissing(addedUs) && (addedUs.low > 0 || addedUs.high < 0) ? [percentile] : [],
  );
  return { blocks: taken.length, claims };
}
