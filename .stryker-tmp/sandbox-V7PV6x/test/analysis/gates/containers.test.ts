// @ts-nocheck
import { describe, expect, test } from 'vitest';
import { detailOf, judged, limit, scene } from '../fixtures/scene.ts';

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
