import type { RunAnalysis } from '../analysis/result.ts';
import { budgetRows } from './table.ts';
import { printable } from './text.ts';

/**
 * A name for each verdict, in their order: `added latency p50 at most 5 ms: envoy at 1,000/s`. Programs keep the history
 * of a line under it, so that it holds nothing that changes from run to run; no two are alike.
 */
export function budgetNames(analysis: RunAnalysis): string[] {
  const times = new Map<string, number>();
  return budgetRows(analysis).map(({ subject, limit, treatment, rate }) => {
    const name = printable(`${subject} ${limit}: ${treatment} at ${rate}`);
    const seen = (times.get(name) ?? 0) + 1;
    times.set(name, seen);
    return seen === 1 ? name : `${name} (${seen})`;
  });
}
