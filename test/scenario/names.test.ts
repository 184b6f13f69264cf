import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { namespaceOf, runLabel } from '../../src/platforms/kubernetes/names.ts';
import { newRunId } from '../../src/run/runId.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { makePlan } from '../../src/scenario/plan.ts';

/** Names that a scenario may have, and that something else might stumble over. */
const LEGAL = [
  'a',
  '0',
  '0-',
  'a---',
  '-'.padStart(63, 'a'),
  'z'.repeat(63),
  'con',
  'nul',
  'constructor',
  'null',
  'true',
];

/** RFC 1123: a namespace; a label's value may have points and upper case as well. */
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

describe('a name that a scenario may have', () => {
  it.each(LEGAL)('leads to no other folder and to names that a cluster takes: %s', (name) => {
    const text = `name: "${name}"\ntreatments: [{ mesh: none }, { mesh: envoy, name: "${name}" }]\nload: { arrivalRate: 0.5/s, pilot: highest }\n`;
    const parsed = parseScenario(text, 's.yaml');
    if (!parsed.ok) return expect.fail(parsed.problems.map(({ message }) => message).join('; '));
    const runId = newRunId(new Date(0), parsed.scenario.name, 'abcd');
    expect(path.dirname(path.resolve('/reports', runId))).toBe('/reports');
    expect(runLabel(runId)).toMatch(LABEL);

    const measuredAt = {
      load: 0,
      attempt: 1,
      outcome: 'valid',
      ratePerSecond: 1000,
      heldRate: true,
      percentilesUs: {},
    } as const;
    const plan = makePlan(parsed.scenario, 7);
    const held = ['none', name].map((treatment, index) => {
      const cell = { treatment, load: 0, replica: 0 as const };
      return { ...measuredAt, index: index + 1, cell, block: 0, purpose: 'pilot' as const };
    });
    const steps = [plan.next([], new Set()), plan.next(held.slice(0, 1), new Set()), plan.next(held, new Set())];
    const ids = steps.map((step) => (step.kind === 'deploy' ? step.deployment.id : step.kind));
    expect(ids.length).toBe(3);
    for (const id of ids) {
      expect(id).toMatch(/^(b1|pilot-0p5)-[a-z0-9-]+-a1$/);
      expect(path.dirname(path.resolve('/run/deployments', `${id}.json`))).toBe('/run/deployments');
      expect(namespaceOf(runId, id)).toMatch(NAMESPACE);
    }
  });
});
