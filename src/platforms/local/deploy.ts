import type { CallTarget } from '../../agent/caller.ts';
import type { AgentClient } from '../../agent/client.ts';
import { reasonOf, UserError } from '../../host/problems.ts';
import type { AnyHop } from '../../meshes/mesh.ts';
import { isMissing } from '../../record/measured.ts';
import { DEPLOYMENT_SCHEMA, type DeploymentRecord } from '../../record/runRecord.ts';
import type { Restarts } from '../../record/trialRecord.ts';
import type { DeploymentSpec } from '../../scenario/trial.ts';
import { firstCall, plaintextCall, readCounters } from '../asking.ts';
import type { Deployment, WatchedProcess } from '../platform.ts';
import type { ServiceNode } from '../topology.ts';
import {
  ADDRESSES,
  ADMIN_PORT,
  addressOf,
  BEHIND_PASS_THROUGH_PORT,
  furtherHost,
  SERVICE_HOST,
  SERVICE_PORT,
  STRANGER,
} from './addresses.ts';
import { addSidecars, allOf, contributionOf, type Undo, type Wiring } from './applyMesh.ts';
import { type Agent, endOf } from './lab.ts';
import { type LinkedPods, linkPods, podOf, widenPorts } from './links.ts';
import { expectationOf, listensOn, plant } from './passThrough.ts';
import { startPod } from './pods.ts';
import type { Sidecar } from './sidecar.ts';
import type { LocalSite } from './site.ts';

/** Time for the driver's thread to start, to rehearse and to open its connections. */
const LEAD_MS = 900;
const NODE = 'local';

/** Brings up one deployment; on any failure it takes down what it had begun. */
export async function deployLocal(site: LocalSite, spec: DeploymentSpec): Promise<Deployment> {
  const undo: Undo = [];
  const retire = async () => {
    const problems: string[] = [];
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) {
      const problem = await step.end().catch((error: unknown) => reasonOf(error));
      if (problem !== undefined) problems.push(`${spec.id}: ${step.label}: ${problem}`);
    }
    return problems;
  };
  try {
    return { ...(await build(site, spec, undo)), retire };
  } catch (error) {
    const left = await retire();
    if (left.length > 0) site.ledger.mayBeLeft();
    if (error instanceof UserError) throw error;
    const after = left.length === 0 ? '' : `; and not taken down: ${left.join('; ')}`;
    throw new Error(`deployment ${spec.id}: ${reasonOf(error)}${after}`, { cause: error });
  }
}

async function build(site: LocalSite, spec: DeploymentSpec, undo: Undo): Promise<Omit<Deployment, 'retire'>> {
  const { host } = site;
  const startedAt = host.now().toISOString();
  const beganUs = host.monotonicUs();
  const wiring = await wire(site, spec);
  const pods = await startPods(site, spec, undo);
  const contribution = await contributionOf(site, spec, wiring);
  const services = servicesIn(site, pods);
  for (const { node, agent } of services) {
    await agent.put('serve', {
      kind: 'serve',
      host: listensOn(site),
      port: node.name === 'server' ? wiring.ownPort : wiring.servicePort,
      serviceTimeUs: spec.treatment.serviceTimeUs,
      ...callsOf(node, wiring.servicePort),
    });
    await agent.finished('serve', 'serve', 5000);
  }
  const passThrough = await plant(site, { spec, pods, wiring, undo });
  const proxies = await addSidecars(site, { spec, pods, contribution, wiring, undo });
  const meshed = proxies.length > 0;
  const target =
    site.isolation.makePod === undefined
      ? { host: '127.0.0.1', port: meshed ? wiring.listenPorts.client : wiring.servicePort }
      : { host: ADDRESSES.server, port: wiring.servicePort };
  await firstCall(pods.client.agent.client, target);
  const expectation = expectationOf(spec, contribution.expectation);
  const record: DeploymentRecord = {
    schema: DEPLOYMENT_SCHEMA,
    id: spec.id,
    treatment: spec.treatment.name,
    mesh: spec.treatment.mesh,
    block: spec.block,
    startedAt,
    readyAfterMs: Math.round((host.monotonicUs() - beganUs) / 1000),
    expectation,
    pods: podRecords(site, pods),
    proxies: proxies.map((proxy) => proxy.record),
  };
  return {
    id: spec.id,
    record,
    target: { ...target, authority: `${SERVICE_HOST}:${wiring.servicePort}` },
    agents: { client: pods.client.agent.client, server: pods.server.agent.client },
    services: services.map(({ node, agent }) => ({ pod: node.name, agent })),
    watchers: [{ agent: site.watcher, processes: watched(site, { pods, proxies, passThrough }), metersSystem: true }],
    nodes: { client: NODE, server: NODE },
    leadMs: LEAD_MS,
    driverHasOwnCore: site.cores.driver.length > 0,
    ...(site.k6 === undefined ? {} : { k6: site.k6 }),
    counters: () => readCounters(proxies, expectation),
    restarts: () => restartsOf(pods, proxies, passThrough),
    plaintextControl: () => plaintextCall(pods.stranger.agent.client, plaintextDoor(site, wiring, meshed)),
  };
}

/** Each service with the agent that is it. */
function servicesIn(site: LocalSite, pods: LinkedPods): { node: ServiceNode; agent: AgentClient }[] {
  return site.services.map((node) => ({ node, agent: podOf(pods, node.name).agent.client }));
}

/** By their addresses, as names stand for them in a cluster; proxies route by the Host header. */
function callsOf({ calls }: ServiceNode, port: number): { calls?: CallTarget[] } {
  const targets = calls.flatMap((name) =>
    name === 'server' ? [] : [{ host: addressOf(name), port, authority: `${furtherHost(name)}:${port}` }],
  );
  return targets.length === 0 ? {} : { calls: targets };
}

