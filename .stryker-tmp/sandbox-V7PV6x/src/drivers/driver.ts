// @ts-nocheck
import type { ClientRecord } from '../record/trialRecord.ts';
import type { Arrivals } from '../scenario/scenario.ts';
import type { SegmentSpec, TrialAction } from '../scenario/trial.ts';

/** What a driver is asked to do; plain data, so that it can cross to another process. */
export interface DriveSpec {
  driver: DriverId;
  target: { host: string; port: number };
  /** Value of the Host header. */
  authority: string;
  path: string;
  requestBytes: number;
  /** Body size that every answer must have. */
  responseBytes: number;
  connections: number;
  requestsPerConnection?: number;
  arrivals: Arrivals;
  scheduleSeed: number;
  segments: readonly SegmentSpec[];
  actions: readonly TrialAction[];
  timeoutMs: number;
  /** Sleep while nothing is due: set where the driver has no core of its own, at the price of some 30 µs per request. */
  restWhenIdle: boolean;
  /** Start of the first segment on the agent's monotonic clock, in µs. Connections are opened before it. */
  startAtUs: number;
}

/** What a driver hands back: the part of the trial record that only it can know. */
export type DriveResult = Omit<ClientRecord, 'id' | 'node' | 'clock'>;

export type Drive = (spec: DriveSpec, clock: { nowUs(): number }) => Promise<DriveResult>;

export interface DriverEntry {
  title: string;
  /** open: requests start by a schedule; closed: a request waits for the answer before it. */
  model: 'open' | 'closed';
  protocols: readonly 'http1'[];
  load(): Promise<Drive>;
}

export type DriverId = 'paced' | 'autocannon';
