import type { V1Pod } from '@kubernetes/client-node';
import type { CallTarget } from '../../agent/caller.ts';
import { reasonOf, UserError } from '../../host/problems.ts';
import type { AnyHop, KubernetesContribution } from '../../meshes/mesh.ts';
import { DEPLOYMENT_SCHEMA, type DeploymentRecord } from '../../record/runRecord.ts';
import type { DeploymentSpec } from '../../scenario/trial.ts';
import { plaintextCall, readCounters } from '../asking.ts';
import type { Deployment, Watcher } from '../platform.ts';
import type { ServiceName } from '../topology.ts';
import { addressOf, untilAnswered, untilEnforced } from './calls.ts';
import { contributionFor } from './contribution.ts';
import { type PodName, podNames } from './manifests.ts';
import { CONTROL_PORT, namespaceOf, SERVICE_PORT, serviceHost, WATCHER_PORT } from './names.ts';
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

type Agent = Deployment['agents']['client'];
type Pods = ReadonlyMap<PodName, V1Pod>;

/** Everything of a deployment that is up and answers. */
interface Up {
  namespace: string;
  contribution: KubernetesContribution;
  pods: Pods;
  agents: ReadonlyMap<PodName, Agent>;
  watchers: ReadonlyMap<AnyHop, Agent>;
  target: Deployment['target'];
  sidecars: readonly Sidecar[];
}

function the<K extends string, V>(of: ReadonlyMap<K, V>, name: K): V {
  const found = of.get(name);
  if (found === undefined) throw new Error(`there is no pod ${name}`);
  return found;
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
  const { namespace, contribution, pods, agents, watchers, target, sidecars } = up;
  const expectation = { ...contribution.expectation, build: buildName(site, spec, contribution, sidecars) };
  const stranger = the(agents, 'stranger');
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
      pods: [...pods].map(([name, pod]) => podRecord(name, pod, namespace)),
      proxies: sidecars.map((sidecar) => sidecar.record),
    },
    target,
    agents: { client: the(agents, 'client'), server: the(agents, 'server') },
    services: site.services.map(({ name }) => ({ pod: name, agent: the(agents, name) })),
    watchers: await Promise.all([...watchers.keys()].map((hop) => watcherOf(up, hop))),
    nodes: { client: nodeOf(the(pods, 'client')), server: nodeOf(the(pods, 'server')) },
    leadMs: LEAD_MS,
    driverHasOwnCore: false,
    counters: () => readCounters(sidecars, expectation),
    plaintextControl: () => plaintextCall(stranger, target),
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
  const contribution = await contributionFor(spec.treatment, { namespace, services: site.services });
  await makeNamespace(site, namespace, contribution);
  const pods = await startPods(site, namespace, contribution);
  const agent = async (pod: PodName, port: number) => {
    const connected = await agentOf(site, { namespace, pod, port });
    own.agents.push(connected);
    return connected.client;
  };
  const agents = new Map<PodName, Agent>();
  const watchers = new Map<AnyHop, Agent>();
  for (const name of pods.keys()) {
    agents.set(name, await agent(name, CONTROL_PORT));
    if (name !== 'stranger') watchers.set(name, await agent(name, WATCHER_PORT));
  }
  const target = await startServices(site, spec, { namespace, pods, agents });
  await untilAnswered(site, the(agents, 'client'), target);
  const asked = Number(spec.treatment.settings['concurrency'] ?? 0);
  const sidecars = await Promise.all(
    contribution.hops.map((hop) =>
      sidecarOf(contribution, { pod: the(pods, hop), hop, watcher: the(watchers, hop), asked }),
    ),
  );
  await untilEnforced(site, contribution, () => plaintextCall(the(agents, 'stranger'), target));
  return { namespace, contribution, pods, agents, watchers, target, sidecars };
}

/** Lets every service serve, each knowing where those are that it calls. @returns where the first one is called */
async function startServices(
  site: ClusterSite,
  { treatment }: DeploymentSpec,
  up: Pick<Up, 'namespace' | 'pods' | 'agents'>,
): Promise<Deployment['target']> {
  const { namespace, pods, agents } = up;
  const targetOf = async (name: ServiceName): Promise<CallTarget> => ({
    host: await addressOf(site, { namespace, name, pod: the(pods, name) }),
    port: SERVICE_PORT,
    authority: `${serviceHost(namespace, name)}:${SERVICE_PORT}`,
  });
  for (const { name, calls } of site.services) {
    const agent = the(agents, name);
    const { serviceTimeUs } = treatment;
    const called = calls.length === 0 ? {} : { calls: await Promise.all(calls.map(targetOf)) };
    await agent.put('serve', { kind: 'serve', host: '0.0.0.0', port: SERVICE_PORT, serviceTimeUs, ...called });
    await agent.finished('serve', 'serve', 10_000);
  }
  return targetOf('server');
}

/** The watcher of one pod; the one beside the first service also meters the stalls of the system under test. */
async function watcherOf(up: Up, hop: AnyHop): Promise<Watcher> {
  const watcher = the(up.watchers, hop);
  const where = { hop, node: nodeOf(the(up.pods, hop)), main: the(up.agents, hop), watcher };
  return { agent: watcher, metersSystem: hop === 'server', processes: await watchedIn(where, up.contribution) };
}

/** All pods at once; each is looked at as soon as it was admitted, before anything waits for it. */
async function startPods(site: ClusterSite, namespace: string, contribution: KubernetesContribution): Promise<Pods> {
  const names = podNames(site.services);
  for (const name of names) {
    const pod = await createPod(site, namespace, name, contribution);
    checkInjected(pod, name === 'stranger' ? undefined : name, contribution);
  }
  const up = await untilUp(site, namespace, names);
  return new Map(names.flatMap((name, index) => (up[index] === undefined ? [] : [[name, up[index]]])));
}

function sidecarOf(
  contribution: KubernetesContribution,
  of: { pod: V1Pod; hop: AnyHop; watcher: Deployment['agents']['client']; asked: number },
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
