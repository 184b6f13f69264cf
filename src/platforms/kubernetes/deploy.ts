import type { V1Pod, V1Service } from '@kubernetes/client-node';
import { reasonOf, UserError } from '../../host/problems.ts';
import { waitUntil } from '../../host/waitUntil.ts';
import { meshEntry } from '../../meshes/index.ts';
import type { Hop, KubernetesContribution } from '../../meshes/mesh.ts';
import { DEPLOYMENT_SCHEMA, type DeploymentRecord } from '../../record/runRecord.ts';
import type { DeploymentSpec } from '../../scenario/trial.ts';
import type { Deployment, Watcher } from '../platform.ts';
import { POD_NAMES, type PodName } from './manifests.ts';
import {
  CLUSTER_DOMAIN,
  CONTROL_PORT,
  namespaceOf,
  SERVICE,
  SERVICE_PORT,
  serviceHost,
  WATCHER_PORT,
} from './names.ts';
import { makeNamespace, retireNamespace } from './namespace.ts';
import { restartsOf } from './podState.ts';
import { agentOf, createPod, listPods, type PodAgent, untilUp } from './pods.ts';
import { checkInjected, readSidecar, type Sidecar, watchedIn } from './sidecars.ts';
import type { ClusterSite } from './site.ts';

/** From being asked to the first request: the driver's thread, its rehearsal, its connections, and calls on their way. */
const LEAD_MS = 2500;
const ANSWERS_WITHIN_MS = 30_000;
const ENFORCED_WITHIN_MS = 15_000;

/** Brings up one deployment in a namespace of its own; on any failure it is removed again, unless it is to be kept. */
export async function deployInCluster(site: ClusterSite, spec: DeploymentSpec): Promise<Deployment> {
  const namespace = namespaceOf(site.ledger.runId, spec.id);
  const agents: PodAgent[] = [];
  const retire = async () => {
    for (const agent of agents) agent.close();
    return retireNamespace(site, namespace);
  };
  try {
    return { ...(await build(site, spec, { namespace, agents })), retire };
  } catch (error) {
    const left = site.options.keep ? [`namespace ${namespace} is kept`] : await retire();
    const after = left.length === 0 ? '' : `; ${left.join('; ')}`;
    if (error instanceof UserError) {
      const { exitCode, hint } = error;
      const told = `deployment ${spec.id}: ${error.message}${after}`;
      throw new UserError(told, { exitCode, ...(hint === undefined ? {} : { hint }), cause: error });
    }
    throw new Error(`deployment ${spec.id}: ${reasonOf(error)}${after}`, { cause: error });
  }
}

/** What a treatment's mesh adds to the deployment's namespace. @throws UserError (exit 3) where it cannot be had here */
export async function contributionFor(
  treatment: DeploymentSpec['treatment'],
  namespace: string,
): Promise<KubernetesContribution> {
  const mesh = await meshEntry(treatment.mesh).load();
  const contribution = mesh.kubernetes?.({
    settings: treatment.settings,
    namespace,
    clusterDomain: CLUSTER_DOMAIN,
    service: { name: SERVICE, host: serviceHost(namespace), port: SERVICE_PORT },
    serviceAccounts: { client: 'client', server: 'server' },
    controlPorts: [CONTROL_PORT, WATCHER_PORT],
  });
  if (contribution === undefined)
    throw new UserError(`mesh ${treatment.mesh} does not run on kubernetes`, { exitCode: 3 });
  if ('unsupported' in contribution) {
    throw new UserError(`mesh ${treatment.mesh} on kubernetes: ${contribution.unsupported}`, { exitCode: 3 });
  }
  return contribution;
}

