// @ts-nocheck
import type { BudgetSet } from '../budgetSets.ts';
import type { BudgetLine, Percentile } from '../scenario.ts';
import { NOTHING_STATED, type StatedConditions } from '../statedConditions.ts';
import { AS_REFERENCE, GIB, MIB } from './reference.ts';

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

const SOURCE = "a practitioner's guide to Istio and Linkerd in production";
const ISTIO: StatedConditions = {
  ...NOTHING_STATED,
  mesh: { id: 'istio', title: 'Istio', version: 'not stated' },
  source: SOURCE,
};
const LINKERD: StatedConditions = { ...ISTIO, mesh: { id: 'linkerd', title: 'Linkerd', version: 'not stated' } };

interface Documented {
  for: string;
  ranges: readonly Range[];
  conditions: StatedConditions;
  /** Follows each source. */
  suffix: string;
}

function latencyLines({ for: whom, ranges, conditions, suffix }: Documented): BudgetLine[] {
  return ranges.map(({ percentile, fromMs, toMs }) => ({
    metric: 'added-latency',
    percentile,
    atMost: toMs * 1000,
    documentedFrom: fromMs * 1000,
    for: whom,
    role: 'required',
    source: `${conditions.mesh.title}'s documented range${suffix}`,
    conditions,
  }));
}

/** What a sidecar typically reserves and may use at most; each figure is for one proxy. */
function sidecarLines({ for: whom, conditions, suffix }: Documented): BudgetLine[] {
  const rest = { for: whom, role: 'advisory', conditions } as const;
  const request = `typical sidecar request, per proxy${suffix}`;
  const limit = `typical sidecar limit, per proxy${suffix}`;
  return [
    { metric: 'proxy-cpu', atMost: 100, ...rest, source: request },
    { metric: 'proxy-cpu', atMost: 1000, ...rest, source: limit },
    { metric: 'proxy-memory', atMost: 128 * MIB, ...rest, source: request },
    { metric: 'proxy-memory', atMost: 512 * MIB, ...rest, source: limit },
  ];
}

/**
 * "100 pods: 10 CPU cores and about 12 GB of memory for sidecars alone" is what the typical requests come to: 100 x 100m
 * and 100 x 128Mi = 12.5 GiB. The limit is the product, and not the rounded figure, which is below it.
 */
function fleetLines({ for: whom, conditions, suffix }: Documented): BudgetLine[] {
  const rest = { pods: 100, for: whom, role: 'advisory', conditions } as const;
  const cores = { atMost: 10_000, source: `10 cores for the sidecars of 100 pods: 100 x 100m${suffix}` };
  const memory = {
    atMost: 12.5 * GIB,
    source: `about 12 GB for the sidecars of 100 pods: 100 x 128Mi = 12.5Gi${suffix}`,
  };
  return [
    { metric: 'fleet-cpu-reserved', ...cores, assumedRequest: 100, ...rest },
    { metric: 'fleet-cpu-used', ...cores, ...rest },
    { metric: 'fleet-memory-reserved', ...memory, assumedRequest: 128 * MIB, ...rest },
    { metric: 'fleet-memory-used', ...memory, ...rest },
  ];
}

const all = (of: Documented): BudgetLine[] => [...latencyLines(of), ...sidecarLines(of), ...fleetLines(of)];

/** Claims to be tested, not truths: their source states no condition. */
export const documented: BudgetSet = {
  title: 'the ranges that practitioners document for Istio and Linkerd sidecars',
  lines: [
    ...all({ for: 'istio', ranges: ISTIO_RANGES, conditions: ISTIO, suffix: '' }),
    ...all({ for: 'linkerd', ranges: LINKERD_RANGES, conditions: LINKERD, suffix: '' }),
    ...all({ for: 'envoy', ranges: ISTIO_RANGES, conditions: ISTIO, suffix: AS_REFERENCE }),
  ],
};
