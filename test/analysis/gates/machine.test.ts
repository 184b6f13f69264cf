import { describe, expect, test } from 'vitest';
import { isMissing } from '../../../src/record/measured.ts';
import type { ClientRecord, TrialRecord } from '../../../src/record/trialRecord.ts';
import { answerOf, hiccupsOf, type Scene, scene } from '../fixtures/scene.ts';
import { streamOf, windowOf } from '../fixtures/trials.ts';

function clientOf({ trial }: Scene): ClientRecord {
  const [client] = trial.clients;
  if (client === undefined) throw new Error('the fixture has no client');
  return client;
}

function samplesOf(trial: TrialRecord) {
  if (isMissing(trial.machine)) throw new Error('the fixture has no readings of the machine');
  return trial.machine;
}

/** The share of its window, in %, that the system lost in the trial and in each of the others of its block. */
function losing(own: number, others: readonly number[]): Scene {
  const subject = scene();
  subject.peers = subject.peers.slice(0, others.length);
  hiccupsOf(subject, 'system').lostUs = own * 40_000;
  for (const [index, trial] of subject.peers.entries()) {
    hiccupsOf({ ...subject, trial }, 'system').lostUs = (others[index] ?? 0) * 40_000;
  }
  return subject;
}

describe('lateness', () => {
  const lateness = (lags: readonly [count: number, lagUs: number][], driver = 'paced') => {
    const subject = scene();
    subject.trial.clients = [{ ...clientOf(subject), driver }];
    windowOf(subject.trial).streams = lags.map(([count, lagUs]) => streamOf('ok', { count, medianUs: 500, lagUs }));
    return answerOf(subject, 'lateness');
  };

  test('is that of over 1 ms: 5 % may be, half may wait 100 µs, and no more', () => {
    expect(
      lateness([
        [3800, 100],
        [200, 1001],
      ]),
    ).toEqual({
      answer: 'pass',
      detail: '5 % of 4,000 requests sent over 1 ms late, half of them within 100 µs',
      value: 0.05,
    });
    expect(
      lateness([
        [3799, 20],
        [201, 1001],
      ]),
    ).toEqual({
      answer: 'fail',
      detail: '5 % of 4,000 requests sent over 1 ms late, half of them within 20 µs',
      value: 0.05025,
    });
    expect(lateness([[4000, 101]])).toEqual({
      answer: 'fail',
      detail: '0 % of 4,000 requests sent over 1 ms late, half of them within 101 µs',
      value: 0,
    });
  });

  test('does not count a lag of 1 ms as over it', () => {
    expect(
      lateness([
        [3000, 20],
        [1000, 1000],
      ]),
    ).toMatchObject({ answer: 'pass', value: 0 });
  });

  test('says that waiting for a connection is in it, where it fails and the driver does not tell the two apart', () => {
    const said = (lagUs: number) => {
      const subject = scene();
      const { wait: _, ...stream } = streamOf('ok', { count: 4000, medianUs: 500, lagUs });
      windowOf(subject.trial).streams = [stream];
      return answerOf(subject, 'lateness')?.detail;
    };
    expect(said(100)).toBe('0 % of 4,000 requests sent over 1 ms late, half of them within 100 µs');
    expect(said(101)).toBe(
      '0 % of 4,000 requests sent over 1 ms late, half of them within 101 µs; waiting for a free connection is in it',
    );
  });

  test('of k6 begins where its clock of 1 ms ends: over 2 ms, and half within 1 ms', () => {
    const ofK6 = (lags: readonly [count: number, lagUs: number][]) => lateness(lags, 'k6');
    expect(
      ofK6([
        [2000, 999],
        [1800, 2000],
        [200, 2002],
      ]),
    ).toEqual({
      answer: 'pass',
      detail: '5 % of 4,000 requests sent over 2 ms late, half of them within 999 µs',
      value: 0.05,
    });
    expect(
      ofK6([
        [3799, 500],
        [201, 2002],
      ]),
    ).toMatchObject({ answer: 'fail', value: 0.05025 });
    expect(ofK6([[4000, 1001]])).toMatchObject({ answer: 'fail', value: 0 });
  });

  test('cannot be told without a lag', () => {
    expect(lateness([])).toStrictEqual({
      answer: 'not-measured',
      detail: 'no request of the window has a recorded lag',
    });
  });
});

