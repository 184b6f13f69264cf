// @ts-nocheck
import type { MeshId } from '../../meshes/index.ts';
import type { BudgetSet } from '../budgetSets.ts';
import type { BudgetLine } from '../scenario.ts';
import { NOTHING_STATED, type StatedConditions } from '../statedConditions.ts';
import { AS_REFERENCE, MB } from './reference.ts';

/** The sample application has several services; how many sidecars a request passes the post does not say. */
const BOTH = {
  ...NOTHING_STATED,
  hardware: 'bare metal',
  arrivalRatePerSecond: 2000,
  mutualTls: 'on',
  source: 'Linkerd blog, Benchmarking Linkerd and Istio: 2021 Redux',
  date: '2021-11-29',
} as const;
const LINKERD: StatedConditions = { ...BOTH, mesh: { id: 'linkerd', title: 'Linkerd', version: '2.11.1' } };
const ISTIO: StatedConditions = { ...BOTH, mesh: { id: 'istio', title: 'Istio', version: '1.12.0' } };

interface Published {
  for: MeshId;
  conditions: StatedConditions;
  addedMs: number;
  memoryMb: number;
  suffix?: string;
}

function lines({ for: whom, conditions, addedMs, memoryMb, suffix = '' }: Published): BudgetLine[] {
  const rest = { for: whom, role: 'required', conditions } as const;
  const { title, version } = conditions.mesh;
  return [
    {
      metric: 'added-latency',
      percentile: 'p50',
      atMost: addedMs * 1000,
      ...rest,
      source: `${title} ${version} in November 2021: ${addedMs} ms added at the median${suffix}`,
    },
    {
      metric: 'proxy-memory',
      atMost: memoryMb * MB,
      ...rest,
      source: `${title} ${version} in November 2021: at most ${memoryMb} MB of a proxy${suffix}`,
    },
  ];
}

/** What Linkerd's makers measured of both meshes. */
export const linkerd202111: BudgetSet = {
  title: "added median and memory of a proxy in Linkerd's comparison of November 2021",
  lines: [
    ...lines({ for: 'istio', conditions: ISTIO, addedMs: 17, memoryMb: 156 }),
    ...lines({ for: 'linkerd', conditions: LINKERD, addedMs: 6, memoryMb: 26 }),
    ...lines({ for: 'envoy', conditions: ISTIO, addedMs: 17, memoryMb: 156, suffix: AS_REFERENCE }),
  ],
};
