import { monotonicClock } from '../../src/agent/clock.ts';
import { autocannonDriver } from '../../src/drivers/autocannon/autocannon.ts';
import type { DriveResult, DriveSpec, DriveTarget } from '../../src/drivers/driver.ts';
import { closedDriver, pacedDriver } from '../../src/drivers/paced/engine.ts';
import type { SegmentRecord } from '../../src/record/trialRecord.ts';
import type { Target } from './server.ts';

/** The driver rehearses for some 300 ms before it opens its connections. */
const LEAD_US = 1_000_000;
export const clock = monotonicClock();

/** A drive of a second from now, in one measured segment of 200 ms at 100/s unless told otherwise. */
export function driveSpec(target: Target, over: Partial<DriveSpec> = {}): DriveSpec {
  return {
    driver: 'paced',
    target: { host: target.host, port: target.port },
    authority: 'echo.test:8080',
    requests: [request()],
    connections: 2,
    arrivals: 'constant',
    scheduleSeed: 1,
    segments: [{ name: 'measurement', fromMs: 0, toMs: 200, arrivalRatePerSecond: 100, measured: true }],
    actions: [],
    timeoutMs: 5000,
    restWhenIdle: true,
    startAtUs: clock.nowUs() + LEAD_US,
    ...over,
  };
}

/** A request that the fixture's servers answer with 10 bytes. */
export function request(over: Partial<DriveTarget> = {}): DriveTarget {
  return {
    name: 'service',
    weight: 1,
    method: 'GET',
    path: '/bytes/10',
    headers: {},
    requestBytes: 0,
    responseBytes: 10,
    ...over,
  };
}

/** Drives as the agent does, with as many threads' shares side by side in this one. */
export async function drivePaced(spec: DriveSpec): Promise<DriveResult> {
  const of = spec.workers ?? 1;
  const driver = spec.driver === 'closed' ? closedDriver : pacedDriver;
  const shares = Array.from({ length: of }, (_, index) => driver.drive(spec, clock, { index, of }));
  return driver.join(spec, await Promise.all(shares));
}

export async function driveAutocannon(spec: DriveSpec): Promise<DriveResult> {
  return autocannonDriver.join(spec, [await autocannonDriver.drive(spec, clock, { index: 0, of: 1 })]);
}

/** The only segment of a result. */
export function onlySegment(segments: readonly SegmentRecord[]): SegmentRecord {
  const [segment, ...others] = segments;
  if (segment === undefined || others.length > 0) throw new Error(`${segments.length} segments, expected one`);
  return segment;
}
