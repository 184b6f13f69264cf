import type { RunAnalysis } from '../analysis/result.ts';
import { type BudgetRow, budgetRows } from './table.ts';

/** One budget line with its verdict on each treatment and load. */
export interface BudgetGroup extends Pick<BudgetRow, 'subject' | 'limit' | 'documented' | 'role' | 'source'> {
  verdicts: readonly BudgetRow[];
  /** Places in the list of conditions, from 1 on: what its figure was stated for and these verdicts do not meet. */
  notMet: readonly number[];
  /** Places of what cannot be checked. */
  notStated: readonly number[];
}

export interface GroupedBudgets {
  /** Required lines first, else in the scenario's order. */
  groups: readonly BudgetGroup[];
  /** Each condition once, as a clause, since most lines of a set share them. */
  conditions: readonly string[];
}

/** The budget table, one group for each line: the same limit on another treatment or at another load is a verdict in it. */
export function groupedBudgets(analysis: RunAnalysis): GroupedBudgets {
  const byLine = new Map<string, BudgetRow[]>();
  for (const row of budgetRows(analysis)) {
    const key = JSON.stringify([row.role, row.subject, row.limit, row.documented, row.source]);
    const known = byLine.get(key);
    if (known === undefined) byLine.set(key, [row]);
    else known.push(row);
  }
  const conditions: string[] = [];
  const placesOf = (clauses: readonly string[]): number[] => {
    const places = clauses.map((clause) => {
      if (!conditions.includes(clause)) conditions.push(clause);
      return conditions.indexOf(clause) + 1;
    });
    return [...new Set(places)].sort((a, b) => a - b);
  };
  const groups = [...byLine.values()].flatMap((verdicts): BudgetGroup[] => {
    const [first] = verdicts;
    if (first === undefined) return [];
    const { subject, limit, documented, role, source } = first;
    const unchecked = verdicts.map(({ notStated }) => notStated).filter((all) => all.length > 0);
    return [
      {
        subject,
        limit,
        documented,
        role,
        source,
        verdicts,
        notMet: placesOf(verdicts.flatMap(({ notMet }) => notMet.map((clause) => `not met: ${clause}`))),
        notStated: placesOf(unchecked.map((all) => `cannot be checked: ${all.join(', ')}`)),
      },
    ];
  });
  const isAdvisory = ({ role }: BudgetGroup) => Number(role === 'advisory');
  return { groups: groups.toSorted((a, b) => isAdvisory(a) - isAdvisory(b)), conditions };
}
