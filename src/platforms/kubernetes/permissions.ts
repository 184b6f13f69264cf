import { type MeshId, meshEntry } from '../../meshes/index.ts';
import type { ClusterApi } from './api.ts';

export interface Permission {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  /** For what it is needed, and what happens without it. */
  why: string;
  /** Without a required one nothing can be measured. */
  need: 'required' | 'control-path' | 'optional';
}

const CORE = ['serviceaccounts', 'configmaps', 'secrets', 'services', 'pods'];

/** Everything that a run asks of the API server, for the meshes given. */
export function permissionsFor(meshes: readonly MeshId[]): Permission[] {
  const required = (verb: string, resource: string, why: string, group = ''): Permission => ({
    verb,
    group,
    resource,
    why,
    need: 'required',
  });
  const own = CORE.flatMap((resource) =>
    // Server-side apply of something new needs both.
    ['create', 'patch'].map((verb) => required(verb, resource, "makes a deployment's objects")),
  );
  const ofMeshes = meshes.flatMap((mesh) =>
    (meshEntry(mesh).inCluster?.apis ?? []).flatMap((api) => {
      const group = api.slice(0, api.indexOf('/'));
      return ['create', 'patch'].map((verb) => required(verb, '*', `makes the objects of ${mesh}`, group));
    }),
  );
  const proxy = (verb: string): Permission => ({
    verb,
    group: '',
    resource: 'pods',
    subresource: 'proxy',
    why: 'reaches the agents through the API server; without it port-forward does',
    need: 'control-path',
  });
  return [
    ...['get', 'list', 'create', 'patch', 'delete'].map((verb) =>
      required(verb, 'namespaces', 'each deployment has a namespace of its own'),
    ),
    ...own,
    required('get', 'services', "finds the Service's address"),
    required('get', 'configmaps', "waits for the control plane's ConfigMap"),
    ...['get', 'list', 'deletecollection'].map((verb) => required(verb, 'pods', 'follows the pods, and removes them')),
    ...ofMeshes,
    ...['get', 'update', 'delete'].map(proxy),
    // Opened as a WebSocket it is a GET, and newer API servers want `create` as well.
    ...['get', 'create'].map(
      (verb): Permission => ({
        verb,
        group: '',
        resource: 'pods',
        subresource: 'portforward',
        why: 'reaches the agents where the pod proxy may not be used',
        need: 'control-path',
      }),
    ),
    {
      verb: 'list',
      group: '',
      resource: 'nodes',
      why: 'places all treatments on the same nodes; without it the scheduler places them',
      need: 'optional',
    },
    {
      verb: 'get',
      group: '',
      resource: 'nodes',
      subresource: 'proxy',
      why: "the kubelet's own figures; not used: CPU, memory and throttling are read inside the pods",
      need: 'optional',
    },
  ];
}

export interface AnsweredPermission extends Permission {
  allowed: boolean;
}

/** Asks the API server about each. @throws where it cannot be asked at all */
export async function reviewPermissions(
  api: ClusterApi,
  permissions: readonly Permission[],
): Promise<AnsweredPermission[]> {
  return Promise.all(
    permissions.map(async (permission) => {
      const { verb, group, resource, subresource } = permission;
      const resourceAttributes = { verb, group, resource, ...(subresource === undefined ? {} : { subresource }) };
      const review = await api.create<{ status?: { allowed?: boolean } }>(
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
      );
      return { ...permission, allowed: review.status?.allowed === true };
    }),
  );
}

/** `update pods/proxy`, or `create peerauthentications in security.istio.io` */
export function permissionText({ verb, group, resource, subresource }: Permission): string {
  const of = subresource === undefined ? resource : `${resource}/${subresource}`;
  return group === '' ? `${verb} ${of}` : `${verb} ${of} in ${group}`;
}

export type ControlChoice = { path: 'pod proxy' | 'port-forward' } | { none: string };

/** The control path that the permissions allow, the pod proxy first. */
export function controlPathOf(answers: readonly AnsweredPermission[]): ControlChoice {
  const of = (subresource: string) =>
    answers.filter((answer) => answer.subresource === subresource && answer.resource === 'pods');
  if (of('proxy').every(({ allowed }) => allowed)) return { path: 'pod proxy' };
  if (of('portforward').every(({ allowed }) => allowed)) return { path: 'port-forward' };
  const lacking = (subresource: string) =>
    of(subresource)
      .filter(({ allowed }) => !allowed)
      .map(permissionText)
      .join(', ');
  return { none: `the pod proxy lacks ${lacking('proxy')}; port-forward lacks ${lacking('portforward')}` };
}
