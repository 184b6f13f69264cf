import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.ts';
import { formatProblem } from '../../src/scenario/problem.ts';
import { BUDGET_METRICS } from '../../src/scenario/scenario.ts';
import { hintsOf, LEAST, problemsOf } from './parsed.ts';

describe('problems of a scenario', () => {
  it('come all at once, each at its place', () => {
    const text = `name: Bad Name
platfrom: local
treatments:
  - mesh: isto
  - mesh: envoy
    settings: { mtls: stric, concurency: 2, concurrency: 200 }
  - mesh: envoy
load:
  arrivalRate: [fast, 500/s, 0/s, 1000, 300000/s]
  connections: 0
  duration: 10
  warmUp: 0s
blocks: { min: 5, max: 4, until: p98 ± 1ms }
budgets:
  - { metric: added-latency, atMost: 10, for: envoi, role: requird }
  - { metric: proxy-cpu, percentile: p99, atMost: 0 }
  - { metric: proxi-memory, atMost: 1 }
`;
    expect(problemsOf(text)).toEqual([
      '1:7 name: expected lower-case letters, digits and hyphens, 63 at most, got "Bad Name"',
      '2:1 platfrom: unknown key',
      '4:11 treatments[0].mesh: expected one of none, envoy, istio, linkerd, got "isto" (did you mean istio?)',
      '6:23 treatments[1].settings.mtls: expected one of strict, off, got "stric" (did you mean strict?)',
      '6:30 treatments[1].settings.concurency: unknown key',
      '6:58 treatments[1].settings.concurrency: expected at most 128, got 200',
      '7:11 treatments[2].mesh: a second treatment is called envoy',
      '9:17 load.arrivalRate[0]: expected a rate such as 500/s, got "fast"',
      '9:30 load.arrivalRate[2]: expected more than 0, got "0/s"',
      '9:35 load.arrivalRate[3]: expected a rate such as 500/s, got 1000',
      '9:41 load.arrivalRate[4]: expected at most 200000/s, got "300000/s"',
      '10:16 load.connections: expected at least 1, got 0',
      '11:13 load.duration: expected a duration such as 10s, got 10',
      '12:11 load.warmUp: expected more than 0, got "0s"',
      '13:16 blocks.min: no exact 95 % interval exists below 6 blocks, got 5',
      '13:24 blocks.max: expected at least min, which is 5, got 4',
      '13:34 blocks.until: expected one of p50, p90, p99, p999, got "p98"',
      '15:5 budgets[0].percentile: is missing: expected one of p50, p90, p99, p999',
      '15:38 budgets[0].atMost: expected a duration such as 10ms, got 10',
      '15:47 budgets[0].for: envoi is neither a mesh nor the name of a treatment',
      '15:60 budgets[0].role: expected one of required, advisory, got "requird" (did you mean required?)',
      '16:38 budgets[1].percentile: belongs to added-latency only; no other metric has percentiles',
      '16:51 budgets[1].atMost: expected more than 0, got 0',
      `17:15 budgets[2].metric: expected one of ${BUDGET_METRICS.join(', ')}, got "proxi-memory" (did you mean proxy-memory?)`,
    ]);
  });

  it('say which treatment a line between two of them may be held against', () => {
    const line = (rest: string) =>
      problemsOf(`name: x
treatments: [{ mesh: none }, { name: old, mesh: envoy }, { name: new, mesh: envoy }]
load: { arrivalRate: 500/s }
budgets: [{ metric: added-latency, percentile: p50, atMost: 100us, for: new, ${rest} }]
`);
    expect(line('against: old')).toEqual([]);
    expect(line('against: odl')).toEqual(['4:87 budgets[0].against: odl is not the name of a treatment']);
    expect(line('against: envoy')).toEqual(['4:87 budgets[0].against: envoy is not the name of a treatment']);
    expect(line('against: new')).toEqual(['4:87 budgets[0].against: new adds nothing to itself']);
    const nobody = ['4:77 budgets[0].against: says what it is held against, and not which treatment is'];
    for (const of of ['', 'for: none, ', 'for: envoy, ']) {
      const text = `name: x
treatments: [{ mesh: none }, { name: old, mesh: envoy }, { name: new, mesh: envoy }]
load: { arrivalRate: 500/s }
budgets: [{ metric: added-latency, percentile: p50, atMost: 100us, ${of}against: old }]
`;
      expect(problemsOf(text).map((each) => each.replace(/^4:\d+/, '4:77'))).toEqual(nobody);
    }
  });

  it('print with an excerpt, carets, a hint and a code', () => {
    const parsed = parseScenario(LEAST.replace('500/s', 'fast'), 'dir/s.yaml');
    expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([
      `error: dir/s.yaml:3:22  load.arrivalRate: expected a rate such as 500/s, got "fast"
    3 | load: { arrivalRate: fast }
      |                      ^^^^
  hint: requests started per second: 500/s, or a list with a load point for each, [500/s, 1000/s]
  code: SCENARIO_INVALID`,
    ]);
  });

  it('guess the key that was meant, and list the known ones', () => {
    expect(hintsOf(`${LEAST}blokcs: { min: 6 }\nzzzzzzz: 1\n`)).toEqual([
      'did you mean blocks? (known here: name, platform, profile, treatments, services, load, blocks, budgets)',
      'known here: name, platform, profile, treatments, services, load, blocks, budgets',
    ]);
  });

  it('take their hint from the setting of the mesh that is meant', () => {
    expect(hintsOf(LEAST.replace('mesh: envoy', 'mesh: envoy, settings: { concurrency: 0 }'))).toEqual([
      'worker threads of each proxy: 1 to 128, 2 unless told',
    ]);
  });

  it('name missing keys at what should hold them', () => {
    expect(problemsOf('name: x\nload: {}\n')).toEqual([
      '1:1 treatments: is missing: expected a list',
      '2:1 load.arrivalRate: is missing: expected a rate such as 500/s',
    ]);
  });

  it('tell that a key without a value holds nothing', () => {
    expect(problemsOf(`${LEAST}blocks:\nbudgets:\n`)).toEqual([
      '4:1 blocks: expected a map of keys, got nothing',
      '5:1 budgets: expected a built-in set, a list of lines, or a map with set and advisory, got nothing',
    ]);
  });

  it('ask for a baseline', () => {
    expect(problemsOf('name: x\ntreatments: [{ mesh: envoy }]\nload: { arrivalRate: 5/s }\n')).toEqual([
      '2:1 treatments: there is no baseline: overhead is the difference to a treatment without a mesh',
    ]);
  });

  it('refuse two treatments of one name, and a name that is that of another mesh', () => {
    const text =
      'name: x\ntreatments: [{ mesh: none }, { mesh: none }, { mesh: envoy, name: istio }]\nload: { arrivalRate: 5/s }\n';
    expect(problemsOf(text)).toEqual([
      '2:38 treatments[1].mesh: a second treatment is called none',
      '2:67 treatments[2].name: istio is the name of another mesh than envoy',
    ]);
  });

  it('say which platform a mesh needs, and which meshes run on the chosen one', () => {
    const inCluster =
      'name: x\nplatform: kubernetes\ntreatments: [{ mesh: none }, { mesh: envoy }]\nload: { arrivalRate: 5/s }\n';
    expect([problemsOf(inCluster), hintsOf(inCluster)]).toEqual([
      ['3:38 treatments[1].mesh: envoy does not run on the kubernetes platform: it needs local'],
      ['on kubernetes: none, istio, linkerd; with a "platform: local" of its own it is left out here'],
    ]);
    expect(problemsOf(LEAST.replace('envoy', 'istio'))).toEqual([
      '2:38 treatments[1].mesh: istio does not run on the local platform: it needs kubernetes',
    ]);
  });

  it('refuse a load point that stands twice', () => {
    expect(problemsOf(LEAST.replace('500/s', '[5/s, 6/s, 5/s]'))).toEqual([
      '3:33 load.arrivalRate[2]: this load point stands twice',
    ]);
  });

  it('hold max against the default of min as well', () => {
    expect(problemsOf(`${LEAST}blocks: { max: 3 }\n`)).toEqual([
      '4:16 blocks.max: expected at least min, which is 6, got 3',
    ]);
  });

  it('stand at the value that an alias leads to', () => {
    const text =
      'name: x\ntreatments: [{ mesh: none, serviceTime: &time fast }]\nload: { arrivalRate: 5/s, warmUp: *time }\n';
    expect(problemsOf(text)).toEqual([
      '2:47 treatments[0].serviceTime: expected a duration such as 20s, 3ms or 500us, got "fast"',
      '3:35 load.warmUp: expected a duration such as 20s, 3ms or 500us, got "fast"',
    ]);
  });
});

