import { describe, expect, test } from 'vitest';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import { blocksOf } from './fixtures/blocks.ts';
import { runFixture } from './fixtures/runs.ts';
import { payloadOf, windowOf } from './fixtures/trials.ts';

type Run = ReturnType<typeof runFixture>;

function trialOf(run: Run, index: number): TrialRecord {
  const found = run.trials.find(({ spec }) => spec.index === index);
  if (found === undefined) throw new Error(`no trial ${index}`);
  return found;
}

const shorten = (trial: TrialRecord) => {
  payloadOf(windowOf(trial)).wrongSize = 1;
};

/** The fixture's blocks are trials 1 to 3, 4 to 6 and so on: baseline, envoy, baseline again. */
describe('the blocks of a load point', () => {
  test('are in the order of their numbers, each with its treatments and its two baselines', () => {
    const run = runFixture({ blocks: 11 });
    run.trials.reverse();
    const { run: count, comparable, lost } = blocksOf(run);
    expect([count, lost]).toEqual([11, []]);
    expect(comparable.map(({ block }) => block)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const [, second] = comparable;
    expect([...(second?.treated ?? [])].map(([name, { record }]) => [name, record.spec.index])).toEqual([['envoy', 5]]);
    expect(second?.baselines.map(({ record }) => record.spec.index)).toEqual([4, 6]);
  });

  test('are lost by what was not run', () => {
    const run = runFixture({ blocks: 3 });
    const trials = run.trials.filter(({ spec }) => ![2, 6].includes(spec.index));
    expect(blocksOf({ ...run, trials })).toMatchObject({
      run: 3,
      comparable: [{ block: 3 }],
      lost: [
        { block: 1, because: 'envoy was not run', gates: [] },
        { block: 2, because: 'none again was not run', gates: [] },
      ],
    });
  });

  test('are lost by the gates that took a trial, each named once, with what they said', () => {
    const run = runFixture({ blocks: 1 });
    const [first, envoy, again] = [trialOf(run, 1), trialOf(run, 2), trialOf(run, 3)];
    for (const trial of [first, envoy, again]) shorten(trial);
    windowOf(envoy).counts.unsent = 1;
    const payload = 'payload (4,000,000 bytes in 4,000 responses, 4,000,000 expected, 1 of the wrong size)';
    expect(blocksOf(run)).toEqual({
      run: 1,
      comparable: [],
      lost: [
        {
          block: 1,
          because: [
            `none, trial 1: ${payload}`,
            `none again, trial 3: ${payload}`,
            `envoy, trial 2: unsent (1 of 4,000 scheduled requests unsent), ${payload}`,
          ].join('; '),
          gates: ['payload', 'unsent'],
        },
      ],
    });
  });

  test('take the last attempt of a cell, better or worse, wherever it stands in the record', () => {
    const run = runFixture({ blocks: 2 });
    const better = { ...structuredClone(trialOf(run, 2)), spec: { ...trialOf(run, 2).spec, index: 7, attempt: 2 } };
    const worse = { ...structuredClone(trialOf(run, 5)), spec: { ...trialOf(run, 5).spec, index: 8, attempt: 2 } };
    shorten(trialOf(run, 2));
    shorten(worse);
    const { comparable, lost } = blocksOf({ ...run, trials: [worse, better, ...run.trials] });
    expect(comparable.map(({ block, treated }) => [block, treated.get('envoy')?.record.spec.index])).toEqual([[1, 7]]);
    expect(lost).toMatchObject([{ block: 2, because: expect.stringMatching(/^envoy, trial 8: payload /) }]);
  });

  test('know the baseline by its place among the treatments', () => {
    const run = runFixture({ blocks: 1 });
    const [none, envoy] = run.scenario.treatments;
    if (none === undefined || envoy === undefined) throw new Error('no treatments');
    const { comparable } = blocksOf({ ...run, scenario: { ...run.scenario, treatments: [envoy, none], baseline: 1 } });
    expect(comparable.map(({ treated }) => [...treated.keys()])).toEqual([['envoy']]);
  });
});
