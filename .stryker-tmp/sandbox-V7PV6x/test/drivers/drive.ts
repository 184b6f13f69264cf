// @ts-nocheck
import { monotonicClock } from '../../src/agent/clock.ts';
import type { DriveSpec } from '../../src/drivers/driver.ts';
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
    path: '/bytes/10',
    requestBytes: 0,
    responseBytes: 10,
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

/** The only segment of a result. */
export function onlySegment(segments: readonly SegmentRecord[]): SegmentRecord {
  const [segment, ...others] = segments;
  if (segment === undefined || others.length > 0) throw new Error(`${segments.length} segments, expected one`);
  return segment;
}
