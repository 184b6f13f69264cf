import type { MeshId } from '../meshes/index.ts';
import type { BudgetLine, Percentile } from './scenario.ts';

/** A named set of budget lines, with the conditions that its figures hold under. */
export interface BudgetSet {
  title: string;
  /** Hardware, rate, payload, hops: what is known about where the figures come from. */
  conditions: string;
  lines: readonly BudgetLine[];
}

interface Range {
  percentile: Percentile;
  fromMs: number;
  toMs: number;
}

const ISTIO_RANGES: readonly Range[] = [
  { percentile: 'p50', fromMs: 2, toMs: 5 },
  { percentile: 'p99', fromMs: 10, toMs: 15 },
];
const LINKERD_RANGES: readonly Range[] = [
  { percentile: 'p50', fromMs: 1, toMs: 3 },
  { percentile: 'p99', fromMs: 5, toMs: 10 },
];

const MIB = 1024 ** 2;

function latencyLines(mesh: MeshId, ranges: readonly Range[], source: string): BudgetLine[] {
  return ranges.map(({ percentile, fromMs, toMs }) => ({
    metric: 'added-latency',
    percentile,
    atMost: toMs * 1000,
    documentedFrom: fromMs * 1000,
    for: mesh,
    role: 'required',
    source,
  }));
}

/** What a sidecar typically reserves and may use at most; each figure is for one proxy. */
function sidecarLines(mesh: MeshId, suffix = ''): BudgetLine[] {
  const request = `typical sidecar request, per proxy${suffix}`;
  const limit = `typical sidecar limit, per proxy${suffix}`;
  return [
    { metric: 'proxy-cpu', atMost: 100, for: mesh, role: 'advisory', source: request },
    { metric: 'proxy-cpu', atMost: 1000, for: mesh, role: 'advisory', source: limit },
    { metric: 'proxy-memory', atMost: 128 * MIB, for: mesh, role: 'advisory', source: request },
    { metric: 'proxy-memory', atMost: 512 * MIB, for: mesh, role: 'advisory', source: limit },
  ];
}

/** Every built-in budget set. Adding one is one entry here. */
const BUDGET_SETS = {
  documented: {
    title: 'the ranges that practitioners document for Istio and Linkerd sidecars',
    conditions:
      'Stated for production clusters, without hardware, arrival rate, payload or number of hops: claims to be tested, not truths.',
    lines: [
      ...latencyLines('istio', ISTIO_RANGES, "Istio's documented range"),
      ...sidecarLines('istio'),
      ...latencyLines('linkerd', LINKERD_RANGES, "Linkerd's documented range"),
      ...sidecarLines('linkerd'),
      ...latencyLines(
        'envoy',
        ISTIO_RANGES,
        "Istio's documented range, as the reference for upstream Envoy in its topology",
      ),
      ...sidecarLines('envoy', ', as the reference for upstream Envoy in its topology'),
    ],
  },
} as const satisfies Record<string, BudgetSet>;

export type BudgetSetId = keyof typeof BUDGET_SETS;
export const BUDGET_SET_IDS = Object.keys(BUDGET_SETS) as readonly BudgetSetId[];

export function budgetSet(id: BudgetSetId): BudgetSet {
  return BUDGET_SETS[id];
}
