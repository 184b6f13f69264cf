import type { V1Pod } from '@kubernetes/client-node';
import { reasonOf, UserError } from '../../host/problems.ts';
import { meshEntry } from '../../meshes/index.ts';
import { HOPS, type Hop, type KubernetesContribution } from '../../meshes/mesh.ts';
import { DEPLOYMENT_SCHEMA, type DeploymentRecord } from '../../record/runRecord.ts';
import type { DeploymentSpec } from '../../scenario/trial.ts';
import { plaintextCall, readCounters } from '../asking.ts';
import type { Deployment, Watcher } from '../platform.ts';
import { addressOf, untilAnswered, untilEnforced } from './calls.ts';
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

/** No mesh, for what is deployed or counted without any treatment. */
export const BARE = { mesh: 'none', settings: {} } as const;

/** What a treatment's mesh adds to the deployment's namespace. @throws UserError (exit 3) where it cannot be had here */
export async function contributionFor(
  treatment: Pick<DeploymentSpec['treatment'], 'mesh' | 'settings'>,
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

type Agent = Deployment['agents']['client'];

/** Everything of a deployment that is up and answers. */
interface Up {
  namespace: string;
  contribution: KubernetesContribution;
  pods: Pods;
  agents: Record<PodName, Agent>;
  watchers: Record<Hop, Agent>;
  target: Deployment['target'];
  sidecars: readonly Sidecar[];
}

async function build(
  site: ClusterSite,
  spec: DeploymentSpec,
  own: { namespace: string; agents: PodAgent[] },
): Promise<Omit<Deployment, 'retire'>> {
  const { host } = site;
  const startedAt = host.now().toISOString();
  const beganUs = host.monotonicUs();
  const up = await bringUp(site, spec, own);
  const { namespace, contribution, pods, agents, target, sidecars } = up;
  const expectation = { ...contribution.expectation, build: buildName(site, spec, contribution, sidecars) };
  const nodes = { client: nodeOf(pods.client), server: nodeOf(pods.server) };
  return {
    id: spec.id,
    record: {
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
    },
    target,
    agents: { client: agents.client, server: agents.server },
    services: [{ pod: 'server', agent: agents.server }],
    watchers: await Promise.all(HOPS.map((hop) => watcherOf(up, hop, nodes[hop]))),
    nodes,
    leadMs: LEAD_MS,
    driverHasOwnCore: false,
    counters: () => readCounters(sidecars, expectation),
    plaintextControl: () => plaintextCall(agents.stranger, target),
    restarts: () =>
      listPods(site, namespace).then(restartsOf, (error: unknown) => ({
        missing: `the pods could not be listed: ${reasonOf(error)}`,
      })),
  };
}

async function bringUp(
  site: ClusterSite,
  spec: DeploymentSpec,
  own: { namespace: string; agents: PodAgent[] },
): Promise<Up> {
  const { namespace } = own;
  const contribution = await contributionFor(spec.treatment, namespace);
  await makeNamespace(site, namespace, contribution);
  const pods = await startPods(site, namespace, contribution);
  const agent = async (pod: PodName, port: number) => {
    const connected = await agentOf(site, { namespace, pod, port });
    own.agents.push(connected);
    return connected.client;
  };
  const agents = {
    client: await agent('client', CONTROL_PORT),
    server: await agent('server', CONTROL_PORT),
    stranger: await agent('stranger', CONTROL_PORT),
  };
  const watchers = { client: await agent('client', WATCHER_PORT), server: await agent('server', WATCHER_PORT) };
  const { serviceTimeUs, settings } = spec.treatment;
  await agents.server.put('serve', { kind: 'serve', host: '0.0.0.0', port: SERVICE_PORT, serviceTimeUs });
  await agents.server.finished('serve', 'serve', 10_000);
  const authority = `${serviceHost(namespace)}:${SERVICE_PORT}`;
  const target = { host: await addressOf(site, namespace, pods.server), port: SERVICE_PORT, authority };
  await untilAnswered(site, agents.client, target);
  const asked = Number(settings['concurrency'] ?? 0);
  const sidecars = await Promise.all(
    contribution.hops.map((hop) => sidecarOf(contribution, { pod: pods[hop], hop, watcher: watchers[hop], asked })),
  );
  await untilEnforced(site, contribution, () => plaintextCall(agents.stranger, target));
  return { namespace, contribution, pods, agents, watchers, target, sidecars };
}

/** The watcher of one pod; the one beside the service also meters the stalls of the system under test. */
async function watcherOf(up: Up, hop: Hop, node: string): Promise<Watcher> {
  const where = { hop, node, main: up.agents[hop], watcher: up.watchers[hop] };
  return {
    agent: up.watchers[hop],
    metersSystem: hop === 'server',
    processes: await watchedIn(where, up.contribution),
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
