import { createHash } from 'node:crypto';
import { numbered, type ServiceName } from '../topology.ts';

/** Labels by which everything of ours is known, and by which alone anything is ever removed. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'meshtax' } as const;
/** The same as a selector of the API. */
export const OURS = Object.entries(MANAGED_BY)
  .map(([key, value]) => `${key}=${value}`)
  .join(',');
export const RUN_LABEL = 'meshtax/run';
/** Run ids may be longer than a label's 63 characters: the whole one stands in this annotation. */
export const RUN_ANNOTATION = 'meshtax/run-id';

/** The Service of a sample service: echo, echo-2. */
export const serviceOf = (name: ServiceName): string => numbered('echo', name);
export const SERVICE_PORT = 8080;
/** Ports of the agents' control protocol; no mesh uses them for itself. */
export const CONTROL_PORT = 15900;
export const WATCHER_PORT = 15901;
export const CLUSTER_DOMAIN = 'cluster.local';

const LABEL_LENGTH = 63;

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** A run's id as a label's value: itself where it fits, else its end, which tells runs apart, behind a hash. */
export function runLabel(runId: string): string {
  if (runId.length <= LABEL_LENGTH) return runId;
  return `${shortHash(runId)}-${runId.slice(-(LABEL_LENGTH - 9))}`.replace(/[^A-Za-z0-9]$/, '0');
}

/** Namespace of one deployment. Unique among all runs, and at most 63 characters, as Kubernetes wants it. */
export function namespaceOf(runId: string, deploymentId: string): string {
  const whole = `meshtax-${shortHash(runId)}-${deploymentId}`;
  if (whole.length <= LABEL_LENGTH) return whole;
  return `${whole.slice(0, LABEL_LENGTH - 9)}-${shortHash(deploymentId)}`;
}

export function serviceHost(namespace: string, name: ServiceName): string {
  return `${serviceOf(name)}.${namespace}.svc.${CLUSTER_DOMAIN}`;
}
