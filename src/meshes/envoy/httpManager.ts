import { accessLog } from './accessLog.ts';
import { extension } from './xds.ts';

type Direction = 'outbound' | 'inbound';

/** What Istio's sidecar retries by default on either side (mesh-facts 2.3, 2.4). */
const RETRIES = {
  outbound: {
    retry_on: 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes',
    num_retries: 2,
    host_selection_retry_max_attempts: 5,
    retry_host_predicate: [
      extension(
        'envoy.retry_host_predicates.previous_hosts',
        'extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
      ),
    ],
  },
  inbound: { retry_on: 'reset-before-request', num_retries: 2 },
};

const INBOUND_ONLY = {
  server_name: 'istio-envoy',
  forward_client_cert_details: 'APPEND_FORWARD',
  set_current_client_cert_details: { subject: true, uri: true, dns: true },
};

/** What of the settings of mesh envoy a connection manager follows. */
export interface Asked {
  retries: boolean;
  accessLog: boolean;
}

/** Where requests for a host go; of one destination alone every host's do. */
export interface Destination {
  host: string;
  cluster: string;
}

/** The HTTP connection manager of one port: a route for each destination, the filters that Istio has and upstream Envoy too. */
export function httpManager(options: {
  direction: Direction;
  port: number;
  destinations: readonly Destination[];
  asked: Asked;
}): object {
  const { direction, port, destinations, asked } = options;
  const statPrefix = `${direction}_0.0.0.0_${port}`;
  return extension(
    'envoy.filters.network.http_connection_manager',
    'extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    {
      stat_prefix: statPrefix,
      codec_type: 'AUTO',
      use_remote_address: false,
      normalize_path: true,
      stream_idle_timeout: '0s',
      ...(asked.accessLog ? { access_log: [accessLog()] } : {}),
      ...(direction === 'inbound' ? INBOUND_ONLY : { local_reply_config: namedFlags() }),
      request_id_extension: {
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig',
          use_request_id_for_trace_sampling: true,
        },
      },
      route_config: {
        name: statPrefix,
        validate_clusters: false,
        virtual_hosts: destinations.map(({ host, cluster }) => ({
          name: destinations.length === 1 ? `${direction}|http|${port}` : `${host}:${port}`,
          domains: destinations.length === 1 ? ['*'] : [host, `${host}:${port}`],
          // Counted by the client's side only: the second proxy would overwrite the first one's count.
          include_request_attempt_count: direction === 'outbound',
          routes: [
            {
              name: 'default',
              match: { prefix: '/' },
              route: { cluster, timeout: '0s', ...(asked.retries ? { retry_policy: RETRIES[direction] } : {}) },
            },
          ],
        })),
      },
      http_filters: httpFilters(),
    },
  );
}

function httpFilters(): object[] {
  return [
    extension('envoy.filters.http.grpc_stats', 'extensions.filters.http.grpc_stats.v3.FilterConfig', {
      emit_filter_state: true,
      stats_for_all_methods: false,
    }),
    extension('envoy.filters.http.fault', 'extensions.filters.http.fault.v3.HTTPFault'),
    extension('envoy.filters.http.cors', 'extensions.filters.http.cors.v3.Cors'),
    extension('envoy.filters.http.router', 'extensions.filters.http.router.v3.Router'),
  ];
}

/** Only answers that the proxy makes itself carry its response flags; an answer that passes costs nothing more. */
function namedFlags(): object {
  return {
    mappers: [
      {
        filter: { response_flag_filter: {} },
        headers_to_add: [{ header: { key: 'x-envoy-response-flags', value: '%RESPONSE_FLAGS%' } }],
      },
    ],
  };
}
