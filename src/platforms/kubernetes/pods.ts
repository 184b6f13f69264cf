import type { V1Pod } from '@kubernetes/client-node';
import { type AgentClient, connectAgent } from '../../agent/client.ts';
import { UserError } from '../../host/problems.ts';
import type { KubernetesContribution } from '../../meshes/mesh.ts';
import { ApiProblem } from './api.ts';
import { persistent, podProxyTransport, portForwardTunnel } from './controlPath.ts';
import { type PodName, podManifest } from './manifests.ts';
import { podState } from './podState.ts';
import type { ClusterSite } from './site.ts';

const UP_WITHIN_MS = 120_000;
const POLL_MS = 200;
/** A pod without a node may get one when another pod has gone; for this long. */
const UNSCHEDULED_FOR_MS = 20_000;

/** A pod as it was created; the injector, if any, has acted on it. */
export async function createPod(
  site: ClusterSite,
  namespace: string,
  name: PodName,
  contribution: KubernetesContribution,
): Promise<V1Pod> {
  const node = name === 'client' || name === 'stranger' ? site.placement.client : site.placement.server;
  const manifest = podManifest(
    name,
    { runId: site.ledger.runId, image: site.options.image, node, memoryLimitBytes: site.memoryLimitBytes },
    contribution,
  );
  try {
    return await site.api.apply<V1Pod>(namespace, manifest);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    throw new UserError(`pod ${name} in namespace ${namespace} was not admitted: ${error.message}`, {
      exitCode: 3,
      hint: admissionHint(error.message),
      cause: error,
    });
  }
}

function admissionHint(message: string): string {
  if (message.includes('exceeded quota'))
    return 'a ResourceQuota limits namespaces of this cluster: raise it, or exempt namespaces labelled app.kubernetes.io/managed-by=meshtax';
  if (message.includes('PodSecurity'))
    return "the cluster's Pod Security admission refuses the mesh's init container: use the mesh's CNI plugin, or allow the privileged level for these namespaces";
  if (message.includes('webhook'))
    return "an admission webhook refused or did not answer: look at the injector's pods and logs";
  return 'meshtax check --platform kubernetes tells what this cluster allows';
}

export async function listPods(site: ClusterSite, namespace: string): Promise<V1Pod[]> {
  const { items } = await site.api.get<{ items: V1Pod[] }>(`/api/v1/namespaces/${namespace}/pods`);
  return items;
}

/** Waits until all are up. @throws UserError (exit 3) with the cluster's own reason as soon as one cannot come up */
export async function untilUp(site: ClusterSite, namespace: string, names: readonly PodName[]): Promise<V1Pod[]> {
  const { host, signal } = site;
  const begun = host.monotonicUs();
  for (;;) {
    const pods = await listPods(site, namespace);
    const ours = names.map((name) => pods.find((pod) => pod.metadata?.name === name));
    const found = ours.filter((pod) => pod !== undefined);
    const states = found.map(podState);
    if (found.length === names.length && states.every(({ state }) => state === 'up')) return found;
    const broken = states.find((state) => state.state === 'failed');
    if (broken?.state === 'failed') throw new UserError(broken.because, { exitCode: 3, hint: FAILED_HINT });
    const waitedMs = (host.monotonicUs() - begun) / 1000;
    const pending = states.find((state) => state.state === 'pending');
    const because =
      pending?.state === 'pending' ? pending.because : `of ${names.join(', ')} only ${found.length} are there`;
    if (waitedMs > UP_WITHIN_MS || (because.includes('has no node') && waitedMs > UNSCHEDULED_FOR_MS)) {
      throw new UserError(`not up after ${Math.round(waitedMs / 1000)} s: ${because}`, {
        exitCode: 3,
        hint: FAILED_HINT,
      });
    }
    await host.sleep(POLL_MS, signal);
  }
}

const FAILED_HINT = 'run it again with --keep to leave the pods for kubectl describe and logs';

export interface PodAgent {
  client: AgentClient;
  close(): void;
}

/** The agent behind one port of a pod, by the way that the run has found to work. */
export async function agentOf(
  site: ClusterSite,
  where: { namespace: string; pod: PodName; port: number; forMs?: number },
): Promise<PodAgent> {
  const { host, api, connection, controlPath, signal, token } = site;
  const tunnel = controlPath === 'port-forward' ? await portForwardTunnel(connection.kubeConfig, where) : undefined;
  const transport = persistent(host, tunnel?.transport ?? podProxyTransport(api, where), {
    signal,
    stillThere: () => mustStillRun(site, where),
    ...(where.forMs === undefined ? {} : { forMs: where.forMs }),
  });
  return {
    client: connectAgent(host, { name: `${where.pod}:${where.port}`, token, transport, pollMs: 100 }),
    close: () => tunnel?.close(),
  };
}

/** @throws with the reason where a pod has ended or is gone; while the API server cannot be asked, nothing is known */
async function mustStillRun(site: ClusterSite, where: { namespace: string; pod: PodName }): Promise<void> {
  const path = `/api/v1/namespaces/${where.namespace}/pods/${where.pod}`;
  let pod: V1Pod | undefined;
  try {
    pod = await site.api.find<V1Pod>(path);
  } catch {
    return; // It is asked again until the calls themselves give up.
  }
  if (pod === undefined) throw new Error(`pod ${where.pod} is gone`);
  const state = podState(pod);
  if (state.state === 'failed') throw new Error(state.because);
}
