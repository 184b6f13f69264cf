import { budgetSet } from './budgetSets.ts';
import type { BudgetLineInput, BudgetsInput } from './budgetsSchema.ts';
import type { BudgetLine, Scenario } from './scenario.ts';

/** @param written what lines that are written out are called together, and the source of those that name none */
export function toBudgets(input: BudgetsInput, written: { name: string; source: string }): Scenario['budgets'] {
  if (typeof input === 'string') return { name: input, lines: budgetSet(input).lines };
  if (!('set' in input)) return { name: written.name, lines: input.map((line) => toLine(line, written.source)) };
  const { set, advisory } = input;
  const lines = budgetSet(set).lines.map((line): BudgetLine => {
    const eased =
      line.metric === 'added-latency' && line.percentile !== undefined && advisory.includes(line.percentile);
    return eased ? { ...line, role: 'advisory' } : line;
  });
  return { name: `${set}, ${advisory.join(' and ')} advisory`, lines };
}

function toLine(input: BudgetLineInput, source: string): BudgetLine {
  return {
    metric: input.metric,
    ...(input.percentile === undefined ? {} : { percentile: input.percentile }),
    ...('pods' in input ? { pods: input.pods } : {}),
    ...('request' in input && input.request !== undefined ? { assumedRequest: input.request } : {}),
    ...limitsOf(input),
    ...(input.for === undefined ? {} : { for: input.for }),
    ...('against' in input && input.against !== undefined ? { against: input.against } : {}),
    role: input.role,
    source: input.source ?? source,
  };
}

function limitsOf(input: BudgetLineInput): Pick<BudgetLine, 'atMost' | 'atLeast' | 'documentedFrom'> {
  if ('atLeast' in input) return { atLeast: input.atLeast };
  return { atMost: input.atMost, ...(input.from === undefined ? {} : { documentedFrom: input.from }) };
}
