// @ts-nocheck
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { DriveResult, DriveSpec } from '../../src/drivers/driver.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { type Agent, openLab } from '../../src/platforms/local/lab.ts';
import { LatencyHistogram } from '../../src/record/histogram.ts';
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
}

export interface TwoPercentiles {
  p50: number;
  p99: number;
}

/** What the driver says of the measurement window; percentiles are those of successful requests. */
export interface Driven {
  responseUs: TwoPercentiles;
  serviceUs: TwoPercentiles;
  lagUs: TwoPercentiles;
  scheduled: number;
  sent: number;
  completed: number;
  failed: number;
  unsent: number;
}

/** What `npm run build` makes of the agent: what is verified is the program that measures. */
const AGENT_FILE = fileURLToPath(new URL('../../dist/agent/agent.cjs', import.meta.url));
/** For the driver's thread to start and to open its connections. */
const LEAD_MS = 1000;
/** After the window, before the first question whether the drive is over: the agent's core is the driver's. */
const QUIET_MS = 200;
const TIMEOUT_MS = 5000;

/**
 * Drives a target with the product's paced driver, in an agent of its own that is started as for a trial.
 * @throws where the agent was not built, does not start, or reports that the drive failed
 */
export async function drive(options: DriveOptions): Promise<Driven> {
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
    agent = await lab.startAgent('driver', {
      label: 'driver agent',
      cores: [options.core],
      enter: [],
      as: lab.outside,
    });
    const { agentUs } = await agent.client.clock();
    await agent.client.put('drive', { kind: 'drive', drive: driveSpec(options, agentUs + LEAD_MS * 1000) });
    await host.sleep(LEAD_MS + options.warmUpMs + options.durationMs + QUIET_MS);
    return drivenOf(await agent.client.finished('drive', 'drive', 2 * TIMEOUT_MS));
  } finally {
    const left = agent === undefined ? undefined : await lab.end(agent.child, 'driver agent');
    await lab.remove();
    if (left !== undefined) console.error(left);
  }
}

function driveSpec(options: DriveOptions, startAtUs: number): DriveSpec {
  const { host, port, warmUpMs, durationMs, ratePerSecond: arrivalRatePerSecond } = options;
  return {
    driver: 'paced',
    target: { host, port },
    authority: `${host}:${port}`,
    path: '/',
    requestBytes: 0,
    responseBytes: options.bodyBytes,
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
export function drivenOf(result: Pick<DriveResult, 'segments'>): Driven {
  const [segment, ...others] = result.segments.filter((each) => each.measured);
  if (segment === undefined || others.length > 0) throw new Error('the trial has to have exactly one measured segment');
  const succeeded = segment.streams.find((stream) => stream.outcome === 'ok');
  if (succeeded === undefined) throw new Error(`none of ${segment.counts.sent} requests succeeded`);
  return {
    responseUs: percentilesOf(succeeded.response),
    serviceUs: percentilesOf(succeeded.service),
    lagUs: percentilesOf(succeeded.lag),
    ...segment.counts,
  };
}

function percentilesOf(encoded: string): TwoPercentiles {
  const histogram = LatencyHistogram.decode(encoded);
  const p50 = histogram.quantile(0.5);
  const p99 = histogram.quantile(0.99);
  if (p50 === undefined || p99 === undefined) throw new Error('a histogram of successful requests is empty');
  return { p50, p99 };
}
