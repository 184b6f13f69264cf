// @ts-nocheck
import { envoyCountersPath, readEnvoyCounters } from '../envoy/admin.ts';
import { findSidecar } from '../findSidecar.ts';
import type { FoundSidecar, KubernetesContext, PodLike, ProxyFacts, SidecarReader } from '../mesh.ts';
import { differing, resourcesNotAsAsked } from '../resources.ts';

const CONTAINER = 'istio-proxy';
/** The injector fixes them, and the redirect rules let exactly this user's traffic pass. */
const USER = { uid: 1337, gid: 1337 };

/** The reader of Istio's sidecars, knowing what this deployment asked of them. */
export function istioSidecar(context: KubernetesContext): SidecarReader {
  return {
    user: USER,
    processes: [
      { comm: 'envoy', role: 'proxy' },
      { comm: 'pilot-agent', role: 'proxy-agent' },
    ],
    find,
    notAsAsked: (pod) => notAsAsked(pod, context),
    adminPort: 15000,
    countersPath: envoyCountersPath,
    readCounters: readEnvoyCounters,
    factPaths: ['/server_info', '/config_dump?mask=bootstrap.node'],
    facts,
    build: ({ controlPlaneImages, factBodies }) => nameBuild(controlPlaneImages, factBodies),
  };
}

function find(pod: PodLike): FoundSidecar | { absent: string } {
  return findSidecar(pod, { container: CONTAINER, user: USER, whyAbsent });
}

/** Control ports that the sidecar keeps for itself could not be reached under strict mutual TLS. */
function notAsAsked(pod: PodLike, { settings, controlPorts }: KubernetesContext): string[] {
  const found = find(pod);
  if ('absent' in found) return [found.absent];
  const excluded = pod.metadata?.annotations?.['traffic.sidecar.istio.io/excludeInboundPorts']?.split(',') ?? [];
  const taken = controlPorts.filter((port) => !excluded.includes(String(port)));
  return [
    ...resourcesNotAsAsked(found, settings),
    ...(settings['nativeSidecar'] === 'auto'
      ? []
      : differing('native sidecar', String(settings['nativeSidecar']), found.native ? 'on' : 'off')),
    ...(taken.length === 0 ? [] : [`the sidecar takes the control ports ${taken.join(', ')} for itself`]),
  ];
}

function whyAbsent(pod: PodLike): string {
  const status = pod.metadata?.annotations?.['sidecar.istio.io/status'];
  if (status !== undefined) return `the injector acted, but there is no container ${CONTAINER}`;
  if (pod.metadata?.labels?.['sidecar.istio.io/inject'] === 'false')
    return 'its label sidecar.istio.io/inject is "false"';
  return "no injector acted on it: the namespace's label names no control plane that runs, or the injector did not see it";
}

interface ServerInfo {
  version?: string;
  command_line_options?: { concurrency?: number };
  node?: { metadata?: { ISTIO_VERSION?: string } };
}

function parsed<T>(body: string | undefined): T | undefined {
  try {
    return JSON.parse(body ?? '') as T;
  } catch {
    return undefined;
  }
}

function facts([serverInfo]: readonly string[]): ProxyFacts {
  const info = parsed<ServerInfo>(serverInfo);
  const missing = { missing: "the proxy's /server_info could not be read" };
  if (info === undefined) return { version: missing, concurrencyEffective: missing };
  return {
    version: info.version ?? { missing: '/server_info names no version' },
    concurrencyEffective: info.command_line_options?.concurrency ?? { missing: '/server_info names no concurrency' },
  };
}

/** A filter that only Istio's own build of Envoy contains (mesh-facts 2.5). */
const ISTIO_FILTER = '"istio.stats"';
const RELEASE = /^\d+\.\d+\.\d+$/;

/**
 * Names what ran: only a released control plane with Istio's own proxy is called by Istio's version alone.
 * "9e55…/1.40.0/Clean/RELEASE/BoringSSL" is commit, version and build of the proxy.
 */
function nameBuild(controlPlaneImages: readonly string[], [serverInfo, dump]: readonly string[]): string {
  const info = parsed<ServerInfo>(serverInfo);
  const control = [...new Set(controlPlaneImages.map((image) => image.slice(image.lastIndexOf(':') + 1)))].join(
    ' and ',
  );
  const agent = info?.node?.metadata?.ISTIO_VERSION ?? 'of unknown version';
  const envoy = info?.version?.split('/')[1] ?? 'of unknown version';
  if (dump === undefined || dump === '') {
    return `Istio control plane ${control}, agent ${agent}, Envoy ${envoy} of unknown make, not called a release`;
  }
  if (dump.includes(ISTIO_FILTER)) {
    const isRelease = RELEASE.test(control) && RELEASE.test(agent);
    return isRelease && control === agent
      ? `Istio ${control} (Envoy ${envoy})`
      : `Istio control plane ${control} with Istio's proxy ${agent} (Envoy ${envoy}), not a release`;
  }
  return `Istio control plane ${control}, agent ${agent}, with upstream Envoy ${envoy}, without Istio's own filters, not a release of Istio`;
}
