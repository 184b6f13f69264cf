import { describe, expect, test } from 'vitest';
import { answerOf, detailOf, judged, limit, scene, tallyOf } from '../fixtures/scene.ts';

describe('a fair trial in containers', () => {
  test('may have proxies without a CPU limit', () => {
    const subject = scene();
    const none = { periods: 0, throttledPeriods: 0, throttledNs: 0 };
    for (const process of subject.trial.processes) {
      if (process.role === 'proxy') process.throttling = [1, 2].map((atUs) => ({ atUs, ...none }));
    }
    expect(judged(subject)).toEqual({ outcome: 'valid', notPassed: {} });
    expect(detailOf(subject, 'throttling')).toBe(
      'client proxy: no CPU limit is set; server proxy: no CPU limit is set',
    );
  });

  test('may have proxies that never wanted to run', () => {
    const subject = scene();
    limit(subject.trial, 'client', { periods: 0, throttledPeriods: 0 });
    expect(judged(subject)).toEqual({ outcome: 'valid', notPassed: {} });
  });
});

describe('what nobody looked at', () => {
  test('takes nothing away', () => {
    const subject = scene();
    delete subject.trial.restarts;
    for (const process of subject.trial.processes) delete process.throttling;
    expect(judged(subject)).toEqual({
      outcome: 'valid',
      notPassed: { throttling: 'not-measured', restarts: 'not-measured' },
    });
    expect([detailOf(subject, 'throttling'), detailOf(subject, 'restarts')]).toEqual([
      'nobody looked at the CPU limits here',
      'nobody looked',
    ]);
  });

  test('is not asked about proxies of a baseline, which has none', () => {
    expect(detailOf(scene(false), 'throttling')).toBe('no proxy expected');
  });

  test.each([
    ['could not be read', { missing: 'EACCES' }, 'EACCES'],
    ['was read once only', [{ atUs: 1, periods: 5, throttledPeriods: 0, throttledNs: 0 }], 'it was not read twice'],
    [
      'began anew in between',
      [
        { atUs: 1, periods: 5, throttledPeriods: 0, throttledNs: 0 },
        { atUs: 2, periods: 4, throttledPeriods: 0, throttledNs: 0 },
      ],
      'its counts began anew',
    ],
  ])('is said with its reason where a CPU limit %s, whatever the other proxy shows', (_what, readings, reason) => {
    const subject = scene();
    for (const process of subject.trial.processes) {
      if (process.role === 'proxy' && process.hop === 'server') process.throttling = readings;
    }
    expect(judged(subject)).toEqual({ outcome: 'valid', notPassed: { throttling: 'not-measured' } });
    expect(detailOf(subject, 'throttling')).toBe(`server proxy: ${reason}`);
  });

  test('is not passed over where the other proxy was held back by just what is allowed', () => {
    const subject = scene();
    limit(subject.trial, 'client', { periods: 100, throttledPeriods: 1 });
    for (const process of subject.trial.processes) {
      if (process.role === 'proxy' && process.hop === 'server') process.throttling = { missing: 'EACCES' };
    }
    expect(judged(subject)).toEqual({ outcome: 'valid', notPassed: { throttling: 'not-measured' } });
  });

  test('is said with its reason where the containers could not be asked', () => {
    const subject = scene();
    subject.trial.restarts = { missing: 'the API server does not answer' };
    expect(judged(subject)).toEqual({ outcome: 'valid', notPassed: { restarts: 'not-measured' } });
    expect(detailOf(subject, 'restarts')).toBe('the API server does not answer');
  });
});

test('an ended container is named with its pod and its reason', () => {
  const subject = scene();
  subject.trial.restarts = [
    { pod: 'server', container: 'istio-proxy', count: 2, reason: 'OOMKilled' },
    { pod: 'client', container: 'agent', count: 1, reason: 'Error (exit code 1)' },
  ];
  expect(detailOf(subject, 'restarts')).toBe(
    'istio-proxy of pod server ended 2 times: OOMKilled; agent of pod client ended 1 time: Error (exit code 1)',
  );
});

