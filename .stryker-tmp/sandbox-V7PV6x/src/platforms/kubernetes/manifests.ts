// @ts-nocheck
import type { Hop, KubernetesContribution, Marks } from '../../meshes/mesh.ts';
import type { ApiObject } from './api.ts';
import {
  CONTROL_PORT,
  MANAGED_BY,
  RUN_ANNOTATION,
  RUN_LABEL,
  runLabel,
  SERVICE,
  SERVICE_PORT,
  WATCHER_PORT,
} from './names.ts';

export const POD_NAMES = ['client', 'server', 'stranger'] as const;
export type PodName = (typeof POD_NAMES)[number];

/** What all pods of a deployment are made from. */
export interface PodRecipe {
  runId: string;
  image: string;
  /** Node to be placed on; undefined leaves it to the scheduler. */
  node: string | undefined;
  memoryLimitBytes: number | undefined;
}

/** For pods that are only tried or counted, never made. */
export function checkRecipe(image: string): PodRecipe {
  return { runId: 'check', image, node: undefined, memoryLimitBytes: undefined };
}

const CONFIG_MAP = 'meshtax-agent';
const SECRET = 'meshtax-start';
const AGENT_UID = 1000;
/** Long enough to close sockets; a pod that is deleted has nothing else to do. */
const GRACE_SECONDS = 1;
/**
 * The same weights for all treatments. Without requests of its own the application would get next to nothing of a busy
 * core beside a sidecar that has some, and the difference would look like the mesh's.
 */
const REQUESTS = {
  main: { cpu: '250m', memory: '64Mi' },
  // As much as the rest: its stall meter has to show the cores, not the weight of its own group.
  watcher: { cpu: '250m', memory: '64Mi' },
  stranger: { cpu: '50m', memory: '48Mi' },
} as const;

export function namespaceManifest(name: string, runId: string, contribution: KubernetesContribution): ApiObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        ...MANAGED_BY,
        [RUN_LABEL]: runLabel(runId),
        'pod-security.kubernetes.io/enforce': contribution.podSecurity,
        ...contribution.namespace.labels,
      },
      annotations: { [RUN_ANNOTATION]: runId, ...contribution.namespace.annotations },
    },
  } as ApiObject;
}

/** All that the pods need to be there before them. @param starts contents of the agents' start files, by file name */
export function supportManifests(
  runId: string,
  agentProgram: string,
  starts: Readonly<Record<string, string>>,
): ApiObject[] {
  const labels = { ...MANAGED_BY, [RUN_LABEL]: runLabel(runId) };
  const object = (apiVersion: string, kind: string, name: string, rest: object) =>
    ({ apiVersion, kind, metadata: { name, labels }, ...rest }) as ApiObject;
  const account = (name: string) => object('v1', 'ServiceAccount', name, { automountServiceAccountToken: false });
  return [
    account('client'),
    account('server'),
    account('stranger'),
    object('v1', 'ConfigMap', CONFIG_MAP, { data: { 'agent.cjs': agentProgram } }),
    object('v1', 'Secret', SECRET, { type: 'Opaque', stringData: starts }),
    object('v1', 'Service', SERVICE, {
      spec: {
        selector: { 'meshtax/pod': 'server' },
        // Named and declared: a mesh must not have to guess the protocol.
        ports: [
          { name: 'http-echo', appProtocol: 'http', port: SERVICE_PORT, targetPort: SERVICE_PORT, protocol: 'TCP' },
        ],
      },
    }),
  ];
}

/** Start files: each agent has the port of its own container. */
export function startFiles(token: string): Record<string, string> {
  return {
    'main.json': JSON.stringify({ token, port: CONTROL_PORT }),
    'watcher.json': JSON.stringify({ token, port: WATCHER_PORT }),
  };
}

/** One pod; client and server have a watcher beside their agent, which sees the processes of all containers. */
export function podManifest(name: PodName, recipe: PodRecipe, contribution: KubernetesContribution): ApiObject {
  const marks: Marks = name === 'stranger' ? contribution.stranger : contribution.pods[name];
  const isWatched = name !== 'stranger';
  const main = name === 'server' ? 'service' : name === 'client' ? 'driver' : 'stranger';
  const limited = name === 'server' && recipe.memoryLimitBytes !== undefined;
  const containers = [
    container(main, recipe.image, {
      start: 'main.json',
      user: { uid: AGENT_UID, gid: AGENT_UID },
      resources: {
        requests: {
          ...REQUESTS[isWatched ? 'main' : 'stranger'],
          ...(limited ? { memory: String(recipe.memoryLimitBytes) } : {}),
        },
        ...(limited ? { limits: { memory: String(recipe.memoryLimitBytes) } } : {}),
      },
      ports: name === 'server' ? [{ name: 'http-echo', containerPort: SERVICE_PORT, protocol: 'TCP' }] : [],
    }),
    ...(isWatched
      ? [
          container('watcher', recipe.image, {
            start: 'watcher.json',
            user: watcherUser(contribution, name),
            resources: { requests: REQUESTS.watcher },
            ports: [],
          }),
        ]
      : []),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: { ...MANAGED_BY, [RUN_LABEL]: runLabel(recipe.runId), 'meshtax/pod': name, app: name, ...marks.labels },
      annotations: { ...marks.annotations },
    },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: GRACE_SECONDS,
      shareProcessNamespace: isWatched,
      ...(recipe.node === undefined ? {} : { nodeSelector: { 'kubernetes.io/hostname': recipe.node } }),
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      containers,
      volumes: [
        { name: 'agent', configMap: { name: CONFIG_MAP } },
        { name: 'start', secret: { secretName: SECRET } },
      ],
    },
  } as ApiObject;
}

/** The sidecar's own user: only it may look into the proxy's control group, and it sends no load. */
function watcherUser(contribution: KubernetesContribution, hop: Hop): { uid: number; gid: number } {
  const hasSidecar = contribution.hops.includes(hop);
  return hasSidecar && contribution.sidecar !== null ? contribution.sidecar.user : { uid: AGENT_UID, gid: AGENT_UID };
}

interface ContainerRecipe {
  start: string;
  user: { uid: number; gid: number };
  resources: object;
  ports: readonly object[];
}

function container(name: string, image: string, recipe: ContainerRecipe): object {
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['node', '/meshtax/agent/agent.cjs', `/meshtax/start/${recipe.start}`],
    ...(recipe.ports.length === 0 ? {} : { ports: recipe.ports }),
    resources: recipe.resources,
    volumeMounts: [
      { name: 'agent', mountPath: '/meshtax/agent', readOnly: true },
      { name: 'start', mountPath: '/meshtax/start', readOnly: true },
    ],
    securityContext: {
      runAsUser: recipe.user.uid,
      runAsGroup: recipe.user.gid,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}
