// @ts-nocheck
import type { FoundSidecar, PodLike } from './mesh.ts';

/** Which container is a mesh's sidecar, and the user it runs as where the pod does not say. */
export interface Wanted {
  container: string;
  user: { uid: number; gid: number };
  /** Why a pod without the container has none. */
  whyAbsent(pod: PodLike): string;
}

/** A sidecar by the name of its container: an init container that goes on running, or an ordinary container. */
export function findSidecar(pod: PodLike, wanted: Wanted): FoundSidecar | { absent: string } {
  const named = ({ name }: { name: string }) => name === wanted.container;
  const init = pod.spec?.initContainers?.find(named);
  const container = init ?? pod.spec?.containers?.find(named);
  if (container === undefined) return { absent: wanted.whyAbsent(pod) };
  if (init !== undefined && init.restartPolicy !== 'Always') {
    return {
      absent: `${wanted.container} is an init container without restartPolicy Always: it would end before the service starts`,
    };
  }
  const { securityContext, resources } = container;
  return {
    container: wanted.container,
    image: container.image ?? 'unknown',
    native: init !== undefined,
    requests: resources?.requests ?? {},
    limits: resources?.limits ?? {},
    user: {
      uid: securityContext?.runAsUser ?? wanted.user.uid,
      gid: securityContext?.runAsGroup ?? wanted.user.gid,
    },
  };
}
