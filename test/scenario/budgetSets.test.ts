import { describe, expect, it } from 'vitest';
import { BUDGET_SET_IDS, budgetSet } from '../../src/scenario/budgetSets.ts';

const linesFor = (mesh: string) => budgetSet('documented').lines.filter((line) => line.for === mesh);
const latency = (percentile: string, from: number, atMost: number) => ({
  metric: 'added-latency',
  percentile,
  atMost,
  documentedFrom: from,
  role: 'required',
});

describe('the documented budgets', () => {
  it("hold Istio's and Linkerd's ranges of added latency as required lines", () => {
    const ranges = ['istio', 'linkerd'].map((mesh) => linesFor(mesh).filter((line) => line.metric === 'added-latency'));
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

  it("judge upstream Envoy by Istio's figures, and say so in each line", () => {
    const figures = (mesh: string) => linesFor(mesh).map(({ for: _, source: __, ...line }) => line);
    expect(figures('envoy')).toEqual(figures('istio'));
    expect(linesFor('envoy')[0]?.source).toBe(
      "Istio's documented range, as the reference for upstream Envoy in its topology",
    );
    expect(linesFor('envoy').filter(({ source }) => !source.includes('as the reference for upstream Envoy'))).toEqual(
      [],
    );
  });

  it('hold the typical requests and limits of a sidecar as advisory lines', () => {
    const resources = linesFor('linkerd').filter((line) => line.metric !== 'added-latency');
    expect(resources.map(({ metric, atMost, role, source }) => [metric, atMost, role, source])).toEqual([
      ['proxy-cpu', 100, 'advisory', 'typical sidecar request, per proxy'],
      ['proxy-cpu', 1000, 'advisory', 'typical sidecar limit, per proxy'],
      ['proxy-memory', 134_217_728, 'advisory', 'typical sidecar request, per proxy'],
      ['proxy-memory', 536_870_912, 'advisory', 'typical sidecar limit, per proxy'],
    ]);
  });

  it('state the conditions that their figures hold under, in every set', () => {
    expect(BUDGET_SET_IDS.filter((id) => budgetSet(id).conditions.length < 20)).toEqual([]);
  });
});
