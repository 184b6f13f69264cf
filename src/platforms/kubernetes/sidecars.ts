import type { V1Pod } from '@kubernetes/client-node';
import { type AgentClient, runTask } from '../../agent/client.ts';
import { UserError } from '../../host/problems.ts';
import type { AnyHop, FoundSidecar, KubernetesContribution, PodLike, SidecarReader } from '../../meshes/mesh.ts';
import type { Measured } from '../../record/measured.ts';
import type { DeploymentRecord } from '../../record/runRecord.ts';
import { adminOf } from '../asking.ts';
import type { WatchedProcess } from '../platform.ts';

/** A hop's sidecar, found in its pod and asked through the pod's own watcher. */
export interface Sidecar {
  hop: AnyHop;
  found: FoundSidecar;
  factBodies: readonly string[];
  record: DeploymentRecord['proxies'][number];
  counters(names: readonly string[]): Promise<Measured<Record<string, number | null>>>;
}

/** @throws UserError (exit 3) where a pod that was to have a sidecar has none, or one without has one */
export function checkInjected(pod: V1Pod, hop: AnyHop | undefined, contribution: KubernetesContribution): void {
  const { sidecar, hops } = contribution;
  if (sidecar === null) return;
  const name = pod.metadata?.name ?? 'unnamed';
  const found = sidecar.find(pod as PodLike);
  const wanted = hop !== undefined && hops.includes(hop);
  if (wanted && 'absent' in found) {
    throw new UserError(`pod ${name} has no sidecar: ${found.absent}`, {
      exitCode: 3,
      hint: 'meshtax check --platform kubernetes tries the injector; the revision in the scenario has to be one that is installed',
    });
  }
  const lacking = wanted ? sidecar.notAsAsked(pod as PodLike) : [];
  if (lacking.length > 0) {
    throw new UserError(`the sidecar of pod ${name} is not as asked: ${lacking.join('; ')}`, {
      exitCode: 3,
      hint: "the injector dropped or changed it: look at the pod's annotations and at the injector's log",
    });
  }
  if (!wanted && !('absent' in found)) {
    throw new UserError(`pod ${name} got a sidecar that the treatment does not want`, {
      exitCode: 3,
      hint: 'something in the cluster injects although the pod says not to',
    });
  }
}

export interface SidecarRequest {
  pod: V1Pod;
  hop: AnyHop;
  watcher: AgentClient;
  reader: SidecarReader;
  concurrencyAsked: number;
}

/** Asks the proxy of a pod what it is. */
export async function readSidecar(request: SidecarRequest): Promise<Sidecar> {
  const { pod, hop, watcher, reader, concurrencyAsked } = request;
  const found = reader.find(pod as PodLike);
  if ('absent' in found) throw new Error(`pod ${hop}: ${found.absent}`);
  const ask = adminOf(watcher, reader.adminPort);
  const bodies: string[] = [];
  for (const path of reader.factPaths) {
    const answer = await ask(path);
    bodies.push('status' in answer && answer.status === 200 ? answer.body : '');
  }
  return {
    hop,
    found,
    factBodies: bodies,
    record: {
      hop,
      pid: await pidOf(request),
      ...reader.facts(bodies),
      concurrencyAsked,
      configurationSha256: { missing: "the control plane's configuration holds the names of the namespace" },
      container: found.container,
      native: found.native,
      requests: { ...found.requests },
      limits: { ...found.limits },
    },
    counters: async (names) => {
      const answer = await ask(reader.countersPath(names));
      if ('refused' in answer) return { missing: `the proxy's counters: ${answer.refused}` };
      if (answer.status !== 200) return { missing: `the proxy's counters: status ${answer.status}` };
      return reader.readCounters(answer.body, names);
    },
  };
}

async function pidOf({ watcher, reader, hop }: SidecarRequest): Promise<Measured<number>> {
  const { processes } = await listed(watcher);
  const comm = reader.processes.find(({ role }) => role === 'proxy')?.comm;
  return (
    processes.find((process) => process.comm === comm)?.pid ?? {
      missing: `no process ${comm} is visible in pod ${hop}`,
    }
  );
}

const listed = (agent: AgentClient) => runTask(agent, 'processes', { kind: 'processes' }, 10_000);

/** Every process of a pod that costs or drives, by the shared process namespace: proxy and its agent apart. */
export async function watchedIn(
  where: { hop: AnyHop; node: string; main: AgentClient; watcher: AgentClient },
  contribution: KubernetesContribution,
): Promise<WatchedProcess[]> {
  const { hop, node, main, watcher } = where;
  const { self } = await listed(main);
  const { processes } = await listed(watcher);
  const common = { hop, pod: hop, node, source: '/proc/PID/task/*/schedstat and /proc/PID/status', tier: 'A' };
  const own: WatchedProcess =
    hop === 'client'
      ? { role: 'driver', plane: 'none', container: 'driver', pid: self, ...common }
      : { role: 'application', plane: 'none', container: 'service', pid: self, ...common };
  const { sidecar, hops } = contribution;
  if (sidecar === null || !hops.includes(hop)) return [own];
  const ofSidecar = sidecar.processes.flatMap(({ comm, role }) =>
    processes
      .filter((process) => process.comm === comm)
      .map(
        ({ pid }): WatchedProcess => ({
          role,
          plane: 'data',
          container: comm,
          pid,
          ...common,
          ...(role === 'proxy' ? { cpuLimit: 'inside' as const } : {}),
        }),
      ),
  );
  if (!ofSidecar.some(({ role }) => role === 'proxy')) {
    throw new Error(
      `no process of the proxy (${sidecar.processes.map(({ comm }) => comm).join(', ')}) is visible in pod ${hop}`,
    );
  }
  return [own, ...ofSidecar];
}