async function build(
  site: ClusterSite,
  spec: DeploymentSpec,
  own: { namespace: string; agents: PodAgent[] },
): Promise<Omit<Deployment, 'retire'>> {
  const { host } = site;
  const { namespace } = own;
  const startedAt = host.now().toISOString();
  const beganUs = host.monotonicUs();
  const contribution = await contributionFor(spec.treatment, namespace);
  await makeNamespace(site, namespace, contribution);
  const pods = await startPods(site, namespace, contribution);
  const agent = async (pod: PodName, port: number) => {
    const connected = await agentOf(site, { namespace, pod, port });
    own.agents.push(connected);
    return connected.client;
  };
  const client = await agent('client', CONTROL_PORT);
  const server = await agent('server', CONTROL_PORT);
  const stranger = await agent('stranger', CONTROL_PORT);
  const watchers = { client: await agent('client', WATCHER_PORT), server: await agent('server', WATCHER_PORT) };
  await server.put('serve', {
    kind: 'serve',
    host: '0.0.0.0',
    port: SERVICE_PORT,
    serviceTimeUs: spec.treatment.serviceTimeUs,
  });
  await server.finished('serve', 'serve', 10_000);

  const target = { host: await addressOf(site, namespace, pods.server), port: SERVICE_PORT };
  await untilAnswered(site, client, target);
  const asked = Number(spec.treatment.settings['concurrency'] ?? 0);
  const sidecars = await Promise.all(
    contribution.hops.map((hop) => sidecarOf(contribution, { pod: pods[hop], hop, watcher: watchers[hop], asked })),
  );
  const plaintextControl = () => callPlaintext(stranger, target);
  await untilEnforced(site, contribution, plaintextControl);
  const expectation = { ...contribution.expectation, build: buildName(site, spec, contribution, sidecars) };
  const nodes = { client: nodeOf(pods.client), server: nodeOf(pods.server) };
  const record: DeploymentRecord = {
    schema: DEPLOYMENT_SCHEMA,
    id: spec.id,
    treatment: spec.treatment.name,
    mesh: spec.treatment.mesh,
    block: spec.block,
    startedAt,
    readyAfterMs: Math.round((host.monotonicUs() - beganUs) / 1000),
    expectation,
    pods: POD_NAMES.map((name) => podRecord(name, pods[name], namespace)),
    proxies: sidecars.map((sidecar) => sidecar.record),
  };
  return {
    id: spec.id,
    record,
    target: { ...target, authority: `${serviceHost(namespace)}:${SERVICE_PORT}` },
    agents: { client, server },
    watchers: await Promise.all(
      (['client', 'server'] as const).map(
        async (hop): Promise<Watcher> => ({
          agent: watchers[hop],
          metersSystem: hop === 'server',
          processes: await watchedIn(
            { hop, node: nodes[hop], main: hop === 'client' ? client : server, watcher: watchers[hop] },
            contribution,
          ),
        }),
      ),
    ),
    nodes,
    leadMs: LEAD_MS,
    driverHasOwnCore: false,
    counters: () =>
      Promise.all(
        sidecars.map(async ({ hop, counters }) => {
          const { requestCounters, handshakeCounter } = expectation;
          const named = [...requestCounters, ...(handshakeCounter === null ? [] : [handshakeCounter])];
          return {
            hop,
            values: await counters(named.filter((entry) => entry.hop === hop).map(({ counter }) => counter)),
          };
        }),
      ),
    plaintextControl,
    restarts: () =>
      listPods(site, namespace).then(restartsOf, (error: unknown) => ({
        missing: `the pods could not be listed: ${reasonOf(error)}`,
      })),
  };
}

type Pods = Record<PodName, V1Pod>;

/** All pods at once; each is looked at as soon as it was admitted, before anything waits for it. */
async function startPods(site: ClusterSite, namespace: string, contribution: KubernetesContribution): Promise<Pods> {
  for (const name of POD_NAMES) {
    const pod = await createPod(site, namespace, name, contribution);
    checkInjected(pod, name === 'stranger' ? undefined : name, contribution);
  }
  const [client, server, stranger] = await untilUp(site, namespace, POD_NAMES);
  if (client === undefined || server === undefined || stranger === undefined) throw new Error('a pod is missing');
  return { client, server, stranger };
}

/** The Service's virtual address, or the pod's own. Never a name: each connection would look it up again. */
async function addressOf(site: ClusterSite, namespace: string, server: V1Pod): Promise<string> {
  const address =
    site.address === 'pod-ip'
      ? server.status?.podIP
      : (await site.api.get<V1Service>(`/api/v1/namespaces/${namespace}/services/${SERVICE}`)).spec?.clusterIP;
  if (address === undefined) throw new Error(`the ${site.address} has no address`);
  return address;
}

