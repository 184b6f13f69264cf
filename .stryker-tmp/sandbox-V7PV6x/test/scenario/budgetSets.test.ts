// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { BUDGET_SET_IDS, type BudgetSetId, budgetSet } from '../../src/scenario/budgetSets.ts';
import type { BudgetLine } from '../../src/scenario/scenario.ts';

const linesFor = (mesh: string, set: BudgetSetId = 'documented') =>
  budgetSet(set).lines.filter((line) => line.for === mesh);
const figuresOf = (lines: readonly BudgetLine[]) => lines.map(({ conditions: _, ...line }) => line);
const latency = (percentile: string, from: number, atMost: number) => ({
  metric: 'added-latency',
  percentile,
  atMost,
  documentedFrom: from,
  role: 'required',
});

describe('the documented budgets', () => {
  it("hold Istio's and Linkerd's ranges of added latency as required lines", () => {
    const ranges = ['istio', 'linkerd'].map((mesh) =>
      figuresOf(linesFor(mesh).filter((line) => line.metric === 'added-latency')),
    );
    const istio = { for: 'istio', source: "Istio's documented range" };
    const linkerd = { for: 'linkerd', source: "Linkerd's documented range" };
    expect(ranges).toEqual([
      [
        { ...latency('p50', 2000, 5000), ...istio },
        { ...latency('p99', 10_000, 15_000), ...istio },
      ],
      [
        { ...latency('p50', 1000, 3000), ...linkerd },
        { ...latency('p99', 5000, 10_000), ...linkerd },
      ],
    ]);
  });

  it('hold the typical requests and limits of a sidecar as advisory lines', () => {
    const resources = linesFor('linkerd').filter(({ metric }) => metric.startsWith('proxy-'));
    expect(resources.map(({ metric, atMost, role, source }) => [metric, atMost, role, source])).toEqual([
      ['proxy-cpu', 100, 'advisory', 'typical sidecar request, per proxy'],
      ['proxy-cpu', 1000, 'advisory', 'typical sidecar limit, per proxy'],
      ['proxy-memory', 134_217_728, 'advisory', 'typical sidecar request, per proxy'],
      ['proxy-memory', 536_870_912, 'advisory', 'typical sidecar limit, per proxy'],
    ]);
  });

  it('hold the claim on 100 pods as what the typical requests come to: 10 cores and 12.5 GiB, which is about 12 GB', () => {
    const fleet = linesFor('istio').filter(({ metric }) => metric.startsWith('fleet-'));
    expect(fleet.map(({ metric, pods, atMost, assumedRequest, role }) => [metric, pods, atMost, assumedRequest, role]))
      // 100 x 100m = 10,000m, and 100 x 128 x 1,048,576 bytes.
      .toEqual([
        ['fleet-cpu-reserved', 100, 10_000, 100, 'advisory'],
        ['fleet-cpu-used', 100, 10_000, undefined, 'advisory'],
        ['fleet-memory-reserved', 100, 13_421_772_800, 134_217_728, 'advisory'],
        ['fleet-memory-used', 100, 13_421_772_800, undefined, 'advisory'],
      ]);
    expect(fleet.map(({ source }) => source)[2]).toBe('about 12 GB for the sidecars of 100 pods: 100 x 128Mi = 12.5Gi');
  });

  it('state no condition but the mesh', () => {
    const stated = budgetSet('documented').lines.map(({ conditions }) => conditions);
    expect(new Set(stated.map((conditions) => conditions?.mesh.title))).toEqual(new Set(['Istio', 'Linkerd']));
    for (const conditions of stated) {
      const { mesh: _, source: __, ...rest } = conditions ?? { mesh: 0, source: 0 };
      expect(new Set(Object.values(rest))).toEqual(new Set(['not stated']));
    }
  });
});

describe('the budgets of Istio 1.24', () => {
  it('are CPU and memory of one sidecar, required, with what the page measured them under', () => {
    const CONDITIONS = {
      mesh: { id: 'istio', title: 'Istio', version: '1.24' },
      hardware: 'bare metal',
      arrivalRatePerSecond: 1000,
      payloadBytes: 1000,
      sidecarsOnPath: 2,
      workers: 2,
      connections: 'not stated',
      mutualTls: 'on',
      source: 'Istio documentation, Performance and Scalability, summary for Istio 1.24',
      date: '2024-11',
    };
    const rest = { for: 'istio', role: 'required', conditions: CONDITIONS };
    expect(linesFor('istio', 'istio-1.24')).toEqual([
      {
        metric: 'proxy-cpu-per-1000-rps',
        atMost: 200,
        source: 'Istio 1.24: 0.20 vCPU of one sidecar at 1,000/s',
        ...rest,
      },
      { metric: 'proxy-memory', atMost: 60_000_000, source: 'Istio 1.24: 60 MB of one sidecar', ...rest },
    ]);
  });
});

describe('the budgets of November 2021', () => {
  it('are the added median and the memory of a proxy of both meshes, at 2,000 requests a second on bare metal', () => {
    const lines = ['linkerd', 'istio'].flatMap((mesh) => linesFor(mesh, 'linkerd-2021-11'));
    expect(lines.map(({ metric, percentile, atMost, role }) => [metric, percentile, atMost, role])).toEqual([
      ['added-latency', 'p50', 6000, 'required'],
      ['proxy-memory', undefined, 26_000_000, 'required'],
      ['added-latency', 'p50', 17_000, 'required'],
      ['proxy-memory', undefined, 156_000_000, 'required'],
    ]);
    const stated = lines.map(({ conditions: about }) => [
      about?.mesh.version,
      about?.hardware,
      about?.arrivalRatePerSecond,
      about?.date,
    ]);
    expect(stated).toEqual([
      ['2.11.1', 'bare metal', 2000, '2021-11-29'],
      ['2.11.1', 'bare metal', 2000, '2021-11-29'],
      ['1.12.0', 'bare metal', 2000, '2021-11-29'],
      ['1.12.0', 'bare metal', 2000, '2021-11-29'],
    ]);
  });
});

describe('every built-in set', () => {
  it('carries conditions and a source in each line', () => {
    const bare = BUDGET_SET_IDS.flatMap((id) =>
      budgetSet(id).lines.filter(({ conditions, source }) => conditions === undefined || source === ''),
    );
    expect(bare).toEqual([]);
  });

  it("judges upstream Envoy by Istio's figures, and says so in each line", () => {
    for (const id of BUDGET_SET_IDS) {
      const figures = (mesh: string) => linesFor(mesh, id).map(({ for: _, source: __, ...line }) => line);
      expect(figures('envoy')).toEqual(figures('istio'));
      const suffix = ', as the reference for upstream Envoy in its topology';
      const sources = (mesh: string) => linesFor(mesh, id).map(({ source }) => source);
      expect(sources('envoy')).toEqual(sources('istio').map((source) => source + suffix));
    }
  });
});
