import { isMissing, type Measured } from '../record/measured.ts';
import { estimateOverBlocks, exactly, times } from './estimate.ts';
import { limitText } from './figure.ts';
import type { Estimate } from './result.ts';
import { grouped, ratePerSecond as rateText } from './rounding.ts';
import { isReservedByNone } from './sidecar.ts';
import type { SetForSidecar, SidecarFacts } from './sidecarFacts.ts';
import { countOf } from './wording.ts';

/** A price that is not given is not counted, and with neither there is no money. */
export interface FleetPrices {
  perCoreHour?: number | undefined;
  perGibHour?: number | undefined;
}

export interface FleetAsked {
  /** Each with one sidecar. */
  pods: number;
  /** Of each pod. */
  replicas: number;
  /** Requests a second that come to each pod; absent: through each sidecar what was measured, one rate after the other. */
  ratePerSecond?: number | undefined;
  /** Sidecars that each of these requests passes on its way through the fleet; absent: one. */
  hops?: number | undefined;
  /** What a sidecar is taken to request instead of what the run's do. */
  requestMillicores?: number | undefined;
  requestBytes?: number | undefined;
  prices: FleetPrices;
}

/** In millicores or bytes, of the whole fleet. */
export interface FleetAmounts {
  reserved: Measured<Estimate>;
  used: Measured<Estimate>;
  /** The larger of reserved and used: what the fleet keeps from everything else. */
  larger: Measured<Estimate>;
  limit: Measured<Estimate>;
  /** By the documented claim. */
  documented: Measured<Estimate>;
}

/** In the currency of the prices, for a month. */
export type FleetMoney = Omit<FleetAmounts, 'limit'>;

/** The sidecars of a fleet of one treatment, all at one rate. */
export interface FleetProjection {
  treatment: string;
  build: string;
  sidecars: number;
  /** Through each sidecar. */
  ratePerSecond: number;
  cpuMillicores: FleetAmounts;
  memoryBytes: FleetAmounts;
  /** Of one sidecar, before the first request and with this run's few services known to it: no projection. */
  emptyMemoryBytesEach: Measured<Estimate>;
  /** null where no price was given. */
  moneyPerMonth: FleetMoney | null;
  /** Whatever the figures rest on beside the measurement, each a sentence. */
  assumptions: readonly string[];
}

/** Hours of a month: 365 days of 24 hours over 12, as clouds count it. */
export const HOURS_PER_MONTH = 730;
const MILLICORES_PER_CORE = 1000;
const BYTES_PER_GIB = 1024 ** 3;

/**
 * What the sidecars of a fleet reserve, use and cost, for each treatment and rate: one sidecar times their number, the
 * interval too.
 *
 * CPU is the one measured at the rate, or that of the line over at least three load points between the lowest and the
 * highest of them, and missing elsewhere; memory is the peak at the rate, or at the next higher one that was measured.
 */
export function projectFleet(facts: readonly SidecarFacts[], asked: FleetAsked): FleetProjection[] {
  return facts.flatMap((of) => ratesOf(of, asked).map((rate) => projectAt(of, asked, rate)));
}

const sidecarsOf = ({ pods, replicas }: FleetAsked): number => pods * replicas;

function ratesOf({ loads }: SidecarFacts, asked: FleetAsked): number[] {
  if (asked.ratePerSecond === undefined) return loads.map(({ ratePerSecond }) => ratePerSecond);
  return [asked.ratePerSecond * (asked.hops ?? 1)];
}

/** One sidecar's figure, and where it comes from as a sentence, which is told of a figure only. */
interface Each {
  estimate: Measured<Estimate>;
  basis: string;
}

