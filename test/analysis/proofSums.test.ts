import { describe, expect, test } from 'vitest';
import { proofOf } from '../../src/analysis/proof.ts';
import { type JudgedTrial, judgeTrials } from '../../src/analysis/validity.ts';
import { isMissing } from '../../src/record/measured.ts';
import type { Expectation } from '../../src/record/runRecord.ts';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import { afterServer, GROWN, HANDSHAKES } from './fixtures/scene.ts';
import { deploymentFixture, deploymentIdOf, IDENTITY, trialFixture } from './fixtures/trials.ts';

interface Changes {
  trial?: (trial: TrialRecord) => void;
  expectation?: (expectation: Expectation) => void;
}

/** Trials of 5,000 requests in all, each on a deployment of its own unless `deploymentId` says otherwise. */
function judgedTrials(
  count: number,
  changes: Changes = {},
  of: { meshed?: boolean; deploymentId?: string } = {},
): JudgedTrial[] {
  const meshed = of.meshed ?? true;
  const trials = Array.from({ length: count }, (_, index) =>
    trialFixture({ index: index + 1, block: index + 1, meshed, ...of }),
  );
  const ids = new Set(trials.map(({ spec }) => of.deploymentId ?? deploymentIdOf({ ...spec, ...spec.cell })));
  const deployments = [...ids].map((id) => deploymentFixture(id, { name: 'envoy', meshed }));
  for (const { expectation } of deployments) changes.expectation?.(expectation);
  for (const trial of trials) changes.trial?.(trial);
  return judgeTrials({ deployments, trials });
}

const setServer = (counter: string, value: number | null) => (trial: TrialRecord) => {
  const [deployment, peers] = [deploymentFixture('x', { name: 'envoy', meshed: true }), []];
  afterServer({ trial, deployment, peers })[counter] = value;
};

const PROVEN = `5,000 requests sent = 5,000 seen with ${IDENTITY} = 5,000 through the client proxy = 5,000 through the server proxy`;

describe('the handshakes of a proof', () => {
  test('count once for a deployment, with the highest of its trials', () => {
    const onOne = judgedTrials(3, {}, { deploymentId: 'one' });
    const [, second] = onOne;
    if (second === undefined) throw new Error('no trial');
    setServer(HANDSHAKES, 20)(second.record);
    expect(proofOf(onOne, true).handshakes).toBe(20);
    expect(proofOf(judgedTrials(3), true).handshakes).toBe(48);
  });

  test.each([
    [1, '1 handshake since the proxies started'],
    [0, 'no handshake'],
    [null, 'no handshake'],
  ])('are told where %s was counted', (handshakes, text) => {
    const found = proofOf(
      judgedTrials(1, {
        trial: setServer(HANDSHAKES, handshakes),
        expectation: (expectation) => {
          expectation.handshakeCounter = {
            hop: 'server',
            counter: HANDSHAKES,
            expected: handshakes === 1 ? 'some' : 'none',
          };
        },
      }),
      true,
    );
    expect(found.handshakes).toBe(handshakes ?? 0);
    expect(found.sentence).toBe(`${PROVEN}; ${text}; plaintext refused in 1 of 1 try`);
  });

  test('are left out where no counter of them is expected, and not known where it could not be read', () => {
    const none = proofOf(
      judgedTrials(1, {
        expectation: (expectation) => {
          expectation.handshakeCounter = null;
        },
      }),
      true,
    );
    expect(none.handshakes).toEqual({ missing: 'no handshake counter is expected' });
    expect(none.sentence).toBe(`${PROVEN}; plaintext refused in 1 of 1 try`);
    const unread = proofOf(
      judgedTrials(1, {
        trial: (trial) => {
          for (const counters of trial.counters)
            if (counters.hop === 'server') counters.after = { missing: 'no answer' };
        },
      }),
      true,
    );
    const why = "the server proxy's counters after the trial: no answer";
    expect(unread).toMatchObject({ holds: false, handshakes: { missing: why }, throughServerProxy: { missing: why } });
    expect(unread.sentence).toBe(
      `not proven: 5,000 requests sent, 5,000 seen with ${IDENTITY}, 5,000 through the client proxy, through the server proxy not known (${why}); handshakes not known (${why}); plaintext refused in 1 of 1 try; trial 1 fails proxy-counters and handshakes`,
    );
  });
});

