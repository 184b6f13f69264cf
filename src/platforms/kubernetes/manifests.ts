import { type AnyHop, isFurther, type KubernetesContribution } from '../../meshes/mesh.ts';
import type { ServiceName } from '../topology.ts';
import type { ApiObject } from './api.ts';
import {
  CONTROL_PORT,
  MANAGED_BY,
  RUN_ANNOTATION,
  RUN_LABEL,
  runLabel,
  SERVICE_PORT,
  serviceOf,
  WATCHER_PORT,
} from './names.ts';

/** A pod is called as its hop; the stranger is outside the mesh. */
export type PodName = AnyHop | 'stranger';

/** The pods of a deployment with these services. */
export function podNames(services: readonly { name: ServiceName }[]): PodName[] {
  return ['client', ...services.map(({ name }) => name), 'stranger'];
}

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
  // Beside a service behind the first one it meters nothing, and a chain has to fit on small nodes.
  furtherWatcher: { cpu: '25m', memory: '64Mi' },
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

/** What of a deployment's needs is not the mesh's. */
export interface Support {
  runId: string;
  services: readonly { name: ServiceName }[];
  agentProgram: string;
  /** Contents of the agents' start files, by file name. */
  starts: Readonly<Record<string, string>>;
}

/** All that the pods need to be there before them. */
export function supportManifests({ runId, services, agentProgram, starts }: Support): ApiObject[] {
  const labels = { ...MANAGED_BY, [RUN_LABEL]: runLabel(runId) };
  const object = (apiVersion: string, kind: string, name: string, rest: object) =>
    ({ apiVersion, kind, metadata: { name, labels }, ...rest }) as ApiObject;
  const account = (name: string) => object('v1', 'ServiceAccount', name, { automountServiceAccountToken: false });
  return [
    ...podNames(services).map(account),
    object('v1', 'ConfigMap', CONFIG_MAP, { data: { 'agent.cjs': agentProgram } }),
    object('v1', 'Secret', SECRET, { type: 'Opaque', stringData: starts }),
    ...services.map(({ name }) =>
      object('v1', 'Service', serviceOf(name), {
        spec: {
          selector: { 'meshtax/pod': name },
          // Named and declared: a mesh must not have to guess the protocol.
          ports: [
            { name: 'http-echo', appProtocol: 'http', port: SERVICE_PORT, targetPort: SERVICE_PORT, protocol: 'TCP' },
          ],
        },
      }),
    ),
  ];
}

/** Start files: each agent has the port of its own container. */
export function startFiles(token: string): Record<string, string> {
  return {
    'main.json': JSON.stringify({ token, port: CONTROL_PORT }),
    'watcher.json': JSON.stringify({ token, port: WATCHER_PORT }),
  };
}

/** One pod; client and services have a watcher beside their agent, which sees the processes of all containers. */
export function podManifest(name: PodName, recipe: PodRecipe, contribution: KubernetesContribution): ApiObject {
  const isWatched = name !== 'stranger';
  const isService = isWatched && name !== 'client';
  const marks = isWatched && contribution.hops.includes(name) ? contribution.injected : contribution.notInjected;
  const main = isService ? 'service' : name === 'client' ? 'driver' : 'stranger';
  const limited = isService && recipe.memoryLimitBytes !== undefined;
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
      ports: isService ? [{ name: 'http-echo', containerPort: SERVICE_PORT, protocol: 'TCP' }] : [],
    }),
    ...(isWatched
      ? [
          container('watcher', recipe.image, {
            start: 'watcher.json',
            user: watcherUser(contribution, name),
            resources: { requests: REQUESTS[isFurther(name) ? 'furtherWatcher' : 'watcher'] },
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
function watcherUser(contribution: KubernetesContribution, hop: AnyHop): { uid: number; gid: number } {
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
