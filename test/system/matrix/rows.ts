import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type DeploymentRecord, runRecordSchema } from '../../../src/record/runRecord.ts';
import type { TrialRecord } from '../../../src/record/trialRecord.ts';
import { runFolder, type Workplace } from '../cli.ts';
import {
  bypass,
  freezeSecondWorkers,
  hog,
  killSupervised,
  limitProxies,
  stop,
  whyNoCpuGroup,
  whyNoFreezer,
  whyNoRealTime,
} from './disturbing.ts';
import {
  ACCESS_LOG,
  failing,
  ONE_SOCKET,
  ONE_WORKER,
  OTHER_SIZE,
  RETRYING,
  type Tampering,
  WITHOUT_TLS,
} from './tampering.ts';

export interface Moment {
  place: Workplace;
  deployment: DeploymentRecord;
  /** Until the middle of the window of the trial that was just started. */
  midWindow(): Promise<void>;
}

/** One fault, and what the gates have to say of the first trial that meets it. */
export interface Row {
  fault: string;
  load?: string;
  serviceTime?: string;
  tampering?: Tampering;
  whyNot?: () => string | undefined;
  /** Once the meshed deployment is up. @returns what is to be done when its trial has ended, and tells of the effect */
  whenDeployed?: (moment: Moment) => () => Promise<number>;
  /** In the trial. @returns what shows that it happened */
  inTrial?: (moment: Moment) => Promise<number | string>;
  /** Whether the fault did happen, seen by something else than a gate. */
  happened: (seen: { effect: number | string; trial: TrialRecord }) => boolean;
  must: readonly string[];
  may?: readonly string[];
}

const tampered = () => true; // the wrapper leaves a mark, which every tampered row is checked for

/** What a proxy that stands still, is starved or is new can bring about besides. */
const OVERLOAD = ['rate-achieved', 'unsent', 'free-connection', 'errors', 'workers', 'attempts', 'proxy-counters'];

export const ROWS: readonly Row[] = [
  { fault: 'no fault', happened: () => true, must: [] },
  {
    fault: 'sidecar bypassed',
    load: 'connections: 8, requestsPerConnection: 40',
    inTrial: async ({ deployment, midWindow }) => {
      await midWindow();
      bypass(deployment);
      return 'rules loaded';
    },
    happened: ({ trial }) => withoutIdentity(trial) > 20,
    must: ['peer-identity', 'proxy-counters'],
    may: ['workers', 'attempts'],
  },
  {
    fault: 'mTLS off',
    tampering: { config: WITHOUT_TLS },
    happened: ({ trial }) => withoutIdentity(trial) > 100,
    must: ['peer-identity', 'handshakes', 'plaintext', 'configuration'],
  },
  {
    fault: "Envoy's --concurrency other than asked",
    tampering: { args: ONE_WORKER },
    happened: tampered,
    must: ['concurrency'],
    // The second worker, which is not there, has no connections.
    may: ['workers'],
  },
  {
    fault: 'all connections on one worker',
    load: 'connections: 32',
    whyNot: whyNoFreezer,
    tampering: { config: ONE_SOCKET },
    whenDeployed: ({ deployment }) => freezeSecondWorkers(deployment),
    happened: ({ effect }) => effect === 2,
    must: ['workers', 'configuration'],
  },
  {
    fault: 'response of another size',
    tampering: { config: OTHER_SIZE },
    happened: tampered,
    must: ['payload', 'configuration'],
  },
  {
    fault: '1 % HTTP 503',
    tampering: { config: failing(1) },
    happened: ({ trial }) => failures(trial, 'status-5xx') > 0,
    // What the proxy answers itself never reaches the service, nor the counter of what was passed on to it.
    must: ['errors', 'attempts', 'proxy-counters', 'configuration'],
    may: ['rate-achieved'],
  },
  {
    fault: 'retries hiding failures',
    tampering: { config: `${failing(5)}\n${RETRYING}` },
    happened: ({ trial }) => failures(trial, 'status-5xx') === 0,
    must: ['attempts', 'proxy-counters', 'configuration'],
  },
  {
    fault: 'service stopped for 1 s',
    load: 'connections: 16, timeout: 5s',
    inTrial: async ({ deployment, midWindow }) => {
      await midWindow();
      return stop(deployment, 'server', { times: 1, stoppedMs: 1000, runningMs: 0 });
    },
    happened: ({ effect }) => effect === 'T',
    must: ['service-pause', 'free-connection'],
    may: ['rate-achieved', 'unsent'],
  },
  {
    fault: 'proxy restarted in mid-trial',
    tampering: { supervised: true },
    inTrial: async ({ deployment, midWindow }) => {
      await midWindow();
      return (await killSupervised(deployment)).join(' ');
    },
    happened: ({ effect }) => new Set(String(effect).split(' ')).size === 2 && !String(effect).includes('NaN'),
    must: ['restarts', 'proxy-counters'],
    may: [...OVERLOAD, 'handshakes', 'peer-identity', 'throttling'],
  },
  {
    fault: 'proxy throttled by a CPU limit',
    whyNot: whyNoCpuGroup,
    whenDeployed: ({ deployment }) => limitProxies(deployment, 5000),
    happened: ({ effect }) => Number(effect) > 2,
    must: ['throttling'],
    may: OVERLOAD,
  },
  {
    fault: 'driver starved',
    inTrial: async ({ deployment, midWindow }) => {
      await midWindow();
      return stop(deployment, 'client', { times: 5, stoppedMs: 60, runningMs: 40 });
    },
    happened: ({ effect }) => effect === 'TTTTT',
    must: ['lateness', 'stalls-generator'],
    may: ['rate-achieved', 'unsent', 'free-connection'],
  },
  {
    fault: 'target rate impossible',
    load: 'arrivalRate: 20000/s, connections: 4, timeout: 500ms',
    serviceTime: '1ms',
    happened: ({ trial }) => trial.clients[0]?.segments.at(-1)?.requestedRatePerSecond === 20_000,
    must: ['rate-achieved', 'unsent', 'free-connection'],
    may: ['errors', 'workers', 'attempts', 'proxy-counters', 'service-pause'],
  },
  {
    fault: "CPU hog on the system's core",
    whyNot: () => whyNoRealTime(),
    inTrial: async ({ place, midWindow }) => {
      const core = systemCore(place);
      if (core === undefined) return 'no core of its own';
      await midWindow();
      return hog(core, 1200);
    },
    happened: ({ effect }) => Number(effect) > 200,
    must: ['stalls-system'],
    may: ['rate-achieved', 'unsent', 'free-connection', 'service-pause'],
  },
  {
    fault: 'effective configuration other than asked (access log on)',
    tampering: { config: ACCESS_LOG },
    happened: tampered,
    must: ['configuration'],
  },
];

function withoutIdentity(trial: TrialRecord): number {
  const tally = trial.services[0]?.tally;
  const rows = tally !== undefined && 'byIdentity' in tally ? tally.byIdentity : [];
  return rows.filter(({ identity }) => identity === null).reduce((sum, { requests }) => sum + requests, 0);
}

function failures(trial: TrialRecord, outcome: string): number {
  const streams = trial.clients.flatMap(({ segments }) => segments.flatMap((segment) => segment.streams));
  return streams.filter((stream) => stream.outcome === outcome).reduce((sum, { requests }) => sum + requests, 0);
}

function systemCore(place: Workplace): number | undefined {
  const file = path.join(runFolder(place) ?? '', 'run.json');
  const { affinity } = runRecordSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).platform;
  return 'missing' in affinity ? undefined : affinity.system[0];
}
