/** A text as a regular expression that matches it and nothing else. */
// @ts-nocheck

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
