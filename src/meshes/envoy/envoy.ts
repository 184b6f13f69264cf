import { type AnyHop, HOPS, type LocalContext, type LocalContribution, type Mesh } from '../mesh.ts';
import { envoyWireCounters } from './admin.ts';
import {
  askedOf,
  CLIENT_IDENTITY,
  clientBootstrap,
  furtherBootstrap,
  furtherIdentity,
  SERVER_IDENTITY,
  serverBootstrap,
} from './bootstrap.ts';
import { INBOUND_PORT, inboundCluster, outboundCluster } from './names.ts';

/** Upstream Envoy beside client and server, wired as Istio wires its sidecars. It is not Istio, and never called so. */
export const envoy: Mesh = { local: contribute };

function contribute(context: LocalContext): LocalContribution {
  const { mtls } = askedOf(context);
  const concurrency = Number(context.settings['concurrency'] ?? 2);
  const redirect = context.wiring === 'redirect';
  const listeners = {
    client: redirect ? `0.0.0.0_${context.service.port}` : `127.0.0.1_${context.listenPorts.client}`,
    server: redirect ? `0.0.0.0_${INBOUND_PORT}` : `127.0.0.1_${context.listenPorts.server}`,
  };
  const workers = Array.from({ length: concurrency }, (_, worker) => worker);
  const further = context.further ?? [];
  const identityOf = (hop: AnyHop) =>
    hop === 'client' ? CLIENT_IDENTITY : hop === 'server' ? SERVER_IDENTITY : furtherIdentity(hop);
  return {
    kind: 'local',
    identities: mtls
      ? {
          client: CLIENT_IDENTITY,
          server: SERVER_IDENTITY,
          ...Object.fromEntries(further.map(({ hop }) => [hop, furtherIdentity(hop)])),
        }
      : null,
    proxies: [
      { hop: 'client', bootstrap: clientBootstrap(context), concurrency },
      { hop: 'server', bootstrap: serverBootstrap(context), concurrency },
      ...further.map((each) => ({ hop: each.hop, bootstrap: furtherBootstrap(context, each), concurrency })),
    ],
    expectation: {
      build: `upstream Envoy ${shortVersion(context.proxyVersion)} in Istio's sidecar topology, not Istio`,
      // Two on each call: before it and behind it.
      hops: 2 + 2 * further.length,
      peerIdentity: mtls ? CLIENT_IDENTITY : null,
      ...(further.length === 0
        ? {}
        : {
            further: further.map(({ hop, calledBy }) => ({
              pod: hop,
              peerIdentity: mtls ? identityOf(calledBy) : null,
            })),
          }),
      plaintext: mtls ? 'refused' : 'answered',
      concurrency,
      requestCounters: [
        { hop: 'client', counter: `cluster.${outboundCluster(context.service)}.upstream_rq_total` },
        { hop: 'server', counter: `cluster.${inboundCluster(context.service.port)}.upstream_rq_total` },
        ...further.flatMap(({ hop, host, calledBy }) => [
          {
            hop: calledBy,
            counter: `cluster.${outboundCluster({ host, port: context.service.port })}.upstream_rq_total`,
          },
          { hop, counter: `cluster.${inboundCluster(context.service.port)}.upstream_rq_total` },
        ]),
      ],
      workerCounters: [...HOPS, ...further.map(({ hop }) => hop)].flatMap((hop) =>
        workers.map((worker) => ({
          hop,
          worker,
          counter: `listener.${listeners[hop === 'client' ? 'client' : 'server']}.worker_${worker}.downstream_cx_total`,
        })),
      ),
      wireCounters: envoyWireCounters('client', outboundCluster(context.service)),
      handshakeCounter: {
        hop: 'server',
        counter: `listener.${listeners.server}.ssl.handshake`,
        expected: mtls ? 'some' : 'none',
      },
    },
  };
}

/** "9e55…/1.40.0/Clean/RELEASE/BoringSSL" is commit, version and build; the version is what people know. */
function shortVersion(version: string): string {
  return version.split('/')[1] ?? version;
}
