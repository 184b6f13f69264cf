import type { BudgetMetric } from '../scenario/scenario.ts';

/** A measured quantity: `perUnit` of the unit that records and budgets use make one of the unit that is printed. */
interface Quantity {
  unit: string;
  perUnit: number;
  /** Decimals that the measurement carries. */
  decimals: number;
}

/** Each quantity once, for budgets and for every report format. Less of it is better, but of `success`. */
export const QUANTITIES = {
  /** Recorded in whole µs. */
  latency: { unit: 'ms', perUnit: 1000, decimals: 3 },
  cpu: { unit: 'millicores', perUnit: 1, decimals: 1 },
  cpuPerThousandRequests: { unit: 'ms', perUnit: 1, decimals: 1 },
  /** From bytes, in the unit in which Kubernetes writes requests and limits. */
  memory: { unit: 'MiB', perUnit: 1_048_576, decimals: 1 },
  /** Millicores at a rate, divided by the rate in thousands. */
  cpuPerThousandPerSecond: { unit: 'millicores per 1,000/s', perUnit: 1, decimals: 1 },
  fleetCpu: { unit: 'cores', perUnit: 1000, decimals: 2 },
  fleetMemory: { unit: 'GiB', perUnit: 1_073_741_824, decimals: 2 },
  /** In the currency of the prices. */
  money: { unit: 'a month', perUnit: 1, decimals: 2 },
  success: { unit: '%', perUnit: 0.01, decimals: 3 },
  setUp: { unit: 's', perUnit: 1_000_000, decimals: 3 },
  rate: { unit: 'requests/s', perUnit: 1, decimals: 1 },
  share: { unit: '%', perUnit: 0.01, decimals: 1 },
} as const satisfies Record<string, Quantity>;

export type QuantityId = keyof typeof QUANTITIES;

/** The quantity that a budget line limits. */
export const BUDGET_QUANTITIES = {
  'added-latency': 'latency',
  'proxy-cpu': 'cpu',
  'proxy-cpu-per-1000-rps': 'cpuPerThousandPerSecond',
  'proxy-memory': 'memory',
  'fleet-cpu-reserved': 'fleetCpu',
  'fleet-cpu-used': 'fleetCpu',
  'fleet-memory-reserved': 'fleetMemory',
  'fleet-memory-used': 'fleetMemory',
  'success-rate': 'success',
  'set-up-time': 'setUp',
  'added-set-up-time': 'setUp',
} as const satisfies Record<BudgetMetric, QuantityId>;
