import type { BudgetMetric } from '../scenario/scenario.ts';

/** A measured quantity: `perUnit` of the unit that records and budgets use make one of the unit that is printed. */
interface Quantity {
  unit: string;
  perUnit: number;
  /** Decimals that the measurement carries. */
  decimals: number;
}

/** Each quantity once, for budgets and for every report format. Less of it is better, of all of them. */
export const QUANTITIES = {
  /** Recorded in whole µs. */
  latency: { unit: 'ms', perUnit: 1000, decimals: 3 },
  cpu: { unit: 'millicores', perUnit: 1, decimals: 1 },
  cpuPerThousandRequests: { unit: 'ms', perUnit: 1, decimals: 1 },
  /** From bytes, in the unit in which Kubernetes writes requests and limits. */
  memory: { unit: 'MiB', perUnit: 1_048_576, decimals: 1 },
} as const satisfies Record<string, Quantity>;

export type QuantityId = keyof typeof QUANTITIES;

/** The quantity that a budget line limits. */
export const BUDGET_QUANTITIES = {
  'added-latency': 'latency',
  'proxy-cpu': 'cpu',
  'proxy-memory': 'memory',
} as const satisfies Record<BudgetMetric, QuantityId>;
