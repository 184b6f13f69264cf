import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MESH_IDS, meshEntry } from '../../src/meshes/index.ts';
import { parseBudgets, parseScenario, scenarioJsonSchema } from '../../src/scenario/parse.ts';
import { formatProblem } from '../../src/scenario/problem.ts';
import { EVERY_KEY } from './everyKey.ts';
import { LEAST, problemsOf, scenarioOf } from './parsed.ts';

const NONE = { name: 'none', mesh: 'none', settings: {}, serviceTimeUs: 0 };
const ENVOY = {
  name: 'envoy',
  mesh: 'envoy',
  settings: { mtls: 'strict', concurrency: 2, retries: 'default', accessLog: 'off', version: '' },
  serviceTimeUs: 0,
};

/** What a budget line has that says neither. */
const UNSAID = { role: 'required', source: 'scenario' };

describe('a scenario', () => {
  it('has every default filled in', () => {
    expect(scenarioOf(LEAST)).toEqual({
      name: 'least',
      question: '',
      platform: 'local',
      treatments: [NONE, ENVOY],
      leftOut: [],
      notes: [],
      baseline: 0,
      services: { topology: 'echo', address: 'service' },
      load: {
        protocol: 'http1',
        arrivals: 'poisson',
        arrivalRatesPerSecond: [500],
        connections: 16,
        requestBytes: 0,
        responseBytes: 1000,
        warmUpMs: 1000,
        durationMs: 10_000,
        timeoutMs: 10_000,
      },
      blocks: { min: 6, max: 6 },
      budgets: { name: 'none', lines: [] },
    });
  });

  it('takes every key that it knows', () => {
    const text = `# Does it fit,
#   at three rates?

# not part of the question
${EVERY_KEY}`;
    expect(scenarioOf(text)).toEqual({
      name: 'full',
      question: 'Does it fit, at three rates?',
      platform: 'local',
      profile: 'equalised',
      treatments: [
        {
          name: 'plain',
          mesh: 'envoy',
          settings: { mtls: 'off', concurrency: 1, retries: 'off', accessLog: 'text', version: '1.39.3' },
          serviceTimeUs: 300,
          plantedCostUs: 20,
        },
        { name: 'none', mesh: 'none', settings: {}, serviceTimeUs: 1000 },
      ],
      leftOut: [],
      notes: [
        "plain holds a planted cost of 20 µs on each request, in a pass-through beside the server's proxy: its figures are no mesh's",
        'plain departs from profile equalised: concurrency 1 instead of 2, accessLog text instead of off',
        'services.memoryLimit has no effect on the local platform: the sample service has no container there',
      ],
      baseline: 1,
      services: { topology: 'echo', address: 'pod-ip', memoryLimitBytes: 268_435_456 },
      load: {
        protocol: 'http1',
        arrivals: 'constant',
        arrivalRatesPerSecond: [500, 0.5],
        connections: 3,
        requestsPerConnection: 500,
        requestBytes: 2000,
        responseBytes: 1024,
        warmUpMs: 2000,
        durationMs: 60_000,
        timeoutMs: 250,
        pilot: 'highest',
      },
      blocks: { min: 7, max: 15, until: { percentile: 'p99', halfWidthUs: 500 } },
      budgets: {
        name: 'inline',
        lines: [
          {
            metric: 'added-latency',
            percentile: 'p99',
            atMost: 10_000,
            for: 'plain',
            role: 'advisory',
            source: 'our SLO',
          },
          { metric: 'proxy-cpu', atMost: 250, for: 'envoy', role: 'required', source: 'scenario' },
          { metric: 'proxy-memory', atMost: 67_108_864, role: 'required', source: 'scenario' },
          { metric: 'added-latency', percentile: 'p50', documentedFrom: 2000, atMost: 5000, ...UNSAID },
          { metric: 'proxy-cpu-per-1000-rps', documentedFrom: 100, atMost: 200, ...UNSAID },
          {
            metric: 'fleet-cpu-reserved',
            pods: 50,
            assumedRequest: 100,
            documentedFrom: 1000,
            atMost: 5000,
            ...UNSAID,
          },
          { metric: 'fleet-cpu-used', pods: 100, atMost: 10_000, ...UNSAID },
          {
            metric: 'fleet-memory-reserved',
            pods: 100,
            assumedRequest: 134_217_728,
            atMost: 13_421_772_800,
            ...UNSAID,
          },
          { metric: 'fleet-memory-used', pods: 1, atMost: 134_217_728, ...UNSAID },
          { metric: 'success-rate', atLeast: 0.9995, ...UNSAID },
          { metric: 'set-up-time', atMost: 2_000_000, ...UNSAID },
          { metric: 'added-set-up-time', atMost: 500_000, for: 'plain', ...UNSAID },
        ],
      },
    });
  });

  it('may open with a byte order mark and an editor modeline, and end its lines as Windows does', () => {
    const text = `\ufeff# yaml-language-server: $schema=s.json\r\n# Why?\r\n${LEAST.replaceAll('\n', '\r\n')}`;
    expect(scenarioOf(text)).toEqual({ ...scenarioOf(LEAST), question: 'Why?' });
  });
});