describe("the generator's stalls", () => {
  test.each([
    [3, 1],
    [1, 3],
  ])('are those of the client that lost the larger share (%i %% and %i %%)', (first, second) => {
    const subject = scene();
    const client = clientOf(subject);
    const meter = hiccupsOf(subject, 'generator');
    meter.lostUs = first * 40_000;
    // A quarter of the window: the share decides, not the time.
    const other = { ...meter, windowUs: 1_000_000, lostUs: second * 10_000 };
    subject.trial.clients.push({ ...client, id: 'client-2', hiccups: other });
    expect(answerOf(subject, 'stalls-generator')).toEqual({
      answer: 'pass',
      detail: "3 % of the window lost in 9 stalls over 1 ms, the longest 8 ms; median of the block's trials 1 %",
      value: 0.03,
    });
  });

  test('are those of the first of two clients that lost as much', () => {
    const subject = scene();
    const other = { ...hiccupsOf(subject, 'generator'), stalls: 2 };
    subject.trial.clients.push({ ...clientOf(subject), id: 'client-2', hiccups: other });
    expect(answerOf(subject, 'stalls-generator')?.detail).toMatch(/^1 % of the window lost in 9 stalls/);
  });

  test('cannot be told where a client has no meter, or the trial no client', () => {
    const subject = scene();
    clientOf(subject).hiccups = { missing: 'no meter here' };
    expect(answerOf(subject, 'stalls-generator')).toStrictEqual({
      answer: 'not-measured',
      detail: 'client client: no meter here',
    });
    subject.trial.clients = [];
    expect(answerOf(subject, 'stalls-generator')).toStrictEqual({
      answer: 'not-measured',
      detail: 'the trial has no client',
    });
  });
});

describe("the system's stalls", () => {
  const median = (subject: Scene) => answerOf(subject, 'stalls-system')?.detail.split('; ')[1];

  test('may take 4 times the median of the block plus 1 %, and no more', () => {
    expect(answerOf(losing(3, [0.5, 0.5, 0.5]), 'stalls-system')).toEqual({
      answer: 'pass',
      detail: "3 % of the window lost in 9 stalls over 1 ms, the longest 8 ms; median of the block's trials 0.5 %",
      value: 0.03,
    });
    expect(answerOf(losing(3.1, [0.5, 0.5, 0.5]), 'stalls-system')?.answer).toBe('fail');
  });

  test('are held against a median that has the trial itself in it once', () => {
    expect(median(losing(3, [1]))).toBe("median of the block's trials 2 %");
    const among = losing(3, [1]);
    among.peers = [among.trial, ...among.peers];
    expect(median(among)).toBe("median of the block's trials 2 %");
  });

  test('leave others out whose meter is missing or ran for no time', () => {
    const subject = losing(3, [1, 0, 0]);
    const [, gone, empty] = subject.peers;
    if (gone === undefined || empty === undefined) throw new Error('the fixture has three peers');
    gone.hiccups = { missing: 'no meter here' };
    Object.assign(hiccupsOf({ ...subject, trial: empty }, 'system'), { windowUs: 0, lostUs: 0 });
    expect(median(subject)).toBe("median of the block's trials 2 %");
  });

  test('are under 100 ms each', () => {
    const longest = (longestUs: number) => {
      const subject = scene();
      hiccupsOf(subject, 'system').longestUs = longestUs;
      return answerOf(subject, 'stalls-system')?.answer;
    };
    expect([longest(99_999), longest(100_000)]).toEqual(['pass', 'fail']);
  });

  test('cannot be told without a meter, or by one that ran for no time', () => {
    const subject = scene();
    hiccupsOf(subject, 'system').windowUs = 0;
    expect(answerOf(subject, 'stalls-system')).toStrictEqual({
      answer: 'not-measured',
      detail: 'the meter ran for no time',
    });
    subject.trial.hiccups = { missing: 'no meter here' };
    expect(answerOf(subject, 'stalls-system')).toStrictEqual({ answer: 'not-measured', detail: 'no meter here' });
  });
});

describe('steal', () => {
  const stolen = (stealNs: number) => {
    const subject = scene();
    subject.trial.machine = [
      { atUs: 1_000_000, busyNs: 0, stealNs: 500, irqNs: 0 },
      { atUs: 3_500_000, busyNs: 0, stealNs: 500 + stealNs, irqNs: 0 },
    ];
    return answerOf(subject, 'steal');
  };

  test("may be 5 % of a core's time, and no more", () => {
    expect(stolen(125_000_000)).toEqual({ answer: 'pass', detail: "5 % of a core's time over 2.5 s", value: 0.05 });
    expect(stolen(130_000_000)).toEqual({ answer: 'fail', detail: "5.2 % of a core's time over 2.5 s", value: 0.052 });
  });

  test('of a kernel that has counted some before, and none in the trial, is none', () => {
    expect(stolen(0)).toEqual({ answer: 'pass', detail: "0 % of a core's time over 2.5 s", value: 0 });
  });

  test.each([0, 1])('cannot be told from %i readings', (readings) => {
    const subject = scene();
    subject.trial.machine = samplesOf(subject.trial).slice(0, readings);
    expect(answerOf(subject, 'steal')).toStrictEqual({
      answer: 'not-measured',
      detail: 'the machine was not read twice',
    });
  });

  test('cannot be told where the machine could not be read, or its kernel never counts any', () => {
    const subject = scene();
    for (const sample of samplesOf(subject.trial)) sample.stealNs = 0;
    expect(answerOf(subject, 'steal')).toStrictEqual({
      answer: 'not-measured',
      detail: 'this kernel has never counted any: no host takes time, or it does not tell',
    });
    subject.trial.machine = { missing: 'EACCES' };
    expect(answerOf(subject, 'steal')).toStrictEqual({ answer: 'not-measured', detail: 'EACCES' });
  });
});
