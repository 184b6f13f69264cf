import type { AgentClient } from '../../agent/client.ts';
import type { Host } from '../../host/host.ts';
import type { CreationLog, Link } from '../platform.ts';
import type { EnvoyBinary } from './envoyBinary.ts';
import type { Lab } from './lab.ts';
import type { Mode } from './modes.ts';

/** Everything that the deployments of one run share. */
export interface LocalSite {
  host: Host;
  lab: Lab;
  ledger: CreationLog;
  mode: Mode;
  /** What joins the pods, in mode root. */
  link: Link;
  rulesTool: string | undefined;
  cores: { driver: readonly number[]; system: readonly number[] };
  envoy: EnvoyBinary | undefined;
  watcher: AgentClient;
}
