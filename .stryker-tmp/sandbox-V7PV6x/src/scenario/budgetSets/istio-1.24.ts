// @ts-nocheck
import type { BudgetSet } from '../budgetSets.ts';
import type { BudgetLine } from '../scenario.ts';
import type { StatedConditions } from '../statedConditions.ts';
import { AS_REFERENCE, MB } from './reference.ts';

/** Client and server each have a sidecar in the page's mode "sidecar"; the connections of its CPU figure it does not give. */
const CONDITIONS: StatedConditions = {
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

function lines(whom: string, suffix: string): BudgetLine[] {
  const rest = { for: whom, role: 'required', conditions: CONDITIONS } as const;
  return [
    {
      metric: 'proxy-cpu-per-1000-rps',
      atMost: 200,
      ...rest,
      source: `Istio 1.24: 0.20 vCPU of one sidecar at 1,000/s${suffix}`,
    },
    { metric: 'proxy-memory', atMost: 60 * MB, ...rest, source: `Istio 1.24: 60 MB of one sidecar${suffix}` },
  ];
}

/** What one sidecar takes; the page gives its latency as charts only, so that there is no line on it. */
export const istio124: BudgetSet = {
  title: "CPU and memory of one sidecar on Istio 1.24's performance page",
  lines: [...lines('istio', ''), ...lines('envoy', AS_REFERENCE)],
};
