import type { PlatformId } from '../platforms/index.ts';
import type { Measured } from '../record/measured.ts';
import type { Expectation } from '../record/runRecord.ts';
import type { MeshSettings } from '../scenario/scenario.ts';

export type Hop = 'client' | 'server';
/** A service behind the first one, in a chain or a fan-out. */
export type FurtherHop = `server-${number}`;
export type AnyHop = Hop | FurtherHop;
export const isFurther = (hop: AnyHop): hop is FurtherHop => hop !== 'client' && hop !== 'server';
export const HOPS: readonly Hop[] = ['client', 'server'];

/** The hops that a treatment's setting `sidecars` names: both, or one of them; every service is the server's side. */
export function hopsWithSidecar({ settings, further = [] }: Pick<KubernetesContext, 'settings' | 'further'>): AnyHop[] {
  const isMeshed = (side: Hop) => settings['sidecars'] === 'both' || settings['sidecars'] === side;
  return [...HOPS.filter(isMeshed), ...(isMeshed('server') ? further.map(({ hop }) => hop) : [])];
}

/** One setting that a scenario may give a mesh. After parsing, `cpu` is millicores and `memory` bytes, or the word "none". */
export type SettingSpec =
  | { kind: 'choice'; options: readonly string[]; default: string; about: string }
  | { kind: 'integer'; min: number; max: number; default: number; about: string }
  | { kind: 'cpu' | 'memory'; default: string; about: string }
  | { kind: 'name'; default: string; about: string }
  /** Three numbers with dots between; the empty default stands for a version that is not asked for. */
  | { kind: 'version'; default: ''; example: string; about: string };

/** By what the redirect rules know a proxy's own traffic, which has to pass; `mark` is set by it on each of its sockets. */
export type ProxySign = { by: 'owner'; uid: number } | { by: 'mark'; mark: number } | { by: 'source'; address: string };

/** How a hop's proxy is reached and reaches on, as the platform has wired it. */
export interface HopWiring {
  /** Address of the pod. */
  ip: string;
  /** How the proxy has to sign what it sends; null with `ports`, where no rules are. */
  sign: ProxySign | null;
  adminPort: number;
  certificates: { cert: string; key: string; ca: string };
}

/** A service, and who calls it. */
export interface Call<H extends AnyHop = AnyHop> {
  hop: H;
  /** Name under which it is called; all services have one port. */
  host: string;
  calledBy: AnyHop;
}

/** A service behind the first one, as a mesh needs to know it. */
export type FurtherService = Call<FurtherHop> & HopWiring;

/** Every call that one request makes, in the order in which it makes them. */
export function callsOf({ service, further = [] }: { service: { host: string }; further?: readonly Call[] }): Call[] {
  return [{ hop: 'server', host: service.host, calledBy: 'client' }, ...further];
}

/** What a mesh needs to know to describe its part of a local deployment. */
export interface LocalContext {
  /** `redirect`: iptables brings connections to the proxies; `ports`: the proxies listen on loopback ports of their own. */
  wiring: 'redirect' | 'ports';
  settings: MeshSettings;
  service: { host: string; port: number };
  /** Version that the proxy's binary prints. */
  proxyVersion: string;
  hops: Readonly<Record<Hop, HopWiring>>;
  /** Absent where there is one service; only with `redirect`. */
  further?: readonly FurtherService[];
  /** Loopback ports of the proxies; only with `ports`. */
  listenPorts: Readonly<Record<Hop, number>>;
}

/** What a mesh adds to a local deployment: data only, the platform acts on it. */
export interface LocalContribution {
  kind: 'local';
  expectation: Expectation;
  /** SPIFFE identity for each hop's certificate; null: no certificates wanted. */
  identities: Readonly<Record<Hop, string> & Partial<Record<FurtherHop, string>>> | null;
  proxies: readonly { hop: AnyHop; bootstrap: object; concurrency: number }[];
}

/** What a mesh needs to know to describe its part of a deployment in a cluster. */
export interface KubernetesContext {
  settings: MeshSettings;
  /** The deployment's own namespace. */
  namespace: string;
  clusterDomain: string;
  /** The sample service; `host` is its full name in the cluster. */
  service: { name: string; host: string; port: number };
  serviceAccounts: Readonly<Record<Hop, string>>;
  /** Absent where there is one service. */
  further?: readonly (Call<FurtherHop> & { serviceAccount: string })[];
  /** Ports of our own control protocol: they have to be reachable from outside the mesh. */
  controlPorts: readonly number[];
}

/** The service account that a pod runs as. */
export function accountOf({ serviceAccounts, further = [] }: KubernetesContext, hop: AnyHop): string {
  if (!isFurther(hop)) return serviceAccounts[hop];
  const found = further.find((service) => service.hop === hop);
  if (found === undefined) throw new Error(`there is no service ${hop}`);
  return found.serviceAccount;
}

