import { describe, expect, test } from 'vitest';
import { GATES } from '../../../src/analysis/gates/index.ts';
import { judgeTrial } from '../../../src/analysis/validity.ts';
import { isMissing } from '../../../src/record/measured.ts';
import { BREAKS } from '../fixtures/brokenTrials.ts';
import { afterServer, detailOf, HANDSHAKES, hiccupsOf, judged, limit, scene, tallyOf } from '../fixtures/scene.ts';
import { payloadOf, streamOf, windowOf } from '../fixtures/trials.ts';

describe('a fair trial', () => {
  test.each([true, false])('passes every gate (with a mesh: %s)', (meshed) => {
    expect(judged(scene(meshed))).toEqual({ outcome: 'valid', notPassed: {} });
  });

  test('may lose time where its whole block loses as much', () => {
    const noisy = scene();
    for (const trial of [noisy.trial, ...noisy.peers]) hiccupsOf({ ...noisy, trial }, 'system').lostUs = 190_000;
    expect(judged(noisy)).toEqual({ outcome: 'valid', notPassed: {} });
  });

  test('may stand right on the thresholds', () => {
    const exact = scene();
    const window = windowOf(exact.trial);
    window.counts.completed = 3996;
    window.counts.failed = 4;
    window.streams = [
      streamOf('ok', { count: 3800, medianUs: 500, lagUs: 100 }),
      streamOf('ok', { count: 200, medianUs: 500, lagUs: 1500 }),
    ];
    hiccupsOf(exact, 'generator').lostUs = 200_000;
    for (const trial of exact.peers) hiccupsOf({ ...exact, trial }, 'generator').lostUs = 200_000;
    limit(exact.trial, 'client', { periods: 300, throttledPeriods: 3 });
    expect(judged(exact)).toEqual({ outcome: 'valid', notPassed: {} });
  });

  test('may refuse plaintext with a status, where its mesh does so and the service sees nothing', () => {
    const subject = scene();
    subject.deployment.expectation.refusalStatus = 403;
    subject.trial.controls = [{ claim: 'plaintext-refused', observed: { status: 403 }, reachedService: 0 }];
    expect(judged(subject)).toEqual({ outcome: 'valid', notPassed: {} });
    expect(detailOf(subject, 'plaintext')).toBe(
      'plaintext expected to be refused; refused with status 403, 0 reached the service',
    );
  });
});

describe('a broken trial', () => {
  test.each(BREAKS)('fails %s, and nothing else, when %s', (gate, _what, broken) => {
    const subject = scene();
    broken(subject);
    const kind = GATES.find(({ id }) => id === gate)?.kind;
    const outcome = kind === 'proof' ? 'void' : 'repeat';
    expect(judged(subject)).toEqual({ outcome, notPassed: { [gate]: 'fail' } });
  });

  test('has an example for every gate', () => {
    expect([...new Set(BREAKS.map(([gate]) => gate))].sort()).toEqual(GATES.map(({ id }) => id).sort());
  });
});

describe('a baseline', () => {
  test('is void when a request carries a peer identity, since a proxy was in its way', () => {
    const subject = scene(false);
    for (const row of tallyOf(subject).byIdentity) row.identity = 'spiffe://someone';
    expect(judged(subject)).toEqual({ outcome: 'void', notPassed: { 'peer-identity': 'fail' } });
  });

  test('is void when its deployment has a proxy', () => {
    const subject = scene(false);
    subject.deployment.proxies = scene(true).deployment.proxies;
    expect(judged(subject)).toEqual({ outcome: 'void', notPassed: { concurrency: 'fail' } });
  });
});

