import { DEPLOYMENT_SCHEMA, type DeploymentRecord, RUN_SCHEMA, type RunRecord } from '../../src/record/runRecord.ts';
import { TRIAL_SCHEMA, type TrialRecord } from '../../src/record/trialRecord.ts';
import type { TrialSpec, TrialSummary } from '../../src/scenario/trial.ts';

/** The record of a run that has just begun. */
export function runRecord(): RunRecord {
  return {
    schema: RUN_SCHEMA,
    runId: 'run-1',
    tool: { name: 'meshtax', version: '0.1.0' },
    command: ['meshtax', 'run'],
    startedAt: '2030-01-01T00:00:00.000Z',
    scenarioFile: 'scenario.yaml',
    scenarioText: 'name: example\n',
    seed: 7,
    planDigest: 'd'.repeat(64),
    platform: {
      id: 'local',
      mode: 'ports',
      refused: [{ mode: 'root', because: 'not root' }],
      leavesOut: ['no redirection'],
      affinity: { missing: 'one core only' },
      details: {},
    },
    environment: {
      kernel: '6.1.0',
      cpuModel: 'a processor',
      cores: 2,
      memoryBytes: 8e9,
      governor: { missing: 'no frequency scaling here' },
      cgroupVersion: '2',
      irqTimeAccounting: true,
      virtualised: true,
      node: 'v20.19.0',
    },
    idleNoise: {
      seconds: 1,
      perCore: [{ core: 0, lostShare: 0.01, stallsOver1msPerSecond: 0.5, longestUs: 1500 }],
    },
  };
}

export function deploymentRecord(id: string): DeploymentRecord {
  return {
    schema: DEPLOYMENT_SCHEMA,
    id,
    treatment: 'none',
    mesh: 'none',
    block: 1,
    startedAt: '2030-01-01T00:00:01.000Z',
    readyAfterMs: 300,
    expectation: {
      build: 'no mesh',
      hops: 0,
      peerIdentity: null,
      plaintext: 'answered',
      concurrency: null,
      requestCounters: [],
      handshakeCounter: null,
    },
    pods: [{ name: 'client', pid: 12, networkNamespace: { missing: 'mode ports has no network namespaces' } }],
    proxies: [],
  };
}

export function trialRecord(index: number): TrialRecord {
  return {
    schema: TRIAL_SCHEMA,
    runId: 'run-1',
    origin: { kind: 'measured' },
    startedAt: '2030-01-01T00:00:02.000Z',
    spec: {
      index,
      cell: { treatment: 'none', load: 0, replica: 0 },
      block: 1,
      position: 0,
      deploymentId: 'b1-none-r0',
      attempt: 1,
      purpose: 'measure',
      scheduleSeed: 99,
      segments: [{ name: 'measurement', fromMs: 0, toMs: 1000, arrivalRatePerSecond: 100, measured: true }],
      actions: [],
    },
    requested: { connections: 4, requestBytes: 0, responseBytes: 1000, arrivals: 'poisson', timeoutMs: 10_000 },
    clients: [],
    services: [{ pod: 'server', tally: { missing: 'not asked' } }],
    processes: [],
    machine: [{ atUs: 1, busyNs: 2, stealNs: 0, irqNs: 0 }],
    hiccups: { missing: 'no meter' },
    counters: [],
    controls: [],
    events: [],
  };
}

export function summaryOf({ spec }: { spec: TrialSpec }): TrialSummary {
  const { index, cell, block, attempt, purpose } = spec;
  return {
    index,
    cell,
    block,
    attempt,
    purpose,
    outcome: 'valid',
    ratePerSecond: 1000,
    heldRate: true,
    percentilesUs: { p50: 120 },
  };
}
