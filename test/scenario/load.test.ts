import { describe, expect, it } from 'vitest';
import { targetsOf } from '../../src/scenario/load.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import type { LoadSpec } from '../../src/scenario/scenario.ts';
import { segmentsOf } from '../../src/scenario/segments.ts';

const written = (load: string, rest = '') => `name: load
${rest}treatments:
  - mesh: none
  - { mesh: envoy }
load:
${load
  .trim()
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`;

function loadOf(load: string): LoadSpec {
  const parsed = parseScenario(written(load), 'load.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.scenario.load;
}

function problemsOf(load: string, rest?: string): string[] {
  const parsed = parseScenario(written(load, rest), 'load.yaml');
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('kinds of requests', () => {
  it('are one where none are named: a GET, or a POST with a body', () => {
    const only = { name: 'service', weight: 1, headers: {}, responseBytes: 1000 };
    expect(targetsOf(loadOf('arrivalRate: 100/s'))).toEqual([{ ...only, method: 'GET', requestBytes: 0 }]);
    expect(targetsOf(loadOf('arrivalRate: 100/s\nrequestBytes: 2kB'))).toEqual([
      { ...only, method: 'POST', requestBytes: 2000 },
    ]);
  });

  it('are one with the method and the headers of the load', () => {
    const load = loadOf('arrivalRate: 100/s\nmethod: HEAD\nheaders: { x-tenant: a }\nresponseBytes: 5B');
    expect(targetsOf(load)).toEqual([
      { name: 'service', weight: 1, method: 'HEAD', headers: { 'x-tenant': 'a' }, requestBytes: 0, responseBytes: 5 },
    ]);
  });

  it('say what is their own, and are as the load in the rest', () => {
    const load = loadOf(`
arrivalRate: 100/s
headers: { x-tenant: a }
responseBytes: 10B
targets:
  - { name: small, weight: 9 }
  - { name: large, method: PUT, headers: { x-tenant: b, x-kind: l }, requestBytes: 1kB, responseBytes: 10MB }`);
    expect(targetsOf(load)).toEqual([
      { name: 'small', weight: 9, method: 'GET', headers: { 'x-tenant': 'a' }, requestBytes: 0, responseBytes: 10 },
      {
        name: 'large',
        weight: 1,
        method: 'PUT',
        headers: { 'x-tenant': 'b', 'x-kind': 'l' },
        requestBytes: 1000,
        responseBytes: 10_000_000,
      },
    ]);
  });

  it.each([
    ['two of one name', 'targets: [{ name: a }, { name: a }]', 'load.targets[1].name: there is another a'],
    ['a header that is the driver’s', 'headers: { Host: a }', 'load.headers.Host: host is set by the driver itself'],
    ['a header that is none', 'headers: { "a b": c }', 'load.headers.a b: expected the name of a header, got "a b"'],
    [
      'a header that would end the head',
      'headers: { a: "b\\r\\nc: d" }',
      'load.headers.a: expected printable characters',
    ],
    ['a method that there is not', 'method: GRT', 'load.method: expected one of GET'],
    ['a weight of 0', 'targets: [{ name: a, weight: 0 }]', 'load.targets[0].weight: expected at least 1, got 0'],
    ['none at all', 'targets: []', 'load.targets: expected at least 1 entry'],
  ])('are refused with %s', (_, load, message) => {
    expect(problemsOf(`arrivalRate: 100/s\n${load}`)).toContainEqual(expect.stringContaining(message));
  });
});

describe('stages', () => {
  const stages = 'arrivalRate: 100/s\nwarmUp: 1s\nstages: [{ duration: 2s, to: 300/s }, { duration: 6s, to: 300/s }]';

  it('make up the window, and its rate is their mean', () => {
    const load = loadOf(stages);
    // (2 × 200 + 6 × 300) / 8.
    expect([load.arrivalRatesPerSecond, load.durationMs]).toEqual([[275], 8000]);
    expect(segmentsOf(load, 0, 9999)).toEqual([
      { name: 'warm-up', fromMs: 0, toMs: 1000, arrivalRatePerSecond: 100, measured: false },
      { name: 'stage 1', fromMs: 1000, toMs: 3000, arrivalRatePerSecond: 100, toRatePerSecond: 300, measured: true },
      { name: 'stage 2', fromMs: 3000, toMs: 9000, arrivalRatePerSecond: 300, measured: true },
    ]);
  });

  it.each([
    ['a duration', `${stages}\nduration: 5s`, 'load.duration: stages make up the window by themselves'],
    ['a pilot', `${stages}\npilot: highest`, 'load.pilot: a pilot looks for one rate'],
    ['several rates', stages.replace('100/s', '[100/s, 200/s]'), 'load.arrivalRate: stages begin at one rate'],
    [
      'too short a window',
      'arrivalRate: 1/s\nstages: [{ duration: 100ms, to: 2/s }]',
      'load.stages: the collectors need a window',
    ],
  ])('are refused with %s', (_, load, message) => {
    expect(problemsOf(load)).toContainEqual(expect.stringContaining(message));
  });
});

describe('who drives', () => {
  it('is the own driver in one thread, which a scenario does not name', () => {
    const load = loadOf('arrivalRate: 100/s');
    expect([load.driver, load.workers, load.script]).toEqual([undefined, undefined, undefined]);
    expect(loadOf('arrivalRate: 100/s\nworkers: 4').workers).toBe(4);
  });

  it('may be k6, with a script', () => {
    const load = loadOf('arrivalRate: 100/s\narrivals: constant\ndriver: k6\nscript: my.ts');
    expect([load.driver, load.script]).toEqual(['k6', 'my.ts']);
  });

  it('is said among what weakens the result where it is k6', () => {
    const parsed = parseScenario(written('arrivalRate: 100/s\narrivals: constant\ndriver: k6'), 'load.yaml');
    expect(parsed.ok && parsed.scenario.notes).toEqual([
      expect.stringContaining('k6 drives: a latency counts from the actual send'),
    ]);
  });

  it.each([
    ['more threads than connections', 'workers: 3\nconnections: 2', '', 'load.workers: expected at most one worker'],
    ['k6 and Poisson arrivals', 'driver: k6\narrivals: poisson', '', 'load.arrivals: k6 spaces arrivals evenly'],
    ['k6 and arrivals that are not told', 'driver: k6', '', 'load.driver: k6 spaces arrivals evenly'],
    ['k6 and threads', 'driver: k6\narrivals: constant\nworkers: 2', '', 'load.workers: k6 decides this by itself'],
    [
      'k6 in a cluster',
      'driver: k6\narrivals: constant',
      'platform: kubernetes\n',
      'load.driver: k6 drives on the local platform only',
    ],
    ['a script without k6', 'script: my.ts', '', 'load.script: a script is driven by k6 alone'],
  ])('is refused with %s', (_, load, rest, message) => {
    expect(problemsOf(`arrivalRate: 100/s\n${load}`, rest)).toContainEqual(expect.stringContaining(message));
  });
});
