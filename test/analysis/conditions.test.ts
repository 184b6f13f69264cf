import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { conditionsNotMet, type RunConditions } from '../../src/analysis/conditions.ts';
import { parseAgain } from '../../src/cli/scenarioFile.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { readRun } from '../../src/record/runDirectory.ts';
import { type BudgetSetId, budgetSet } from '../../src/scenario/budgetSets.ts';
import type { BudgetLine } from '../../src/scenario/scenario.ts';
import { NOTHING_STATED, type StatedConditions } from '../../src/scenario/statedConditions.ts';
import { latencyLine, runFixture } from './fixtures/runs.ts';

const STATED: StatedConditions = {
  mesh: { id: 'istio', title: 'Istio', version: '1.24' },
  hardware: 'bare metal',
  arrivalRatePerSecond: 1000,
  payloadBytes: 1000,
  sidecarsOnPath: 2,
  workers: 2,
  connections: 4,
  mutualTls: 'on',
  source: 'a page',
  date: '2024-11',
};
/** A run that meets them all. */
const MET: RunConditions = {
  mesh: 'istio',
  build: 'Istio 1.24.3 (Envoy 1.32.4)',
  isVirtual: false,
  arrivalRatePerSecond: 1000,
  requestBytes: 0,
  responseBytes: 1024,
  connections: 4,
  sidecarsOnPath: 2,
  workers: [2],
  hasMutualTls: true,
};
const line = (conditions: StatedConditions = STATED, rest: Partial<BudgetLine> = {}) =>
  latencyLine(5000, { conditions, ...rest });
const notMet = (run: Partial<RunConditions>, stated?: Partial<StatedConditions>) =>
  conditionsNotMet(line({ ...STATED, ...stated }), { ...MET, ...run });

describe('the conditions of a budget', () => {
  test('that a run meets are silent', () => {
    expect(notMet({})).toEqual({ notMet: [], notStated: [] });
  });

  test.each<[Partial<RunConditions>, string]>([
    [{ isVirtual: true }, 'stated for bare metal, this machine is virtual'],
    [{ arrivalRatePerSecond: 500 }, 'stated at 1,000/s, judged at 500/s'],
    [{ responseBytes: 1025 }, 'stated for a payload of 1 kB, judged with 0 B out and 1.02 kB back'],
    [{ responseBytes: 976 }, 'stated for a payload of 1 kB, judged with 0 B out and 976 B back'],
    [{ sidecarsOnPath: 1 }, 'stated with 2 sidecars on the path, here 1'],
    [{ workers: [1, 2] }, 'stated for 2 workers of each proxy, here 1 and 2'],
    [{ connections: 16 }, 'stated for 4 connections, judged with 16'],
    [{ hasMutualTls: false }, 'stated with mutual TLS, here without'],
    [
      { mesh: 'envoy', build: 'upstream Envoy, not Istio' },
      'stated for Istio 1.24, here ran upstream Envoy, not Istio',
    ],
    [{ build: 'Istio 1.240.1 (Envoy 2)' }, 'stated for Istio 1.24, here ran Istio 1.240.1 (Envoy 2)'],
    [{ build: 'Istio control plane 1.24.1' }, 'stated for Istio 1.24, here ran Istio control plane 1.24.1'],
  ])('tell that a run of %j does not meet them', (run, clause) => {
    expect(notMet(run)).toEqual({ notMet: [clause], notStated: [] });
  });

  test('on the payload are met by a body in either direction', () => {
    expect(notMet({ requestBytes: 1000, responseBytes: 0 }).notMet).toEqual([]);
  });

  test('of a source that states nothing cannot be checked, and neither can what is not known of the run', () => {
    const missing = { missing: 'not told' };
    expect(conditionsNotMet(line({ ...STATED, ...NOTHING_STATED }), MET)).toEqual({
      notMet: [],
      notStated: [
        'hardware',
        'arrival rate',
        'payload',
        'sidecars on the path',
        'workers',
        'connections',
        'mutual TLS',
      ],
    });
    expect(notMet({ isVirtual: missing, sidecarsOnPath: missing, workers: missing, hasMutualTls: missing })).toEqual({
      notMet: [],
      notStated: [
        'hardware (stated: bare metal; not known here: not told)',
        'sidecars on the path (stated: 2; not known here: not told)',
        'workers (stated: 2; not known here: not told)',
        'mutual TLS (stated: on; not known here: not told)',
      ],
    });
  });

  test('on the version are met by any release where none is stated, and by Linkerd under its own names', () => {
    const anyIstio = { mesh: { ...STATED.mesh, version: 'not stated' as const } };
    expect(notMet({ build: 'Istio 1.31.1 (Envoy 1.39)' }, anyIstio)).toEqual({
      notMet: [],
      notStated: ['version of Istio'],
    });
    const linkerd = { mesh: { id: 'linkerd', title: 'Linkerd', version: '2.11.1' } } as const;
    const ran = (tag: string) =>
      notMet({ mesh: 'linkerd', build: `Linkerd control plane ${tag}, proxy v2, not run end to end` }, linkerd).notMet;
    expect([ran('stable-2.11.1'), ran('edge-26.8.3')]).toEqual([
      [],
      ['stated for Linkerd 2.11.1, here ran Linkerd control plane edge-26.8.3, proxy v2, not run end to end'],
    ]);
  });

  test('of a reservation are the mesh alone, since it depends on no load', () => {
    const reserved = line(STATED, { metric: 'fleet-cpu-reserved' });
    expect(conditionsNotMet(reserved, { ...MET, arrivalRatePerSecond: 5, isVirtual: true })).toEqual({
      notMet: [],
      notStated: [],
    });
  });

  test('are held against what the deployments say: the mesh, its build, and every proxy’s workers', () => {
    const run = runFixture({ lines: [line({ ...STATED, connections: 16, hardware: 'not stated' })] });
    const treatments = run.scenario.treatments.map((treatment) =>
      treatment.mesh === 'envoy' ? { ...treatment, mesh: 'istio' as const } : treatment,
    );
    for (const { expectation } of run.deployments.filter(({ treatment }) => treatment === 'envoy')) {
      expectation.build = MET.build;
    }
    const [proxy] = run.deployments.flatMap(({ proxies }) => proxies);
    if (proxy === undefined) throw new Error('no proxy');
    const conditions = () =>
      analyseRun({ ...run, scenario: { ...run.scenario, treatments } }).verdicts.map((verdict) => verdict.conditions);
    expect(conditions()).toEqual([{ notMet: [], notStated: ['hardware'] }]);
    proxy.concurrencyEffective = 4;
    expect(conditions()).toEqual([
      { notMet: ['stated for 2 workers of each proxy, here 2 and 4'], notStated: ['hardware'] },
    ]);
    proxy.concurrencyEffective = { missing: 'the admin port did not answer' };
    expect(conditions()).toEqual([
      {
        notMet: [],
        notStated: ['hardware', 'workers (stated: 2; not known here: the admin port did not answer)'],
      },
    ]);
  });

  test('are told of a whole run from its records, and stand at no line of the user’s own', () => {
    const lines = [line(), latencyLine(5000)];
    const verdicts = analyseRun(runFixture({ lines })).verdicts;
    expect(verdicts.map(({ conditions }) => conditions)).toEqual([
      {
        notMet: [
          'stated for Istio 1.24, here ran upstream Envoy 1.40.0, not Istio',
          'stated for bare metal, this machine is virtual',
          'stated for 4 connections, judged with 16',
        ],
        notStated: [],
      },
      undefined,
    ]);
  });
});

