import { describe, expect, test } from 'vitest';
import { counterAfter, counterGrowth, seenByEachService, withIdentity } from '../../src/analysis/evidence.ts';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import { scene, tallyOf } from './fixtures/scene.ts';
import { IDENTITY, trialFixture } from './fixtures/trials.ts';

/** Two services: the first saw 5,000 requests of the client, the second 30 of a stranger and 12 without an identity. */
function twoServices(): TrialRecord {
  const own = scene();
  const { trial } = own;
  const tally = structuredClone(tallyOf(own));
  tally.requests = 42;
  tally.byIdentity = [
    { identity: 'spiffe://stranger', attempt: 1, requests: 30 },
    { identity: null, attempt: null, requests: 12 },
  ];
  trial.services.push({ pod: 'server-2', tally });
  return trial;
}

const seenByTheFirst = (trial: TrialRecord) => seenByEachService(trial, { peerIdentity: IDENTITY })[0]?.seen;

describe('what the services counted', () => {
  test('is the sum over all of them, with the rows of each', () => {
    expect(seenByTheFirst(twoServices())).toEqual({
      requests: 5042,
      byIdentity: [
        { identity: IDENTITY, attempt: 1, requests: 5000 },
        { identity: 'spiffe://stranger', attempt: 1, requests: 30 },
        { identity: null, attempt: null, requests: 12 },
      ],
    });
  });

  test('is missing where no service counted, or one of them could not be asked', () => {
    const trial = twoServices();
    expect(seenByTheFirst({ ...trial, services: [] })).toEqual({
      missing: 'no service counted the requests of this trial',
    });
    trial.services.push({ pod: 'server-3', tally: { missing: 'it did not answer' } });
    expect(seenByTheFirst(trial)).toEqual({ missing: 'server-3: it did not answer' });
  });

  test('is that of each alone where one calls the other, with the identity that it has to come with', () => {
    const further = [{ pod: 'server-2' as const, peerIdentity: 'spiffe://stranger' }];
    expect(seenByEachService(twoServices(), { peerIdentity: IDENTITY, further })).toEqual([
      { pod: undefined, expected: IDENTITY, seen: expect.objectContaining({ requests: 5000 }) },
      { pod: 'server-2', expected: 'spiffe://stranger', seen: expect.objectContaining({ requests: 42 }) },
    ]);
  });

  test('is missing of a service behind the first one that was never asked', () => {
    const further = [{ pod: 'server-3' as const, peerIdentity: null }];
    expect(seenByEachService(twoServices(), { peerIdentity: IDENTITY, further })[1]?.seen).toEqual({
      missing: 'no service counted the requests of this trial',
    });
  });

  test('is told apart by exactly one identity, and by none', () => {
    const seen = seenByTheFirst(twoServices());
    if (seen === undefined || 'missing' in seen) throw new Error('not seen');
    expect([IDENTITY, 'spiffe://stranger', null, 'nobody'].map((identity) => withIdentity(seen, identity))).toEqual([
      5000, 30, 12, 0,
    ]);
  });
});

describe('a counter of a proxy', () => {
  const counted = (before: Record<string, number | null>, after: Record<string, number | null>): TrialRecord => ({
    ...trialFixture(),
    counters: [
      { hop: 'client', before: { requests: 1 }, after: { requests: 2 } },
      { hop: 'server', before, after },
    ],
  });

  test('is read after the trial, of the hop that was asked', () => {
    const trial = counted({ requests: 7 }, { requests: 40, unused: null });
    expect(counterAfter(trial, 'server', 'requests')).toBe(40);
    expect(counterAfter(trial, 'client', 'requests')).toBe(2);
  });

  test('is null where the proxy has none of that name, also of one that every object has', () => {
    const trial = counted({}, { requests: 40, unused: null });
    expect(['unused', 'other', 'toString'].map((name) => counterAfter(trial, 'server', name))).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('grew by the difference, and from 0 where the proxy did not have it before', () => {
    expect(counterGrowth(counted({ requests: 7 }, { requests: 40 }), 'server', 'requests')).toBe(33);
    expect(counterGrowth(counted({}, { requests: 40 }), 'server', 'requests')).toBe(40);
    expect(counterGrowth(counted({ requests: 7 }, {}), 'server', 'requests')).toBe(-7);
    expect(counterGrowth(counted({}, {}), 'server', 'requests')).toBe(0);
  });

  test('is missing, with its reason, where the proxy could not be read before or after', () => {
    const missing = { missing: 'it did not answer' };
    const trial: TrialRecord = {
      ...trialFixture(),
      counters: [
        { hop: 'client', before: missing, after: { requests: 2 } },
        { hop: 'server', before: { requests: 2 }, after: missing },
      ],
    };
    const before = { missing: "the client proxy's counters before the trial: it did not answer" };
    const after = { missing: "the server proxy's counters after the trial: it did not answer" };
    expect(counterGrowth(trial, 'client', 'requests')).toEqual(before);
    expect(counterGrowth(trial, 'server', 'requests')).toEqual(after);
    expect(counterAfter(trial, 'server', 'requests')).toEqual(after);
    expect(counterAfter(trial, 'client', 'requests')).toBe(2);
  });

  test('is missing where nobody read the counters of that hop', () => {
    const unread = { missing: 'the counters of the server proxy were not read' };
    expect(counterAfter(trialFixture(), 'server', 'requests')).toEqual(unread);
    expect(counterGrowth(trialFixture(), 'server', 'requests')).toEqual(unread);
  });
});