describe('the sums of a proof', () => {
  test('have to agree themselves, whatever the gates said of each trial', () => {
    const judged = judgedTrials(2);
    for (const { record } of judged) setServer(GROWN, 4999)(record);
    const found = proofOf(judged, true);
    expect(found).toMatchObject({ holds: false, throughServerProxy: 9998 });
    expect(found.sentence).toBe(
      `not proven: 10,000 requests sent, 10,000 seen with ${IDENTITY}, 10,000 through the client proxy, 9,998 through the server proxy; 32 handshakes since the proxies started; plaintext refused in 2 of 2 tries`,
    );
    const bare = judgedTrials(1, {}, { meshed: false });
    for (const { tally } of bare[0]?.record.services ?? []) if (!isMissing(tally)) tally.byIdentity = [];
    expect(proofOf(bare, false)).toMatchObject({ holds: false, seenWithIdentity: 0 });
  });

  test('of a treatment without a mesh are the requests alone', () => {
    expect(proofOf(judgedTrials(1, {}, { meshed: false }), false)).toEqual({
      applies: false,
      holds: true,
      sent: 5000,
      seenWithIdentity: 5000,
      identity: null,
      identities: 0,
      throughClientProxy: { missing: 'no request counter of a client proxy is expected' },
      throughServerProxy: { missing: 'no request counter of a server proxy is expected' },
      handshakes: { missing: 'no handshake counter is expected' },
      plaintextTries: 0,
      plaintextRefused: 0,
      plaintextExpected: null,
      sentence: '5,000 requests sent = 5,000 seen without a peer identity',
    });
  });

  test('tell of the one proxy that is expected to count', () => {
    const found = proofOf(
      judgedTrials(1, {
        expectation: (expectation) => {
          expectation.requestCounters = expectation.requestCounters.filter(({ hop }) => hop === 'server');
        },
      }),
      true,
    );
    expect(found.holds).toBe(true);
    expect(found.sentence).toMatch(/^5,000 requests sent = 5,000 seen with [^ ]+ = 5,000 through the server proxy; /);
  });

  test('are not known where the services were not asked, or the deployment’s record is lost', () => {
    const unasked = judgedTrials(1, {
      trial: (trial) => {
        for (const service of trial.services) service.tally = { missing: 'it is gone' };
      },
    });
    expect(proofOf(unasked, true)).toMatchObject({ holds: false, seenWithIdentity: { missing: 'server: it is gone' } });
    const lost = { missing: 'the record of the deployment is missing' };
    const trials = [trialFixture({ meshed: true })];
    expect(proofOf(judgeTrials({ deployments: [], trials }), true)).toMatchObject({
      applies: true,
      holds: false,
      seenWithIdentity: lost,
      throughClientProxy: lost,
      throughServerProxy: lost,
      handshakes: { missing: 'no handshake counter is expected' },
      identity: null,
      identities: 0,
      plaintextExpected: null,
      sentence:
        'not proven: 5,000 requests sent, seen without a peer identity not known (the record of the deployment is missing); trial 1 fails peer-identity and proxy-counters and handshakes and plaintext and concurrency',
    });
  });
});

test('what is expected is told by the first trial whose deployment is recorded', () => {
  const [first, second] = judgedTrials(2);
  if (first === undefined || second === undefined) throw new Error('no trials');
  expect(proofOf([{ ...first, deployment: undefined }, second], true)).toMatchObject({
    identity: IDENTITY,
    identities: 1,
    plaintextExpected: 'refused',
  });
});

describe('the plaintext tries of a proof', () => {
  test('are right where they were answered, if that is expected', () => {
    const answered = judgedTrials(2, {
      trial: (trial) => {
        trial.controls = [{ claim: 'plaintext-answered', observed: { status: 200 }, reachedService: 1 }];
      },
      expectation: (expectation) => {
        expectation.plaintext = 'answered';
      },
    });
    const found = proofOf(answered, true);
    expect(found).toMatchObject({ holds: true, plaintextTries: 2, plaintextRefused: 0, plaintextExpected: 'answered' });
    expect(found.sentence).toMatch(/; plaintext answered in 2 of 2 tries$/);
  });

  test('are wrong where one was refused that had to be answered', () => {
    const mixed = judgedTrials(2, {
      trial: (trial) => {
        const observed = trial.spec.index === 1 ? { status: 200 } : { refused: 'ECONNRESET' };
        trial.controls = [{ claim: 'plaintext-answered', observed, reachedService: 0 }];
      },
      expectation: (expectation) => {
        expectation.plaintext = 'answered';
      },
    });
    expect(proofOf(mixed, true).sentence).toMatch(/; plaintext answered in 1 of 2 tries; trial 2 fails plaintext$/);
  });

  test('do not count where their outcome is not known', () => {
    const unknown = judgedTrials(1, {
      trial: (trial) => {
        for (const control of trial.controls) control.observed = { missing: 'no time' };
      },
    });
    const found = proofOf(unknown, true);
    expect(found).toMatchObject({ holds: false, plaintextTries: 0, plaintextRefused: 0 });
    expect(found.sentence).toMatch(/; plaintext refused in 0 of 0 tries; trial 1 fails plaintext$/);
  });
});

test('the trials that fail a proof are listed, and only those', () => {
  const judged = judgedTrials(3, {
    trial: (trial) => {
      if (trial.spec.index !== 2) setServer(GROWN, 4000)(trial);
    },
  });
  expect(proofOf(judged, true).sentence).toMatch(/; trial 1 fails proxy-counters, trial 3 fails proxy-counters$/);
});
