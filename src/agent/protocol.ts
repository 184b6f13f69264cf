import type { MachineSample } from '../collectors/machine.ts';
import type { ProcessSample } from '../collectors/processes.ts';
import type { DriveResult, DriveSpec } from '../drivers/driver.ts';
import type { Measured } from '../record/measured.ts';
import type { Hiccups, ServiceTally } from '../record/trialRecord.ts';

/** What an agent reads as one line of JSON from its standard input when it starts. It ends when that input ends. */
export interface AgentStart {
  /** Path of the unix socket that it opens for its control protocol. */
  socket: string;
  token: string;
}

/** The sample service; runs until it is deleted. */
export interface ServeTask {
  kind: 'serve';
  host: string;
  port: number;
  /** CPU time that each request costs on top of answering, in µs. */
  serviceTimeUs: number;
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
  timeoutMs: number;
}

export type TaskSpec = ServeTask | CountTask | DriveTask | WatchTask | MeterTask | FetchTask;

export interface TaskResults {
  serve: { listening: true };
  count: ServiceTally;
  drive: DriveResult;
  watch: {
    processes: { pid: number; samples: Measured<ProcessSample[]> }[];
    machine: MachineSample[];
    hiccups: Measured<Hiccups>;
  };
  meter: Hiccups;
  fetch: { status: number; body: string } | { refused: string };
}

export type TaskState = { state: 'running' } | { state: 'done' } | { state: 'failed'; error: string };
