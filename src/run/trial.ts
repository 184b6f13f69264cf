import { clockAheadUs } from '../agent/client.ts';
import type { DriveSpec } from '../drivers/driver.ts';
import type { Host } from '../host/host.ts';
import type { Deployment } from '../platforms/platform.ts';
import type { Measured } from '../record/measured.ts';
import {
  type ControlRecord,
  type HopCounters,
  type ServiceTally,
  START_EVENT,
  TRIAL_SCHEMA,
  type TrialRecord,
} from '../record/trialRecord.ts';
import { targetsOf } from '../scenario/load.ts';
import type { LoadSpec } from '../scenario/scenario.ts';
import type { TrialSpec } from '../scenario/trial.ts';
import { clockPairs, prepareWatch, systemReadings } from './watching.ts';

/** Answers that come within this time after the window need no second question. */
const SETTLE_MS = 60;
const SAMPLE_EVERY_MS = 500;

export interface TrialRequest {
  host: Host;
  runId: string;
  deployment: Deployment;
  spec: TrialSpec;
  load: LoadSpec;
  /** Text of the script that is the load; undefined where there is none. */
  script: string | undefined;
  signal: AbortSignal;
}

/** One trial from its first reading to its record. While the window is measured, nothing here runs. */
export async function runTrial(request: TrialRequest): Promise<TrialRecord> {
  const { host, deployment, spec, load, signal } = request;
  const { client } = deployment.agents;
  const id = `t${spec.index}`;
  const startedAt = host.now().toISOString();

  for (const { agent } of deployment.services) await agent.put(`count-${id}`, { kind: 'count' });
  const before = await deployment.counters();
  const clock = await clockPairs(client);
  const watching = await Promise.all(
    deployment.watchers.map((watcher) => prepareWatch(watcher, { id, sampleEveryMs: SAMPLE_EVERY_MS })),
  );

  const startAtUs = host.monotonicUs() + deployment.leadMs * 1000;
  const window = measuredWindow(spec, startAtUs);
  for (const watch of watching) await watch.begin(window);
  await client.put(`drive-${id}`, { kind: 'drive', drive: driveSpec(request, startAtUs + clockAheadUs(clock)) });

  await host.sleep((window.toUs - host.monotonicUs()) / 1000 + SETTLE_MS, signal);
  const driven = await client.finished(`drive-${id}`, 'drive', load.timeoutMs + 10_000);
  clock.push(await client.clock());
  const watched = await Promise.all(watching.map((watch) => watch.end()));

  const after = await deployment.counters();
  const services = await Promise.all(
    deployment.services.map(async ({ pod, agent }) => ({ pod, tally: await agent.result(`count-${id}`, 'count') })),
  );
  const control = await plaintextControl(deployment, { id, tally: services[0]?.tally });
  const restarts = await deployment.restarts();
  for (const { agent } of deployment.services) await agent.remove(`count-${id}`);
  await client.remove(`drive-${id}`);

  return {
    schema: TRIAL_SCHEMA,
    runId: request.runId,
    origin: { kind: 'measured' },
    startedAt,
    spec: { ...spec, segments: [...spec.segments], actions: [...spec.actions] },
    requested: {
      connections: load.connections,
      requestBytes: load.requestBytes,
      responseBytes: load.responseBytes,
      arrivals: load.arrivals,
      timeoutMs: load.timeoutMs,
    },
    clients: [{ id: 'client', node: deployment.nodes.client, clock, ...driven }],
    services,
    processes: watched.flatMap(({ processes }) => processes),
    ...systemReadings(watched),
    counters: hopCounters(before, after),
    controls: control === undefined ? [] : [control],
    restarts,
    events: [{ atUs: startAtUs, what: START_EVENT }],
  };
}

function measuredWindow(spec: TrialSpec, startAtUs: number): { fromUs: number; toUs: number } {
  const measured = spec.segments.filter((segment) => segment.measured);
  return {
    fromUs: startAtUs + Math.min(...measured.map((segment) => segment.fromMs)) * 1000,
    toUs: startAtUs + Math.max(...measured.map((segment) => segment.toMs)) * 1000,
  };
}

function driveSpec({ deployment, spec, load, script }: TrialRequest, startAtUs: number): DriveSpec {
  const { host, port, authority } = deployment.target;
  return {
    driver: load.driver ?? ('paced' as const),
    ...(deployment.k6 === undefined
      ? {}
      : { k6: { binary: deployment.k6, ...(script === undefined ? {} : { script }) } }),
    target: { host, port },
    authority,
    requests: targetsOf(load).map((request) => ({ ...request, path: `/bytes/${request.responseBytes}` })),
    connections: load.connections,
    ...(load.workers === undefined ? {} : { workers: load.workers }),
    ...(load.requestsPerConnection === undefined ? {} : { requestsPerConnection: load.requestsPerConnection }),
    arrivals: load.arrivals,
    scheduleSeed: spec.scheduleSeed,
    segments: spec.segments,
    actions: spec.actions,
    timeoutMs: load.timeoutMs,
    restWhenIdle: !deployment.driverHasOwnCore,
    startAtUs,
  };
}

/** The negative control, between trials: an outsider's plaintext request, and whether the service saw it. */
async function plaintextControl(
  deployment: Deployment,
  seen: { id: string; tally: ServiceTally | undefined },
): Promise<ControlRecord | undefined> {
  const expected = deployment.record.expectation.plaintext;
  if (expected === null || seen.tally === undefined) return undefined;
  const observed = await deployment.plaintextControl();
  const afterwards = await deployment.agents.server.result(`count-${seen.id}`, 'count');
  return {
    claim: expected === 'refused' ? 'plaintext-refused' : 'plaintext-answered',
    observed,
    reachedService: afterwards.requests - seen.tally.requests,
  };
}

type Readings = Awaited<ReturnType<Deployment['counters']>>;

function hopCounters(before: Readings, after: Readings): HopCounters[] {
  return before.map(({ hop, values }) => ({ hop, before: values, after: valuesOf(after, hop) }));
}

function valuesOf(readings: Readings, hop: HopCounters['hop']): Measured<Record<string, number | null>> {
  return readings.find((reading) => reading.hop === hop)?.values ?? { missing: `no reading of the ${hop} hop` };
}
