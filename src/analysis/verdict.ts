import { isMissing, type Measured } from '../record/measured.ts';
import type { BudgetLine, Scenario } from '../scenario/scenario.ts';
import { BLOCKS_NEEDED } from './estimate.ts';
import type { BudgetVerdict, Estimate, LoadAnalysis, TreatmentAtLoad, TrialVerdict, VerdictWord } from './result.ts';
import { ratePerSecond } from './rounding.ts';
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
 * `within` where the whole 95 % interval is at or under the budget, `over` where it is wholly above, else
 * `inconclusive`. Whatever keeps the numbers from being trusted makes it inconclusive, never green: no interval, fewer
 * than 6 valid blocks, a trial of the treatment whose proof failed, or two baselines that differ from each other.
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

/** Lines about proxies pass over treatments without a mesh: nothing is there that could keep or exceed them. */
function treatmentsFor(line: BudgetLine, scenario: Scenario): string[] {
  return scenario.treatments.flatMap(({ name, mesh }, index) => {
    if (index === scenario.baseline) return [];
    if (line.for !== undefined && line.for !== name && line.for !== mesh) return [];
    return line.metric !== 'added-latency' && mesh === 'none' ? [] : [name];
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
  const found = quantityOf(line, treatment);
  const { verdict, because } = decide(at, found.estimate);
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
  };
}

interface Quantity {
  estimate: Measured<Estimate>;
  /** Opens the reason: which of several proxies is meant. */
  of: string;
  note?: string;
}

function quantityOf(line: BudgetLine, treatment: TreatmentAtLoad): Quantity {
  if (line.metric !== 'added-latency') return costliestProxy(line, treatment);
  const overhead = treatment.overhead.find(({ percentile }) => percentile === line.percentile);
  if (overhead === undefined) return { estimate: { missing: 'the budget line names no percentile' }, of: '' };
  const { standing, note } = overhead.support;
  if (standing === 'absent' || note === undefined) return { estimate: overhead.addedUs, of: '' };
  return { estimate: overhead.addedUs, of: '', note: standing === 'coarse' ? `coarse, since ${note}` : note };
}

/** The proxy with the largest upper bound; while one of them is not known, the costliest is not known either. */
function costliestProxy(line: BudgetLine, treatment: TreatmentAtLoad): Quantity {
  let worst: { estimate: Estimate; hop: string } | undefined;
  for (const cost of treatment.costs.filter(({ role }) => role === 'proxy')) {
    const estimate = line.metric === 'proxy-cpu' ? cost.cpuMillicores : cost.memoryRssBytes;
    if (isMissing(estimate)) return { estimate, of: `${cost.hop} proxy: ` };
    if (worst === undefined || estimate.high > worst.estimate.high) worst = { estimate, hop: cost.hop };
  }
  if (worst === undefined) return { estimate: { missing: 'no valid block has a record of a proxy' }, of: '' };
  const rate = ratePerSecond(treatment.requestedRatePerSecond);
  return { estimate: worst.estimate, of: `${worst.hop} proxy, the costliest, at ${rate}: ` };
}

function decide(
  { line, load, treatment, trials }: AtLoad,
  estimate: Measured<Estimate>,
): { verdict: VerdictWord; because: string } {
  const doubt = doubtAbout({ line, load, treatment, trials });
  if (doubt !== undefined) return { verdict: 'inconclusive', because: doubt };
  if (isMissing(estimate)) return { verdict: 'inconclusive', because: estimate.missing };
  if (estimate.n < BLOCKS_NEEDED) return { verdict: 'inconclusive', because: tooFewBlocks(estimate.n) };
  const limit = budgetLimit(line);
  const range = rangeText(line.metric, estimate, line.atMost);
  if (estimate.high <= line.atMost) {
    return { verdict: 'within', because: `the whole interval, ${range}, is at or under ${limit}` };
  }
  if (estimate.low > line.atMost) {
    return { verdict: 'over', because: `the whole interval, ${range}, is above ${limit}` };
  }
  return { verdict: 'inconclusive', because: `the interval, ${range}, holds values on both sides of ${limit}` };
}

/** What keeps every number of this treatment at this load from being judged; undefined when nothing does. */
function doubtAbout({ line, load, treatment, trials }: AtLoad): string | undefined {
  const unproven = trials.filter(
    (trial) => trial.treatment === treatment.treatment && trial.load === load.load && trial.outcome === 'void',
  );
  if (unproven.length > 0) {
    const numbers = unproven.map(({ index }) => index).join(', ');
    return `a proof failed in trial ${numbers}: the traffic did not go as the treatment says`;
  }
  if (load.blocksValid < BLOCKS_NEEDED) return tooFewBlocks(load.blocksValid);
  if (line.metric !== 'added-latency') return undefined;
  const noise = load.noise.find(({ percentile }) => percentile === line.percentile);
  return noise?.holdsZero === false
    ? `the two baselines differ from each other at ${line.percentile}: order or placement is broken`
    : undefined;
}

const tooFewBlocks = (valid: number): string =>
  `only ${countOf(valid, 'valid block')}, a 95 % interval needs ${BLOCKS_NEEDED}`;

function isBetterThanDocumented(line: BudgetLine, verdict: VerdictWord, estimate: Measured<Estimate>): boolean {
  if (verdict !== 'within' || isMissing(estimate) || line.documentedFrom === undefined) return false;
  return estimate.high < line.documentedFrom;
}
