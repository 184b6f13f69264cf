// @ts-nocheck
import { parseScenario } from '../../src/scenario/parse.ts';
import { formatProblem } from '../../src/scenario/problem.ts';

/** The least that a scenario can be. */
export const LEAST = 'name: least\ntreatments: [{ mesh: none }, { mesh: envoy }]\nload: { arrivalRate: 500/s }\n';

export function scenarioOf(text: string) {
  const parsed = parseScenario(text, 's.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.scenario;
}

/** Each problem as place, path and message. */
export function problemsOf(text: string): string[] {
  const parsed = parseScenario(text, 's.yaml');
  return parsed.ok ? [] : parsed.problems.map((p) => `${p.line}:${p.column} ${p.path}: ${p.message}`);
}

export function hintsOf(text: string): string[] {
  const parsed = parseScenario(text, 's.yaml');
  return parsed.ok ? [] : parsed.problems.map(({ hint }) => hint);
}
