import { isMissing } from '../record/measured.ts';
import type { BudgetLine, BudgetMetric } from '../scenario/scenario.ts';
import type { BudgetVerdict, Estimate } from './result.ts';
import { intervalNumbers, rateText } from './wording.ts';

/** How each budgeted metric is printed: `perUnit` of its own unit make one of the printed unit. */
const PRINTED = {
  'added-latency': { unit: 'ms', perUnit: 1000, decimals: 3 },
  'proxy-cpu': { unit: 'millicores', perUnit: 1, decimals: 1 },
  'proxy-memory': { unit: 'MiB', perUnit: 1_048_576, decimals: 1 },
} as const satisfies Record<BudgetMetric, { unit: string; perUnit: number; decimals: number }>;

function printedNumbers(metric: BudgetMetric, estimate: Estimate, atMost?: number) {
  const { perUnit, decimals } = PRINTED[metric];
  const scaled = { point: estimate.point / perUnit, low: estimate.low / perUnit, high: estimate.high / perUnit };
  return intervalNumbers(scaled, decimals, atMost === undefined ? undefined : atMost / perUnit);
}

/** `5 ms`, `100 millicores`, `128 MiB`: a limit as exactly as it was set. */
export function limitText(metric: BudgetMetric, atMost: number): string {
  const { unit, perUnit } = PRINTED[metric];
  return `${Number((atMost / perUnit).toFixed(3))} ${unit}`;
}

/** `0.49 to 0.55 ms` */
export function rangeText(metric: BudgetMetric, estimate: Estimate, atMost?: number): string {
  const { low, high } = printedNumbers(metric, estimate, atMost);
  return `${low} to ${high} ${PRINTED[metric].unit}`;
}

/** `0.52 ms at p50 (95 % interval 0.49 to 0.55)` */
export function addedText(percentile: string, estimate: Estimate, atMost?: number): string {
  const { point, low, high } = printedNumbers('added-latency', estimate, atMost);
  return `${point} ms at ${percentile} (95 % interval ${low} to ${high})`;
}

/** `the 5 ms budget` */
function budgetText(line: BudgetLine): string {
  return `the ${limitText(line.metric, line.atMost)} budget`;
}

/** What a budget line limits, in the sentence "whether ... is within". */
function subjectText({ line, treatment }: BudgetVerdict): string {
  if (line.metric === 'added-latency')
    return `the latency that ${treatment} adds at ${line.percentile ?? 'no percentile'}`;
  return `the ${line.metric === 'proxy-cpu' ? 'CPU' : 'memory'} of ${treatment}'s costliest proxy`;
}

/** One verdict as a sentence without its full stop: `envoy adds 0.52 ms at p50 (…) at 1,000/s: within the 5 ms budget`. */
export function verdictSentence(verdict: BudgetVerdict): string {
  const { line, treatment, estimate, because } = verdict;
  const rate = rateText(verdict.arrivalRatePerSecond);
  if (verdict.verdict === 'inconclusive' || isMissing(estimate)) {
    return `Whether ${subjectText(verdict)} at ${rate} is within ${budgetText(line)} cannot be said, since ${because}`;
  }
  const word = `${verdict.verdict} ${budgetText(line)}`;
  if (line.metric === 'added-latency') {
    return `${treatment} adds ${addedText(line.percentile ?? 'no percentile', estimate, line.atMost)} at ${rate}: ${word}`;
  }
  const { point, low, high } = printedNumbers(line.metric, estimate, line.atMost);
  const unit = PRINTED[line.metric].unit;
  const takes = line.metric === 'proxy-cpu' ? 'takes' : 'holds';
  return `${treatment}'s costliest proxy ${takes} ${point} ${unit} (95 % interval ${low} to ${high}) at ${rate}: ${word}`;
}
