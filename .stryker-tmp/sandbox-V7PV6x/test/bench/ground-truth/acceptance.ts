// @ts-nocheck
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
 * The driver's median may be off by this much: a third of it is what a client on this kind of kernel needs to send
 * and to wake up, the rest is room for a host that takes the core away. A sidecar pair adds some 500 µs.
 */
const P50_LIMIT_US = 50;
/**
 * A freeze of 50 ms a second meets 5 % of evenly spread requests; a fifth of those waits longer than p99. From the
 * intended start that is 40 ms, plus what the queue needs to drain over 5 connections.
 */
const FREEZE_P99_US = { atLeast: 38_000, atMost: 46_000 };
/** Only the requests under way when the freeze begins see it after they were sent: 5 of 1,000, beyond p99. */
const FREEZE_SERVICE_P99_US = 5_000;

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

/** The median over runs of the driver's error at p50, for one arrival rate. */
export function checkAccuracy(name: string, runs: readonly Comparison[]): Check {
  const limit = `within ±${P50_LIMIT_US} µs`;
  const errors: number[] = [];
  for (const run of runs) {
    const problem = unfairness(run);
    if (problem !== undefined) return { name, limit, found: problem, holds: false };
    const error = p50ErrorUs(run);
    if (isMissing(error)) return { name, limit, found: error.missing, holds: false };
    errors.push(error);
  }
  const median = quantile(errors, 0.5);
  if (median === undefined) return { name, limit, found: 'no run', holds: false };
  const found = `${signed(median)} µs (median of ${errors.map(signed).join(', ')})`;
  return { name, limit, found, holds: Math.abs(median) <= P50_LIMIT_US };
}

/** Whether the frozen server is seen where it has to be, and only there. */
export function checkFreeze(run: Comparison, freezesAtLeast: number): readonly Check[] {
  const { atLeast, atMost } = FREEZE_P99_US;
  const response = run.driver.responseUs.p99;
  const service = run.driver.serviceUs.p99;
  const problem =
    unfairness(run) ??
    (run.freezes < freezesAtLeast ? `the server froze ${run.freezes} times, not ${freezesAtLeast}` : undefined);
  return [
    {
      name: 'freeze: response time p99',
      limit: `${ms(atLeast)} to ${ms(atMost)}`,
      found: problem ?? ms(response),
      holds: problem === undefined && response >= atLeast && response <= atMost,
    },
    {
      name: 'freeze: service time p99',
      limit: `below ${ms(FREEZE_SERVICE_P99_US)}`,
      found: problem ?? ms(service),
      holds: problem === undefined && service < FREEZE_SERVICE_P99_US,
    },
  ];
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
