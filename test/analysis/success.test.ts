import { describe, expect, test } from 'vitest';
import type { GateResult, TrialVerdict } from '../../src/analysis/result.ts';
import { isFairButForFailures, successShareOf } from '../../src/analysis/success.ts';
import { judgeTrial, judgeTrials } from '../../src/analysis/validity.ts';
import { runFixture } from './fixtures/runs.ts';
import { scene } from './fixtures/scene.ts';
import { failRequests, payloadOf, windowOf } from './fixtures/trials.ts';

/** A verdict on a fair trial in which these gates fail. */
function failing(...failed: string[]): TrialVerdict {
  const verdict = judgeTrial(scene());
  const gates = verdict.gates.map(
    (each): GateResult => (failed.includes(each.gate) ? { ...each, answer: 'fail' } : each),
  );
  expect(gates.filter(({ answer }) => answer === 'fail')).toHaveLength(failed.length);
  return { ...verdict, gates };
}

/** The envoy's trials, one for each block, judged after a change. */
function shareAfter(change: (trials: ReturnType<typeof runFixture>['trials']) => void, blocks = 6) {
  const run = runFixture({ blocks });
  const trials = run.trials.filter(({ spec }) => spec.cell.treatment === 'envoy');
  change(trials);
  return successShareOf(judgeTrials({ ...run, trials }));
}

describe('a trial is fair but for failed requests', () => {
  test('where nothing fails, or only gates that a failed request breaks by itself', () => {
    expect(isFairButForFailures(failing())).toBe(true);
    for (const gate of ['errors', 'rate-achieved', 'payload', 'attempts', 'proxy-counters']) {
      expect([gate, isFairButForFailures(failing(gate))]).toEqual([gate, true]);
    }
    expect(isFairButForFailures(failing('errors', 'rate-achieved', 'payload', 'attempts', 'proxy-counters'))).toBe(
      true,
    );
  });

  test('and not where any other gate fails, be it beside one of those', () => {
    for (const gate of ['unsent', 'lateness', 'plaintext', 'peer-identity', 'restarts']) {
      expect([gate, isFairButForFailures(failing(gate))]).toEqual([gate, false]);
      expect([gate, isFairButForFailures(failing('errors', gate))]).toEqual([gate, false]);
    }
  });
});

describe('the success share', () => {
  test('is one value for each block, over its attempts, with the wider of both intervals', () => {
    // 4,000 requests in each block, of which 40, 80, ... 240 fail.
    const share = shareAfter((trials) => {
      for (const [index, trial] of trials.entries()) failRequests(trial, 40 * (index + 1));
    });
    expect(share).toEqual({
      point: expect.closeTo(0.965, 9),
      low: expect.closeTo(0.94, 9),
      high: expect.closeTo(0.99, 9),
      n: 6,
      confidence: 0.96875,
      method: 'signed-rank',
    });
  });

  test('that is alike in all blocks is as wide on both sides as the number of requests makes it', () => {
    const share = shareAfter((trials) => {
      for (const trial of trials) failRequests(trial, 400);
    });
    // Clopper and Pearson's 95 % interval of 2,400 failures in 24,000: 9.623 to 10.387 %.
    expect(share).toMatchObject({
      point: 0.9,
      low: expect.closeTo(1 - 0.10387, 4),
      high: expect.closeTo(1 - 0.09623, 4),
    });
  });

  test('adds up the attempts of a block, and the answers of the wrong size of every client', () => {
    const share = shareAfter((trials) => {
      const [first, , last] = trials;
      const extra = trials[6];
      if (first === undefined || last === undefined || extra === undefined) throw new Error('no trial');
      extra.spec.block = 1;
      failRequests(extra, 2000);
      const [client] = last.clients;
      if (client === undefined) throw new Error('no client');
      last.clients = [client, structuredClone({ ...client, id: 'client-2' })];
      for (const segment of last.clients.flatMap(({ segments }) => segments)) payloadOf(segment).wrongSize = 1000;
    }, 7);
    // Block 1: 6,000 of 8,000; block 3: 8,000 - 2 x 1,000 of 8,000 in the windows, the warm-up aside. Of the 21 averages
    // of two blocks, 3 are 0.75, 8 are 0.875 and 10 are 1.
    expect(share).toMatchObject({ n: 6, point: 0.875, low: 0.75, high: 1 });
  });

  test('leaves out a trial that sent nothing, or less than 99.9 % of what was scheduled', () => {
    const few = (count: string) => ({
      missing: `only ${count} with a trial that is fair but for failed requests, a 95 % interval needs 6`,
    });
    expect(shareAfter((trials) => void trials.splice(1))).toEqual(few('1 block'));
    expect(shareAfter((trials) => void trials.splice(0))).toEqual(few('0 blocks'));
    expect(
      shareAfter(([first]) => {
        if (first !== undefined) windowOf(first).counts.scheduled = 4005;
      }),
    ).toEqual(few('5 blocks'));
    expect(
      shareAfter(([first]) => {
        if (first !== undefined) windowOf(first).counts = { scheduled: 0, sent: 0, completed: 0, failed: 0, unsent: 0 };
      }),
    ).toEqual(few('5 blocks'));
  });
});
