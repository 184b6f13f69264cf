// @ts-nocheck
import { documented } from './budgetSets/documented.ts';
import { istio124 } from './budgetSets/istio-1.24.ts';
import { linkerd202111 } from './budgetSets/linkerd-2021-11.ts';
import type { BudgetLine } from './scenario.ts';

/** A named set of budget lines; each line carries the conditions that its figure was stated for. */
export interface BudgetSet {
  title: string;
  lines: readonly BudgetLine[];
}

/** Every built-in budget set. Adding one is one file and one entry here. */
const BUDGET_SETS = {
  documented,
  'istio-1.24': istio124,
  'linkerd-2021-11': linkerd202111,
} as const satisfies Record<string, BudgetSet>;

export type BudgetSetId = keyof typeof BUDGET_SETS;
export const BUDGET_SET_IDS = Object.keys(BUDGET_SETS) as readonly BudgetSetId[];

export function budgetSet(id: BudgetSetId): BudgetSet {
  return BUDGET_SETS[id];
}