describe('budgets', () => {
  it('of a set keep their lines, but for those that are made advisory', () => {
    const documented = parseBudgets('documented', 'b.yaml');
    const eased = parseBudgets('{ set: documented, advisory: [p99] }', 'b.yaml');
    if (!documented.ok || !eased.ok) throw new Error('both are valid');
    expect(documented.budgets.name).toBe('documented');
    expect(eased.budgets.name).toBe('documented, p99 advisory');
    expect(eased.budgets.lines).toEqual(
      documented.budgets.lines.map((line) => (line.percentile === 'p99' ? { ...line, role: 'advisory' } : line)),
    );
    const changed = eased.budgets.lines.filter((line, index) => line.role !== documented.budgets.lines[index]?.role);
    expect(changed.map((line) => line.for)).toEqual(['istio', 'linkerd', 'envoy']);
  });

  it('of a file are named by the file, and so is their source', () => {
    expect(parseBudgets('- { metric: proxy-cpu, atMost: 2, for: canary }', 'somewhere/team.yaml', ['canary'])).toEqual({
      ok: true,
      budgets: {
        name: 'team.yaml',
        lines: [{ metric: 'proxy-cpu', atMost: 2000, for: 'canary', role: 'required', source: 'team.yaml' }],
      },
    });
  });

  it('refuse a line for a treatment that there is not, since it would never be judged', () => {
    const parsed = parseBudgets('- { metric: proxy-cpu, atMost: 2, for: canary }', 'team.yaml');
    expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([
      `error: team.yaml:1:40  [0].for: canary is neither a mesh nor the name of a treatment
    1 | - { metric: proxy-cpu, atMost: 2, for: canary }
      |                                        ^^^^^^
  hint: one of none, envoy, istio, linkerd
  code: SCENARIO_INVALID`,
    ]);
  });

  it('refuse to ease a percentile that the set has no line for', () => {
    const parsed = parseBudgets('{ set: documented, advisory: [p90], extra: 1 }', 'b.yaml');
    expect(parsed.ok ? [] : parsed.problems.map(({ path, message, hint }) => [path, message, hint])).toEqual([
      ['advisory[0]', 'documented has no added-latency line at p90', 'it has lines at p50, p99'],
      ['extra', 'unknown key', 'known here: set, advisory'],
    ]);
  });

  it('refuse to ease percentiles of a set without any', () => {
    const parsed = parseBudgets('{ set: istio-1.24, advisory: [p99] }', 'b.yaml');
    expect(parsed.ok ? [] : parsed.problems.map(({ path, message, hint }) => [path, message, hint])).toEqual([
      ['advisory[0]', 'istio-1.24 has no added-latency line at p99', 'name the set alone'],
    ]);
  });

  it('refuse a range that ends where it begins, a share above 1, and a limit on the wrong side', () => {
    const text = `- { metric: set-up-time, from: 2s, atMost: 2s }
- { metric: success-rate, atLeast: 101% }
- { metric: success-rate, atLeast: 99.9999% }
- { metric: success-rate, atMost: 99% }
- { metric: proxy-memory, atLeast: 1Mi, pods: 3 }
`;
    const parsed = parseBudgets(text, 'b.yaml');
    expect(parsed.ok ? [] : parsed.problems.map(({ line, path, message }) => [line, path, message])).toEqual([
      [1, '[0].from', 'expected less than atMost, where the range ends'],
      [2, '[1].atLeast', 'expected at most 100%, got "101%"'],
      [3, '[2].atLeast', 'expected a share with three decimals at most, got "99.9999%"'],
      [4, '[3].atLeast', 'is missing: expected a share such as 99.9%'],
      [4, '[3].atMost', 'unknown key'],
      [5, '[4].atMost', 'is missing: expected a size such as 128Mi'],
      [5, '[4].atLeast', 'unknown key'],
      [5, '[4].pods', 'unknown key'],
    ]);
  });

  it('guess the set that was meant', () => {
    expect(problemsOf(`${LEAST}budgets: documentd\n`)).toEqual([
      '4:10 budgets: expected one of documented, istio-1.24, linkerd-2021-11, got "documentd" (did you mean documented?)',
    ]);
  });
});

