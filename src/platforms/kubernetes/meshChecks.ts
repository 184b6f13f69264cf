import type { V1Pod } from '@kubernetes/client-node';
import { reasonOf } from '../../host/problems.ts';
import { type MeshId, meshEntry } from '../../meshes/index.ts';
import type { KubernetesContribution, PodLike } from '../../meshes/mesh.ts';
import type { CheckLine } from '../platform.ts';
import type { ApiObject, ClusterApi } from './api.ts';
import { contributionFor } from './contribution.ts';
import { checkRecipe, podManifest } from './manifests.ts';
import { isReady } from './podState.ts';
import type { PreflightRequest } from './preflight.ts';

export interface PresentMeshes {
  images: Map<string, readonly string[]>;
  absent: Map<string, string>;
}

/** Looks for the control plane of each mesh. */
export async function presentMeshes(api: ClusterApi, meshes: readonly MeshId[]): Promise<PresentMeshes> {
  const present: PresentMeshes = { images: new Map(), absent: new Map() };
  for (const mesh of meshes) {
    const known = meshEntry(mesh).inCluster;
    if (known === undefined) continue;
    try {
      const query = { labelSelector: known.controlPlaneSelector };
      const { items } = await api.get<{ items: V1Pod[] }>('/api/v1/pods', query);
      const ready = items.filter(isReady);
      const images = ready.flatMap((pod) => pod.spec?.containers.map(({ image }) => image ?? '') ?? []);
      if (images.length > 0) present.images.set(mesh, [...new Set(images)]);
      else
        present.absent.set(
          mesh,
          items.length === 0
            ? `no pod with ${known.controlPlaneSelector}`
            : `none of ${items.length} control-plane pods is ready`,
        );
    } catch (error) {
      present.absent.set(mesh, reasonOf(error));
    }
  }
  return present;
}

export function meshLine(mesh: MeshId, { images, absent }: PresentMeshes, isRequired: boolean): CheckLine {
  const what = `${mesh} is installed`;
  const known = meshEntry(mesh).inCluster;
  const note = known?.notYetRun === null || known === undefined ? '' : ` (${known.notYetRun})`;
  const found = images.get(mesh);
  if (found !== undefined) return { what, outcome: 'ok', detail: `${found.join(', ')}${note}` };
  const detail = `${absent.get(mesh) ?? 'not found'}${note}`;
  if (!isRequired) return { what, outcome: 'skipped', detail };
  return { what, outcome: 'failed', detail, ...(known === undefined ? {} : { hint: known.installHint }) };
}

/** One pod as a dry run: created by nobody, but seen by the injector. */
export async function injectionLine(
  { api, image, treatments, services }: PreflightRequest,
  mesh: MeshId,
): Promise<CheckLine> {
  const what = `the injector of ${mesh} works`;
  const hint = 'look at its webhook, and at the revision that the scenario names';
  try {
    const treatment = treatments.find((entry) => entry.mesh === mesh);
    if (treatment === undefined) return { what, outcome: 'skipped', detail: 'no treatment wants it' };
    const contribution = await contributionFor(treatment, { namespace: 'default', services });
    const pod = await api.create<PodLike>('/api/v1/namespaces/default/pods', trialPod(image, contribution), {
      dryRun: 'All',
    });
    const found = contribution.sidecar?.find(pod) ?? { absent: 'the treatment has no sidecar' };
    if ('absent' in found) return { what, outcome: 'failed', detail: found.absent, hint };
    const lacking = contribution.sidecar?.notAsAsked(pod) ?? [];
    if (lacking.length > 0) return { what, outcome: 'failed', detail: `not as asked: ${lacking.join('; ')}`, hint };
    const kind = found.native ? 'native' : 'classic';
    return { what, outcome: 'ok', detail: `${kind} sidecar ${found.image}, tried as a dry run` };
  } catch (error) {
    return { what, outcome: 'failed', detail: reasonOf(error), hint };
  }
}

/** A pod as a run would make it, but for a namespace that is there anyhow. */
function trialPod(image: string, contribution: KubernetesContribution): ApiObject {
  const [hop = 'server'] = contribution.hops;
  const { injected, injectOne } = contribution;
  const marks = {
    labels: { ...injected.labels, ...injectOne.labels },
    annotations: { ...injected.annotations, ...injectOne.annotations },
  };
  const manifest = podManifest(hop, checkRecipe(image), { ...contribution, injected: marks });
  return {
    ...manifest,
    metadata: { ...manifest.metadata, name: 'meshtax-check' },
    spec: { ...manifest.spec, serviceAccountName: 'default' },
  };
}
