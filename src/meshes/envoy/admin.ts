import type { Expectation } from '../../record/runRecord.ts';
import type { AnyHop } from '../mesh.ts';

/** A text as a regular expression that matches it and nothing else. */
export function escaped(text: string): string {
  return text.replace(/[.|^$()[\]{}*+?\\]/g, '\\$&');
}

/** Path of Envoy's admin port that answers with exactly the named counters, as JSON. */
export function envoyCountersPath(names: readonly string[]): string {
  const pattern = names.map(escaped).join('|');
  return `/stats?format=json&filter=${encodeURIComponent(`^(${pattern})$`)}`;
}

/** Counters by their exact names; null for one that the proxy does not have yet. @throws where the answer is not JSON */
export function readEnvoyCounters(body: string, names: readonly string[]): Record<string, number | null> {
  const { stats } = JSON.parse(body) as { stats: { name?: string; value?: number }[] };
  return Object.fromEntries(names.map((name) => [name, stats.find((stat) => stat.name === name)?.value ?? null]));
}

/** Envoy's counters of the connections that a cluster opened, all and by the HTTP version spoken on them. */
export function envoyWireCounters(hop: AnyHop, cluster: string): NonNullable<Expectation['wireCounters']> {
  return [
    { hop, what: 'connections', counter: `cluster.${cluster}.upstream_cx_total` },
    { hop, what: 'http1', counter: `cluster.${cluster}.upstream_cx_http1_total` },
    { hop, what: 'http2', counter: `cluster.${cluster}.upstream_cx_http2_total` },
  ];
}