describe('a text that is no scenario', () => {
  it.each([
    ['', '1:1 : is empty'],
    ['  \n\n', '1:1 : is empty'],
    ['# only a comment\n', '1:1 : expected a map of keys, got nothing'],
    ['- a\n', '1:1 : expected a map of keys, got a list'],
    ['just words', '1:1 : expected a map of keys, got "just words"'],
    ['a: !made-up 1\n', '1:4 : not valid YAML: Unresolved tag: !made-up'],
    ['a: 1\n---\nb: 1\n', '2:1 : a second document begins here'],
    ['a: *gone\n', '1:1 : cannot follow an alias: Unresolved alias (the anchor must be set before the alias): gone'],
    [`a: "${'x'.repeat(256_000)}"`, '1:1 : is larger than 256 kB'],
  ])('is refused in one problem: %#', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it('has its YAML faults placed', () => {
    expect(problemsOf('name: x\nload: [1,\nb: 2\n')).toEqual([
      '3:1 : not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ]);
  });

  it('has keys that stand twice reported together with everything else', () => {
    expect(problemsOf(`${LEAST}name: again\nextra: 1\n`)).toEqual([
      '4:1 : the key "name" stands twice',
      '5:1 extra: unknown key',
    ]);
  });

  it('cannot exhaust the machine by nesting or by aliases', () => {
    expect(problemsOf('['.repeat(100_000)).map((problem) => problem.split(': ').at(-1))).toEqual([
      'is nested too deeply',
    ]);
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`);
    expect(problemsOf(['a0: &a0 [x]', ...levels].join('\n'))).toEqual([
      '1:1 : cannot follow an alias: Excessive alias count indicates a resource exhaustion attack',
    ]);
  });

  it('gives problems with a place and a hint whatever it holds', () => {
    const piece = fc.constantFrom(
      'name: x',
      'load:',
      ' arrivalRate: 1/s',
      '- mesh: none',
      'treatments: [',
      ']',
      '{',
      '}',
      '&a',
      '*a',
      '"',
      "'",
      '\n',
      '\t',
      '  ',
      'a: b',
      ': ',
      '? ',
      '!!x',
      '%',
      '|',
      '>',
      '__proto__: {}',
      '\u0000',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
        ),
        (text) => {
          const parsed = parseScenario(text, 'f');
          expect(parsed.ok).toBe(false);
          if (parsed.ok) return;
          expect(parsed.problems.length).toBeGreaterThan(0);
          for (const { line, column, hint, message } of parsed.problems) {
            expect([line >= 1, column >= 1, hint.length > 0, message.length > 0]).toEqual([true, true, true, true]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
