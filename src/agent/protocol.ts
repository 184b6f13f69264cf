import type { MachineSample } from '../collectors/machine.ts';
import type { ProcessSample } from '../collectors/processes.ts';
import type { LimitView, ThrottlingSample } from '../collectors/throttling.ts';
import type { DriveResult, DriveSpec } from '../drivers/driver.ts';
import type { Measured } from '../record/measured.ts';
import type { Environment } from '../record/runRecord.ts';
import type { Hiccups, ServiceTally } from '../record/trialRecord.ts';
import type { CallTarget } from './caller.ts';

/** Carries the run's token; not `Authorization`, which a cluster's API server takes for itself and does not pass on. */
export const TOKEN_HEADER = 'x-meshtax-token';

/**
 * What an agent is started with. With `socket`, one line of JSON on its standard input, and it ends when that input
 * ends; with `port`, a file that its command line names, and whoever started it ends it.
 */
export type AgentStart = { token: string } & ({ socket: string } | { port: number });

/** The sample service; runs until it is deleted. */
export interface ServeTask {
  kind: 'serve';
  host: string;
  port: number;
  /** CPU time that each request costs on top of answering, in µs. */
  serviceTimeUs: number;
  /** Services that are called for each request, all at once, before it is answered. */
  calls?: readonly CallTarget[];
}

/** A pass-through to another address that spends CPU time on each request; runs until it is deleted. */
export interface PassTask {
  kind: 'pass';
  host: string;
  port: number;
  to: { host: string; port: number };
  cpuPerRequestUs: number;
}

/** A fresh count of what this agent's sample service sees from now on. */
export interface CountTask {
  kind: 'count';
}

export interface DriveTask {
  kind: 'drive';
  drive: DriveSpec;
}

/** Readings of processes and of the machine, and a hiccup meter beside them. */
export interface WatchTask {
  kind: 'watch';
  /** When the window begins and ends on the agent's clock, in µs; both ends are sampled. */
  fromUs: number;
  toUs: number;
  everyMs: number;
  pids: readonly number[];
  /** Those of the pids whose CPU limits are read as well, and from where they can be seen. */
  throttlingOf: readonly { pid: number; view: LimitView }[];
  /** Whether stalls are metered; one of several watchers does. */
  hiccups: boolean;
}

/** Takes a whole core for some time to see how much of it the host takes away. */
export interface MeterTask {
  kind: 'meter';
  durationMs: number;
}

/** One HTTP request on a connection of its own, sent from where the agent is. */
export interface FetchTask {
  kind: 'fetch';
  host: string;
  port: number;
  path: string;
  /** Value of the Host header, where it is not the address: proxies route by it. */
  authority?: string;
  timeoutMs: number;
}

/** Every process that this agent can see. */
export interface ProcessesTask {
  kind: 'processes';
}

/** What the machine is that this agent runs on. */
export interface FactsTask {
  kind: 'facts';
}

export type TaskSpec =
  | ServeTask
  | PassTask
  | CountTask
  | DriveTask
  | WatchTask
  | MeterTask
  | FetchTask
  | ProcessesTask
  | FactsTask;

export interface TaskResults {
  serve: { listening: true };
  pass: { listening: true };
  count: ServiceTally;
  drive: DriveResult;
  watch: {
    processes: { pid: number; samples: Measured<ProcessSample[]>; throttling?: Measured<ThrottlingSample[]> }[];
    machine: MachineSample[];
    hiccups: Measured<Hiccups>;
  };
  meter: Hiccups;
  processes: { self: number; processes: { pid: number; comm: string }[] };
  facts: Environment;
  fetch: { status: number; body: string } | { refused: string };
}

export type TaskState = { state: 'running' } | { state: 'done' } | { state: 'failed'; error: string };
