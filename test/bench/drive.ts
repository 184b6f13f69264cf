import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DriveResult, DriveSpec } from '../../src/drivers/driver.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { type Agent, openLab } from '../../src/platforms/local/lab.ts';
import { LatencyHistogram } from '../../src/record/histogram.ts';
import type { Measured } from '../../src/record/measured.ts';
import type { StreamRecord } from '../../src/record/trialRecord.ts';
import type { Arrivals } from '../../src/scenario/scenario.ts';

export interface DriveOptions {
  host: string;
  port: number;
  ratePerSecond: number;
  connections: number;
  warmUpMs: number;
  durationMs: number;
  arrivals: Arrivals;
  seed: number;
  /** Size that every answer's body must have. */
  bodyBytes: number;
  /** Core that the agent is pinned to. */
  core: number;
  /** As fast as it goes, whatever the rate. */
  closed?: boolean;
}

export interface TwoPercentiles {
  p50: number;
  p99: number;
}

/** What the driver says of the measurement window; percentiles are those of successful requests. */
export interface Driven {
  responseUs: TwoPercentiles;
  serviceUs: TwoPercentiles;
  /** Missing in a closed loop, which has no time to be late for. */
  lagUs: Measured<TwoPercentiles>;
  /** How long no connection was free; 0 for a request that did not wait. Missing in a closed loop. */
  waitUs: Measured<TwoPercentiles>;
  scheduled: number;
  sent: number;
  completed: number;
  failed: number;
  unsent: number;
  /** CPU time of the agent's process over the drive, in ms. */
  cpuMs: number;
}

/** What `npm run build` makes of the agent: what is verified is the program that measures. */
const AGENT_FILE = fileURLToPath(new URL('../../dist/agent/agent.cjs', import.meta.url));
/** For the driver's thread to start and to open its connections. */
const LEAD_MS = 1000;
/** After the window, before the first question whether the drive is over: the agent's core is the driver's. */
const QUIET_MS = 200;
const TIMEOUT_MS = 5000;

/**
 * Drives a target with the product's driver, in an agent of its own that is started as for a trial.
 * @throws where the agent was not built, does not start, or reports that the drive failed
 */
export async function drive(options: DriveOptions): Promise<Driven> {
  const lastMs = options.warmUpMs + options.durationMs;
  return inAgent(options.core, async (agent) => {
    const before = cpuMsOf(agent.child.pid);
    const result = await driveIn(agent, (startAtUs) => driveSpec(options, startAtUs), lastMs);
    return { ...drivenOf(result), cpuMs: cpuMsOf(agent.child.pid) - before };
  });
}

/** Has an agent drive from a second from now on, and leaves it alone meanwhile. */
export async function driveIn(
  agent: Agent,
  specFrom: (startAtUs: number) => DriveSpec,
  lengthMs: number,
): Promise<DriveResult> {
  const { agentUs } = await agent.client.clock();
  await agent.client.put('drive', { kind: 'drive', drive: specFrom(agentUs + LEAD_MS * 1000) });
  await nodeHost().sleep(LEAD_MS + lengthMs + QUIET_MS);
  return agent.client.finished('drive', 'drive', 2 * TIMEOUT_MS);
}

/** An agent as in a run, pinned to a core; it ends with what is done with it. */
export async function inAgent<T>(core: number, work: (agent: Agent) => Promise<T>): Promise<T> {
  const host = nodeHost();
  if (!(await host.exists(AGENT_FILE))) throw new Error('there is no agent to drive with: npm run build makes it');
  // The ledger is for `meshtax clean`; what this script creates, it removes below.
  const ledger = {
    runId: `verify-driver-${randomBytes(4).toString('hex')}`,
    creating: async () => {},
    mayBeLeft: () => {},
  };
  const lab = await openLab(host, ledger, AGENT_FILE);
  let agent: Agent | undefined;
  try {
    agent = await lab.startAgent('driver', { label: 'driver agent', cores: [core], enter: [], as: lab.outside });
    return await work(agent);
  } finally {
    const left = agent === undefined ? undefined : await lab.end(agent.child, 'driver agent');
    await lab.remove();
    if (left !== undefined) console.error(left);
  }
}

/** User and system time of a process and its threads, in ms: fields 14 and 15 of its stat, in ticks of 10 ms. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field, the command, may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export function driveSpec(options: DriveOptions, startAtUs: number): DriveSpec {
  const { host, port, warmUpMs, durationMs, ratePerSecond: arrivalRatePerSecond } = options;
  return {
    driver: options.closed === true ? 'closed' : 'paced',
    target: { host, port },
    authority: `${host}:${port}`,
    requests: [
      {
        name: 'service',
        weight: 1,
        method: 'GET',
        path: '/',
        headers: {},
        requestBytes: 0,
        responseBytes: options.bodyBytes,
      },
    ],
    connections: options.connections,
    arrivals: options.arrivals,
    scheduleSeed: options.seed,
    segments: [
      { name: 'warm-up', fromMs: 0, toMs: warmUpMs, arrivalRatePerSecond, measured: false },
      { name: 'measure', fromMs: warmUpMs, toMs: warmUpMs + durationMs, arrivalRatePerSecond, measured: true },
    ],
    actions: [],
    timeoutMs: TIMEOUT_MS,
    restWhenIdle: false,
    startAtUs,
  };
}

/** @throws where there is not exactly one measured segment, or no request of it succeeded */
export function drivenOf(result: Pick<DriveResult, 'model' | 'segments'>): Omit<Driven, 'cpuMs'> {
  const [segment, ...others] = result.segments.filter((each) => each.measured);
  if (segment === undefined || others.length > 0) throw new Error('the trial has to have exactly one measured segment');
  const succeeded = segment.streams.find((stream) => stream.outcome === 'ok');
  if (succeeded === undefined) throw new Error(`none of ${segment.counts.sent} requests succeeded`);
  return {
    responseUs: percentilesOf(succeeded.response),
    serviceUs: percentilesOf(succeeded.service),
    lagUs: result.model === 'closed' ? { missing: 'a closed loop is never late' } : percentilesOf(succeeded.lag),
    waitUs: waitsOf(succeeded),
    ...segment.counts,
  };
}

function waitsOf({ wait, requests }: StreamRecord): Measured<TwoPercentiles> {
  if (wait === undefined) return { missing: 'a closed loop waits for no connection' };
  const histogram = LatencyHistogram.decode(wait);
  histogram.recordMany(0, requests - histogram.count);
  return percentilesOf(histogram.encode());
}

function percentilesOf(encoded: string): TwoPercentiles {
  const histogram = LatencyHistogram.decode(encoded);
  const p50 = histogram.quantile(0.5);
  const p99 = histogram.quantile(0.99);
  if (p50 === undefined || p99 === undefined) throw new Error('a histogram of successful requests is empty');
  return { p50, p99 };
}
