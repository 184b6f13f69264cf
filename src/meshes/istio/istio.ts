import type { Expectation } from '../../record/runRecord.ts';
import { envoyWireCounters, escaped } from '../envoy/admin.ts';
import {
  type AnyHop,
  accountOf,
  callsOf,
  hopsWithSidecar,
  type KubernetesContext,
  type KubernetesContribution,
  type KubernetesManifest,
  type Marks,
  type Mesh,
} from '../mesh.ts';
import { NOT_INJECTED } from '../notInjected.ts';
import { istioSidecar } from './sidecar.ts';

/** Sidecars that a cluster's Istio injects. */
export const istio: Mesh = { kubernetes: contribute };

function contribute(context: KubernetesContext): KubernetesContribution {
  const { settings } = context;
  const hops = hopsWithSidecar(context);
  const revision = String(settings['revision'] ?? '');
  return {
    kind: 'kubernetes',
    expectation: expectationOf(context, hops),
    // The init container that writes the redirect rules adds NET_ADMIN and NET_RAW; "baseline" allows neither.
    podSecurity: 'privileged',
    namespace: {
      labels: revision === '' ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': revision },
      annotations: {},
    },
    injected: sidecarMarks(context),
    notInjected: NOT_INJECTED,
    injectOne: {
      labels: revision === '' ? { 'sidecar.istio.io/inject': 'true' } : { 'istio.io/rev': revision },
      annotations: {},
    },
    manifests: manifestsOf(settings),
    awaitedConfigMap: 'istio-ca-root-cert',
    sidecar: istioSidecar(context),
    hops,
  };
}

/**
 * All four resource annotations or none: with some of them the injector drops every other resource, limits included
 * (mesh-facts 1.6). That is also how a sidecar gets no CPU limit, and why the number of workers is always written out.
 */
function sidecarMarks(context: KubernetesContext): Marks {
  const { settings, controlPorts } = context;
  const native = {
    auto: {},
    on: { 'sidecar.istio.io/nativeSidecar': 'true' },
    off: { 'sidecar.istio.io/nativeSidecar': 'false' },
  };
  const proxyConfig = {
    concurrency: Number(settings['concurrency']),
    // Only what is read: the whole family costs memory and time in every flush of the statistics.
    proxyStatsMatcher: { inclusionRegexps: countersRead(context).map((name) => `^${escaped(name)}$`) },
  };
  return {
    labels: {},
    annotations: {
      ...quantity('sidecar.istio.io/proxyCPU', settings['cpuRequest'], 'm'),
      ...quantity('sidecar.istio.io/proxyCPULimit', settings['cpuLimit'], 'm'),
      ...quantity('sidecar.istio.io/proxyMemory', settings['memoryRequest'], ''),
      ...quantity('sidecar.istio.io/proxyMemoryLimit', settings['memoryLimit'], ''),
      'proxy.istio.io/config': JSON.stringify(proxyConfig),
      'traffic.sidecar.istio.io/excludeInboundPorts': controlPorts.join(','),
      ...native[settings['nativeSidecar'] as keyof typeof native],
    },
  };
}

function quantity(annotation: string, value: string | number | boolean | undefined, unit: string) {
  return typeof value === 'number' ? { [annotation]: `${value}${unit}` } : {};
}

/** Names as Istio writes them: with a semicolon between the cluster and the statistic. */
const outbound = ({ service }: KubernetesContext, host: string) =>
  `cluster.outbound|${service.port}||${host};.upstream_rq_total`;
const inbound = ({ service }: KubernetesContext) => `cluster.inbound|${service.port}||;.upstream_rq_total`;
const HANDSHAKES = 'listener.0.0.0.0_15006.ssl.handshake';

const wire = ({ service }: KubernetesContext) =>
  envoyWireCounters('client', `outbound|${service.port}||${service.host};`);

function countersRead(context: KubernetesContext): string[] {
  return [
    ...callsOf(context).map(({ host }) => outbound(context, host)),
    inbound(context),
    HANDSHAKES,
    ...wire(context).map(({ counter }) => counter),
  ];
}

function expectationOf(context: KubernetesContext, hops: readonly AnyHop[]): Omit<Expectation, 'build'> {
  const { settings, namespace, clusterDomain, further } = context;
  const hasBoth = (...ends: AnyHop[]) => settings['mtls'] !== 'off' && ends.every((hop) => hops.includes(hop));
  const seenFrom = (caller: AnyHop, hop: AnyHop) =>
    hasBoth(caller, hop) ? `spiffe://${clusterDomain}/ns/${namespace}/sa/${accountOf(context, caller)}` : null;
  // Two on each call: before it and behind it.
  const counters = callsOf(context).flatMap(({ hop, host, calledBy }) => [
    { hop: calledBy, counter: outbound(context, host) },
    { hop, counter: inbound(context) },
  ]);
  const requestCounters = counters.filter(({ hop }) => hops.includes(hop));
  return {
    hops: requestCounters.length,
    peerIdentity: seenFrom('client', 'server'),
    ...(further === undefined
      ? {}
      : { further: further.map(({ hop, calledBy }) => ({ pod: hop, peerIdentity: seenFrom(calledBy, hop) })) }),
    plaintext: hops.includes('server') && settings['mtls'] === 'strict' ? 'refused' : 'answered',
    concurrency: Number(settings['concurrency']),
    requestCounters,
    ...(hops.includes('client') ? { wireCounters: wire(context) } : {}),
    handshakeCounter: hops.includes('server')
      ? { hop: 'server', counter: HANDSHAKES, expected: hasBoth('client', 'server') ? 'some' : 'none' }
      : null,
  };
}

const MTLS_MODES = { permissive: 'PERMISSIVE', strict: 'STRICT', off: 'DISABLE' } as const;

/** The mode is written out in every case: a mesh-wide policy of the cluster must not decide it. */
function manifestsOf(settings: KubernetesContext['settings']): KubernetesManifest[] {
  const mode = MTLS_MODES[settings['mtls'] as keyof typeof MTLS_MODES];
  const peerAuthentication: KubernetesManifest = {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name: 'meshtax' },
    spec: { mtls: { mode } },
  };
  if (settings['telemetry'] !== 'off') return [peerAuthentication];
  const overrides = [{ match: { metric: 'ALL_METRICS' }, disabled: true }];
  const telemetry: KubernetesManifest = {
    apiVersion: 'telemetry.istio.io/v1',
    kind: 'Telemetry',
    metadata: { name: 'meshtax' },
    spec: { metrics: [{ providers: [{ name: 'prometheus' }], overrides }] },
  };
  return [peerAuthentication, telemetry];
}
