import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { loadsToConfirm } from '../../src/analysis/confirmation.ts';
import { confirmedBy, latencyLine, runFixture } from './fixtures/runs.ts';
import { payloadOf, windowOf } from './fixtures/trials.ts';

const lines = [latencyLine(300), latencyLine(400, { role: 'advisory' }), latencyLine(5000)];

describe('an over', () => {
  test('is to be confirmed where its line is required', () => {
    const { verdicts } = analyseRun(runFixture({ lines }));
    expect(verdicts.map(({ verdict, confirmation }) => [verdict, confirmation?.state])).toEqual([
      ['over', 'not-tried'],
      ['over', undefined],
      ['within', undefined],
    ]);
    expect(loadsToConfirm(verdicts)).toEqual([0]);
    expect(loadsToConfirm(analyseRun(runFixture({ lines: lines.slice(1) })).verdicts)).toEqual([]);
  });

  test('is confirmed by an estimate from the fresh blocks alone', () => {
    const analysis = analyseRun(confirmedBy(runFixture({ lines })));
    const [first] = analysis.verdicts;
    expect(first?.confirmation).toEqual({
      state: 'confirmed',
      estimate: { point: 525, low: 502, high: 548, n: 6, confidence: 0.96875, method: 'signed-rank' },
      because: 'confirmed by 6 fresh blocks: 0.502 to 0.548 ms',
    });
    expect(first?.estimate).toEqual(first?.confirmation?.estimate);
    expect(loadsToConfirm(analysis.verdicts)).toEqual([]);
  });

  test('rests on the first blocks, whatever the fresh ones are like', () => {
    const slower = confirmedBy(runFixture({ lines }), (asked) =>
      asked.treatment === 'envoy' ? { ...asked, medianUs: 2000 + asked.block } : asked,
    );
    const analysis = analyseRun(slower);
    expect(analysis.loads[0]?.blocksRun).toBe(6);
    expect(analysis.verdicts[0]?.estimate).toMatchObject({ point: 525, n: 6 });
    expect(analysis.verdicts[0]?.confirmation?.state).toBe('confirmed');
  });

  test('is not confirmed by fresh blocks that carry no comparison', () => {
    const run = confirmedBy(runFixture({ lines }));
    for (const trial of run.trials.filter(({ spec }) => spec.purpose === 'confirm')) {
      payloadOf(windowOf(trial)).wrongSize = 1;
    }
    const [first] = analyseRun(run).verdicts;
    expect([first?.verdict, first?.confirmation]).toEqual([
      'inconclusive',
      {
        state: 'refuted',
        because: 'the fresh blocks do not tell: only 0 valid blocks, a 95 % interval needs 6',
      },
    ]);
  });
});
