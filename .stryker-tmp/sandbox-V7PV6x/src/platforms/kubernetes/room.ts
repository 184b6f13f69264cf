// @ts-nocheck
import type { V1Container, V1Node, V1Pod } from '@kubernetes/client-node';
import { quantityOf } from '../../meshes/resources.ts';
import { isReady } from './podState.ts';

export interface Placement {
  client: string | undefined;
  server: string | undefined;
}

export interface Room {
  node: string;
  freeMillicores: number;
  freeBytes: number;
}

const amount = (quantity: string | undefined): number => (quantity === undefined ? 0 : quantityOf(quantity));

/** What a pod's lasting containers reserve, in cores or bytes. */
export function requested(pod: V1Pod, resource: 'cpu' | 'memory'): number {
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
  const isTainted = node.spec?.taints?.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute') ?? false;
  return isReady(node) && !isTainted && node.spec?.unschedulable !== true;
}

/** The driver's side and the service's on nodes of their own where there are two, and the same ones for all treatments. */
export function placementOn(rooms: readonly Room[]): Placement {
  const [first, second] = rooms;
  return { server: first?.node, client: second?.node ?? first?.node };
}
