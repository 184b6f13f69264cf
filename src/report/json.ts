import type { RunAnalysis } from '../analysis/result.ts';

/** Kind and version of the document; another version where a field changes its meaning or goes. */
export const RESULTS_SCHEMA = 'meshtax/results@1';

/**
 * The whole analysis at full precision, for programs. Keys are sorted, so that two runs compare line by line; scenario and
 * budgets stand in it once, parsed, and not again as text. A number that is not finite, for which JSON has no word,
 * becomes a missing value and never null.
 */
export function renderJson(analysis: RunAnalysis): string {
  const { scenarioText: _, budgetsText: __, ...run } = analysis.run;
  const { conclusion, verdicts, loads, gates, ...rest } = analysis;
  const parts = { conclusion, verdicts, loads, gates, ...sorted({ ...rest, run }) };
  const document = Object.entries(parts).map(([key, value]) => [key, ordered(value)]);
  return `${JSON.stringify({ schema: RESULTS_SCHEMA, ...Object.fromEntries(document) }, null, 2)}\n`;
}

function ordered(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { missing: `not a finite number: ${value}` };
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(sorted(value)).map(([key, inner]) => [key, ordered(inner)]));
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
