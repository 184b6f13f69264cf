import type { Host } from '../../host/host.ts';
import type { CreationLog, KubernetesOptions } from '../platform.ts';
import type { ServiceNode } from '../topology.ts';
import type { ClusterApi } from './api.ts';
import type { Connection } from './connect.ts';
import type { ControlPath } from './controlPath.ts';

/** What every deployment of a run in a cluster needs. */
export interface ClusterSite {
  host: Host;
  ledger: CreationLog;
  api: ClusterApi;
  connection: Connection;
  options: KubernetesOptions;
  signal: AbortSignal;
  controlPath: ControlPath;
  /** The agent's program, as it goes into a ConfigMap. */
  agentProgram: string;
  token: string;
  /** Namespaces that were made and not yet removed. */
  standing: Set<string>;
  /** Nodes that the pods are placed on; undefined leaves it to the scheduler. */
  placement: { client: string | undefined; server: string | undefined };
  address: 'service' | 'pod-ip';
  memoryLimitBytes: number | undefined;
  /** The services of a deployment, the first one first. */
  services: readonly ServiceNode[];
  /** Images of the meshes' control planes, by mesh. */
  controlPlanes: ReadonlyMap<string, readonly string[]>;
}
