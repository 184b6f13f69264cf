import { isMissing, type Measured } from '../record/measured.ts';
import { limitOf } from '../scenario/budgetLimit.ts';
import type { BudgetLine, BudgetMetric, Scenario } from '../scenario/scenario.ts';
import { budgetQuantity, isReserved } from './budgetQuantity.ts';
import { BLOCKS_NEEDED } from './estimate.ts';
import type { BudgetVerdict, Estimate, LoadAnalysis, TreatmentAtLoad, TrialVerdict, VerdictWord } from './result.ts';
import { isFairButForFailures } from './success.ts';
import { budgetLimit, rangeText } from './verdictText.ts';
import { countOf } from './wording.ts';

/** What the budget lines are judged on. */
export interface Judged {
  scenario: Scenario;
  lines: readonly BudgetLine[];
  loads: readonly LoadAnalysis[];
  trials: readonly TrialVerdict[];
}

/**
 * One verdict for each budget line, treatment that it is for, and load point.
 *
 * `within` where the whole 95 % interval keeps the limit, `over` where it wholly breaks it, else `inconclusive`. Whatever
 * keeps the numbers from being trusted makes it inconclusive, never green: no interval, fewer than 6 blocks, a trial of
 * the treatment whose proof failed, or two baselines that differ from each other. What proxies reserve is known without
 * any trial, and failed requests are what a success rate is about: neither asks for more than its own figure needs.
 */
export function judgeBudgets({ scenario, lines, loads, trials }: Judged): BudgetVerdict[] {
  return lines.flatMap((line) =>
    treatmentsFor(line, scenario).flatMap((name) =>
      loads.flatMap((load) => {
        const treatment = load.treatments.find((entry) => entry.treatment === name);
        return treatment === undefined ? [] : [judgeLine({ line, load, treatment, trials })];
      }),
    ),
  );
}

/** Metrics that say something of a treatment without proxies as well. */
const ABOUT_TRAFFIC = new Set<BudgetMetric>(['added-latency', 'success-rate', 'set-up-time', 'added-set-up-time']);

/** Lines about proxies pass over treatments without a mesh: nothing is there that could keep or exceed them. */
function treatmentsFor(line: BudgetLine, scenario: Scenario): string[] {
  return scenario.treatments.flatMap(({ name, mesh }, index) => {
    if (index === scenario.baseline || name === line.against) return [];
    if (line.for !== undefined && line.for !== name && line.for !== mesh) return [];
    return !ABOUT_TRAFFIC.has(line.metric) && mesh === 'none' ? [] : [name];
  });
}

interface AtLoad {
  line: BudgetLine;
  load: LoadAnalysis;
  treatment: TreatmentAtLoad;
  trials: readonly TrialVerdict[];
}

function judgeLine(at: AtLoad): BudgetVerdict {
  const { line, load, treatment } = at;
  const found = budgetQuantity(line, treatment, load);
  const doubt = doubtAbout(at);
  const { verdict, because } = doubt === undefined ? decide(line, found.estimate) : doubted(doubt);
  const weak = found.note === undefined ? '' : `; ${found.note}`;
  return {
    line,
    treatment: treatment.treatment,
    load: load.load,
    arrivalRatePerSecond: load.arrivalRatePerSecond,
    estimate: found.estimate,
    verdict,
    betterThanDocumented: isBetterThanDocumented(line, verdict, found.estimate),
    because: `${found.of}${because}${weak}`,
    ...(doubt?.isInvalid && { isInvalid: true as const }),
  };
}

interface Decision {
  verdict: VerdictWord;
  because: string;
}

function decide(line: BudgetLine, estimate: Measured<Estimate>): Decision {
  if (isMissing(estimate)) return { verdict: 'inconclusive', because: estimate.missing };
  if (estimate.n < BLOCKS_NEEDED && estimate.method !== 'exact') {
    return { verdict: 'inconclusive', because: tooFewBlocks(estimate.n) };
  }
  const { side, value } = limitOf(line);
  const limit = budgetLimit(line);
  const range = rangeText(line, estimate);
  const whole = estimate.method === 'exact' ? range : `the whole interval, ${range},`;
  const isKept = side === 'at most' ? estimate.high <= value : estimate.low >= value;
  if (isKept) {
    return { verdict: 'within', because: `${whole} is at or ${side === 'at most' ? 'under' : 'above'} ${limit}` };
  }
  const isBroken = side === 'at most' ? estimate.low > value : estimate.high < value;
  if (isBroken) {
    const where = side === 'at most' ? `above ${limit}` : `under the ${limit} that the budget asks`;
    return { verdict: 'over', because: `${whole} is ${where}` };
  }
  return {
    verdict: 'inconclusive',
    because: `the interval, ${range}, holds values on both sides of ${limit}`,
  };
}

interface Doubt {
  because: string;
  /** The measurement was not fair, as against one that is too small. */
  isInvalid: boolean;
}

const doubted = ({ because }: Doubt): Decision => ({ verdict: 'inconclusive', because });

/** What keeps every number of this treatment at this load from being judged; undefined when nothing does. */
function doubtAbout({ line, load, treatment, trials }: AtLoad): Doubt | undefined {
  const { metric } = line;
  if (trials.some(({ isImported }) => isImported === true)) return { because: IMPORTED, isInvalid: false };
  if (isReserved(metric)) return undefined;
  const counting = metric === 'success-rate' ? trials.filter((trial) => !isFairButForFailures(trial)) : trials;
  const unproven = [treatment.treatment, ...(line.against === undefined ? [] : [line.against])]
    .map((name) => failedProof(counting, { treatment: name, load: load.load }))
    .find((because) => because !== undefined);
  if (unproven !== undefined) return { because: unproven, isInvalid: true };
  // These rest on trials and deployments of their own, and not on blocks that carry a comparison of latency.
  if (metric === 'success-rate' || metric === 'set-up-time' || metric === 'added-set-up-time') return undefined;
  if (load.blocksValid < BLOCKS_NEEDED) {
    return { because: tooFewBlocks(load.blocksValid), isInvalid: load.blocksValid === 0 };
  }
  if (metric !== 'added-latency') return undefined;
  const noise = load.noise.find(({ percentile }) => percentile === line.percentile);
  if (noise?.holdsZero !== false) return undefined;
  const because = `the two baselines differ from each other at ${line.percentile}: order or placement is broken`;
  return { because, isInvalid: true };
}

/** In which trials of a treatment at a load point a proof failed, as the reason for giving no figure; undefined: in none. */
export function failedProof(
  trials: readonly TrialVerdict[],
  of: Pick<TrialVerdict, 'treatment' | 'load'>,
): string | undefined {
  const unproven = trials.filter(
    ({ treatment, load, outcome }) => treatment === of.treatment && load === of.load && outcome === 'void',
  );
  if (unproven.length === 0) return undefined;
  const numbers = unproven.map(({ index }) => index).join(', ');
  return `a proof failed in trial ${numbers}: the traffic did not go as the treatment says`;
}

const IMPORTED = 'the trials were imported: nobody proved that their traffic went through the mesh';

const tooFewBlocks = (valid: number): string =>
  `only ${countOf(valid, 'valid block')}, a 95 % interval needs ${BLOCKS_NEEDED}`;

function isBetterThanDocumented(line: BudgetLine, verdict: VerdictWord, estimate: Measured<Estimate>): boolean {
  if (verdict !== 'within' || isMissing(estimate) || line.documentedFrom === undefined) return false;
  return estimate.high < line.documentedFrom;
}