function projectAt(of: SidecarFacts, asked: FleetAsked, rate: number): FleetProjection {
  const sidecars = sidecarsOf(asked);
  const [usedCpu, usedMemory] = [cpuAt(of, rate), memoryAt(of, rate)];
  const cpuRequest = requestOf(of.cpuMillicores, { asked: asked.requestMillicores, quantity: 'cpu', what: 'CPU' });
  const memoryRequest = requestOf(of.memoryBytes, { asked: asked.requestBytes, quantity: 'memory', what: 'memory' });
  const cpuMillicores = amountsOf(of.cpuMillicores, { request: cpuRequest, used: usedCpu, sidecars });
  const memoryBytes = amountsOf(of.memoryBytes, { request: memoryRequest, used: usedMemory, sidecars });
  const ofTreatment = [cpuRequest, memoryRequest].map(({ basis }) => (basis === '' ? '' : `${of.treatment}: ${basis}`));
  return {
    treatment: of.treatment,
    build: of.build,
    sidecars,
    ratePerSecond: rate,
    cpuMillicores,
    memoryBytes,
    emptyMemoryBytesEach: of.emptyMemoryBytes,
    moneyPerMonth: moneyOf(cpuMillicores, memoryBytes, asked.prices),
    assumptions: [
      ...sentencesOn(asked, rate),
      ...[usedCpu, usedMemory].map(({ estimate, basis }) => (isMissing(estimate) ? '' : basis)),
      ...ofTreatment,
      ...sentencesOnMoney(asked.prices),
    ].filter((sentence) => sentence !== ''),
  };
}

function cpuAt({ loads, line }: SidecarFacts, rate: number): Each {
  const at = rateText(rate);
  const measured = loads.find(({ ratePerSecond }) => ratePerSecond === rate);
  if (measured !== undefined) {
    return { estimate: measured.usedCpuMillicores, basis: `CPU is as it was measured at ${at}.` };
  }
  if (isMissing(line)) return nothing(`CPU was not measured at ${at}; ${line.missing}`);
  const [from, to] = [rateText(line.fromPerSecond), rateText(line.toPerSecond)];
  if (rate < line.fromPerSecond || rate > line.toPerSecond) {
    return nothing(`${at} lies outside the rates that were measured, ${from} to ${to}, and nothing is extrapolated`);
  }
  const onLine = line.perRound.map(
    ({ idleMillicores, millicoresPerThousandPerSecond: slope }) => idleMillicores + (slope * rate) / 1000,
  );
  return {
    estimate: estimateOverBlocks(onLine),
    basis: `CPU at ${at} lies on the line over the rates that were measured, ${from} to ${to}.`,
  };
}

function memoryAt({ loads }: SidecarFacts, rate: number): Each {
  const at = rateText(rate);
  const measured = loads.find(({ ratePerSecond }) => ratePerSecond >= rate);
  const highest = loads.at(-1);
  if (highest === undefined) return nothing('no load point was measured');
  if (measured === undefined) {
    return nothing(`${at} lies above the highest rate that was measured, ${rateText(highest.ratePerSecond)}`);
  }
  const from = rateText(measured.ratePerSecond);
  return {
    estimate: measured.usedMemoryBytes,
    basis:
      measured.ratePerSecond === rate
        ? `Memory is the peak resident set as it was measured at ${from}.`
        : `Memory is the peak resident set at ${from}, the next higher rate that was measured; at ${at} it may be less.`,
  };
}

const nothing = (missing: string): Each => ({ estimate: { missing }, basis: '' });

function requestOf(
  { reserved, documented }: SetForSidecar,
  of: { asked: number | undefined; quantity: 'cpu' | 'memory'; what: string },
): Each {
  if (of.asked !== undefined) {
    const basis = `each sidecar is taken to request ${limitText(of.quantity, of.asked)} of ${of.what}, as was asked.`;
    return { estimate: exactly(of.asked), basis };
  }
  if (!isMissing(reserved)) {
    return { estimate: reserved, basis: `each sidecar requests as much ${of.what} as those of this run.` };
  }
  // As a budget line on a fleet does it: an assumption takes the place of nothing, and never that of what is not known.
  if (!isReservedByNone(reserved) || isMissing(documented)) return { estimate: reserved, basis: '' };
  const amount = limitText(of.quantity, documented.point);
  const basis = `${reserved.missing}, so that each is taken to request the documented ${amount} of ${of.what}.`;
  return { estimate: documented, basis };
}

