import type { ClientRecord } from '../record/trialRecord.ts';
import type { Arrivals, TargetSpec } from '../scenario/scenario.ts';
import type { SegmentSpec, TrialAction } from '../scenario/trial.ts';

/** One kind of request, ready to be sent. */
export interface DriveTarget extends TargetSpec {
  path: string;
}

/** What a driver is asked to do; plain data, so that it can cross to another process. */
export interface DriveSpec {
  driver: DriverId;
  target: { host: string; port: number };
  /** Value of the Host header. */
  authority: string;
  /** At least one; of several, each arrival is one of them, drawn by weight from the schedule's seed. */
  requests: readonly DriveTarget[];
  connections: number;
  requestsPerConnection?: number;
  arrivals: Arrivals;
  scheduleSeed: number;
  segments: readonly SegmentSpec[];
  actions: readonly TrialAction[];
  timeoutMs: number;
  /** Threads that share schedule and connections; absent: one. */
  workers?: number;
  /** The binary of the k6 driver, and the text of the user's own script, if there is one. */
  k6?: { binary: string; script?: string };
  /** Sleep while nothing is due: set where the driver has no core of its own, at the price of some 30 µs per request. */
  restWhenIdle: boolean;
  /** Start of the first segment on the agent's monotonic clock, in µs. Connections are opened before it. */
  startAtUs: number;
}

/** What a driver hands back: the part of the trial record that only it can know. */
export type DriveResult = Omit<ClientRecord, 'id' | 'node' | 'clock'>;

/** The part of a drive that one of several threads does: of the arrivals, counted from 0, every `of`-th from `index` on. */
export interface Share {
  index: number;
  of: number;
}

/** `P` is what one thread hands to the others' parts: plain data, since it crosses from thread to thread. */
export interface Driver<P> {
  drive(spec: DriveSpec, clock: { nowUs(): number }, share: Share): Promise<P>;
  join(spec: DriveSpec, parts: readonly P[]): DriveResult;
}

export interface DriverEntry {
  title: string;
  /** open: requests start by a schedule; closed: a request waits for the answer before it. */
  model: 'open' | 'closed';
  protocols: readonly 'http1'[];
  load(): Promise<Driver<unknown>>;
}

export type DriverId = 'paced' | 'closed' | 'autocannon' | 'k6';
