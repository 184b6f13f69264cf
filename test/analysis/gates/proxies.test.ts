import { describe, expect, test } from 'vitest';
import type { ControlRecord } from '../../../src/record/trialRecord.ts';
import { afterServer, answerOf, HANDSHAKES, type Scene, scene } from '../fixtures/scene.ts';

const NO_DEPLOYMENT = { answer: 'not-measured', detail: "the record of the trial's deployment is missing" };
const notMeasured = (detail: string) => ({ answer: 'not-measured', detail });

function said(id: string, change: (scene: Scene) => void, meshed = true) {
  const subject = scene(meshed);
  change(subject);
  return answerOf(subject, id);
}

test.each(['handshakes', 'plaintext', 'concurrency', 'workers', 'configuration'])(
  '%s cannot be told without the deployment',
  (gate) => {
    expect(answerOf({ ...scene(), deployment: undefined }, gate)).toStrictEqual(NO_DEPLOYMENT);
  },
);

describe('handshakes', () => {
  const counted = (handshakes: number | null, expected: 'some' | 'none') =>
    said('handshakes', (subject) => {
      subject.deployment.expectation.handshakeCounter = { hop: 'server', counter: HANDSHAKES, expected };
      afterServer(subject)[HANDSHAKES] = handshakes;
    });

  test('are over 0 where some are expected', () => {
    expect(counted(1, 'some')).toStrictEqual({
      answer: 'pass',
      detail: '1 TLS handshake at the server proxy since it started, some expected',
    });
    expect(counted(0, 'some')).toStrictEqual({
      answer: 'fail',
      detail: '0 TLS handshakes at the server proxy since it started, some expected',
    });
  });

  test('are 0 where none is expected, which is what a proxy without the counter says too', () => {
    const none = {
      answer: 'pass',
      detail: '0 TLS handshakes at the server proxy since it started, none expected',
    };
    expect(counted(0, 'none')).toStrictEqual(none);
    expect(counted(null, 'none')).toStrictEqual(none);
    expect(counted(1, 'none')).toStrictEqual({
      answer: 'fail',
      detail: '1 TLS handshake at the server proxy since it started, none expected',
    });
  });

  test('are not claimed without a mesh', () => {
    expect(answerOf(scene(false), 'handshakes')).toStrictEqual({
      answer: 'pass',
      detail: 'no handshake is claimed',
    });
  });

  test('cannot be told where the counters could not be read', () => {
    expect(
      said('handshakes', ({ trial }) => {
        for (const counters of trial.counters) counters.after = { missing: 'no answer' };
      }),
    ).toStrictEqual(notMeasured("the server proxy's counters after the trial: no answer"));
  });
});