describe('the committed example, judged against each built-in set', () => {
  const EXAMPLE = path.resolve(import.meta.dirname, '../../reports/example');
  const ENVOY = "upstream Envoy 1.40.0 in Istio's sidecar topology, not Istio";
  const ALL = ['hardware', 'arrival rate', 'payload', 'sidecars on the path', 'workers', 'connections', 'mutual TLS'];

  async function conditionsOf(set: BudgetSetId) {
    const recorded = await readRun(nodeHost(), EXAMPLE);
    const budgets = { name: set, lines: budgetSet(set).lines };
    const { verdicts } = analyseRun({ ...recorded, scenario: { ...parseAgain(recorded.run), budgets } });
    return verdicts.map(({ line: { metric }, conditions }) => [metric, conditions]);
  }

  it.each<[BudgetSetId, string[], string[]]>([
    ['documented', [`stated for Istio, here ran ${ENVOY}`], ['version of Istio', ...ALL]],
    [
      'istio-1.24',
      [`stated for Istio 1.24, here ran ${ENVOY}`, 'stated for bare metal, this machine is virtual'],
      ['connections'],
    ],
    [
      'linkerd-2021-11',
      [
        `stated for Istio 1.12.0, here ran ${ENVOY}`,
        'stated for bare metal, this machine is virtual',
        'stated at 2,000/s, judged at 1,000/s',
      ],
      ['payload', 'sidecars on the path', 'workers', 'connections'],
    ],
  ])('tells which conditions of %s do not hold, and which cannot be checked', async (set, unmet, unchecked) => {
    const found = await conditionsOf(set);
    expect(found.length).toBeGreaterThan(1);
    for (const [metric, conditions] of found) {
      const isReserved = String(metric).endsWith('-reserved');
      expect(conditions).toEqual({ notMet: unmet, notStated: isReserved ? ['version of Istio'] : unchecked });
    }
  });
});
