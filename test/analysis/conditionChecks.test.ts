import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { conditionsNotMet, type RunConditions, withConditions } from '../../src/analysis/conditions.ts';
import { isMissing } from '../../src/record/measured.ts';
import { NOTHING_STATED, type StatedConditions } from '../../src/scenario/statedConditions.ts';
import { latencyLine, runFixture } from './fixtures/runs.ts';

const ISTIO = { id: 'istio', title: 'Istio', version: '1.24' } as const;
const LINKERD = { id: 'linkerd', title: 'Linkerd', version: '2.11.1' } as const;
const STATED: StatedConditions = { ...NOTHING_STATED, mesh: ISTIO, source: 'a page' };
const RAN: RunConditions = {
  mesh: 'istio',
  build: 'Istio 1.24.3 (Envoy 1.32.4)',
  isVirtual: false,
  arrivalRatePerSecond: 1000,
  requestBytes: 0,
  responseBytes: 1000,
  connections: 4,
  sidecarsOnPath: 2,
  workers: [2],
  hasMutualTls: true,
};
const held = (stated: Partial<StatedConditions>, run: Partial<RunConditions> = {}) =>
  conditionsNotMet(latencyLine(5000, { conditions: { ...STATED, ...stated } }), { ...RAN, ...run });

describe('the mesh that a figure was stated for', () => {
  const notMet = (mesh: StatedConditions['mesh'], run: Partial<RunConditions>) => held({ mesh }, run).notMet;

  test('is what ran where its build begins with the mesh and a release of that version', () => {
    for (const build of ['Istio 1.24.0 (Envoy 1)', 'Istio 1.24.13 (Envoy 1)']) {
      expect(notMet(ISTIO, { build })).toEqual([]);
    }
    expect(notMet({ ...ISTIO, version: '1.24.3' }, {})).toEqual([]);
    for (const build of ['not Istio 1.24.0 (', 'Istio 1.24.0', 'Istio x1.24.0 (', 'Istio 11.24.0 (', 'Istio 1.24 (']) {
      expect(notMet(ISTIO, { build })).toEqual([`stated for Istio 1.24, here ran ${build}`]);
    }
  });

  test('is no other mesh that calls itself so, and any of its releases where no version is stated', () => {
    expect(notMet(ISTIO, { mesh: 'envoy' })).toEqual(['stated for Istio 1.24, here ran Istio 1.24.3 (Envoy 1.32.4)']);
    const any = { ...ISTIO, version: 'not stated' } as const;
    expect(notMet(any, { build: 'Istio 1.9.0 (Envoy 1)' })).toEqual([]);
    expect(notMet(any, { build: 'a fork of Istio' })).toEqual(['stated for Istio, here ran a fork of Istio']);
  });

  test('is Linkerd by its control plane, stable or not named so', () => {
    const ran = (build: string) => notMet(LINKERD, { mesh: 'linkerd', build });
    expect(ran('Linkerd control plane stable-2.11.1, proxy v2')).toEqual([]);
    expect(ran('Linkerd control plane 2.11.1, proxy v2')).toEqual([]);
    for (const build of [
      'a Linkerd control plane 2.11.1, proxy v2',
      'Linkerd control plane 2.11.1',
      'Linkerd control plane 2.11.10, proxy v2',
      'Linkerd control plane 2.11.1 mine, proxy v2',
    ]) {
      expect(ran(build)).toEqual([`stated for Linkerd 2.11.1, here ran ${build}`]);
    }
  });

  test('is not met by a mesh that is never called by its version', () => {
    const envoy = { id: 'envoy', title: 'Envoy', version: 'not stated' } as const;
    expect(notMet(envoy, { mesh: 'envoy', build: 'upstream Envoy 1.40.0' })).toEqual([
      'stated for Envoy, here ran upstream Envoy 1.40.0',
    ]);
  });
});