describe('what could not be measured', () => {
  test('is void where a proof needs it', () => {
    const subject = scene();
    for (const service of subject.trial.services) service.tally = { missing: 'the service is gone' };
    expect(judged(subject)).toEqual({
      outcome: 'void',
      notPassed: {
        attempts: 'not-measured',
        'peer-identity': 'not-measured',
        'server-share': 'not-measured',
        'service-pause': 'not-measured',
      },
    });
  });

  test('is void where the counters before the trial could not be read: they are not 0 then', () => {
    const subject = scene();
    for (const counters of subject.trial.counters) counters.before = { missing: 'no answer' };
    expect(judged(subject)).toEqual({
      outcome: 'void',
      notPassed: { 'proxy-counters': 'not-measured', workers: 'not-measured' },
    });
  });

  test('is void where no plaintext request was tried', () => {
    const subject = scene();
    subject.trial.controls = [];
    expect(judged(subject)).toEqual({ outcome: 'void', notPassed: { plaintext: 'not-measured' } });
  });

  test('is void where the record of the deployment is lost', () => {
    const { trial, peers } = scene();
    const needing = [
      'peer-identity',
      'proxy-counters',
      'handshakes',
      'plaintext',
      'concurrency',
      'workers',
      'configuration',
    ];
    expect(judged({ trial, peers, deployment: undefined })).toEqual({
      outcome: 'void',
      notPassed: Object.fromEntries(needing.map((gate) => [gate, 'not-measured'])),
    });
  });

  test('is repeated where the load needs it', () => {
    const subject = scene();
    windowOf(subject.trial).streams = [];
    expect(judged(subject)).toEqual({
      outcome: 'repeat',
      notPassed: { 'free-connection': 'not-measured', lateness: 'not-measured' },
    });
  });

  test('takes nothing away where it is what older records and other platforms do not tell', () => {
    const subject = scene();
    delete subject.deployment.expectation.workerCounters;
    for (const proxy of subject.deployment.proxies) delete proxy.effectiveConfiguration;
    delete tallyOf(subject).longestPauseUs;
    for (const stream of windowOf(subject.trial).streams) delete stream.wait;
    if (!isMissing(subject.trial.machine)) for (const sample of subject.trial.machine) sample.stealNs = 0;
    expect(judged(subject)).toEqual({
      outcome: 'valid',
      notPassed: Object.fromEntries(
        ['free-connection', 'steal', 'service-pause', 'workers', 'configuration'].map((gate) => [gate, 'not-measured']),
      ),
    });
  });

  test('takes nothing away where it is a stall meter', () => {
    const subject = scene();
    subject.trial.hiccups = { missing: 'no meter here' };
    for (const client of subject.trial.clients) client.hiccups = { missing: 'no meter here' };
    expect(judged(subject)).toEqual({
      outcome: 'valid',
      notPassed: { 'stalls-generator': 'not-measured', 'stalls-system': 'not-measured' },
    });
  });
});

test('a failed proof makes a trial void, whatever else failed', () => {
  const subject = scene();
  payloadOf(windowOf(subject.trial)).wrongSize = 1;
  afterServer(subject)[HANDSHAKES] = 0;
  expect(judged(subject)).toEqual({ outcome: 'void', notPassed: { payload: 'fail', handshakes: 'fail' } });
});

test('every gate has an id of its own and says what it asks, where its threshold is, why, and what to do', () => {
  expect(new Set(GATES.map(({ id }) => id)).size).toBe(GATES.length);
  for (const { question, threshold, reason, remedy } of GATES) {
    expect(question).toMatch(/^[A-Z].*\?$/);
    expect(Math.min(threshold.length, reason.length, remedy.length)).toBeGreaterThan(20);
  }
});

test('a detail says the measured value against the threshold', () => {
  const subject = scene();
  const window = windowOf(subject.trial);
  window.counts.failed = 36;
  window.streams = [
    ...window.streams,
    streamOf('reset', { count: 30, medianUs: 500 }),
    streamOf('timeout', { count: 6, medianUs: 500 }),
  ];
  const details = judgeTrial(subject).gates.map(({ gate, detail }) => `${gate}: ${detail}`);
  expect(details).toMatchInlineSnapshot(`
    [
      "rate-achieved: 100 % of 4,000 scheduled requests sent, 4,000 completed, 0 % off the offered rate",
      "unsent: 0 of 4,000 scheduled requests unsent",
      "free-connection: 0 % of 4,036 requests waited over 1 ms for a free connection",
      "errors: 36 of 4,000 requests failed (0.9 %): 30 reset, 6 timeout",
      "payload: 4,000,000 bytes in 4,000 responses, 4,000,000 expected, 0 of the wrong size",
      "lateness: 0 % of 4,036 requests sent over 1 ms late, half of them within 20 µs",
      "stalls-generator: 1 % of the window lost in 9 stalls over 1 ms, the longest 8 ms; median of the block's trials 1 %",
      "stalls-system: 1 % of the window lost in 9 stalls over 1 ms, the longest 8 ms; median of the block's trials 1 %",
      "steal: 1 % of a core's time over 4.7 s",
      "throttling: client proxy: held back in 0 of 40 periods (0 %); server proxy: held back in 0 of 40 periods (0 %)",
      "restarts: none ended",
      "service-pause: longest pause of the service: server 24 ms",
      "attempts: 5,000 requests sent, 5,000 seen by the service, 0 of them marked as a repeated attempt",
      "peer-identity: 5,000 of 5,000 requests seen with spiffe://cluster.local/ns/meshtax/sa/client",
      "proxy-counters: 5,000 requests sent, 5,000 through the client proxy and 5,000 through the server proxy",
      "server-share: server 100 % of the requests, 100 % in the block",
      "handshakes: 16 TLS handshakes at the server proxy since it started, some expected",
      "plaintext: plaintext expected to be refused; refused: ECONNRESET, 0 reached the service",
      "concurrency: client proxy 2 of 2 workers and server proxy 2 of 2 workers",
      "workers: client proxy 6 and 10 of 16 connections; server proxy 6 and 10 of 16 connections",
      "configuration: no difference at the client and server proxy",
    ]
  `);
});