function podRecords(site: LocalSite, pods: LinkedPods): DeploymentRecord['pods'] {
  return [pods.client, pods.server, ...pods.further, pods.stranger, pods.switch].flatMap((pod) =>
    pod === undefined
      ? []
      : {
          name: pod.name,
          pid: pod.agent.child.pid,
          networkNamespace: pod.namespace ?? { missing: `mode ${site.isolation.mode} has no network namespaces` },
        },
  );
}

async function wire(site: LocalSite, spec: DeploymentSpec): Promise<Wiring> {
  const isPlanted = spec.treatment.plantedCostUs !== undefined;
  if (site.isolation.makePod !== undefined) {
    const none = { client: 0, server: 0 };
    const ports = { servicePort: SERVICE_PORT, ownPort: isPlanted ? BEHIND_PASS_THROUGH_PORT : SERVICE_PORT };
    return { ...ports, adminPorts: { client: ADMIN_PORT, server: ADMIN_PORT }, listenPorts: none };
  }
  const [servicePort = 0, a = 0, b = 0, c = 0, d = 0, behind = 0] = await site.host.freePorts(6);
  const ports = { servicePort, ownPort: isPlanted ? behind : servicePort };
  return { ...ports, adminPorts: { client: a, server: b }, listenPorts: { client: c, server: d } };
}

async function startPods(site: LocalSite, spec: DeploymentSpec, undo: Undo): Promise<LinkedPods> {
  const isolated = site.isolation.makePod !== undefined;
  const start = async (name: string, cores: readonly number[]) => {
    const pod = await startPod({ ...site, deploymentId: spec.id, name, cores });
    const label = `pod ${name}`;
    undo.push({
      label: `directory of ${label}`,
      end: () => site.host.remove(pod.agent.directory).then(() => undefined),
    });
    undo.push({ label, end: () => site.lab.end(pod.agent.child, label) });
    return pod;
  };
  const names = site.services.map(({ name }) => name).filter((name) => name !== 'server');
  const [client, server, stranger, bridging, further] = await allOf([
    start('client', site.cores.driver),
    start('server', site.cores.system),
    start('stranger', site.cores.system),
    isolated && site.link === 'bridge' ? start('switch', site.cores.system) : undefined,
    allOf(names.map((name) => start(name, site.cores.system))),
  ]);
  const pods = { client, server, stranger, further, switch: bridging };
  if (isolated) await linkPods(site.host, pods, site.isolation.mode);
  if (isolated && site.closesConnections) await widenPorts(site.host, client);
  return pods;
}

/** Where an outsider without a proxy would call the service in plaintext. */
function plaintextDoor(site: LocalSite, wiring: Wiring, meshed: boolean): { host: string; port: number } {
  if (site.isolation.makePod !== undefined) return { host: STRANGER[site.link].server, port: wiring.servicePort };
  return { host: '127.0.0.1', port: meshed ? wiring.listenPorts.server : wiring.servicePort };
}

/** What of a deployment has ended by itself, or is another process than the one that was started. */
async function restartsOf(
  pods: LinkedPods,
  proxies: readonly Sidecar[],
  passThrough: Agent | undefined,
): ReturnType<Deployment['restarts']> {
  const ended: Restarts = [];
  const planted = passThrough === undefined ? [] : [{ name: 'server', agent: passThrough }];
  for (const { name, agent } of [pods.client, pods.server, ...pods.further, pods.stranger, ...planted]) {
    if (agent.child.running) continue;
    const reason = `${endOf(await agent.child.ended)} (pid ${agent.child.pid})`;
    ended.push({ pod: name, container: 'agent', count: 1, reason });
  }
  for (const { hop, child, beganAnew } of proxies) {
    const reason = child.running ? await beganAnew() : `${endOf(await child.ended)} (pid ${child.pid})`;
    if (isMissing(reason)) return reason;
    if (reason !== undefined) ended.push({ pod: hop, container: 'envoy', count: 1, reason });
  }
  return ended;
}

function watched(
  site: LocalSite,
  parts: { pods: LinkedPods; proxies: readonly Sidecar[]; passThrough: Agent | undefined },
): WatchedProcess[] {
  const { pods, proxies, passThrough } = parts;
  const common = {
    node: NODE,
    source: '/proc/PID/task/*/schedstat and /proc/PID/status',
    tier: 'A',
    cpuLimit: 'outside' as const,
  };
  return [
    ...proxies.map((proxy) => ({
      role: 'proxy' as const,
      plane: 'data' as const,
      hop: proxy.hop,
      pod: proxy.hop,
      container: 'envoy',
      pid: proxy.child.pid,
      ...common,
    })),
    ...(passThrough === undefined
      ? []
      : [
          {
            role: 'proxy-agent' as const,
            plane: 'data' as const,
            hop: 'server' as const,
            pod: 'server',
            container: 'pass-through',
            pid: passThrough.child.pid,
            ...common,
          },
        ]),
    ...[pods.server, ...pods.further].map(({ name, agent }) => ({
      role: 'application' as const,
      plane: 'none' as const,
      hop: name as Exclude<AnyHop, 'client'>,
      pod: name,
      container: 'service',
      pid: agent.child.pid,
      ...common,
    })),
    {
      role: 'driver' as const,
      plane: 'none' as const,
      hop: 'client' as const,
      pod: 'client',
      container: 'driver',
      pid: pods.client.agent.child.pid,
      ...common,
      ...(site.k6 === undefined ? {} : { unread: 'k6 is a process of its own, which comes and goes with the load' }),
    },
  ];
}
