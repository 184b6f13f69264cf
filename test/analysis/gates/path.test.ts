import { describe, expect, test } from 'vitest';
import { isMissing } from '../../../src/record/measured.ts';
import { afterServer, answerOf, GROWN, type Scene, scene, tallyOf } from '../fixtures/scene.ts';
import { IDENTITY, trialFixture } from '../fixtures/trials.ts';

const NO_DEPLOYMENT = { answer: 'not-measured', detail: "the record of the trial's deployment is missing" };

/** The scene's trial, and one other of its block, with as many requests at each of several servers. */
function dealt(own: readonly number[], other?: readonly number[]): Scene {
  const subject = scene();
  const deal = (trial: Scene['trial'], requests: readonly number[]) => {
    const tally = tallyOf({ ...subject, trial });
    trial.services = requests.map((count, index) => ({
      pod: `server-${index + 1}`,
      tally: { ...structuredClone(tally), requests: count },
    }));
  };
  deal(subject.trial, own);
  const peer = trialFixture({ index: 2 });
  if (other !== undefined) deal(peer, other);
  subject.peers = other === undefined ? [subject.trial] : [subject.trial, peer];
  return subject;
}

describe('attempts', () => {
  test('are those that the service saw: repeated ones and lost ones both count', () => {
    const subject = scene();
    const tally = tallyOf(subject);
    const [row] = tally.byIdentity;
    if (row === undefined) throw new Error('the fixture has no identity');
    tally.requests = 4997;
    tally.byIdentity = [
      { ...row, requests: 4000 },
      { ...row, attempt: null, requests: 990 },
      { ...row, attempt: 2, requests: 4 },
      { ...row, attempt: 3, requests: 3 },
    ];
    expect(answerOf(subject, 'attempts')).toEqual({
      answer: 'fail',
      detail: '5,000 requests sent, 4,997 seen by the service, 7 of them marked as a repeated attempt',
      value: 10,
    });
  });

  test('are each the first in a fair trial', () => {
    expect(answerOf(scene(), 'attempts')).toEqual({
      answer: 'pass',
      detail: '5,000 requests sent, 5,000 seen by the service, 0 of them marked as a repeated attempt',
      value: 0,
    });
  });

  test('and identities cannot be told where a service was not asked', () => {
    const subject = scene();
    for (const service of subject.trial.services) service.tally = { missing: 'it is gone' };
    for (const gate of ['attempts', 'peer-identity']) {
      expect(answerOf(subject, gate)).toStrictEqual({ answer: 'not-measured', detail: 'server: it is gone' });
    }
  });
});

describe('the peer identity', () => {
  test('is the expected one for every request, and the others are named once each', () => {
    const subject = scene();
    const tally = tallyOf(subject);
    tally.byIdentity = [
      { identity: IDENTITY, attempt: 1, requests: 4990 },
      { identity: null, attempt: 1, requests: 4 },
      { identity: null, attempt: 2, requests: 3 },
      { identity: 'spiffe://other', attempt: 1, requests: 3 },
    ];
    expect(answerOf(subject, 'peer-identity')).toEqual({
      answer: 'fail',
      detail: `4,990 of 5,000 requests seen with ${IDENTITY}; others with none and spiffe://other`,
      value: 10,
    });
  });

  test('is wrong also where another one adds no request to the count, or some have no row at all', () => {
    const more = scene();
    tallyOf(more).byIdentity.push({ identity: 'spiffe://other', attempt: 1, requests: 0 });
    expect(answerOf(more, 'peer-identity')).toEqual({
      answer: 'fail',
      detail: `5,000 of 5,000 requests seen with ${IDENTITY}; others with spiffe://other`,
      value: 0,
    });
    const fewer = scene();
    tallyOf(fewer).byIdentity = [{ identity: IDENTITY, attempt: 1, requests: 4999 }];
    expect(answerOf(fewer, 'peer-identity')).toEqual({
      answer: 'fail',
      detail: `4,999 of 5,000 requests seen with ${IDENTITY}`,
      value: 1,
    });
  });

  test('is none without mutual TLS', () => {
    expect(answerOf(scene(false), 'peer-identity')).toEqual({
      answer: 'pass',
      detail: '5,000 of 5,000 requests seen without a peer identity',
      value: 0,
    });
  });

  test('and the counters cannot be told without the deployment', () => {
    const lost = { ...scene(), deployment: undefined };
    expect(answerOf(lost, 'peer-identity')).toStrictEqual(NO_DEPLOYMENT);
    expect(answerOf(lost, 'proxy-counters')).toStrictEqual(NO_DEPLOYMENT);
  });
});