function amountsOf(
  { limit, documented }: SetForSidecar,
  of: { request: Each; used: Each; sidecars: number },
): FleetAmounts {
  const all = (each: Measured<Estimate>) => (isMissing(each) ? each : times(each, of.sidecars));
  const [reserved, used] = [all(of.request.estimate), all(of.used.estimate)];
  return { reserved, used, larger: largerOf(reserved, used), limit: all(limit), documented: all(documented) };
}

/** Larger in every end: the larger of two is not estimated where even the upper end of what is used is reserved. */
function largerOf(reserved: Measured<Estimate>, used: Measured<Estimate>): Measured<Estimate> {
  if (isMissing(used)) return used;
  if (isMissing(reserved)) return reserved;
  return {
    ...(used.high <= reserved.low ? reserved : used),
    point: Math.max(reserved.point, used.point),
    low: Math.max(reserved.low, used.low),
    high: Math.max(reserved.high, used.high),
  };
}

function moneyOf(cpu: FleetAmounts, memory: FleetAmounts, prices: FleetPrices): FleetMoney | null {
  const { perCoreHour, perGibHour } = prices;
  if (perCoreHour === undefined && perGibHour === undefined) return null;
  const priced = (key: keyof FleetMoney) =>
    sumOfPriced([
      { amount: cpu[key], price: perCoreHour, perUnit: MILLICORES_PER_CORE },
      { amount: memory[key], price: perGibHour, perUnit: BYTES_PER_GIB },
    ]);
  return {
    reserved: priced('reserved'),
    used: priced('used'),
    larger: priced('larger'),
    documented: priced('documented'),
  };
}

interface Priced {
  amount: Measured<Estimate>;
  price: number | undefined;
  perUnit: number;
}

/** End is added to end, so that by Bonferroni's inequality the sum has the confidence that each part leaves it. */
function sumOfPriced(parts: readonly Priced[]): Measured<Estimate> {
  const known: Estimate[] = [];
  for (const { amount, price, perUnit } of parts) {
    if (price === undefined) continue;
    if (isMissing(amount)) return amount;
    known.push(times(amount, (price * HOURS_PER_MONTH) / perUnit));
  }
  return known.reduce((sum, part) => ({
    ...(sum.method === 'exact' ? part : sum),
    point: sum.point + part.point,
    low: sum.low + part.low,
    high: sum.high + part.high,
    confidence: 1 - (1 - sum.confidence) - (1 - part.confidence),
  }));
}

function sentencesOn(asked: FleetAsked, rate: number): string[] {
  const { ratePerSecond, hops } = asked;
  const passages =
    ratePerSecond === undefined || hops === undefined
      ? 'A request counts at every sidecar that it passes, so a pod that receives and calls on carries both.'
      : `${rateText(ratePerSecond)} come to each pod and pass ${countOf(hops, 'sidecar')} each: spread evenly, that is ${rateText(rate)} through each sidecar.`;
  return [
    `Every sidecar is this run's mean sidecar, proxy and agent together: a total and its interval are one sidecar's times ${grouped(sidecarsOf(asked))}.`,
    passages,
    "The sidecars know this run's few services; a proxy that is told of more services holds more memory.",
    'Sidecars alone are counted: no control plane, no gateways, no room that a node loses to what does not fit.',
  ];
}

function sentencesOnMoney({ perCoreHour, perGibHour }: FleetPrices): string[] {
  const parts = [
    ...(perCoreHour === undefined ? [] : [`${perCoreHour} for an hour of a core`]),
    ...(perGibHour === undefined ? [] : [`${perGibHour} for an hour of a GiB`]),
  ];
  if (parts.length === 0) return [];
  const without = perCoreHour === undefined ? 'CPU' : 'memory';
  const alone = parts.length === 2 ? '' : `; ${without} has no price and is not in it`;
  return [`A month has ${HOURS_PER_MONTH} hours, at ${parts.join(' and ')}${alone}.`];
}
