import { isMissing, type Measured } from '../record/measured.ts';
import type { BudgetLine, BudgetMetric } from '../scenario/scenario.ts';
import { exactly, negated, times } from './estimate.ts';
import { limitText } from './figure.ts';
import type { Estimate, LoadAnalysis, PercentileSupport, ProcessCost, TreatmentAtLoad } from './result.ts';
import { ratePerSecond } from './rounding.ts';
import { isReservedByNone } from './sidecar.ts';
import { countOf } from './wording.ts';

/** What a budget line is judged on, in the line's unit. */
export interface BudgetQuantity {
  estimate: Measured<Estimate>;
  /** Opens the reason: which of several proxies is meant, or what was assumed. */
  of: string;
  /** What weakens it. */
  note?: string;
}

/** The quantity that a line limits, of one treatment at one load point, whose contrasts a line between two treatments needs. */
export function budgetQuantity(
  line: BudgetLine,
  treatment: TreatmentAtLoad,
  load: Pick<LoadAnalysis, 'treatments' | 'contrasts'>,
): BudgetQuantity {
  const { sidecar, setUp } = treatment;
  switch (line.metric) {
    case 'added-latency':
      return isAgainstBaseline(line, load) ? addedLatency(line, treatment) : addedToAnother(line, treatment, load);
    case 'proxy-cpu':
    case 'proxy-cpu-per-1000-rps':
    case 'proxy-memory':
      return costliestProxy(treatment, PROXY_COSTS[line.metric]);
    case 'fleet-cpu-used':
      return usedByFleet(line, treatment, sidecar.usedCpuMillicores);
    case 'fleet-memory-used':
      return usedByFleet(line, treatment, sidecar.usedMemoryBytes);
    case 'fleet-cpu-reserved':
      return reservedByFleet(line, sidecar.reservedCpuMillicores);
    case 'fleet-memory-reserved':
      return reservedByFleet(line, sidecar.reservedMemoryBytes);
    case 'success-rate':
      return { estimate: treatment.successShare, of: '' };
    case 'set-up-time':
      return { estimate: setUp.takenUs, of: '' };
    case 'added-set-up-time':
      return { estimate: setUp.addedUs, of: '' };
  }
}

function addedLatency(line: BudgetLine, treatment: TreatmentAtLoad): BudgetQuantity {
  const overhead = treatment.overhead.find(({ percentile }) => percentile === line.percentile);
  if (overhead === undefined) return { estimate: { missing: 'the budget line names no percentile' }, of: '' };
  return { estimate: overhead.addedUs, of: '', ...weakness(overhead.support) };
}

/** What is absent says so itself. */
function weakness({ standing, note }: PercentileSupport): { note?: string } {
  if (standing === 'absent' || note === undefined) return {};
  return { note: standing === 'coarse' ? `coarse, since ${note}` : note };
}

const isAgainstBaseline = ({ against }: BudgetLine, { treatments }: Pick<LoadAnalysis, 'treatments'>): boolean =>
  against === undefined || treatments.some(({ treatment, isBaseline }) => isBaseline && treatment === against);

function addedToAnother(
  { against = '', percentile }: BudgetLine,
  { treatment: name }: TreatmentAtLoad,
  { contrasts }: Pick<LoadAnalysis, 'contrasts'>,
): BudgetQuantity {
  const contrast = contrasts.find(({ from, to }) => [from, to].includes(name) && [from, to].includes(against));
  const found = contrast?.latency.find((each) => each.percentile === percentile);
  if (contrast === undefined || found === undefined) {
    return { estimate: { missing: `${against} was not measured beside it` }, of: '' };
  }
  const { differenceUs, support } = found;
  // A contrast is the later treatment minus the earlier one.
  const estimate = isMissing(differenceUs) || contrast.to === name ? differenceUs : negated(differenceUs);
  return { estimate, of: '', ...weakness(support) };
}

type ProxyCost = 'cpuMillicores' | 'cpuMsPerThousandRequests' | 'memoryRssBytes';