describe('throttling', () => {
  test('may be in 1 % of the periods of the worst, and no more', () => {
    const held = (throttledPeriods: number) => {
      const subject = scene();
      limit(subject.trial, 'client', { periods: 1000, throttledPeriods });
      limit(subject.trial, 'server', { periods: 1, throttledPeriods: 0 });
      return answerOf(subject, 'throttling');
    };
    expect(held(10)).toEqual({
      answer: 'pass',
      detail: 'client proxy: held back in 10 of 1,000 periods (1 %); server proxy: held back in 0 of 1 period (0 %)',
      value: 0.01,
    });
    expect(held(11)).toEqual({
      answer: 'fail',
      detail: 'client proxy: held back in 11 of 1,000 periods (1.1 %); server proxy: held back in 0 of 1 period (0 %)',
      value: 0.011,
    });
  });

  test('of one is enough, whatever is not known of the others', () => {
    const subject = scene();
    limit(subject.trial, 'server', { periods: 40, throttledPeriods: 20 });
    for (const process of subject.trial.processes) {
      if (process.role === 'proxy' && process.hop === 'client') delete process.throttling;
    }
    expect(answerOf(subject, 'throttling')).toEqual({
      answer: 'fail',
      detail: 'server proxy: held back in 20 of 40 periods (50 %); client proxy: nobody looked at its CPU limit',
      value: 0.5,
    });
  });

  test('of the driver and the service is judged where somebody looked, with a mesh and without', () => {
    const subject = scene(false);
    for (const process of subject.trial.processes) {
      process.throttling = [
        { atUs: 1, periods: 100, throttledPeriods: 7, throttledNs: 0 },
        { atUs: 1, periods: 150, throttledPeriods: 7, throttledNs: 0 },
        { atUs: 2, periods: 200, throttledPeriods: process.role === 'driver' ? 9 : 7, throttledNs: 0 },
      ];
    }
    expect(answerOf(subject, 'throttling')).toEqual({
      answer: 'fail',
      detail: 'application: held back in 0 of 100 periods (0 %); driver: held back in 2 of 100 periods (2 %)',
      value: 0.02,
    });
    const [service] = subject.trial.processes;
    if (service === undefined) throw new Error('the fixture has no process');
    subject.trial.processes = [service];
    expect(answerOf(subject, 'throttling')).toMatchObject({ answer: 'pass', value: 0 });
  });

  test('cannot be told of a mesh none of whose proxies was watched', () => {
    const subject = scene();
    subject.trial.processes = subject.trial.processes.filter(({ role }) => role !== 'proxy');
    expect(answerOf(subject, 'throttling')).toStrictEqual({
      answer: 'not-measured',
      detail: 'no proxy of this trial was watched',
    });
  });

  test.each([
    ['without a reading', [], 'it was not read twice'],
    [
      'whose held periods fell',
      [
        { atUs: 1, periods: 5, throttledPeriods: 3, throttledNs: 0 },
        { atUs: 2, periods: 9, throttledPeriods: 2, throttledNs: 0 },
      ],
      'its counts began anew',
    ],
  ])('cannot be told of two proxies %s', (_what, readings, reason) => {
    const subject = scene();
    for (const process of subject.trial.processes) if (process.role === 'proxy') process.throttling = readings;
    expect(answerOf(subject, 'throttling')).toStrictEqual({
      answer: 'not-measured',
      detail: `client proxy: ${reason}; server proxy: ${reason}`,
    });
  });

  test('of a group that wanted to run before, and not during the trial, is none', () => {
    const subject = scene();
    for (const hop of ['client', 'server'] as const) limit(subject.trial, hop, { periods: 0, throttledPeriods: 0 });
    expect(answerOf(subject, 'throttling')).toEqual({
      answer: 'pass',
      detail: 'client proxy: held back in 0 of 0 periods (0 %); server proxy: held back in 0 of 0 periods (0 %)',
      value: 0,
    });
  });
});

describe('restarts', () => {
  test('are none in a fair trial, and each that ended counts', () => {
    const subject = scene();
    expect(answerOf(subject, 'restarts')).toEqual({ answer: 'pass', detail: 'none ended', value: 0 });
    const ended = { pod: 'server', container: 'istio-proxy', count: 1, reason: 'OOMKilled' };
    subject.trial.restarts = [ended, ended];
    expect(answerOf(subject, 'restarts')).toMatchObject({ answer: 'fail', value: 2 });
  });
});

describe("the service's pauses", () => {
  const paused = (...pausesUs: number[]) => {
    const subject = scene();
    const tally = tallyOf(subject);
    subject.trial.services = pausesUs.map((longestPauseUs, index) => ({
      pod: `server-${index + 1}`,
      tally: { ...structuredClone(tally), longestPauseUs },
    }));
    return answerOf(subject, 'service-pause');
  };

  test('are under 100 ms at every server; the longest counts', () => {
    expect(paused(99_999, 24_000)).toEqual({
      answer: 'pass',
      detail: 'longest pause of the service: server-1 99.999 ms, server-2 24 ms',
      value: 99_999,
    });
    expect(paused(24_000, 100_000, 8000)).toEqual({
      answer: 'fail',
      detail: 'longest pause of the service: server-1 24 ms, server-2 100 ms, server-3 8 ms',
      value: 100_000,
    });
  });

  test('cannot be told without a service, its tally or its meter', () => {
    const notMeasured = (detail: string) => ({ answer: 'not-measured', detail });
    expect(paused()).toStrictEqual(notMeasured('the trial has no service'));
    const subject = scene();
    delete tallyOf(subject).longestPauseUs;
    expect(answerOf(subject, 'service-pause')).toStrictEqual(notMeasured('the service did not meter its own pauses'));
    for (const service of subject.trial.services) service.tally = { missing: 'it is gone' };
    expect(answerOf(subject, 'service-pause')).toStrictEqual(notMeasured('it is gone'));
  });
});
