import { describe, expect, it } from 'vitest';
import type { Conclusion, RunAnalysis } from '../../src/analysis/result.ts';
import { comparedText, nextStep } from '../../src/report/nextStep.ts';
import { noValidBlock, within } from './fixture.ts';

const nextAfter = (outcome: Conclusion['outcome'], base: RunAnalysis = within()) =>
  nextStep({ ...base, conclusion: { ...base.conclusion, outcome } });

describe('what the reader is told to do next', () => {
  it.each([
    ['within', /^Nothing has to be done\..* read what weakens it/],
    ['over', /^Fresh blocks, run after the first ones, confirm it/],
    ['unconfirmed', /^Repeat the run .*once fresh blocks confirm it/],
    ['inconclusive', /more blocks or longer trials .*neither within nor over/],
    ['no-budget', /--budgets documented/],
    ['not-comparable', /keeps the treatments from being compared/],
  ] as const)('after %s', (outcome, says) => {
    expect(nextAfter(outcome)).toMatch(says);
  });

  it('is to mend the machine where too few blocks were fair: more of them would be none the better', () => {
    expect(nextAfter('inconclusive', noValidBlock())).toMatch(
      /^Too few blocks were fair\. Gates says what disturbed them/,
    );
  });

  it('is to mend what was not fair, where more blocks would be none the better', () => {
    const base = within();
    const verdicts = base.verdicts.map((each) => ({
      ...each,
      verdict: 'inconclusive' as const,
      isInvalid: true as const,
    }));
    expect(nextAfter('inconclusive', { ...base, verdicts })).toMatch(/^The measurement was not fair/);
  });

  it('is never a verdict for imported results, budgets for a search, or a repetition of nothing', () => {
    const base = within();
    const imported = { ...base, run: { ...base.run, platform: { ...base.run.platform, mode: 'imported' } } };
    expect(nextAfter('no-budget', imported)).toMatch(/^Imported results are compared and never judged/);
    expect(nextAfter('no-budget', { ...base, knees: { within: 0.1, treatments: [] } })).toMatch(
      /^Measure latency at rates/,
    );
    expect(nextAfter('inconclusive', { ...base, loads: [] })).toMatch(/^Nothing was measured/);
  });

  it('is to let a run end that did not, and to mend a treatment of which nothing valid was measured', () => {
    expect(nextAfter('inconclusive', { ...within(), incomplete: true })).toMatch(/^Let the run come to its end/);
    const base = within();
    const loads = base.loads.map((load) => ({
      ...load,
      treatments: [
        ...load.treatments,
        ...load.treatments.slice(-1).map((t) => ({ ...t, treatment: 'linkerd', validTrials: 0 })),
      ],
    }));
    expect(nextAfter('inconclusive', { ...base, loads })).toMatch(/^Nothing valid was measured of linkerd: /);
  });
});

describe('what was compared', () => {
  const base = within();
  const [none, envoy] = base.scenario.treatments;
  if (none === undefined || envoy === undefined) throw new Error('the fixture has no treatments');

  it('names the treatments, the baseline and how they took turns', () => {
    expect(comparedText(base)).toBe(
      'Compared: envoy with none, which is the same service without a proxy and runs twice, by turns in each block under the same arrivals.',
    );
  });

  it('says nothing of blocks that another tool ran', () => {
    const imported = { ...base, run: { ...base.run, platform: { ...base.run.platform, mode: 'imported' } } };
    expect(comparedText(imported)).toBe('Compared: envoy with none, which is the same service without a proxy.');
  });

  it('tells a baseline that is a treatment of its own, and a run of the baseline alone', () => {
    const other = { ...base, scenario: { ...base.scenario, baseline: 1 } };
    expect(comparedText(other)).toMatch(/^Compared: none with envoy, which is the scenario's baseline and runs twice,/);
    const alone = { ...base, scenario: { ...base.scenario, treatments: [none] } };
    expect(comparedText(alone)).toBe('Compared: the baseline with itself, for the noise alone.');
  });
});
