import { describe, expect, test } from 'vitest';
import { answerOf, type Scene, scene } from '../fixtures/scene.ts';
import { payloadOf, streamOf, windowOf } from '../fixtures/trials.ts';

function said(id: string, change: (scene: Scene) => void) {
  const subject = scene();
  change(subject);
  return answerOf(subject, id);
}

const counts = (changed: Partial<ReturnType<typeof windowOf>['counts']>) => (subject: Scene) =>
  Object.assign(windowOf(subject.trial).counts, changed);

describe('the arrival rate', () => {
  test('is held with 99.9 % sent and the achieved rate 1 % off, and not with one request less', () => {
    expect(said('rate-achieved', counts({ sent: 3996, completed: 3960 }))).toEqual({
      answer: 'pass',
      detail: '99.9 % of 4,000 scheduled requests sent, 3,960 completed, 1 % off the offered rate',
      value: 0.01,
    });
    expect(said('rate-achieved', counts({ sent: 3995, completed: 4000 }))).toEqual({
      answer: 'fail',
      detail: '99.9 % of 4,000 scheduled requests sent, 4,000 completed, 0 % off the offered rate',
      value: expect.closeTo(0.00125, 12),
    });
    expect(said('rate-achieved', counts({ completed: 3959 }))?.answer).toBe('fail');
  });

  test('is missed by more answers than were asked for as well', () => {
    expect(said('rate-achieved', counts({ completed: 4100 }))).toEqual({
      answer: 'fail',
      detail: '100 % of 4,000 scheduled requests sent, 4,100 completed, 2.5 % off the offered rate',
      value: 0.025,
    });
  });

  test('and what was left unsent cannot be told where nothing was scheduled', () => {
    const none = { answer: 'not-measured', detail: 'no request was scheduled in the window' };
    const nothing = counts({ scheduled: 0, sent: 0, completed: 0 });
    expect(said('rate-achieved', nothing)).toStrictEqual(none);
    expect(said('unsent', nothing)).toStrictEqual(none);
  });
});

describe('a free connection', () => {
  const waits = (streams: readonly [count: number, waitUs?: number][]) =>
    said('free-connection', ({ trial }) => {
      windowOf(trial).streams = streams.map(([count, waitUs]) =>
        streamOf('ok', { count, medianUs: 500, ...(waitUs === undefined ? {} : { waitUs }) }),
      );
    });

  test('may be waited for by one request in twenty for over 1 ms, and by all for that long', () => {
    expect(
      waits([
        [3800, 1000],
        [200, 1001],
      ]),
    ).toEqual({
      answer: 'pass',
      detail: '5 % of 4,000 requests waited over 1 ms for a free connection',
      value: 0.05,
    });
    expect(waits([[3799], [201, 1001]])).toMatchObject({ answer: 'fail', value: 0.05025 });
  });

  test('is not known of a driver that does not tell it, nor where nothing was sent', () => {
    expect(
      said('free-connection', ({ trial }) => {
        for (const stream of windowOf(trial).streams) delete stream.wait;
      }),
    ).toStrictEqual({
      answer: 'not-measured',
      detail: 'the driver does not tell waiting for a connection apart',
    });
    expect(waits([])).toStrictEqual({ answer: 'not-measured', detail: 'no request of the window has ended' });
  });
});

describe('unsent requests', () => {
  test('are counted, with the connections that could not be opened', () => {
    const subject = scene();
    windowOf(subject.trial).counts.unsent = 1200;
    const [client] = subject.trial.clients;
    if (client === undefined) throw new Error('the fixture has no client');
    client.connections.failedDials = { refused: 1, timeout: 3 };
    expect(answerOf(subject, 'unsent')).toEqual({
      answer: 'fail',
      detail:
        '1,200 of 4,000 scheduled requests unsent; 1 connection not opened: refused; 3 connections not opened: timeout',
      value: 1200,
    });
  });

  test('are none in a fair trial', () => {
    expect(answerOf(scene(), 'unsent')).toEqual({
      answer: 'pass',
      detail: '0 of 4,000 scheduled requests unsent',
      value: 0,
    });
  });
});

describe('errors', () => {
  test('may be 1 of 1,000 of what was sent, and are told by class over all segments', () => {
    const failing = (failed: number) => (subject: Scene) => {
      const window = windowOf(subject.trial);
      window.counts.failed = failed;
      window.streams = [
        streamOf('ok', { count: 4000 - failed, medianUs: 500 }),
        streamOf('reset', { count: 1, medianUs: 500 }),
        streamOf('timeout', { count: failed - 3, medianUs: 500 }),
        streamOf('reset', { count: 2, medianUs: 500 }),
        { ...streamOf('refused', { count: 1, medianUs: 500 }), requests: 0 },
      ];
    };
    expect(said('errors', failing(4))).toEqual({
      answer: 'pass',
      detail: '4 of 4,000 requests failed (0.1 %): 3 reset, 1 timeout',
      value: 0.001,
    });
    expect(said('errors', failing(5))).toEqual({
      answer: 'fail',
      detail: '5 of 4,000 requests failed (0.1 %): 3 reset, 2 timeout',
      value: 0.00125,
    });
  });

  test('have no class where there are none', () => {
    expect(answerOf(scene(), 'errors')).toEqual({
      answer: 'pass',
      detail: '0 of 4,000 requests failed (0 %)',
      value: 0,
    });
  });

  test('cannot be told where nothing was sent', () => {
    expect(said('errors', counts({ sent: 0 }))).toStrictEqual({
      answer: 'not-measured',
      detail: 'no request was sent in the window',
    });
  });
});

describe('the payload', () => {
  test('is added up over the measured segments', () => {
    const { trial, ...rest } = scene();
    const [client] = trial.clients;
    if (client === undefined) throw new Error('the fixture has no client');
    client.segments.push({
      ...structuredClone(windowOf(trial)),
      payload: { responses: 10, bodyBytes: 9990, wrongSize: 2 },
    });
    expect(answerOf({ trial, ...rest }, 'payload')).toEqual({
      answer: 'fail',
      detail: '4,009,990 bytes in 4,010 responses, 4,010,000 expected, 2 of the wrong size',
      value: 2,
    });
  });

  test('of the right size in all may not hide an answer of the wrong one', () => {
    expect(
      said('payload', ({ trial }) => {
        payloadOf(windowOf(trial)).wrongSize = 2;
      }),
    ).toEqual({
      answer: 'fail',
      detail: '4,000,000 bytes in 4,000 responses, 4,000,000 expected, 2 of the wrong size',
      value: 2,
    });
  });

  test('cannot be told without a response', () => {
    expect(
      said('payload', ({ trial }) => {
        windowOf(trial).payload = { responses: 0, bodyBytes: 0, wrongSize: 0 };
      }),
    ).toStrictEqual({ answer: 'not-measured', detail: 'no response arrived in the window' });
  });
});
