import type { AgentClient } from '../../agent/client.ts';
import type { Host } from '../../host/host.ts';
import type { CreationLog, Link } from '../platform.ts';
import type { ServiceNode } from '../topology.ts';
import type { Envoys } from './envoys.ts';
import type { Isolation } from './isolation.ts';
import type { Lab } from './lab.ts';

/** Everything that the deployments of one run share. */
export interface LocalSite {
  host: Host;
  lab: Lab;
  ledger: CreationLog;
  isolation: Isolation;
  /** What joins the pods, where they have namespaces. */
  link: Link;
  rulesTool: string | undefined;
  cores: { driver: readonly number[]; system: readonly number[] };
  envoys: Envoys;
  /** Whether the load closes its connections while it goes on. */
  closesConnections: boolean;
  /** The sample services, the one that the client calls first. */
  services: readonly ServiceNode[];
  /** Path of the k6 that drives, where the client's pod can start it. */
  k6: string | undefined;
  watcher: AgentClient;
}