describe('plaintext', () => {
  const REFUSED: ControlRecord = {
    claim: 'plaintext-refused',
    observed: { refused: 'ECONNRESET' },
    reachedService: 0,
  };
  const ANSWERED: ControlRecord = { claim: 'plaintext-answered', observed: { status: 200 }, reachedService: 1 };
  const tried = (expected: 'refused' | 'answered', ...controls: ControlRecord[]) =>
    said('plaintext', ({ trial, deployment }) => {
      deployment.expectation.plaintext = expected;
      trial.controls = controls;
    });

  test('is refused in each try where it has to be', () => {
    expect(tried('refused', REFUSED, REFUSED)).toEqual({
      answer: 'pass',
      detail:
        'plaintext expected to be refused; refused: ECONNRESET, 0 reached the service; refused: ECONNRESET, 0 reached the service',
      value: 0,
    });
    const answered = { ...REFUSED, observed: { status: 200 }, reachedService: 1 };
    expect(tried('refused', answered, REFUSED, answered)).toEqual({
      answer: 'fail',
      detail:
        'plaintext expected to be refused; answered with status 200, 1 reached the service; refused: ECONNRESET, 0 reached the service; answered with status 200, 1 reached the service',
      value: 2,
    });
  });

  test.each([
    [199, 'fail'],
    [200, 'pass'],
    [299, 'pass'],
    [300, 'fail'],
  ])('is answered by a status of success where it has to be: %i', (status, answer) => {
    expect(tried('answered', { ...ANSWERED, observed: { status } })).toEqual({
      answer,
      detail: `plaintext expected to be answered; answered with status ${status}`,
      value: answer === 'pass' ? 0 : 1,
    });
  });

  test('is not answered where it was refused', () => {
    expect(tried('answered', { ...REFUSED, claim: 'plaintext-answered' })).toEqual({
      answer: 'fail',
      detail: 'plaintext expected to be answered; refused: ECONNRESET',
      value: 1,
    });
  });

  test('proves nothing by a control that asked for the opposite', () => {
    expect(tried('answered', { ...ANSWERED, claim: 'plaintext-refused' })).toEqual({
      answer: 'fail',
      detail: 'plaintext expected to be answered; the control asked for plaintext-refused, answered with status 200',
      value: 1,
    });
    expect(tried('refused', { ...REFUSED, claim: 'plaintext-answered' })).toEqual({
      answer: 'fail',
      detail:
        'plaintext expected to be refused; the control asked for plaintext-answered, refused: ECONNRESET, 0 reached the service',
      value: 1,
    });
  });

  test('cannot be told where a try has no outcome, or nobody knows what reached the service', () => {
    expect(tried('answered', { ...ANSWERED, observed: { missing: 'no time' } })).toStrictEqual(notMeasured('no time'));
    expect(tried('refused', REFUSED, { ...REFUSED, reachedService: { missing: 'not asked' } })).toStrictEqual(
      notMeasured('not asked'),
    );
    expect(tried('refused')).toStrictEqual(notMeasured('no plaintext request was tried'));
  });

  test('is not claimed without a mesh', () => {
    expect(answerOf(scene(false), 'plaintext')).toStrictEqual({
      answer: 'pass',
      detail: 'nothing is claimed of plaintext',
    });
  });
});

describe('concurrency', () => {
  const proxies = (asked: number | null, ...workers: [asked: number, effective: number][]) =>
    said('concurrency', ({ deployment }) => {
      deployment.expectation.concurrency = asked;
      deployment.proxies = deployment.proxies.map((proxy, index) => ({
        ...proxy,
        concurrencyAsked: workers[index]?.[0] ?? 0,
        concurrencyEffective: workers[index]?.[1] ?? 0,
      }));
    });

  test('is what the mesh expects, else what each proxy was asked for', () => {
    expect(proxies(2, [2, 2], [2, 2])).toEqual({
      answer: 'pass',
      detail: 'client proxy 2 of 2 workers and server proxy 2 of 2 workers',
      value: 0,
    });
    expect(proxies(null, [1, 1], [4, 4])).toEqual({
      answer: 'pass',
      detail: 'client proxy 1 of 1 worker and server proxy 4 of 4 workers',
      value: 0,
    });
  });

  test('is wrong where a proxy was asked for another number, though it runs the expected one', () => {
    expect(proxies(2, [1, 2], [2, 2])).toMatchObject({ answer: 'fail', value: 1 });
    expect(proxies(2, [1, 1], [2, 3])).toEqual({
      answer: 'fail',
      detail: 'client proxy 1 of 2 workers and server proxy 3 of 2 workers',
      value: 2,
    });
  });

  test('is none of a baseline', () => {
    expect(answerOf(scene(false), 'concurrency')).toStrictEqual({
      answer: 'pass',
      detail: 'no proxy expected, 0 there',
    });
    const withProxies = (subject: Scene) => Object.assign(subject.deployment, { proxies: scene().deployment.proxies });
    expect(said('concurrency', withProxies, false)).toStrictEqual({
      answer: 'fail',
      detail: 'no proxy expected, 2 there',
    });
  });

  test('cannot be told where a proxy did not tell, or none is recorded', () => {
    const subject = scene();
    subject.deployment.proxies = subject.deployment.proxies.map((proxy) => ({
      ...proxy,
      concurrencyEffective: { missing: 'no answer' },
    }));
    expect(answerOf(subject, 'concurrency')).toStrictEqual(notMeasured('client proxy: no answer'));
    subject.deployment.proxies = [];
    expect(answerOf(subject, 'concurrency')).toStrictEqual(notMeasured('no proxy of this deployment is recorded'));
  });
});
