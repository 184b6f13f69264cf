import type { V1Namespace, V1Node, V1Pod } from '@kubernetes/client-node';
import { reasonOf } from '../../host/problems.ts';
import { type MeshId, meshEntry } from '../../meshes/index.ts';
import type { Treatment } from '../../scenario/scenario.ts';
import type { CheckLine } from '../platform.ts';
import type { ServiceNode } from '../topology.ts';
import type { ApiObject, ClusterApi } from './api.ts';
import { BARE, contributionFor } from './contribution.ts';
import { checkRecipe, namespaceManifest, podManifest, podNames } from './manifests.ts';
import { injectionLine, meshLine, presentMeshes } from './meshChecks.ts';
import { OURS } from './names.ts';
import {
  type AnsweredPermission,
  controlPathOf,
  permissionsFor,
  permissionText,
  reviewPermissions,
} from './permissions.ts';
import { type Placement, placementOn, requested, roomOn } from './room.ts';

/** First Kubernetes in which init containers that go on running are on by default. */
const NATIVE_SIDECARS_SINCE = 29;

export interface Preflight {
  lines: CheckLine[];
  serverVersion: string;
  control: ReturnType<typeof controlPathOf>;
  placement: Placement;
  controlPlanes: Map<string, readonly string[]>;
  nodes: readonly V1Node[];
}

export interface PreflightRequest {
  api: ClusterApi;
  server: string;
  context: string;
  image: string;
  treatments: readonly Treatment[];
  services: readonly ServiceNode[];
  /** A mesh that is not there is a failure where the scenario wants it, and a note where nothing was asked for. */
  meshesRequired: boolean;
}

/** Looks at everything that a run will need, and creates nothing. @throws where the API server does not answer */
export async function preflight(request: PreflightRequest): Promise<Preflight> {
  const { api, server, context } = request;
  const version = await api.get<{ gitVersion: string; minor: string }>('/version');
  const meshes = [...new Set(request.treatments.map(({ mesh }) => mesh))].filter((mesh) => meshEntry(mesh).proxied);
  const found = await presentMeshes(api, meshes);
  const present = meshes.filter((mesh) => found.images.has(mesh));
  const permissions = await reviewPermissions(api, permissionsFor(present));
  const room = await roomFor(request, permissions);
  const isAdmitted = permissions.every(({ need, allowed }) => need !== 'required' || allowed);
  return {
    serverVersion: version.gitVersion,
    control: controlPathOf(permissions),
    placement: room.placement,
    nodes: room.nodes,
    controlPlanes: found.images,
    lines: [
      { what: 'the API server answers', outcome: 'ok', detail: `${server}, context ${context}` },
      versionLine(version),
      ...permissionLines(permissions),
      room.line,
      // What may not be created cannot be tried; the permissions above have said so.
      ...(isAdmitted ? await podSecurityLines(request, present) : []),
      ...meshes.map((mesh) => meshLine(mesh, found, request.meshesRequired)),
      ...(await Promise.all(present.map((mesh) => injectionLine(request, mesh)))),
      await leftoverLine(api),
    ],
  };
}

function versionLine({ gitVersion, minor }: { gitVersion: string; minor: string }): CheckLine {
  const what = 'the cluster runs native sidecars';
  if (Number.parseInt(minor, 10) >= NATIVE_SIDECARS_SINCE)
    return { what, outcome: 'ok', detail: `Kubernetes ${gitVersion}` };
  const detail = `Kubernetes ${gitVersion}: sidecars are ordinary containers there`;
  return { what, outcome: 'warning', detail, hint: 'set nativeSidecar: off in the scenario' };
}

function permissionLines(permissions: readonly AnsweredPermission[]): CheckLine[] {
  const denied = permissions.filter(({ allowed }) => !allowed);
  const required = denied.filter(({ need }) => need === 'required');
  const control = controlPathOf(permissions);
  const listed = permissions.filter(({ need }) => need === 'required').length;
  return [
    ...(required.length === 0
      ? [
          {
            what: 'everything needed is allowed',
            outcome: 'ok' as const,
            detail: `${listed} permissions asked for one by one`,
          },
        ]
      : required.map((permission) => ({
          what: `may ${permissionText(permission)}`,
          outcome: 'failed' as const,
          detail: `not allowed: ${permission.why}`,
          hint: 'ask for a ClusterRole with it (docs/kubernetes.md lists them all)',
        }))),
    'none' in control
      ? { what: 'the agents can be reached', outcome: 'failed', detail: control.none, hint: 'one of the two is enough' }
      : {
          what: 'the agents can be reached',
          outcome: control.path === 'pod proxy' ? 'ok' : 'warning',
          detail: controlText(control.path, denied),
        },
    ...denied
      .filter(({ need }) => need === 'optional')
      .map((permission) => ({
        what: `may ${permissionText(permission)}`,
        outcome: 'skipped' as const,
        detail: `not allowed, and not required: ${permission.why}`,
      })),
  ];
}