describe('services that one calls the other', () => {
  const chained = (requests: number, identity: string | null): Scene => {
    const subject = scene();
    subject.deployment.expectation.further = [{ pod: 'server-2', peerIdentity: 'spiffe://echo' }];
    const tally = { ...structuredClone(tallyOf(subject)), requests, byIdentity: [{ identity, attempt: 1, requests }] };
    subject.trial.services.push({ pod: 'server-2', tally });
    return subject;
  };

  test('each have to see every request, with the identity of the one before', () => {
    const subject = chained(5000, 'spiffe://echo');
    expect(answerOf(subject, 'attempts')).toEqual({
      answer: 'pass',
      detail:
        '5,000 requests sent, 5,000 seen by the service, 0 of them marked as a repeated attempt; 5,000 seen by server-2, 0 of them marked as a repeated attempt',
      value: 0,
    });
    expect(answerOf(subject, 'peer-identity')).toEqual({
      answer: 'pass',
      detail: `5,000 of 5,000 requests seen with ${IDENTITY}; 5,000 of 5,000 requests seen by server-2 with spiffe://echo`,
      value: 0,
    });
  });

  test('are no proof where the last saw fewer, or another caller', () => {
    expect(answerOf(chained(4998, 'spiffe://echo'), 'attempts')).toMatchObject({ answer: 'fail', value: 2 });
    expect(answerOf(chained(5000, IDENTITY), 'peer-identity')).toMatchObject({ answer: 'fail', value: 5000 });
  });

  test('are no proof either where one of them was not asked', () => {
    const subject = chained(5000, 'spiffe://echo');
    subject.trial.services.pop();
    for (const gate of ['attempts', 'peer-identity']) {
      expect(answerOf(subject, gate)).toMatchObject({ answer: 'not-measured' });
    }
  });
});

describe('the proxies’ counters', () => {
  test('grew by what was sent; the worst of them is the value', () => {
    const subject = scene();
    afterServer(subject)[GROWN] = 5007;
    const client = subject.trial.counters.find(({ hop }) => hop === 'client');
    if (client === undefined || isMissing(client.after)) throw new Error('the fixture has no counters');
    client.after = { ...client.after, 'cluster.outbound.upstream_rq_total': 4998 };
    expect(answerOf(subject, 'proxy-counters')).toEqual({
      answer: 'fail',
      detail: '5,000 requests sent, 4,998 through the client proxy and 5,007 through the server proxy',
      value: 7,
    });
  });

  test('are not there without a mesh', () => {
    const bare = scene(false);
    expect(answerOf(bare, 'proxy-counters')).toEqual({
      answer: 'pass',
      detail: 'no proxy expected, 0 with recorded counters',
      value: 0,
    });
    bare.trial.counters = [{ hop: 'client', before: {}, after: {} }];
    expect(answerOf(bare, 'proxy-counters')).toEqual({
      answer: 'fail',
      detail: 'no proxy expected, 1 with recorded counters',
      value: 1,
    });
  });

  test('cannot be told where a mesh names none, or they could not be read', () => {
    const unread = scene();
    for (const counters of unread.trial.counters) counters.after = { missing: 'no answer' };
    expect(answerOf(unread, 'proxy-counters')).toStrictEqual({
      answer: 'not-measured',
      detail: "the client proxy's counters after the trial: no answer",
    });
    unread.deployment.expectation.requestCounters = [];
    expect(answerOf(unread, 'proxy-counters')).toStrictEqual({
      answer: 'not-measured',
      detail: 'the mesh names no counter of its requests',
    });
  });
});

describe("a server's share", () => {
  test('may be 20 points off that of the block, up or down, and no more', () => {
    expect(answerOf(dealt([800, 200], [600, 400]), 'server-share')).toEqual({
      answer: 'pass',
      detail: 'server-1 80 % of the requests, 60 % in the block; server-2 20 % of the requests, 40 % in the block',
      value: expect.closeTo(0.2, 12),
    });
    expect(answerOf(dealt([399, 601], [600, 400]), 'server-share')).toEqual({
      answer: 'fail',
      detail: 'server-1 39.9 % of the requests, 60 % in the block; server-2 60.1 % of the requests, 40 % in the block',
      value: expect.closeTo(0.201, 12),
    });
  });

  test('of a server that the others do not have is none there', () => {
    expect(answerOf(dealt([900, 100], [1000]), 'server-share')).toEqual({
      answer: 'pass',
      detail: 'server-1 90 % of the requests, 100 % in the block; server-2 10 % of the requests, 0 % in the block',
      value: expect.closeTo(0.1, 12),
    });
  });

  test('stands for the block as long as it is the only trial', () => {
    expect(answerOf(dealt([900, 100]), 'server-share')).toEqual({
      answer: 'pass',
      detail: 'server-1 90 % of the requests, 90 % in the block; server-2 10 % of the requests, 10 % in the block',
      value: 0,
    });
  });

  test('is not held against a trial whose servers were not counted', () => {
    const subject = dealt([900, 100], [500, 500]);
    for (const service of subject.peers[1]?.services ?? []) service.tally = { missing: 'it is gone' };
    expect(answerOf(subject, 'server-share')).toMatchObject({ answer: 'pass', value: 0 });
  });

  test('cannot be told where a server was not counted, or no request came', () => {
    const unknown = { answer: 'not-measured', detail: 'the requests of a server were not counted' };
    const subject = dealt([900, 100], [900, 100]);
    const [first] = subject.trial.services;
    if (first === undefined) throw new Error('the fixture has no service');
    first.tally = { missing: 'it is gone' };
    expect(answerOf(subject, 'server-share')).toStrictEqual(unknown);
    expect(answerOf(dealt([0, 0], [900, 100]), 'server-share')).toStrictEqual(unknown);
  });
});
