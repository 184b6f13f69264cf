import { isMissing } from '../record/measured.ts';
import type { BudgetLine, BudgetMetric } from '../scenario/scenario.ts';
import { figureOf, intervalText, limitText, pointText } from './figure.ts';
import { BUDGET_QUANTITIES } from './quantities.ts';
import type { BudgetVerdict, Estimate } from './result.ts';
import { ratePerSecond } from './rounding.ts';

const figureFor = (metric: BudgetMetric, estimate: Estimate, atMost?: number) =>
  figureOf(BUDGET_QUANTITIES[metric], estimate, atMost);

/** `5 ms`, `100 millicores`, `128 MiB`: a limit as exactly as it was set. */
export function budgetLimit(line: BudgetLine): string {
  return limitText(BUDGET_QUANTITIES[line.metric], line.atMost);
}

/** `0.49 to 0.55 ms` */
export function rangeText(metric: BudgetMetric, estimate: Estimate, atMost?: number): string {
  const figure = figureFor(metric, estimate, atMost);
  return isMissing(figure) ? figure.missing : `${intervalText(figure)} ${figure.unit}`;
}

/** `0.52 ms at p50 (95 % interval 0.49 to 0.55)` */
export function addedText(percentile: string, estimate: Estimate, atMost?: number): string {
  const figure = figureFor('added-latency', estimate, atMost);
  if (isMissing(figure)) return figure.missing;
  return `${pointText(figure)} at ${percentile} (95 % interval ${intervalText(figure)})`;
}

/** `the 5 ms budget` */
function budgetText(line: BudgetLine): string {
  return `the ${budgetLimit(line)} budget`;
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
  const rate = ratePerSecond(verdict.arrivalRatePerSecond);
  if (verdict.verdict === 'inconclusive' || isMissing(estimate)) {
    return `Whether ${subjectText(verdict)} at ${rate} is within ${budgetText(line)} cannot be said, since ${because}`;
  }
  const word = `${verdict.verdict} ${budgetText(line)}`;
  if (line.metric === 'added-latency') {
    return `${treatment} adds ${addedText(line.percentile ?? 'no percentile', estimate, line.atMost)} at ${rate}: ${word}`;
  }
  const figure = figureFor(line.metric, estimate, line.atMost);
  if (isMissing(figure)) return figure.missing;
  const takes = line.metric === 'proxy-cpu' ? 'takes' : 'holds';
  return `${treatment}'s costliest proxy ${takes} ${pointText(figure)} (95 % interval ${intervalText(figure)}) at ${rate}: ${word}`;
}
