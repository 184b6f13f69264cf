import type { AnyHop, FurtherHop, FurtherService, HopWiring, LocalContext, ProxySign } from '../mesh.ts';
import { type Asked, httpManager } from './httpManager.ts';
import { INBOUND_PORT, inboundCluster, OUTBOUND_PORT, outboundCluster } from './names.ts';
import { downstreamTls, upstreamTls } from './tls.ts';
import { extension, socketAddress } from './xds.ts';

export const CLIENT_IDENTITY = 'spiffe://cluster.local/ns/bench/sa/client';
export const SERVER_IDENTITY = 'spiffe://cluster.local/ns/bench/sa/echo';

const UNLIMITED = 4_294_967_295;
const BLACK_HOLE = { name: 'BlackHoleCluster', type: 'STATIC', connect_timeout: '10s' };
const PASSTHROUGH = {
  name: 'PassthroughCluster',
  type: 'ORIGINAL_DST',
  lb_policy: 'CLUSTER_PROVIDED',
  connect_timeout: '10s',
};

/** The settings of mesh envoy as the bootstraps take them. */
export function askedOf({ settings }: Pick<LocalContext, 'settings'>): Asked & { mtls: boolean } {
  return {
    mtls: settings['mtls'] !== 'off',
    retries: settings['retries'] !== 'off',
    accessLog: settings['accessLog'] === 'text',
  };
}

/** A service that a pod calls. */
interface Called {
  host: string;
  ip: string;
  /** Port at the address. */
  port: number;
  identity: string;
}

interface Parts {
  listeners: object[];
  clusters: object[];
}

/** Envoy of the client's pod: takes what the pod sends to the service and carries it on under mutual TLS. */
export function clientBootstrap(context: LocalContext): object {
  const { service, wiring, hops } = context;
  const redirect = wiring === 'redirect';
  const [ip, port] = redirect ? [hops.server.ip, service.port] : ['127.0.0.1', context.listenPorts.server];
  const { listeners, clusters } = outboundParts(context, {
    own: hops.client,
    called: [{ host: service.host, ip, port, identity: SERVER_IDENTITY }],
  });
  return bootstrap({
    pod: { name: 'client', ...hops.client },
    listeners,
    clusters: [...clusters, ...(redirect ? [PASSTHROUGH, BLACK_HOLE] : [])],
  });
}

/** Takes what a pod sends to the services that it calls, and carries it on under mutual TLS. */
function outboundParts(context: LocalContext, { own, called }: { own: HopWiring; called: readonly Called[] }): Parts {
  const { service, wiring } = context;
  const { mtls, ...asked } = askedOf(context);
  const redirect = wiring === 'redirect';
  const destinations = called.map(({ host }) => ({ host, cluster: outboundCluster({ host, port: service.port }) }));
  const perPort = {
    name: `0.0.0.0_${service.port}`,
    address: redirect ? socketAddress('0.0.0.0', service.port) : socketAddress('127.0.0.1', context.listenPorts.client),
    // Under redirection connections are handed over by the listener on 15001; the port itself is never bound.
    ...(redirect ? { bind_to_port: false } : {}),
    traffic_direction: 'OUTBOUND',
    continue_on_listener_filters_timeout: true,
    listener_filters_timeout: '0s',
    listener_filters: [
      extension('envoy.filters.listener.http_inspector', 'extensions.filters.listener.http_inspector.v3.HttpInspector'),
    ],
    filter_chains: [
      {
        filter_chain_match: { transport_protocol: 'raw_buffer', application_protocols: ['http/1.1', 'h2c'] },
        filters: [httpManager({ direction: 'outbound', port: service.port, destinations, asked })],
      },
    ],
    ...(redirect ? { default_filter_chain: { filters: [tcpProxy(PASSTHROUGH.name)] } } : {}),
  };
  const clusters = called.map(({ host, ip, port, identity }) => ({
    ...staticCluster(outboundCluster({ host, port: service.port }), socketAddress(ip, port)),
    lb_policy: 'LEAST_REQUEST',
    ...(mtls
      ? {
          transport_socket: upstreamTls({
            files: own.certificates,
            sni: `outbound_.${service.port}_._.${host}`,
            serverIdentity: identity,
          }),
        }
      : {}),
  }));
  return { listeners: redirect ? [virtualOutbound(), perPort] : [perPort], clusters };
}

/** Envoy of the server's pod: ends mutual TLS and passes the request to the application beside it. */
export function serverBootstrap(context: LocalContext): object {
  return serviceBootstrap(context, { hop: 'server', name: 'echo', own: context.hops.server });
}

/** Envoy of a service behind the first one. */
export function furtherBootstrap(context: LocalContext, service: FurtherService): object {
  return serviceBootstrap(context, { hop: service.hop, name: service.hop.replace('server', 'echo'), own: service });
}

export const furtherIdentity = (hop: FurtherHop): string => `${SERVER_IDENTITY}${hop.slice('server'.length)}`;

/** Envoy beside a service, and before those that it calls. */
function serviceBootstrap(context: LocalContext, of: { hop: AnyHop; name: string; own: HopWiring }): object {
  const { hop, name, own } = of;
  const redirect = context.wiring === 'redirect';
  const inbound = inboundParts(context, own);
  const called = (context.further ?? [])
    .filter(({ calledBy }) => calledBy === hop)
    .map((next) => ({ host: next.host, ip: next.ip, port: context.service.port, identity: furtherIdentity(next.hop) }));
  if (called.length === 0) {
    const clusters = redirect ? [...inbound.clusters, BLACK_HOLE] : inbound.clusters;
    return bootstrap({ pod: { name, ...own }, listeners: inbound.listeners, clusters });
  }
  const outbound = outboundParts(context, { own, called });
  return bootstrap({
    pod: { name, ...own },
    listeners: [...inbound.listeners, ...outbound.listeners],
    clusters: [...inbound.clusters, ...outbound.clusters, PASSTHROUGH, BLACK_HOLE],
  });
}