function controlText(path: 'pod proxy' | 'port-forward', denied: readonly AnsweredPermission[]): string {
  if (path === 'pod proxy') return 'through the pod proxy of the API server';
  const missing = denied.filter(({ subresource, resource }) => resource === 'pods' && subresource === 'proxy');
  return `by port-forward, since ${missing.map(permissionText).join(', ')} is not allowed`;
}

async function roomFor(
  { api, services }: Pick<PreflightRequest, 'api' | 'services'>,
  permissions: readonly AnsweredPermission[],
): Promise<{ line: CheckLine; placement: Placement; nodes: readonly V1Node[] }> {
  const what = 'there is room for the pods';
  const none = { client: undefined, server: undefined };
  if (
    permissions.some(
      ({ resource, subresource, allowed }) => resource === 'nodes' && subresource === undefined && !allowed,
    )
  ) {
    return { line: { what, outcome: 'skipped', detail: 'nodes may not be listed' }, placement: none, nodes: [] };
  }
  try {
    const { items: nodes } = await api.get<{ items: V1Node[] }>('/api/v1/nodes');
    const { items: pods } = await api.get<{ items: V1Pod[] }>('/api/v1/pods');
    const rooms = roomOn(nodes, pods);
    const placement = placementOn(rooms);
    const free = rooms.map(
      ({ node, freeMillicores, freeBytes }) =>
        `${node} ${freeMillicores}m and ${Math.floor(freeBytes / 1024 ** 2)}Mi free`,
    );
    const own = await ownRequests(services);
    const needed = `needs ${own.millicores}m and ${own.mebibytes}Mi, and what the sidecars reserve`;
    const fits = rooms.reduce((sum, { freeMillicores }) => sum + Math.max(0, freeMillicores), 0) >= own.millicores;
    const line: CheckLine = fits
      ? { what, outcome: 'ok', detail: `${free.join('; ')}; a deployment ${needed}` }
      : {
          what,
          outcome: 'failed',
          detail: `${free.join('; ') || 'no node takes ordinary pods'}; a deployment ${needed}`,
          hint: 'free some CPU, or add a node',
        };
    return { line, placement, nodes };
  } catch (error) {
    return { line: { what, outcome: 'skipped', detail: reasonOf(error) }, placement: none, nodes: [] };
  }
}

/** What the pods of one deployment reserve without any sidecar. */
async function ownRequests(services: readonly ServiceNode[]): Promise<{ millicores: number; mebibytes: number }> {
  const contribution = await contributionFor(BARE, { namespace: 'meshtax-check', services });
  const pods = podNames(services).map((name) => podManifest(name, checkRecipe(''), contribution) as V1Pod);
  const sum = (resource: 'cpu' | 'memory') => pods.reduce((total, pod) => total + requested(pod, resource), 0);
  return { millicores: Math.round(sum('cpu') * 1000), mebibytes: Math.round(sum('memory') / 1024 ** 2) };
}

/** A namespace with each level that is wanted, as a dry run: policies of the cluster may refuse the label. */
async function podSecurityLines(
  { api, treatments, services }: PreflightRequest,
  present: readonly MeshId[],
): Promise<CheckLine[]> {
  const wanted = treatments.filter(({ mesh }) => mesh === 'none' || present.includes(mesh));
  const levels = new Map<string, ApiObject>();
  for (const treatment of wanted) {
    const contribution = await contributionFor(treatment, { namespace: 'meshtax-check', services });
    levels.set(contribution.podSecurity, namespaceManifest('meshtax-check', 'check', contribution));
  }
  return Promise.all(
    [...levels].map(async ([level, manifest]): Promise<CheckLine> => {
      const what = `a namespace with Pod Security ${level} may be made`;
      try {
        await api.apply(undefined, manifest, { dryRun: true });
        return { what, outcome: 'ok', detail: 'tried as a dry run' };
      } catch (error) {
        return {
          what,
          outcome: 'failed',
          detail: reasonOf(error),
          hint: "the mesh's init container needs NET_ADMIN, unless the mesh's CNI plugin does its work",
        };
      }
    }),
  );
}

async function leftoverLine(api: ClusterApi): Promise<CheckLine> {
  const what = 'no run left anything in the cluster';
  try {
    const { items } = await api.get<{ items: V1Namespace[] }>('/api/v1/namespaces', { labelSelector: OURS });
    if (items.length === 0) return { what, outcome: 'ok', detail: 'no namespace of ours' };
    const names = items.map(({ metadata }) => metadata?.name).join(', ');
    return {
      what,
      outcome: 'warning',
      detail: names,
      hint: 'meshtax clean --platform kubernetes, once no run is under way',
    };
  } catch (error) {
    return { what, outcome: 'skipped', detail: reasonOf(error) };
  }
}
