import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parsePrometheus, parseSelector, type Sample, sumSelected } from '../../src/meshes/prometheus.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../examples/monitoring');
const RECORDED = path.resolve(import.meta.dirname, '../meshes/linkerd/recorded/metrics');

const textOf = (file: string) => readFileSync(path.join(FOLDER, file), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

interface Monitor {
  apiVersion: string;
  kind: string;
  spec: { groups?: { rules: Rule[] }[]; podMetricsEndpoints?: object[]; endpoints?: object[] };
}

function objectsIn(file: string): Monitor[] {
  return parseAllDocuments(textOf(file)).map((document) => {
    expect(document.errors, file).toEqual([]);
    return document.toJS() as Monitor;
  });
}

const rulesOf = (mesh: string) =>
  objectsIn(`${mesh}-rules.yaml`).flatMap(({ spec }) => (spec.groups ?? []).flatMap(({ rules }) => rules));

interface Listed {
  name: string;
  by: string;
  source: string;
  recorded?: boolean;
}

const LISTED = parse(textOf('metrics.yaml')) as Listed[];

/** Words of PromQL that are neither metrics nor functions. */
const OPERATORS = new Set(['and', 'or', 'unless', 'bool', 'offset']);

/** The metrics that an expression of PromQL selects, in their order. */
function metricsIn(expr: string): string[] {
  const bare = expr
    .replace(/"(?:[^"\\]|\\.)*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  const words = [...bare.matchAll(/\b[a-zA-Z_:][\w:]*\b(?!\s*\()/g)].map(([word]) => word);
  return words.filter((word) => !OPERATORS.has(word));
}

/** The selectors of an expression, each with its metric. */
function selectorsIn(expr: string): string[] {
  return [...expr.matchAll(/[a-zA-Z_:][\w:]*\{(?:[^}"]|"(?:[^"\\]|\\.)*")*\}/g)].map(([selector]) =>
    selector.replace(/,\s+/g, ','),
  );
}

/** Labels that scraping gives to every sample. */
const OF_SCRAPING = ['namespace', 'pod', 'container', 'job'];

function recorded(file: string): Sample[] {
  return parsePrometheus(readFileSync(path.join(RECORDED, file), 'utf8'));
}

const ALL_RECORDED = readdirSync(RECORDED)
  .filter((file) => file.endsWith('.txt') && !file.includes('output'))
  .flatMap(recorded);

describe('the words of an expression', () => {
  it('are told apart: metrics are neither functions, labels, values nor operators', () => {
    const expr =
      'histogram_quantile(0.99, sum by (le, pod) (rate(a_bucket{b="c_d{}", e!~"f"}[5m]))) > 5 and on (pod) g_total offset 5m or absent(h == 1)';
    expect(metricsIn(expr)).toEqual(['a_bucket', 'g_total', 'h']);
    expect(selectorsIn(expr)).toEqual(['a_bucket{b="c_d{}",e!~"f"}']);
  });
});

describe('the examples of monitoring', () => {
  it.each(['istio', 'linkerd'])('are objects of the Prometheus operator: %s', (mesh) => {
    const monitors = objectsIn(`${mesh}.yaml`);
    expect(monitors.map(({ kind }) => kind)).toEqual([
      'PodMonitor',
      mesh === 'istio' ? 'ServiceMonitor' : 'PodMonitor',
    ]);
    for (const { spec } of monitors) expect(spec.podMetricsEndpoints ?? spec.endpoints).toHaveLength(1);
    for (const { apiVersion } of [...monitors, ...objectsIn(`${mesh}-rules.yaml`)]) {
      expect(apiVersion).toBe('monitoring.coreos.com/v1');
    }
    expect(objectsIn(`${mesh}-rules.yaml`).map(({ kind }) => kind)).toEqual(['PrometheusRule']);
  });

  it.each(['istio', 'linkerd'])('alert on the same six things, each with its reason: %s', (mesh) => {
    const rules = rulesOf(mesh);
    expect(new Set(rules.map(({ labels }) => labels['about']))).toEqual(
      new Set(['cpu', 'memory', 'latency', 'mutual-tls', 'circuit-breaker', 'control-plane']),
    );
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const rule of rules) {
      expect(rule.labels['severity'], rule.alert).toMatch(/^(warning|critical)$/);
      expect(rule.for, rule.alert).toMatch(/^\d+m$/);
      expect(rule.annotations['summary']?.length, rule.alert).toBeGreaterThan(10);
      expect(rule.annotations['description']?.length, rule.alert).toBeGreaterThan(40);
    }
  });

  it('name no metric that is not in the list with its source, and the list holds no other', () => {
    const named = [...rulesOf('istio'), ...rulesOf('linkerd')].flatMap(({ expr }) => metricsIn(expr));
    expect([...new Set(named)].sort()).toEqual(LISTED.map(({ name }) => name).sort());
    for (const { name, by, source } of LISTED)
      expect([name, by, source].map((text) => text.length > 1)).toEqual([true, true, true]);
  });

  it('tell only labels of a series that its own expression keeps', () => {
    for (const { alert, expr, annotations } of [...rulesOf('istio'), ...rulesOf('linkerd')]) {
      const told = Object.values(annotations).flatMap((text) =>
        [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label ?? ''),
      );
      const kept = [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/,\s*/));
      // A bare `up` keeps the labels of its target.
      const own = /^up\{/.test(expr) ? OF_SCRAPING : kept;
      expect(
        told.filter((label) => !own.includes(label)),
        alert,
      ).toEqual([]);
    }
  });
});

describe('the rules for Linkerd, held against what real proxies answered', () => {
  const names = LISTED.filter((each) => each.recorded === true).map(({ name }) => name);

  it('use metrics that are there', () => {
    expect(names.length).toBeGreaterThan(7);
    expect(names.filter((name) => !ALL_RECORDED.some((sample) => sample.name === name))).toEqual([]);
  });

  it('select by labels that these metrics have', () => {
    const unknown = rulesOf('linkerd')
      .flatMap(({ expr }) => selectorsIn(expr))
      .map(parseSelector)
      .filter(({ name }) => names.includes(name))
      .flatMap(({ name, matchers }) => matchers.map(({ label }) => ({ name, label })))
      .filter(({ name, label }) => !ALL_RECORDED.some((sample) => sample.name === name && sample.labels.has(label)));
    expect(unknown).toEqual([]);
  });

  it('find the plaintext requests of a client without a proxy, and neither probes nor the scraping', () => {
    const [selector] = selectorsIn(
      rulesOf('linkerd').find(({ alert }) => alert === 'LinkerdPlaintextRequests')?.expr ?? '',
    );
    const found = (file: string) => sumSelected(recorded(file), parseSelector(selector ?? '')) ?? 0;
    expect(found('http1-server-after.txt') - found('http1-server-before.txt')).toBe(100);
    const all = parseSelector('response_total{direction="inbound",tls!="true"}');
    expect(sumSelected(recorded('http1-server-after.txt'), all)).toBeGreaterThan(found('http1-server-after.txt'));
  });

  it('find the requests that a strict server denied', () => {
    const [selector] = selectorsIn(
      rulesOf('linkerd').find(({ alert }) => alert === 'LinkerdRequestsDenied')?.expr ?? '',
    );
    const found = (file: string) => sumSelected(recorded(file), parseSelector(selector ?? '')) ?? 0;
    expect(found('strict-server-after.txt')).toBeGreaterThan(found('strict-server-before.txt'));
  });
});
