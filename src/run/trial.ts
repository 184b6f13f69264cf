import type { TaskResults } from '../agent/protocol.ts';
import type { Host } from '../host/host.ts';
import type { Deployment } from '../platforms/platform.ts';
import type { Measured } from '../record/measured.ts';
import {
  type ClientRecord,
  type ControlRecord,
  type HopCounters,
  type ProcessRecord,
  type ServiceTally,
  START_EVENT,
  TRIAL_SCHEMA,
  type TrialRecord,
} from '../record/trialRecord.ts';
import type { LoadSpec } from '../scenario/scenario.ts';
import type { TrialSpec } from '../scenario/trial.ts';

/** Time for the driver's thread to start, to rehearse and to open its connections. */
const LEAD_MS = 900;
/** Answers that come within this time after the window need no second question. */
const SETTLE_MS = 60;
const SAMPLE_EVERY_MS = 500;

export interface TrialRequest {
  host: Host;
  runId: string;
  deployment: Deployment;
  spec: TrialSpec;
  load: LoadSpec;
  signal: AbortSignal;
}

/** One trial from its first reading to its record. While the window is measured, nothing here runs. */
export async function runTrial(request: TrialRequest): Promise<TrialRecord> {
  const { host, deployment, spec, load, signal } = request;
  const { client, server, watcher } = deployment.agents;
  const id = `t${spec.index}`;
  const startedAt = host.now().toISOString();

  await server.put(`count-${id}`, { kind: 'count' });
  const before = await deployment.counters();
  const clock: ClientRecord['clock'] = [await client.clock(), await client.clock(), await client.clock()];

  const startAtUs = host.monotonicUs() + LEAD_MS * 1000;
  const window = measuredWindow(spec, startAtUs);
  const pids = deployment.processes.map((process) => process.pid);
  await watcher.put(`watch-${id}`, { kind: 'watch', ...window, everyMs: SAMPLE_EVERY_MS, pids });
  await client.put(`drive-${id}`, { kind: 'drive', drive: driveSpec(request, startAtUs) });

  await host.sleep((window.toUs - host.monotonicUs()) / 1000 + SETTLE_MS, signal);
  const driven = await client.finished(`drive-${id}`, 'drive', load.timeoutMs + 10_000);
  clock.push(await client.clock());
  const watched = await watcher.finished(`watch-${id}`, 'watch', 5000);

  const after = await deployment.counters();
  const tally = await server.result(`count-${id}`, 'count');
  const control = await plaintextControl(deployment, { id, tally });
  await server.remove(`count-${id}`);
  await watcher.remove(`watch-${id}`);
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
    clients: [{ id: 'client', node: 'local', clock, ...driven }],
    services: [{ pod: 'server', tally }],
    processes: processRecords(deployment, watched),
    machine: watched.machine,
    hiccups: watched.hiccups,
    counters: hopCounters(before, after),
    controls: control === undefined ? [] : [control],
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

function driveSpec({ deployment, spec, load }: TrialRequest, startAtUs: number) {
  const { host, port, authority } = deployment.target;
  return {
    driver: 'paced' as const,
    target: { host, port },
    authority,
    path: `/bytes/${load.responseBytes}`,
    requestBytes: load.requestBytes,
    responseBytes: load.responseBytes,
    connections: load.connections,
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
  seen: { id: string; tally: ServiceTally },
): Promise<ControlRecord | undefined> {
  const expected = deployment.record.expectation.plaintext;
  if (expected === null) return undefined;
  const observed = await deployment.plaintextControl();
  const afterwards = await deployment.agents.server.result(`count-${seen.id}`, 'count');
  return {
    claim: expected === 'refused' ? 'plaintext-refused' : 'plaintext-answered',
    observed,
    reachedService: afterwards.requests - seen.tally.requests,
  };
}

function processRecords(deployment: Deployment, watched: TaskResults['watch']): ProcessRecord[] {
  return deployment.processes.map((process) => ({
    ...process,
    samples: watched.processes.find((entry) => entry.pid === process.pid)?.samples ?? {
      missing: `process ${process.pid} was not watched`,
    },
  }));
}

type Readings = Awaited<ReturnType<Deployment['counters']>>;

function hopCounters(before: Readings, after: Readings): HopCounters[] {
  return before.map(({ hop, values }) => ({ hop, before: values, after: valuesOf(after, hop) }));
}

function valuesOf(readings: Readings, hop: HopCounters['hop']): Measured<Record<string, number | null>> {
  return readings.find((reading) => reading.hop === hop)?.values ?? { missing: `no reading of the ${hop} hop` };
}