/** Millicores per 1,000 requests a second and CPU ms per 1,000 requests are the same number. */
const PROXY_COSTS = {
  'proxy-cpu': 'cpuMillicores',
  'proxy-cpu-per-1000-rps': 'cpuMsPerThousandRequests',
  'proxy-memory': 'memoryRssBytes',
} as const satisfies Partial<Record<BudgetMetric, ProxyCost & keyof ProcessCost>>;

/** The proxy with the largest upper bound; while one of them is not known, the costliest is not known either. */
function costliestProxy(treatment: TreatmentAtLoad, quantity: ProxyCost): BudgetQuantity {
  let worst: { estimate: Estimate; hop: string } | undefined;
  for (const cost of treatment.costs.filter(({ role }) => role === 'proxy')) {
    const estimate = cost[quantity];
    if (isMissing(estimate)) return { estimate, of: `${cost.hop} proxy: ` };
    if (worst === undefined || estimate.high > worst.estimate.high) worst = { estimate, hop: cost.hop };
  }
  if (worst === undefined) return { estimate: { missing: 'no valid block has a record of a proxy' }, of: '' };
  const rate = ratePerSecond(treatment.requestedRatePerSecond);
  return { estimate: worst.estimate, of: `${worst.hop} proxy, the costliest, at ${rate}: ` };
}

/** A line on a fleet that says nothing of its size is about this many pods. */
export const FLEET_PODS = 100;

/** What sidecars reserve is known of a deployment, and depends on no load and no trial. */
export const isReserved = (metric: BudgetMetric): boolean =>
  metric === 'fleet-cpu-reserved' || metric === 'fleet-memory-reserved';

/** Pods of the fleet that a line is about. */
export const podsOf = ({ pods = FLEET_PODS }: BudgetLine): number => pods;

function usedByFleet(line: BudgetLine, treatment: TreatmentAtLoad, ofOne: Measured<Estimate>): BudgetQuantity {
  if (isMissing(ofOne)) return { estimate: ofOne, of: '' };
  const rate = ratePerSecond(treatment.requestedRatePerSecond);
  const of = `${countOf(podsOf(line), 'pod')}, taken to carry this run's load of ${rate} each: `;
  return { estimate: times(ofOne, podsOf(line)), of };
}

function reservedByFleet(line: BudgetLine, ofOne: Measured<Estimate>): BudgetQuantity {
  const pods = countOf(podsOf(line), 'pod');
  const each = (value: number) => limitText(line.metric === 'fleet-cpu-reserved' ? 'cpu' : 'memory', value);
  if (!isMissing(ofOne)) {
    return { estimate: times(ofOne, podsOf(line)), of: `${pods}, whose sidecars reserve ${each(ofOne.point)} each: ` };
  }
  const { assumedRequest: assumed } = line;
  if (assumed === undefined || !isReservedByNone(ofOne)) return { estimate: ofOne, of: '' };
  return {
    estimate: times(exactly(assumed), podsOf(line)),
    of: `${pods} of ${each(assumed)} each, as the line assumes since ${ofOne.missing}: `,
  };
}

const suffix = (before: string, word: string | undefined): string => (word === undefined ? '' : `${before}${word}`);

/** `added latency p99`, `added latency p50 over old`, `CPU reserved by 100 pods`: what a line limits, in a few words. */
export function budgetSubject(line: BudgetLine): string {
  const pods = countOf(podsOf(line), 'pod');
  switch (line.metric) {
    case 'added-latency':
      return `added latency${suffix(' ', line.percentile)}${suffix(' over ', line.against)}`;
    case 'proxy-cpu':
      return 'CPU of each proxy';
    case 'proxy-cpu-per-1000-rps':
      return 'CPU of each proxy for each 1,000/s';
    case 'proxy-memory':
      return 'memory of each proxy';
    case 'fleet-cpu-reserved':
      return `CPU reserved by the sidecars of ${pods}`;
    case 'fleet-cpu-used':
      return `CPU used by the sidecars of ${pods}`;
    case 'fleet-memory-reserved':
      return `memory reserved by the sidecars of ${pods}`;
    case 'fleet-memory-used':
      return `memory used by the sidecars of ${pods}`;
    case 'success-rate':
      return 'success rate';
    case 'set-up-time':
      return 'set-up time';
    case 'added-set-up-time':
      return 'added set-up time';
  }
}
