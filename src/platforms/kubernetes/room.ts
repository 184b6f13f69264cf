import type { V1Container, V1Node, V1Pod } from '@kubernetes/client-node';

const MIB = 1024 ** 2;

export interface Placement {
  client: string | undefined;
  server: string | undefined;
}

export interface Room {
  node: string;
  freeMillicores: number;
  freeBytes: number;
}

/** Suffixes of a Kubernetes quantity (API machinery's resource.Quantity), decimal and binary. */
const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: MIB,
  Gi: 1024 * MIB,
  Ti: MIB * MIB,
};

/** A quantity such as `250m`, `64Mi` or `1e3` in its base unit, cores or bytes; none is 0. @throws on anything else */
export function amount(quantity: string | undefined): number {
  if (quantity === undefined) return 0;
  const match = /^([0-9.]+(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(quantity);
  const factor = FACTORS[match?.[2] ?? '?'];
  if (match === null || factor === undefined) throw new Error(`"${quantity}" is no quantity that Kubernetes knows`);
  return Number(match[1]) * factor;
}

function requested(pod: V1Pod, resource: 'cpu' | 'memory'): number {
  // An init container that goes on running takes its share all the time; others only before the pod runs.
  const lasting = pod.spec?.initContainers?.filter((container) => container.restartPolicy === 'Always') ?? [];
  const containers: V1Container[] = [...(pod.spec?.containers ?? []), ...lasting];
  return containers.reduce((sum, container) => sum + amount(container.resources?.requests?.[resource]), 0);
}

/** What each node that takes ordinary pods has left to reserve, the roomiest first. */
export function roomOn(nodes: readonly V1Node[], pods: readonly V1Pod[]): Room[] {
  return nodes
    .filter(isUsable)
    .map((node) => {
      const name = node.metadata?.name ?? '';
      const here = pods.filter((pod) => pod.spec?.nodeName === name && !isOver(pod));
      const left = (resource: 'cpu' | 'memory') =>
        amount(node.status?.allocatable?.[resource]) - here.reduce((sum, pod) => sum + requested(pod, resource), 0);
      return { node: name, freeMillicores: Math.round(left('cpu') * 1000), freeBytes: left('memory') };
    })
    .sort((a, b) => b.freeMillicores - a.freeMillicores || (a.node < b.node ? -1 : 1));
}

const isOver = (pod: V1Pod) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

function isUsable(node: V1Node): boolean {
  const isReady = node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  const isTainted = node.spec?.taints?.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute') ?? false;
  return isReady && !isTainted && node.spec?.unschedulable !== true;
}

/** The driver's side and the service's on nodes of their own where there are two, and the same ones for all treatments. */
export function placementOn(rooms: readonly Room[]): Placement {
  const [first, second] = rooms;
  return { server: first?.node, client: second?.node ?? first?.node };
}

/** Reserved by the pods of one deployment without its sidecars, in millicores and bytes. */
export const OWN_REQUESTS = { millicores: 850, bytes: 288 * MIB };
