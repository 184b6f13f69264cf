// @ts-nocheck
import type { BudgetLine } from './scenario.ts';

/** The one limit of a budget line, in the metric's own unit. */
export interface BudgetLimit {
  side: 'at most' | 'at least';
  value: number;
}

/** @throws where a line has no limit, or two: the parser lets neither pass */
export function limitOf({ metric, atMost, atLeast }: BudgetLine): BudgetLimit {
  if (atMost !== undefined && atLeast === undefined) return { side: 'at most', value: atMost };
  if (atLeast !== undefined && atMost === undefined) return { side: 'at least', value: atLeast };
  throw new Error(`a budget line on ${metric} needs exactly one of atMost and atLeast`);
}
