import { describe, expect, test } from 'vitest';
import { budgetSubject, podsOf, budgetQuantity as quantityAt } from '../../src/analysis/budgetQuantity.ts';
import type { Estimate, ProcessCost, TreatmentAtLoad } from '../../src/analysis/result.ts';
import { RESERVES_NOTHING } from '../../src/analysis/sidecar.ts';
import type { Measured } from '../../src/record/measured.ts';
import type { BudgetLine, BudgetMetric } from '../../src/scenario/scenario.ts';
import { loadPointFixture, treatedFixture } from './fixtures/loadPoint.ts';

const line = (metric: BudgetMetric, rest: Partial<BudgetLine> = {}): BudgetLine => ({
  metric,
  atMost: 1,
  role: 'required',
  source: 'scenario',
  ...rest,
});

const estimate = (low: number, high: number): Estimate => ({
  point: (low + high) / 2,
  low,
  high,
  n: 6,
  confidence: 0.96875,
  method: 'signed-rank',
});

const envoy = (change: Partial<TreatmentAtLoad> = {}): TreatmentAtLoad => ({ ...treatedFixture(), ...change });

const missing = { missing: 'permission denied' };

const budgetQuantity = (own: BudgetLine, treatment: TreatmentAtLoad) => quantityAt(own, treatment, loadPointFixture());

describe('what a line between two treatments is judged on', () => {
  const [p50] = envoy().overhead;
  if (p50 === undefined) throw new Error('no percentile');
  const between = (from: string, to: string, differenceUs: Measured<Estimate> = estimate(20, 40)) => ({
    ...loadPointFixture(),
    contrasts: [
      {
        from,
        to,
        latency: [
          { percentile: 'p50' as const, support: p50.support, differenceUs, perBlock: [], smallestEffectUs: 5 },
        ],
        sidecars: [],
      },
    ],
  });
  const own = line('added-latency', { percentile: 'p50', against: 'old' });
  const fresh = envoy({ treatment: 'new' });

  test('is what it adds to the other, whichever of the two the scenario names first', () => {
    expect(quantityAt(own, fresh, between('old', 'new'))).toEqual({ estimate: estimate(20, 40), of: '' });
    expect(quantityAt(own, fresh, between('new', 'old'))).toEqual({ estimate: estimate(-40, -20), of: '' });
    expect(quantityAt(own, fresh, between('new', 'old', missing))).toEqual({ estimate: missing, of: '' });
  });

  test('is missing where the other was not measured beside it', () => {
    const none = { estimate: { missing: 'old was not measured beside it' }, of: '' };
    expect(quantityAt(own, fresh, between('older', 'new'))).toEqual(none);
    expect(quantityAt({ ...own, percentile: 'p90' }, fresh, between('old', 'new'))).toEqual(none);
  });

  test('is the overhead where the other is the baseline', () => {
    const found = quantityAt({ ...own, against: 'none' }, envoy(), between('old', 'new'));
    expect(found.estimate).toEqual(p50.addedUs);
    expect(budgetSubject(own)).toBe('added latency p50 over old');
  });
});

describe('what a line on added latency is judged on', () => {
  const latency = (support: Partial<TreatmentAtLoad['overhead'][number]['support']>) => {
    const [p50] = envoy().overhead;
    if (p50 === undefined) throw new Error('no percentile');
    const own = { ...p50, addedUs: estimate(502, 548), support: { ...p50.support, ...support } };
    return budgetQuantity(line('added-latency', { percentile: 'p50' }), envoy({ overhead: [own] }));
  };
  const added = { estimate: estimate(502, 548), of: '' };

  test('is the shift at its percentile, with what weakens it', () => {
    expect(latency({})).toEqual(added);
    expect(latency({ note: 'it rests on 4 stalls' })).toEqual({ ...added, note: 'it rests on 4 stalls' });
    expect(latency({ standing: 'coarse', note: 'few lie beyond' })).toEqual({
      ...added,
      note: 'coarse, since few lie beyond',
    });
    expect(latency({ standing: 'absent', note: 'none lie beyond' })).toEqual(added);
  });

  test('is missing where the line names no percentile', () => {
    expect(budgetQuantity(line('added-latency'), envoy())).toEqual({
      estimate: { missing: 'the budget line names no percentile' },
      of: '',
    });
  });
});

describe('what a line on a proxy is judged on', () => {
  /** Client's and server's proxy between these bounds, in every unit; the server's service above them all. */
  const costs = (client: ProcessCost['cpuMillicores'], server: ProcessCost['cpuMillicores']): TreatmentAtLoad => {
    const cost = (role: ProcessCost['role'], hop: ProcessCost['hop'], amount: ProcessCost['cpuMillicores']) => ({
      role,
      hop,
      cpuMillicores: amount,
      cpuMsPerThousandRequests: amount,
      memoryRssBytes: amount,
    });
    const [any] = envoy().costs;
    if (any === undefined) throw new Error('no cost');
    return envoy({
      requestedRatePerSecond: 500,
      costs: [
        { ...any, ...cost('application', 'server', estimate(900, 999)) },
        { ...any, ...cost('proxy', 'client', client) },
        { ...any, ...cost('proxy', 'server', server) },
      ],
    });
  };
  const METRICS = ['proxy-cpu', 'proxy-cpu-per-1000-rps', 'proxy-memory'] as const;

  test.each(METRICS)('is the one with the largest upper bound, the first of two that are alike: %s', (metric) => {
    const of = (hop: string) => `${hop} proxy, the costliest, at 500/s: `;
    const [small, large] = [estimate(50, 60), estimate(10, 70)];
    expect(budgetQuantity(line(metric), costs(small, large))).toEqual({ estimate: large, of: of('server') });
    expect(budgetQuantity(line(metric), costs(large, small))).toEqual({ estimate: large, of: of('client') });
    expect(budgetQuantity(line(metric), costs(small, { ...small, low: 1 }))).toEqual({
      estimate: small,
      of: of('client'),
    });
  });

  test('is missing while one of them is not known, and where none was recorded', () => {
    const known = estimate(50, 60);
    expect(budgetQuantity(line('proxy-cpu'), costs(known, missing))).toEqual({
      estimate: missing,
      of: 'server proxy: ',
    });
    expect(budgetQuantity(line('proxy-cpu'), envoy({ costs: costs(known, known).costs.slice(0, 1) }))).toEqual({
      estimate: { missing: 'no valid block has a record of a proxy' },
      of: '',
    });
  });
});