describe('a payload', () => {
  test('is the same within 1,000 and 1,024 bytes a kilobyte, in one of the directions', () => {
    const isMet = (requestBytes: number, responseBytes: number) =>
      held({ payloadBytes: 1024 }, { requestBytes, responseBytes }).notMet.length === 0;
    expect([isMet(1000, 0), isMet(0, 1000), isMet(999, 0), isMet(0, 999), isMet(5000, 5)]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    const upTo = (bytes: number) =>
      held({ payloadBytes: 1000 }, { requestBytes: bytes, responseBytes: 0 }).notMet.length;
    expect([1024, 1025].map(upTo)).toEqual([0, 1]);
  });
});

describe('the workers', () => {
  test('are met only where every proxy has as many', () => {
    const notMet = (workers: number[]) => held({ workers: 2 }, { workers }).notMet;
    expect(notMet([2])).toEqual([]);
    expect(notMet([1, 2, 4])).toEqual(['stated for 2 workers of each proxy, here 1, 2 and 4']);
  });
});

test('a line without conditions has none', () => {
  expect(conditionsNotMet(latencyLine(5000), RAN)).toEqual({ notMet: [], notStated: [] });
});

test('what memory sidecars reserve depends on the mesh alone too', () => {
  const line = latencyLine(5000, { metric: 'fleet-memory-reserved', conditions: { ...STATED, workers: 7 } });
  expect(conditionsNotMet(line, RAN)).toEqual({ notMet: [], notStated: [] });
});

describe('a run’s own conditions', () => {
  const ALL: Partial<StatedConditions> = {
    hardware: 'bare metal',
    arrivalRatePerSecond: 1000,
    payloadBytes: 1000,
    sidecarsOnPath: 2,
    workers: 2,
    connections: 16,
    mutualTls: 'on',
  };
  /** The conditions of the first verdict on the fixture run, whose machine is no virtual one, after a change. */
  function conditionsAfter(change: (run: ReturnType<typeof runFixture>) => void, stated = ALL) {
    const run = runFixture({ lines: [latencyLine(5000, { conditions: { ...STATED, ...stated } })] });
    if (!isMissing(run.run.environment)) run.run.environment.virtualised = false;
    change(run);
    return analyseRun(run).verdicts[0]?.conditions;
  }
  const UPSTREAM = 'stated for Istio 1.24, here ran upstream Envoy 1.40.0, not Istio';

  test('are those of the treatment’s own deployments', () => {
    expect(conditionsAfter(() => {})).toEqual({ notMet: [UPSTREAM], notStated: [] });
  });

  test('name every build that ran, and say where deployments differ', () => {
    const found = conditionsAfter(({ deployments }) => {
      const [, first, , , second] = deployments;
      if (first === undefined || second === undefined) throw new Error('no deployment');
      first.expectation = { ...first.expectation, build: 'another Envoy', hops: 1 };
      second.expectation.peerIdentity = null;
    });
    expect(found).toEqual({
      notMet: ['stated for Istio 1.24, here ran another Envoy and upstream Envoy 1.40.0, not Istio'],
      notStated: [
        'sidecars on the path (stated: 2; not known here: deployments differ)',
        'mutual TLS (stated: on; not known here: deployments differ)',
      ],
    });
  });

  test('are not known where nothing was deployed', () => {
    const found = conditionsAfter(({ deployments }) => void deployments.splice(0));
    expect(found).toEqual({
      notMet: ['stated for Istio 1.24, here ran nothing'],
      notStated: [
        'sidecars on the path (stated: 2; not known here: nothing was deployed)',
        'workers (stated: 2; not known here: no proxy was deployed)',
        'mutual TLS (stated: on; not known here: nothing was deployed)',
      ],
    });
  });

  test('have each number of workers once, from the fewest to the most', () => {
    const found = conditionsAfter(({ deployments }) => {
      for (const [index, proxy] of deployments.flatMap(({ proxies }) => proxies).entries()) {
        proxy.concurrencyEffective = [10, 2, 9][index % 3] ?? 2;
      }
    });
    expect(found?.notMet).toEqual([UPSTREAM, 'stated for 2 workers of each proxy, here 2, 9 and 10']);
  });

  test('are without a mesh for a treatment that the scenario does not have, and told of no line without conditions', () => {
    const run = runFixture({ lines: [latencyLine(5000, { conditions: STATED }), latencyLine(5000)] });
    const [verdict, plain] = analyseRun(run).verdicts;
    if (verdict === undefined || plain === undefined) throw new Error('no verdict');
    expect(withConditions({ ...verdict, treatment: 'gone' }, run).conditions?.notMet).toEqual([
      'stated for Istio 1.24, here ran nothing',
    ]);
    expect(withConditions(plain, run)).toBe(plain);
  });
});
