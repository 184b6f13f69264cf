import { describe, expect, it } from 'vitest';
import type { RunAnalysis } from '../../src/analysis/result.ts';
import { renderJson } from '../../src/report/json.ts';
import { within } from './fixture.ts';

function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, backwards(inner)]);
  return Object.fromEntries(entries.toReversed());
}

describe('renderJson', () => {
  it('holds the whole analysis but for the scenario as text, under its schema', () => {
    const analysis = within();
    const { scenarioText: _, ...run } = analysis.run;
    expect(JSON.parse(renderJson(analysis))).toEqual({ schema: 'meshtax/results@1', ...analysis, run });
  });

  it('comes out the same whatever order the keys of the analysis are in', () => {
    const analysis = within();
    expect(renderJson(backwards(analysis) as RunAnalysis)).toBe(renderJson(analysis));
  });

  it('names its schema and the conclusion first', () => {
    expect(Object.keys(JSON.parse(renderJson(within())))).toEqual([
      'schema',
      'conclusion',
      'verdicts',
      'loads',
      'gates',
      'cpuModels',
      'deployments',
      'incomplete',
      'knees',
      'knobs',
      'run',
      'scenario',
      'trials',
    ]);
  });

  it('makes a number that is not finite a missing value and never null', () => {
    const analysis = within();
    const json = renderJson({ ...analysis, run: { ...analysis.run, seed: Number.NaN } });
    expect(JSON.parse(json).run.seed).toEqual({ missing: 'not a finite number: NaN' });
  });
});