function inboundParts(context: LocalContext, own: HopWiring): Parts {
  const { service, wiring } = context;
  const { mtls, ...asked } = askedOf(context);
  const redirect = wiring === 'redirect';
  const cluster = inboundCluster(service.port);
  const chain = {
    name: `0.0.0.0_${service.port}`,
    filter_chain_match: {
      ...(redirect ? { destination_port: service.port } : {}),
      // Strict has no plaintext chain: a plaintext connection matches nothing and is closed.
      transport_protocol: mtls ? 'tls' : 'raw_buffer',
    },
    ...(mtls ? { transport_socket: downstreamTls(own.certificates) } : {}),
    filters: [
      httpManager({ direction: 'inbound', port: service.port, destinations: [{ host: service.host, cluster }], asked }),
    ],
  };
  const originalDestination = extension(
    'envoy.filters.listener.original_dst',
    'extensions.filters.listener.original_dst.v3.OriginalDst',
  );
  const tlsInspector = extension(
    'envoy.filters.listener.tls_inspector',
    'extensions.filters.listener.tls_inspector.v3.TlsInspector',
    { initial_read_buffer_size: 512 },
  );
  const listener = {
    name: 'virtualInbound',
    address: redirect ? socketAddress('0.0.0.0', INBOUND_PORT) : socketAddress('127.0.0.1', context.listenPorts.server),
    traffic_direction: 'INBOUND',
    continue_on_listener_filters_timeout: true,
    listener_filters_timeout: '0s',
    max_connections_to_accept_per_socket_event: 1,
    listener_filters: redirect ? [originalDestination, tlsInspector] : [tlsInspector],
    filter_chains: redirect ? [blackHoleChain(INBOUND_PORT), chain] : [chain],
  };
  const application = redirect
    ? {
        name: cluster,
        type: 'ORIGINAL_DST',
        lb_policy: 'CLUSTER_PROVIDED',
        connect_timeout: '10s',
        circuit_breakers: unlimited(),
        // The rules let this source pass, so that the proxy's own call is not redirected again.
        upstream_bind_config: { source_address: { address: '127.0.0.6', port_value: 0 } },
      }
    : staticCluster(cluster, socketAddress('127.0.0.1', service.port));
  return { listeners: [listener], clusters: [application] };
}

function virtualOutbound(): object {
  return {
    name: 'virtualOutbound',
    address: socketAddress('0.0.0.0', OUTBOUND_PORT),
    use_original_dst: true,
    traffic_direction: 'OUTBOUND',
    max_connections_to_accept_per_socket_event: 1,
    filter_chains: [blackHoleChain(OUTBOUND_PORT), { filters: [tcpProxy(PASSTHROUGH.name)] }],
  };
}

/** A call to the proxy's own port would be redirected to itself for ever. */
function blackHoleChain(port: number): object {
  return { name: 'blackhole', filter_chain_match: { destination_port: port }, filters: [tcpProxy(BLACK_HOLE.name)] };
}

function tcpProxy(cluster: string): object {
  return extension('envoy.filters.network.tcp_proxy', 'extensions.filters.network.tcp_proxy.v3.TcpProxy', {
    stat_prefix: cluster,
    cluster,
  });
}

function staticCluster(name: string, address: object): object {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '10s',
    circuit_breakers: unlimited(),
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  };
}

function unlimited(): object {
  return {
    thresholds: [
      { max_connections: UNLIMITED, max_pending_requests: UNLIMITED, max_requests: UNLIMITED, max_retries: UNLIMITED },
    ],
  };
}

function bootstrap(parts: {
  pod: { name: string; ip: string; adminPort: number; sign: ProxySign | null };
  listeners: object[];
  clusters: object[];
}): object {
  const { pod, listeners, clusters } = parts;
  return {
    node: {
      id: `sidecar~${pod.ip}~${pod.name}.bench~bench.svc.cluster.local`,
      cluster: `${pod.name}.bench`,
    },
    admin: {
      access_log: [
        extension('envoy.access_loggers.file', 'extensions.access_loggers.file.v3.FileAccessLog', {
          path: '/dev/null',
        }),
      ],
      address: socketAddress('127.0.0.1', pod.adminPort),
    },
    // The default tag extraction cuts counter names apart at dots, bars and ports.
    stats_config: { use_all_default_tags: false },
    layered_runtime: { layers: [{ name: 'admin', admin_layer: {} }] },
    overload_manager: {
      resource_monitors: [
        extension(
          'envoy.resource_monitors.global_downstream_max_connections',
          'extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
          { max_active_downstream_connections: 2_147_483_647 },
        ),
      ],
    },
    ...signed(pod.sign),
    static_resources: { listeners, clusters },
  };
}

/** SOL_SOCKET and SO_MARK of Linux on x86 and ARM (asm-generic/socket.h). */
const SO_MARK = { level: 1, name: 36 };

/** Makes every connection that the proxy opens carry its sign; a user of its own needs nothing. */
function signed(sign: ProxySign | null): object {
  switch (sign?.by) {
    case 'mark':
      return upstreamBinding({
        source_address: { address: '0.0.0.0', port_value: 0 },
        socket_options: [{ ...SO_MARK, int_value: sign.mark, state: 'STATE_PREBIND' }],
      });
    case 'source':
      return upstreamBinding({ source_address: { address: sign.address, port_value: 0 } });
    default:
      return {};
  }
}

const upstreamBinding = (binding: object) => ({ cluster_manager: { upstream_bind_config: binding } });
