/** What of a configuration costs time, memory or safety, each under a name that a person can read. */
// @ts-nocheck

export type Features = Readonly<Record<string, string>>;

type Json = Readonly<Record<string, unknown>>;

/** Fields of an HTTP connection manager that change what a request costs, besides its filters and access logs. */
const MANAGER_FIELDS = ['tracing', 'forward_client_cert_details', 'stream_idle_timeout'];
/** Fields of a cluster that change what a connection or a request costs. */
const CLUSTER_FIELDS = ['typed_extension_protocol_options', 'circuit_breakers', 'outlier_detection', 'health_checks'];
const LISTENER_FIELDS = ['enable_reuse_port', 'connection_balance_config', 'per_connection_buffer_limit_bytes'];

/**
 * What counts in a bootstrap: listeners with their filters, access logs and TLS; routes with retries and rewrites;
 * clusters with TLS, protocol and limits; tracing and stats sinks.
 */
export function featuresOf(bootstrap: object): Features {
  const whole = bootstrap as Json;
  const { listeners, clusters } = (whole['static_resources'] ?? {}) as Json;
  return {
    ...present('tracing', whole['tracing']),
    ...present('stats_sinks', whole['stats_sinks']),
    ...present('dynamic_resources', whole['dynamic_resources']),
    'access_log of the admin port': String(list(part(whole['admin'])['access_log']).length),
    ...Object.assign({}, ...list(listeners).map(listenerFeatures)),
    ...Object.assign({}, ...list(clusters).map(clusterFeatures)),
  };
}

/**
 * The same of a running Envoy, by its /config_dump: the bootstrap that it took, and whatever came to it since.
 * @throws where the answer is not the JSON of a config dump
 */
export function featuresOfDump(body: string): Features {
  const configs = list((JSON.parse(body) as Json)['configs']).map(part);
  const bootstrap = configs.find((config) => config['bootstrap'] !== undefined)?.['bootstrap'];
  if (bootstrap === undefined) throw new Error("the proxy's /config_dump holds no bootstrap");
  const came = ['dynamic_listeners', 'dynamic_active_clusters', 'dynamic_warming_clusters', 'dynamic_route_configs'];
  const dynamic = came.map((name) => [name, configs.flatMap((config) => list(config[name])).length] as const);
  return {
    ...featuresOf(part(bootstrap)),
    ...Object.fromEntries(dynamic.flatMap(([name, count]) => (count === 0 ? [] : [[name, String(count)]]))),
  };
}

/** Each difference in words: what it is about, what runs, and what was asked for. */
export function differencesOf(asked: Features, effective: Features): string[] {
  const names = [...new Set([...Object.keys(asked), ...Object.keys(effective)])].sort();
  return names.flatMap((name) =>
    asked[name] === effective[name] ? [] : [`${name}: ${effective[name] ?? 'none'}, asked ${asked[name] ?? 'none'}`],
  );
}

function listenerFeatures(value: unknown): Features {
  const listener = part(value);
  const where = `listener ${listener['name']}`;
  const chains = list(listener['filter_chains']);
  const fallback = listener['default_filter_chain'];
  return {
    [`${where}: access_log`]: String(list(listener['access_log']).length),
    [`${where}: listener filters`]: names(listener['listener_filters']),
    [`${where}: filter chains`]: String(chains.length + (fallback === undefined ? 0 : 1)),
    ...fields(where, listener, LISTENER_FIELDS),
    ...Object.assign({}, ...chains.map((chain, index) => chainFeatures(`${where}, chain ${index + 1}`, chain))),
    ...(fallback === undefined ? {} : chainFeatures(`${where}, default chain`, fallback)),
  };
}

function chainFeatures(where: string, value: unknown): Features {
  const chain = part(value);
  const filters = list(chain['filters']);
  return {
    [`${where}: TLS`]: nameOf(chain['transport_socket']),
    [`${where}: client certificate`]: String(
      configOf(chain['transport_socket'])['require_client_certificate'] ?? false,
    ),
    [`${where}: filters`]: names(filters),
    ...Object.assign({}, ...filters.map((filter) => managerFeatures(where, configOf(filter)))),
  };
}

/** Of an HTTP connection manager; another filter has only its access logs. */
function managerFeatures(where: string, manager: Json): Features {
  const routes = list(part(manager['route_config'])['virtual_hosts']).flatMap((host) => list(part(host)['routes']));
  return {
    [`${where}: access_log`]: String(list(manager['access_log']).length),
    ...(manager['http_filters'] === undefined
      ? {}
      : {
          [`${where}: HTTP filters`]: httpFilters(manager),
          // Envoy leaves out a field that has its default.
          [`${where}: codec`]: String(manager['codec_type'] ?? 'AUTO'),
        }),
    ...fields(where, manager, MANAGER_FIELDS),
    ...Object.assign({}, ...routes.map((route, index) => routeFeatures(`${where}, route ${index + 1}`, route))),
  };
}

/** With what each does, since an empty fault filter costs next to nothing and one with a fault breaks requests. */
function httpFilters(manager: Json): string {
  return list(manager['http_filters'])
    .map((filter) => {
      const { '@type': _, ...settings } = configOf(filter);
      return Object.keys(settings).length === 0 ? nameOf(filter) : `${nameOf(filter)} ${canonical(settings)}`;
    })
    .join(', ');
}

function routeFeatures(where: string, value: unknown): Features {
  const { route, ...rest } = part(value);
  const policy = part(part(route)['retry_policy']);
  return {
    [`${where}: retries`]: `${policy['num_retries'] ?? 0} on ${policy['retry_on'] ?? 'nothing'}`,
    [`${where}: timeout`]: String(part(route)['timeout'] ?? 'default'),
    ...fields(where, part(route), ['prefix_rewrite', 'regex_rewrite', 'hedge_policy', 'request_mirror_policies']),
    ...fields(where, rest, ['direct_response', 'redirect', 'typed_per_filter_config']),
  };
}

function clusterFeatures(value: unknown): Features {
  const cluster = part(value);
  const where = `cluster ${cluster['name']}`;
  return {
    [`${where}: TLS`]: nameOf(cluster['transport_socket']),
    [`${where}: load balancing`]: String(cluster['lb_policy'] ?? 'ROUND_ROBIN'),
    ...fields(where, cluster, CLUSTER_FIELDS),
  };
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const part = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const configOf = (extension: unknown): Json => part(part(extension)['typed_config']);
const nameOf = (extension: unknown): string => String(part(extension)['name'] ?? 'none');
const names = (extensions: unknown): string => list(extensions).map(nameOf).join(', ') || 'none';

const present = (name: string, value: unknown): Features => (value === undefined ? {} : { [name]: canonical(value) });

const fields = (where: string, of: Json, wanted: readonly string[]): Features =>
  Object.assign({}, ...wanted.map((name) => present(`${where}: ${name}`, of[name])));

/** The same text whatever the order of the keys: Envoy writes fields in its own order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
