import type { AgentClient } from '../agent/client.ts';
import type { Host } from '../host/host.ts';
import type { Measured } from '../record/measured.ts';
import type { DeploymentRecord, IdleNoise, RunRecord } from '../record/runRecord.ts';
import type { ControlRecord, HopCounters, ProcessRecord } from '../record/trialRecord.ts';
import type { DeploymentSpec } from '../scenario/trial.ts';

/** Something on the machine that outlives a crash unless it is written down first. */
export type LedgerEntry =
  | { what: 'directory'; path: string }
  | { what: 'process'; label: string; pid?: number }
  | { what: 'namespace'; id: string };

/** Where a platform writes down what it is about to create. */
export interface CreationLog {
  readonly runId: string;
  creating(entry: LedgerEntry): Promise<void>;
}

export interface PlatformOptions {
  /** A mode by name, or undefined for the strongest that works. */
  mode: string | undefined;
  /** Path of an Envoy binary given by the user. */
  envoy: string | undefined;
  /** Whether driver and system under test get cores of their own. */
  pinning: boolean;
}

export interface PlatformContext {
  host: Host;
  ledger: CreationLog;
  options: PlatformOptions;
  /** File of the agent's program. */
  agentFile: string;
  /** Whether any treatment needs a proxy; without one no binary is fetched. */
  needsProxy: boolean;
  say(event: string): void;
}

export type WatchedProcess = Pick<
  ProcessRecord,
  'role' | 'plane' | 'hop' | 'pod' | 'container' | 'node' | 'pid' | 'source' | 'tier'
>;

/** Something that is up: pods, the service in them, and what the mesh added. */
export interface Deployment {
  readonly id: string;
  readonly record: DeploymentRecord;
  readonly target: { host: string; port: number; authority: string };
  readonly agents: { client: AgentClient; server: AgentClient; watcher: AgentClient };
  readonly processes: readonly WatchedProcess[];
  /** Whether the driver may spin without taking time from the system under test. */
  readonly driverHasOwnCore: boolean;
  /** The proxies' counters that the mesh's expectation names. */
  counters(): Promise<{ hop: HopCounters['hop']; values: HopCounters['before'] }[]>;
  /** A plaintext request from outside the mesh, and what came of it. */
  plaintextControl(): Promise<ControlRecord['observed']>;
  /** Takes everything down in reverse order. @returns what could not be taken down, empty when all is gone */
  retire(): Promise<readonly string[]>;
}

export interface OpenPlatform {
  readonly facts: RunRecord['platform'];
  /** How much of each core the host takes away while nothing runs. */
  meterIdle(msPerCore: number): Promise<Measured<IdleNoise>>;
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

export interface Platform {
  check(context: PlatformContext): Promise<readonly CheckLine[]>;
  /** @throws UserError with exit code 3 when nothing on this machine works */
  open(context: PlatformContext): Promise<OpenPlatform>;
}

export interface PlatformEntry {
  title: string;
  /** Why it cannot be used yet; absent where it can. */
  notYet?: string;
  load?(): Promise<Platform>;
}
