import { describe, expect, it } from 'vitest';
import type { RunAnalysis } from '../../src/analysis/result.ts';
import { buildRows, unfairTrials } from '../../src/report/evidence.ts';
import { FORMATS } from '../../src/report/index.ts';
import { loadText } from '../../src/report/loadText.ts';
import { renderTerminal } from '../../src/report/terminal.ts';
import { within } from './fixture.ts';

/** A run with a pilot over 500/s and 1,000/s that gave 1,000/s up. */
function piloted(): RunAnalysis {
  const base = within();
  return {
    ...base,
    scenario: { ...base.scenario, load: { ...base.scenario.load, pilot: 'highest' } },
    trials: base.trials.map((trial) => ({ ...trial, purpose: 'pilot', block: 0, attempt: 2 })),
  };
}

describe('a report of a run with a pilot', () => {
  it('calls its trials a pilot at their rate, and those of a block by the block', () => {
    expect(unfairTrials(piloted()).map(({ what }) => what)).toEqual(['envoy, pilot at 1,000/s, attempt 2']);
    expect(unfairTrials(within()).map(({ what }) => what)).toEqual(['envoy, block 4, attempt 1']);
  });

  it('says which of the rates was measured', () => {
    expect(loadText(piloted())).toMatch(
      / at the highest of 500\/s, 1,000\/s that every treatment held, 16 connections/,
    );
    expect(loadText(within())).toMatch(/ at 500\/s and 1,000\/s, 16 connections/);
  });

  it('can be written in every format where no rate was held, and says so first', () => {
    const sentence = 'Nothing was measured, since the pilot found no rate that every treatment holds';
    const conclusion = { outcome: 'inconclusive', exitCode: 4, sentence, caveats: [] } as const;
    const analysis: RunAnalysis = { ...piloted(), loads: [], verdicts: [], conclusion };
    const { csv, ...texts } = Object.fromEntries(
      Object.entries(FORMATS).map(([id, format]) => [id, format.render(analysis, { chartJs: '' })]),
    );
    expect(csv?.trim().split('\n')).toHaveLength(1);
    for (const text of Object.values(texts)) expect(text).toContain(sentence);
    expect(renderTerminal(analysis, { colour: false }).replaceAll('\n', ' ')).toContain(sentence);
  });
});

describe('the settings in a report', () => {
  it('are written with their units, as in the scenario', () => {
    const base = within();
    const treatments = base.scenario.treatments.map((treatment, index) =>
      index === 0
        ? treatment
        : ({ ...treatment, mesh: 'istio', settings: { mtls: 'strict', cpuRequest: 100, revision: '' } } as const),
    );
    const rows = buildRows({ ...base, scenario: { ...base.scenario, treatments } });
    expect(rows.map(({ settings }) => settings)).toEqual(['', 'mtls: strict, cpuRequest: 100m']);
  });
});
