import type { AgentClient } from '../agent/client.ts';
import type { LimitView } from '../collectors/throttling.ts';
import type { Host } from '../host/host.ts';
import type { AnyHop } from '../meshes/mesh.ts';
import type { Measured } from '../record/measured.ts';
import type { Calibration, DeploymentRecord, Environment, IdleNoise, RunRecord } from '../record/runRecord.ts';
import type { ControlRecord, HopCounters, ProcessRecord, TrialRecord } from '../record/trialRecord.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { DeploymentSpec } from '../scenario/trial.ts';

/** Something on the machine that outlives a crash unless it is written down first. */
export type LedgerEntry =
  | { what: 'directory'; path: string }
  | { what: 'process'; label: string; pid?: number }
  | { what: 'namespace'; id: string }
  | { what: 'cluster-namespace'; server: string; name: string };

/** Where a platform writes down what it is about to create. */
export interface CreationLog {
  readonly runId: string;
  creating(entry: LedgerEntry): Promise<void>;
  /** Something could not be removed: the ledger has to stay, for `meshtax clean`. */
  mayBeLeft(): void;
}

export interface PlatformOptions {
  /** A mode by name, or undefined for the strongest that works. */
  mode: string | undefined;
  /** Path of an Envoy binary given by the user. */
  envoy: string | undefined;
  /** Path of a k6 binary given by the user. */
  k6: string | undefined;
  /** Whether driver and system under test get cores of their own. */
  pinning: boolean;
  /** What joins the local pods: a pair of interfaces, or a bridge as in a cluster. */
  link: Link;
  kubernetes: KubernetesOptions;
}

export const LINKS = ['veth', 'bridge'] as const;
export type Link = (typeof LINKS)[number];

export interface KubernetesOptions {
  /** Path of a kubeconfig; undefined: kubectl's rules. */
  kubeconfig: string | undefined;
  context: string | undefined;
  /** A stock Node image that the nodes have or can pull. */
  image: string;
  /** Leave the last deployment up. */
  keep: boolean;
}

export interface PlatformContext {
  host: Host;
  ledger: CreationLog;
  options: PlatformOptions;
  /** File of the agent's program. */
  agentFile: string;
  /** Words that start this program, for a mode in which it is started again. */
  program: readonly string[];
  /** Whether any treatment needs a proxy; without one no binary is fetched. */
  needsProxy: boolean;
  /** What is to be measured; undefined for a check of the platform alone. */
  scenario: Scenario | undefined;
  signal: AbortSignal;
  say(event: string): void;
}

export type WatchedProcess = Pick<
  ProcessRecord,
  'role' | 'plane' | 'hop' | 'pod' | 'container' | 'node' | 'pid' | 'source' | 'tier'
> & {
  /** Whether and how the watcher can see the CPU limits that it runs under. */
  cpuLimit?: LimitView;
  /** Why its CPU time and memory are not read: they would stand for less than what the part takes. */
  unread?: string;
};

/** An agent that samples processes that it can see. */
export interface Watcher {
  agent: AgentClient;
  processes: readonly WatchedProcess[];
  /** Whether it also meters the stalls of the cores under test; one of them does. */
  metersSystem: boolean;
}

/** Something that is up: pods, the service in them, and what the mesh added. */
export interface Deployment {
  readonly id: string;
  readonly record: DeploymentRecord;
  readonly target: { host: string; port: number; authority: string };
  readonly agents: { client: AgentClient; server: AgentClient };
  /** The sample services, each with the agent that is it; the one that the client calls first. */
  readonly services: readonly { pod: AnyHop; agent: AgentClient }[];
  readonly watchers: readonly Watcher[];
  /** Name of the node that the driver and the service run on, for the record. */
  readonly nodes: { client: string; server: string };
  /** Time that the driver needs between being asked and its first request, in ms. */
  readonly leadMs: number;
  /** Whether the driver may spin without taking time from the system under test. */
  readonly driverHasOwnCore: boolean;
  /** Path of the k6 that drives it; absent where none does. */
  readonly k6?: string;
  /** The proxies' counters that the mesh's expectation names. */
  counters(): Promise<{ hop: HopCounters['hop']; values: HopCounters['before'] }[]>;
  /** A plaintext request from outside the mesh, and what came of it. */
  plaintextControl(): Promise<ControlRecord['observed']>;
  /** Containers or processes that ended or were started again since the deployment was up. */
  restarts(): Promise<NonNullable<TrialRecord['restarts']>>;
  /** Takes everything down in reverse order. @returns what could not be taken down, empty when all is gone */
  retire(): Promise<readonly string[]>;
}

/** The load that a driver is calibrated at. */
export interface CalibrationLoad {
  ratePerSecond: number;
  connections: number;
  workers?: number;
}

export interface OpenPlatform {
  readonly facts: RunRecord['platform'];
  /** The machine or the nodes that the system under test runs on. */
  environment(): Promise<Environment>;
  /** How much of each core the host takes away while nothing runs. */
  meterIdle(msPerCore: number): Promise<Measured<IdleNoise>>;
  /** What the driver is by itself here, at a load. */
  calibrate(load: CalibrationLoad): Promise<Measured<Calibration>>;
  deploy(spec: DeploymentSpec): Promise<Deployment>;
  close(): Promise<readonly string[]>;
}

/** One line of `meshtax check`. */
export interface CheckLine {
  what: string;
  outcome: 'ok' | 'warning' | 'failed' | 'skipped';
  detail: string;
  hint?: string;
}

/** What `meshtax clean` found, and did. */
export interface CleanReport {
  /** What was there of dead runs and is gone now; with a dry run, what would be removed. */
  removed: string[];
  /** What was left alone, each with the reason. */
  alive: string[];
  problems: string[];
  /** Address of the API server that was cleaned. */
  server?: string;
}

/** What a run left in the platform's own world; ledgers tell which runs are ours, and which of them live. */
export interface CleanRequest {
  host: Host;
  options: PlatformOptions;
  dryRun: boolean;
  /** Runs of this user on this machine by their ledgers. */
  runs: readonly { runId: string; alive: boolean }[];
  /** A run to remove although no ledger of it is here. */
  runId: string | undefined;
}

export interface Platform {
  /** Absent where everything that a run leaves is in its ledger. */
  clean?(request: CleanRequest): Promise<CleanReport>;
  check(context: PlatformContext): Promise<readonly CheckLine[]>;
  /** @throws UserError with exit code 3 when nothing on this machine works */
  open(context: PlatformContext): Promise<OpenPlatform>;
}

export interface PlatformEntry {
  title: string;
  /** Deploying and retiring for one trial, as a plan's worst case counts them, in ms. */
  setUpAndTearDownMs: number;
  load(): Promise<Platform>;
}