describe('what a line on a fleet is judged on', () => {
  const sidecar = {
    ...treatedFixture().sidecar,
    usedCpuMillicores: estimate(70, 80),
    usedMemoryBytes: estimate(700, 800),
    reservedCpuMillicores: { ...estimate(100, 200), method: 'exact' } as const,
    reservedMemoryBytes: { ...estimate(1024 ** 2, 3 * 1024 ** 2), method: 'exact' } as const,
  };
  const on = (metric: BudgetMetric, rest: Partial<BudgetLine> = {}, change: Partial<typeof sidecar | object> = {}) =>
    budgetQuantity(line(metric, rest), envoy({ sidecar: { ...sidecar, ...change }, requestedRatePerSecond: 500 }));

  test('is what one sidecar uses, times the pods', () => {
    const of = (pods: string) => `${pods}, taken to carry this run's load of 500/s each: `;
    expect(on('fleet-cpu-used', { pods: 10 })).toEqual({ estimate: estimate(700, 800), of: of('10 pods') });
    expect(on('fleet-memory-used')).toEqual({ estimate: estimate(70_000, 80_000), of: of('100 pods') });
    expect(on('fleet-cpu-used', { pods: 1 }, { usedCpuMillicores: missing })).toEqual({ estimate: missing, of: '' });
  });

  test('is what one reserves, times the pods, each in its own unit', () => {
    expect(on('fleet-cpu-reserved', { pods: 1 })).toEqual({
      estimate: sidecar.reservedCpuMillicores,
      of: '1 pod, whose sidecars reserve 150 millicores each: ',
    });
    expect(on('fleet-memory-reserved', { pods: 2 })).toEqual({
      estimate: { ...estimate(2 * 1024 ** 2, 6 * 1024 ** 2), method: 'exact' },
      of: '2 pods, whose sidecars reserve 2 MiB each: ',
    });
  });

  test('is what the line assumes only where the sidecars reserve nothing', () => {
    const assumed = { pods: 2, assumedRequest: 100 };
    const nothing = { reservedCpuMillicores: RESERVES_NOTHING };
    expect(on('fleet-cpu-reserved', assumed, nothing)).toEqual({
      estimate: { point: 200, low: 200, high: 200, n: 0, confidence: 1, method: 'exact' },
      of: '2 pods of 100 millicores each, as the line assumes since the sidecars of this run reserve nothing: ',
    });
    expect(on('fleet-cpu-reserved', { pods: 2 }, nothing)).toEqual({ estimate: RESERVES_NOTHING, of: '' });
    expect(on('fleet-cpu-reserved', assumed, { reservedCpuMillicores: missing })).toEqual({
      estimate: missing,
      of: '',
    });
  });
});

test('other lines are judged on the figure of their name', () => {
  const setUp = { takenUs: estimate(1, 2), addedUs: estimate(3, 4) };
  const of = envoy({ successShare: estimate(0.9, 1), setUp });
  expect(
    (['success-rate', 'set-up-time', 'added-set-up-time'] as const).map((metric) => budgetQuantity(line(metric), of)),
  ).toEqual([
    { estimate: estimate(0.9, 1), of: '' },
    { estimate: estimate(1, 2), of: '' },
    { estimate: estimate(3, 4), of: '' },
  ]);
});

test('a fleet has 100 pods unless its line says otherwise', () => {
  expect([podsOf(line('fleet-cpu-used')), podsOf(line('fleet-cpu-used', { pods: 7 }))]).toEqual([100, 7]);
});

test.each<[BudgetMetric, Partial<BudgetLine>, string]>([
  ['added-latency', {}, 'added latency'],
  ['added-latency', { percentile: 'p99' }, 'added latency p99'],
  ['proxy-cpu', {}, 'CPU of each proxy'],
  ['proxy-cpu-per-1000-rps', {}, 'CPU of each proxy for each 1,000/s'],
  ['proxy-memory', {}, 'memory of each proxy'],
  ['fleet-cpu-reserved', {}, 'CPU reserved by the sidecars of 100 pods'],
  ['fleet-cpu-used', { pods: 1 }, 'CPU used by the sidecars of 1 pod'],
  ['fleet-memory-reserved', {}, 'memory reserved by the sidecars of 100 pods'],
  ['fleet-memory-used', {}, 'memory used by the sidecars of 100 pods'],
  ['success-rate', {}, 'success rate'],
  ['set-up-time', {}, 'set-up time'],
  ['added-set-up-time', {}, 'added set-up time'],
])('a line on %s %j limits the %s', (metric, rest, subject) => {
  expect(budgetSubject(line(metric, rest))).toBe(subject);
});