/** A mesh's configuration takes a moment to reach its proxies: asked again until the first call is answered with 200. */
async function untilAnswered(
  site: ClusterSite,
  client: Deployment['agents']['client'],
  target: { host: string; port: number },
): Promise<void> {
  let last = 'no call was made';
  let calls = 0;
  const answered = await waitUntil(
    site.host,
    async () => {
      const id = `first-call-${++calls}`;
      await client.put(id, { kind: 'fetch', ...target, path: '/bytes/0', timeoutMs: 5000 });
      const answer = await client.finished(id, 'fetch', 6000);
      await client.remove(id);
      if ('status' in answer && answer.status === 200) return true;
      last = 'refused' in answer ? answer.refused : `${answer.status} ${answer.body.slice(0, 200)}`;
      return undefined;
    },
    { everyMs: 200, deadlineMs: ANSWERS_WITHIN_MS, signal: site.signal },
  );
  if (answered !== undefined) return;
  throw new UserError(`the client's calls to ${target.host}:${target.port} are not answered: ${last}`, {
    exitCode: 3,
    hint: 'under strict mutual TLS a client without a sidecar is refused; else look at the mesh with --keep',
  });
}

/** A policy takes up to some seconds to be in force at every proxy; what it never becomes, the trial's gates will say. */
async function untilEnforced(
  site: ClusterSite,
  contribution: KubernetesContribution,
  call: () => ReturnType<Deployment['plaintextControl']>,
): Promise<void> {
  const { plaintext, refusalStatus } = contribution.expectation;
  if (contribution.sidecar === null || plaintext === null) return;
  await waitUntil(
    site.host,
    async () => {
      const seen = await call();
      const isRefused = 'refused' in seen || ('status' in seen && seen.status === refusalStatus);
      return isRefused === (plaintext === 'refused') ? true : undefined;
    },
    { everyMs: 300, deadlineMs: ENFORCED_WITHIN_MS, signal: site.signal },
  );
}

async function callPlaintext(
  stranger: Deployment['agents']['client'],
  target: { host: string; port: number },
): ReturnType<Deployment['plaintextControl']> {
  await stranger.put('plaintext', { kind: 'fetch', ...target, path: '/bytes/0', timeoutMs: 3000 });
  const answer = await stranger.finished('plaintext', 'fetch', 5000);
  await stranger.remove('plaintext');
  return 'refused' in answer ? answer : { status: answer.status };
}

function sidecarOf(
  contribution: KubernetesContribution,
  of: { pod: V1Pod; hop: Hop; watcher: Deployment['agents']['client']; asked: number },
): Promise<Sidecar> {
  const { sidecar } = contribution;
  if (sidecar === null) throw new Error('a hop with a sidecar, and no way to read it');
  const { pod, hop, watcher, asked } = of;
  return readSidecar({ pod, hop, watcher, reader: sidecar, concurrencyAsked: asked });
}

function buildName(
  site: ClusterSite,
  spec: DeploymentSpec,
  contribution: KubernetesContribution,
  sidecars: readonly Sidecar[],
): string {
  const [first] = sidecars;
  if (contribution.sidecar === null || first === undefined) return 'no mesh';
  const controlPlaneImages = site.controlPlanes.get(spec.treatment.mesh) ?? [];
  return contribution.sidecar.build({ controlPlaneImages, sidecar: first.found, factBodies: first.factBodies });
}

const nodeOf = (pod: V1Pod): string => pod.spec?.nodeName ?? 'unknown';

function podRecord(name: PodName, pod: V1Pod, namespace: string): DeploymentRecord['pods'][number] {
  const image = pod.status?.containerStatuses?.[0]?.imageID ?? pod.status?.containerStatuses?.[0]?.image;
  return {
    name,
    pid: { missing: 'known inside the pod only' },
    networkNamespace: { missing: 'known inside the node only' },
    node: nodeOf(pod),
    namespace,
    ...(image === undefined ? {} : { image }),
  };
}
