import { isMissing, type Measured } from '../../../src/record/measured.ts';
import type { Driven, TwoPercentiles } from '../drive.ts';
import { type GroundTruth, lastSojournsUs, quantile } from './record.ts';

/** One drive of the server: what the driver says, and what the server's record says of the same requests. */
export interface Comparison {
  arrivalRatePerSecond: number;
  driver: Driven;
  sojournUs: Measured<TwoPercentiles>;
  freezes: number;
}

export interface Check {
  name: string;
  limit: string;
  found: string;
  /** A check whose figure could not be had does not hold. */
  holds: boolean;
}

/**
 * The driver's median may be off by this much: some 15 µs are what a client on this kind of kernel needs to send and to
 * wake up (load-facts 0), the rest is room for a host that takes the core away. A sidecar pair adds some 500 µs.
 */
const P50_LIMIT_US = 25;
/** An error that stays the same cancels in a difference of treatments; what changes with the service time does not. */
const DRIFT_LIMIT_US = 5;
/** Of the simulated p99: the host takes a core away for milliseconds, and the tail of a freeze is some 40 ms. */
const FREEZE_WITHIN = 0.05;
/** 42 / 40 - 1 is a little over 0.05 in binary. */
const ROUNDING = 1e-12;

/** Sets the driver's account of the measurement window beside the last `sent` requests of the server's record. */
export function compare(arrivalRatePerSecond: number, driver: Driven, truth: GroundTruth): Comparison {
  return { arrivalRatePerSecond, driver, sojournUs: percentilesOf(truth, driver.sent), freezes: truth.freezes };
}

function percentilesOf(truth: GroundTruth, count: number): Measured<TwoPercentiles> {
  const sojourns = lastSojournsUs(truth, count);
  if (isMissing(sojourns)) return sojourns;
  const p50 = quantile(sojourns, 0.5);
  const p99 = quantile(sojourns, 0.99);
  return p50 === undefined || p99 === undefined ? { missing: 'the record is empty' } : { p50, p99 };
}

/** Driver's p50 of the response time minus the record's p50 of the sojourn time, in µs. */
export function p50ErrorUs({ driver, sojournUs }: Comparison): Measured<number> {
  return isMissing(sojournUs) ? sojournUs : driver.responseUs.p50 - sojournUs.p50;
}

/** The driver's error at p50 of each run, and their median; missing as soon as one run cannot be compared. */
function errorsOf(runs: readonly Comparison[]): Measured<{ errors: number[]; median: number }> {
  const errors: number[] = [];
  for (const run of runs) {
    const problem = unfairness(run);
    if (problem !== undefined) return { missing: problem };
    const error = p50ErrorUs(run);
    if (isMissing(error)) return error;
    errors.push(error);
  }
  const median = quantile(errors, 0.5);
  return median === undefined ? { missing: 'no run' } : { errors, median };
}

/** The median over runs of the driver's error at p50, for one arrival rate. */
export function checkAccuracy(name: string, runs: readonly Comparison[]): Check {
  const limit = `within ±${P50_LIMIT_US} µs`;
  const all = errorsOf(runs);
  if (isMissing(all)) return { name, limit, found: all.missing, holds: false };
  const found = `${signed(all.median)} µs (median of ${all.errors.map(signed).join(', ')})`;
  return { name, limit, found, holds: Math.abs(all.median) <= P50_LIMIT_US };
}

/** Whether the error at p50 stays the same over service times: the largest of their medians less the smallest. */
export function checkDrift(name: string, byService: ReadonlyMap<number, readonly Comparison[]>): Check {
  const limit = `at most ${DRIFT_LIMIT_US} µs`;
  const medians: number[] = [];
  for (const runs of byService.values()) {
    const all = errorsOf(runs);
    if (isMissing(all)) return { name, limit, found: all.missing, holds: false };
    medians.push(all.median);
  }
  if (medians.length === 0) return { name, limit, found: 'no run', holds: false };
  const drift = Math.max(...medians) - Math.min(...medians);
  const each = [...byService.keys()].map((us, i) => `${signed(medians[i] ?? 0)} at ${us / 1000} ms`);
  return { name, limit, found: `${drift.toFixed(1)} µs (${each.join(', ')})`, holds: drift <= DRIFT_LIMIT_US };
}

/** Whether a frozen server's p99 is what a driver without an error would find. */
export function checkFreeze(
  name: string,
  run: Comparison,
  { simulatedP99Us, freezesAtLeast }: { simulatedP99Us: number; freezesAtLeast: number },
): Check {
  const limit = `within ${FREEZE_WITHIN * 100} % of ${ms(simulatedP99Us)}`;
  const problem =
    unfairness(run) ??
    (run.freezes < freezesAtLeast ? `the server froze ${run.freezes} times, not ${freezesAtLeast}` : undefined);
  if (problem !== undefined) return { name, limit, found: problem, holds: false };
  const off = run.driver.responseUs.p99 / simulatedP99Us - 1;
  const found = `${ms(run.driver.responseUs.p99)} (${off > 0 ? '+' : ''}${(off * 100).toFixed(1)} %)`;
  return { name, limit, found, holds: Math.abs(off) <= FREEZE_WITHIN + ROUNDING };
}

/** Whether the arrivals at the server were spread as the schedule says. */
export function checkArrivals(
  name: string,
  {
    variation,
    ratePerSecond,
    wanted,
  }: {
    variation: Measured<number>;
    ratePerSecond: { asked: number; arrived: Measured<number> };
    wanted: { atLeast: number; atMost: number; rateWithin: number };
  },
): Check {
  const { atLeast, atMost, rateWithin } = wanted;
  const limit = `variation of the gaps ${atLeast} to ${atMost}, rate within ${rateWithin * 100} %`;
  const { asked, arrived } = ratePerSecond;
  if (isMissing(variation)) return { name, limit, found: variation.missing, holds: false };
  if (isMissing(arrived)) return { name, limit, found: arrived.missing, holds: false };
  const off = arrived / asked - 1;
  const found = `${variation.toFixed(3)}, ${(off * 100).toFixed(2)} % off the rate`;
  return { name, limit, found, holds: variation >= atLeast && variation <= atMost && Math.abs(off) <= rateWithin };
}

/** Why driver and record do not speak of the same requests; undefined where they do. */
function unfairness({ driver }: Comparison): string | undefined {
  if (driver.completed === driver.scheduled) return undefined;
  return `${driver.completed} of ${driver.scheduled} requests completed, ${driver.failed} failed, ${driver.unsent} unsent`;
}

const ms = (us: number) => `${(us / 1000).toFixed(1)} ms`;

function signed(us: number): string {
  const rounded = Math.round(us);
  return rounded > 0 ? `+${rounded}` : `${rounded}`;
}
