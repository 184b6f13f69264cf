import { isMissing } from '../record/measured.ts';
import { limitOf } from '../scenario/budgetLimit.ts';
import type { BudgetLine, BudgetMetric } from '../scenario/scenario.ts';
import { isReserved, podsOf } from './budgetQuantity.ts';
import { type Figure, figureOf, intervalText, limitText, pointText } from './figure.ts';
import { BUDGET_QUANTITIES } from './quantities.ts';
import type { BudgetVerdict, Estimate } from './result.ts';
import { ratePerSecond } from './rounding.ts';
import { countOf } from './wording.ts';

const figureFor = (metric: BudgetMetric, estimate: Estimate, limit?: number) =>
  figureOf(BUDGET_QUANTITIES[metric], estimate, limit);

/** `5 ms`, `100 millicores`, `128 MiB`: a limit as exactly as it was set. */
export function budgetLimit(line: BudgetLine): string {
  return limitText(BUDGET_QUANTITIES[line.metric], limitOf(line).value);
}

/** `0.49 to 0.55 ms`; of an exact value, the value. */
export function rangeText(line: BudgetLine, estimate: Estimate): string {
  const figure = figureFor(line.metric, estimate, limitOf(line).value);
  if (isMissing(figure)) return figure.missing;
  return figure.isExact ? pointText(figure) : `${intervalText(figure)} ${figure.unit}`;
}

/** `0.52 ms at p50 (96.9 % interval 0.49 to 0.55)` */
export function addedText(percentile: string, estimate: Estimate, limit?: number): string {
  const figure = figureFor('added-latency', estimate, limit);
  if (isMissing(figure)) return figure.missing;
  return `${pointText(figure)} at ${percentile} (${figure.confidence} interval ${intervalText(figure)})`;
}

/** `the 5 ms budget`, `the budget of at least 99.9 %` */
function budgetText(line: BudgetLine): string {
  return limitOf(line).side === 'at most'
    ? `the ${budgetLimit(line)} budget`
    : `the budget of at least ${budgetLimit(line)}`;
}

const toAnother = ({ against }: BudgetLine): string => (against === undefined ? '' : ` to ${against}`);

const percentileOf = ({ percentile }: BudgetLine): string => percentile ?? 'no percentile';

/** What a budget line limits, in the sentence "whether ... is within". */
function subjectText({ line, treatment }: BudgetVerdict): string {
  switch (line.metric) {
    case 'added-latency':
      return `the latency that ${treatment} adds${toAnother(line)} at ${percentileOf(line)}`;
    case 'proxy-cpu':
      return `the CPU of ${treatment}'s costliest proxy`;
    case 'proxy-cpu-per-1000-rps':
      return `the CPU of ${treatment}'s costliest proxy for each 1,000/s`;
    case 'proxy-memory':
      return `the memory of ${treatment}'s costliest proxy`;
    case 'success-rate':
      return `the success rate of ${treatment}`;
    case 'set-up-time':
      return `the set-up time of ${treatment}`;
    case 'added-set-up-time':
      return `the set-up time that ${treatment} adds`;
    default:
      return `the ${fleetWords(line.metric).what} that ${sidecarsOf({ line, treatment })} ${fleetWords(line.metric).verb}`;
  }
}

function fleetWords(metric: BudgetMetric): { verb: string; what: string } {
  return {
    verb: isReserved(metric) ? 'reserve' : 'use',
    what: metric.startsWith('fleet-cpu') ? 'CPU' : 'memory',
  };
}

const sidecarsOf = ({ line, treatment }: Pick<BudgetVerdict, 'line' | 'treatment'>): string =>
  `the sidecars of ${countOf(podsOf(line), 'pod')} of ${treatment}`;

/** ` (96.9 % interval 0.49 to 0.55)`; nothing where the value is exact. */
const intervalOf = (figure: Figure): string =>
  figure.isExact ? '' : ` (${figure.confidence} interval ${intervalText(figure)})`;

/** What was measured, before its rate: `envoy adds 0.52 ms at p50 (96.9 % interval 0.49 to 0.55)`. */
function measuredText({ line, treatment }: BudgetVerdict, figure: Figure): string {
  const [point, interval] = [pointText(figure), intervalOf(figure)];
  switch (line.metric) {
    case 'added-latency':
      return `${treatment} adds ${point}${toAnother(line)} at ${percentileOf(line)}${interval}`;
    case 'proxy-cpu':
    case 'proxy-cpu-per-1000-rps':
      return `${treatment}'s costliest proxy takes ${point}${interval}`;
    case 'proxy-memory':
      return `${treatment}'s costliest proxy holds ${point}${interval}`;
    case 'success-rate':
      return `${treatment} answers ${point}${interval} of the requests`;
    case 'set-up-time':
      return `${treatment} takes ${point}${interval} to be ready`;
    case 'added-set-up-time':
      return `${treatment} adds ${point}${interval} until it is ready`;
    default: {
      const { verb, what } = fleetWords(line.metric);
      return `${sidecarsOf({ line, treatment })} ${verb} ${point} of ${what}${interval}`;
    }
  }
}

function wordText({ line, verdict }: BudgetVerdict): string {
  if (verdict === 'over' && limitOf(line).side === 'at least') {
    return `under the ${budgetLimit(line)} that the budget asks`;
  }
  return `${verdict} ${budgetText(line)}`;
}

/** One verdict as a sentence without its full stop: `envoy adds 0.52 ms at p50 (…) at 1,000/s: within the 5 ms budget`. */
export function verdictSentence(verdict: BudgetVerdict): string {
  const { line, estimate, because } = verdict;
  // What is reserved is so at any rate.
  const at = isReserved(line.metric) ? '' : ` at ${ratePerSecond(verdict.arrivalRatePerSecond)}`;
  if (verdict.verdict === 'inconclusive' || isMissing(estimate)) {
    return `Whether ${subjectText(verdict)}${at} is within ${budgetText(line)} cannot be said, since ${because}`;
  }
  const figure = figureFor(line.metric, estimate, limitOf(line).value);
  if (isMissing(figure)) return figure.missing;
  return `${measuredText(verdict, figure)}${at}: ${wordText(verdict)}`;
}