describe('the JSON Schema', () => {
  const schema = JSON.parse(JSON.stringify(scenarioJsonSchema()));

  it('describes the file as it is written: units as texts, defaults optional', () => {
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['name', 'treatments', 'load'],
    });
    expect(schema.properties.load.properties.duration).toEqual({
      type: 'string',
      default: '10s',
      description: 'the measurement window, with the unit: 10s',
      examples: ['10s'],
    });
  });

  it('offers every mesh of the registry with its own settings', () => {
    const variants: { properties: { mesh: { const: string }; settings: { properties: object } } }[] =
      schema.properties.treatments.items.oneOf;
    expect(variants.map(({ properties }) => properties.mesh.const)).toEqual(MESH_IDS);
    expect(variants.map(({ properties }) => Object.keys(properties.settings.properties))).toEqual(
      MESH_IDS.map((id) => Object.keys(meshEntry(id).settings)),
    );
  });
});

describe('the scenarios that come with the product', () => {
  const folder = new URL('../../scenarios/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const read = (file: string) => scenarioOf(readFileSync(new URL(file, folder), 'utf8'));

  it.each(files)('%s is valid, named as its file, and opens with its question', (file) => {
    const scenario = read(file);
    expect(`${scenario.name}.yaml`).toBe(file);
    expect(scenario.question).toMatch(/^(What|How|Does|Is) .*\?/);
  });

  it('hold a quick start whose p99 lines are advisory', () => {
    const { treatments, load, blocks, budgets } = read('quick-start.yaml');
    expect(treatments).toEqual([NONE, ENVOY]);
    expect([load.arrivalRatesPerSecond, load.warmUpMs, load.durationMs]).toEqual([[1000], 1000, 3000]);
    expect(blocks).toEqual({ min: 10, max: 12 });
    expect(budgets.name).toBe('documented, p99 advisory');
  });

  it('hold a comparison at three rates with a wanted precision', () => {
    const { load, blocks, budgets } = read('rates.yaml');
    expect([load.arrivalRatesPerSecond, load.durationMs]).toEqual([[500, 1000, 2000], 12_000]);
    expect(blocks).toEqual({ min: 6, max: 10, until: { percentile: 'p50', halfWidthUs: 100 } });
    expect(budgets.name).toBe('documented');
  });

  it('hold two versions of Envoy, each as its mesh is shipped', () => {
    const { profile, treatments, notes } = read('two-versions.yaml');
    const version = (name: string, number: string) => ({
      ...ENVOY,
      name,
      settings: { ...ENVOY.settings, version: number },
    });
    expect([profile, notes]).toEqual(['defaults', []]);
    expect(treatments).toEqual([NONE, version('envoy-1-39-3', '1.39.3'), version('envoy-1-40-0', '1.40.0')]);
  });

  it('hold a self-check of two treatments that are the same', () => {
    const { treatments, load, budgets } = read('self-check.yaml');
    expect(treatments).toEqual([NONE, { ...NONE, name: 'again' }]);
    expect([load.durationMs, budgets.lines.length]).toEqual([3000, 0]);
  });
});

describe('a window that is shorter than the collectors need', () => {
  it('is refused with its place', () => {
    const text =
      '# q\nname: a\ntreatments: [{ mesh: none }, { mesh: envoy }]\nload: { arrivalRate: 5/s, duration: 400ms }\n';
    const parsed = parseScenario(text, 'a.yaml');
    expect(parsed.ok ? [] : parsed.problems.map(({ line, column, message }) => [line, column, message])).toEqual([
      [4, 37, 'the collectors need a window of at least 500ms, got 400ms'],
    ]);
  });
});