/** Labels and annotations that make the mesh's injector act, or pass over. */
export interface Marks {
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

/** What a mesh adds to a deployment in a cluster: data, and pure readers of what came of it. */
export interface KubernetesContribution {
  kind: 'kubernetes';
  /** Without `build`: that is named once it is known what runs. */
  expectation: Omit<Expectation, 'build'>;
  /** Level that the namespace has to enforce for the mesh's own containers to be admitted. */
  podSecurity: 'restricted' | 'baseline' | 'privileged';
  namespace: Marks;
  /** For the pod of each hop that is to have a sidecar. */
  injected: Marks;
  /** For all others, the pod outside the mesh among them. */
  notInjected: Marks;
  /** With these beside its own a pod is injected in a namespace that says nothing: for a try that creates nothing. */
  injectOne: Marks;
  /** Objects of the mesh's own kinds, in the deployment's namespace, there before the pods. */
  manifests: readonly KubernetesManifest[];
  /** A ConfigMap that the control plane puts into each namespace, and without which a pod would wait for its mount. */
  awaitedConfigMap: string | null;
  /** Absent where no hop gets a sidecar. */
  sidecar: SidecarReader | null;
  hops: readonly AnyHop[];
}

export interface KubernetesManifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  [field: string]: unknown;
}

/** The parts of a pod, as the API server gives it, that tell whether it has a sidecar. */
export interface PodLike {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: { containers?: readonly ContainerLike[]; initContainers?: readonly ContainerLike[] };
}

export interface ContainerLike {
  name: string;
  image?: string;
  restartPolicy?: string;
  args?: readonly string[];
  env?: readonly { name: string; value?: string }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: { runAsUser?: number; runAsGroup?: number };
}

/** A sidecar as a pod's own description shows it. */
export interface FoundSidecar {
  container: string;
  image: string;
  /** An init container that goes on running (Kubernetes' native sidecar), or an ordinary container. */
  native: boolean;
  requests: Readonly<Record<string, string>>;
  limits: Readonly<Record<string, string>>;
  /** User that the proxy runs as; a reader of its cgroup has to be the same. */
  user: { uid: number; gid: number };
}

export interface ProxyFacts {
  version: Measured<string>;
  concurrencyEffective: Measured<number>;
}

/** How a mesh's sidecar is recognised and asked. Pure: the platform carries questions and answers. */
export interface SidecarReader {
  /** User and group that the mesh's proxy runs as. */
  user: { uid: number; gid: number };
  /** Names of processes (as in /proc/PID/comm) and what they are. */
  processes: readonly { comm: string; role: 'proxy' | 'proxy-agent' }[];
  /** @returns the sidecar, or why there is none */
  find(pod: PodLike): FoundSidecar | { absent: string };
  /** What an injected pod lacks of what was asked: injectors drop what they cannot read, and say so nowhere else. */
  notAsAsked(pod: PodLike): string[];
  /** Port of the proxy's own pages, on the pod's loopback. */
  adminPort: number;
  /** Path that answers with the named counters. */
  countersPath(names: readonly string[]): string;
  /** Counters by their names; null for one that the proxy does not have (yet). @throws on an answer that is none */
  readCounters(body: string, names: readonly string[]): Record<string, number | null>;
  /** Paths whose answers tell what the proxy is, in the order in which `facts` takes them. */
  factPaths: readonly string[];
  facts(bodies: readonly string[]): ProxyFacts;
  /** The build in words, never called a release where it is none. */
  build(found: { controlPlaneImages: readonly string[]; sidecar: FoundSidecar; factBodies: readonly string[] }): string;
}

/** How a cluster's mesh is found before anything is deployed. */
export interface MeshInCluster {
  /** Selects the control plane's pods, in any namespace. */
  controlPlaneSelector: string;
  /** Selects the injector's MutatingWebhookConfiguration. */
  webhookSelector: string;
  /** API groups and versions whose kinds the mesh's manifests use. */
  apis: readonly string[];
  /** How the mesh is installed, for a hint. */
  installHint: string;
  /** Said wherever results of it appear, where nobody ran it end to end; null where it was run. */
  notYetRun: string | null;
}

export interface Unsupported {
  unsupported: string;
}

/** The code of a mesh, loaded when it is needed: one function for each platform that its entry names. */
export interface Mesh {
  local?(context: LocalContext): LocalContribution | Unsupported;
  kubernetes?(context: KubernetesContext): KubernetesContribution | Unsupported;
}

export interface MeshEntry {
  title: string;
  platforms: readonly PlatformId[];
  /** Whether it adds proxies: without any treatment that does, no binary is looked for. */
  proxied: boolean;
  settings: Readonly<Record<string, SettingSpec>>;
  /** Where it runs on Kubernetes. */
  inCluster?: MeshInCluster;
  load(): Promise<Mesh>;
}
