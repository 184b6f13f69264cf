import { ENVOY_SETTINGS } from './envoy/settings.ts';
import { ISTIO_IN_CLUSTER, ISTIO_SETTINGS } from './istio/settings.ts';
import { LINKERD_IN_CLUSTER, LINKERD_SETTINGS } from './linkerd/settings.ts';
import type { MeshEntry } from './mesh.ts';

/** Every mesh, in the order that `meshtax list` prints. Adding one is one file and one entry here. */
export const MESHES = {
  none: {
    title: 'no mesh: the service as it is',
    platforms: ['local', 'kubernetes'],
    proxied: false,
    settings: {},
    load: async () => (await import('./none.ts')).none,
  },
  envoy: {
    title: "upstream Envoy in Istio's sidecar topology, without Istio's own filters and agent",
    platforms: ['local'],
    proxied: true,
    settings: ENVOY_SETTINGS,
    load: async () => (await import('./envoy/envoy.ts')).envoy,
  },
  istio: {
    title: 'Istio sidecar injection',
    platforms: ['kubernetes'],
    proxied: true,
    settings: ISTIO_SETTINGS,
    inCluster: ISTIO_IN_CLUSTER,
    load: async () => (await import('./istio/istio.ts')).istio,
  },
  linkerd: {
    title: 'Linkerd sidecar injection',
    platforms: ['kubernetes'],
    proxied: true,
    settings: LINKERD_SETTINGS,
    inCluster: LINKERD_IN_CLUSTER,
    load: async () => (await import('./linkerd/linkerd.ts')).linkerd,
  },
} satisfies Record<string, MeshEntry>;

export type MeshId = keyof typeof MESHES;
export const MESH_IDS = Object.keys(MESHES) as readonly MeshId[];

export function meshEntry(id: MeshId): MeshEntry {
  return MESHES[id];
}
