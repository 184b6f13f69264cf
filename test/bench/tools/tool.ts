import type { Measured } from '../../../src/record/measured.ts';

/** What a load tool is asked to do; it runs on one core, the server on another. */
export interface ToolTask {
  url: string;
  host: string;
  port: number;
  /** Absent: as fast as it goes. */
  ratePerSecond?: number;
  connections: number;
  seconds: number;
  bodyBytes: number;
  core: number;
  /** A folder of this run's own, for what the tool writes. */
  directory: string;
}

/** What a tool says of a run, and what it took. */
export interface ToolRun {
  /** Requests that it says were answered. */
  requests: number;
  /** How long it says that it took, in s. */
  seconds: number;
  p50Us: Measured<number>;
  p99Us: Measured<number>;
  /** CPU time of the tool's process, in ms. */
  cpuMs: Measured<number>;
  /** Where the figures are about the last requests alone: how many of them. */
  ofLast?: number;
  /** How late it sent its requests, by its own account. */
  lagP99Us: Measured<number>;
  /** How long no connection was free for them; only the own driver tells the two apart. */
  waitP99Us?: Measured<number>;
}

export interface Tool {
  id: string;
  /** Of what `npm run bench` prints: as short as it goes. */
  title: string;
  /** How requests are started where a rate is asked for; closed: it knows no rate. */
  rate: 'open' | 'per connection' | 'none';
  /** How finely it tells a latency at best as it is run here, in words. */
  resolution: string;
  /** @returns its version, or why it cannot be run here */
  find(): Promise<Measured<string>>;
  run(task: ToolTask): Promise<ToolRun>;
}

export const NO_LAG = { missing: 'the tool does not tell it' } as const;
