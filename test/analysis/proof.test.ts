import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { isMissing } from '../../src/record/measured.ts';
import { envoyOf, runFixture } from './fixtures/runs.ts';
import { IDENTITY, payloadOf, windowOf } from './fixtures/trials.ts';

describe('the proof', () => {
  test('adds up the valid trials and says it in one sentence', () => {
    expect(envoyOf(analyseRun(runFixture())).proof).toEqual({
      applies: true,
      holds: true,
      sent: 30_000,
      seenWithIdentity: 30_000,
      identity: IDENTITY,
      identities: 1,
      throughClientProxy: 30_000,
      throughServerProxy: 30_000,
      handshakes: 96,
      plaintextTries: 6,
      plaintextRefused: 6,
      plaintextExpected: 'refused',
      sentence: `30,000 requests sent = 30,000 seen with ${IDENTITY} = 30,000 through the client proxy = 30,000 through the server proxy; 96 handshakes since the proxies started; plaintext refused in 6 of 6 tries`,
    });
  });

  test('does not hold with one void trial, and says where the numbers differ', () => {
    const run = runFixture();
    const counters = run.trials[1]?.counters.find(({ hop }) => hop === 'client');
    if (counters === undefined) throw new Error('no counters');
    counters.after = { ...counters.after, 'cluster.outbound.upstream_rq_total': 4000 };
    const { proof } = envoyOf(analyseRun(run));
    expect([proof.holds, proof.throughClientProxy]).toEqual([false, 29_000]);
    expect(proof.sentence).toBe(
      `not proven: 30,000 requests sent, 30,000 seen with ${IDENTITY}, 29,000 through the client proxy, 30,000 through the server proxy; 96 handshakes since the proxies started; plaintext refused in 6 of 6 tries; trial 2 fails proxy-counters`,
    );
  });

  test('does not pass one deployment’s identity for that of all of them', () => {
    const run = runFixture();
    for (const trial of run.trials) {
      const own = run.deployments.find(({ id }) => id === trial.spec.deploymentId);
      if (own === undefined || own.expectation.peerIdentity === null) continue;
      own.expectation.peerIdentity = `${IDENTITY}-${own.id}`;
      for (const { tally } of trial.services) {
        for (const row of isMissing(tally) ? [] : tally.byIdentity) row.identity = own.expectation.peerIdentity;
      }
    }
    const { proof } = envoyOf(analyseRun(run));
    expect(proof).toMatchObject({ holds: true, seenWithIdentity: 30_000, identities: 6 });
    expect(proof.sentence).toContain(`30,000 seen with the identity of their own client, such as ${IDENTITY}-`);
  });

  /** As if a second service had counted what the first one did, but for so many requests in each trial. */
  function withFurther(unseen: number) {
    const run = runFixture();
    for (const { expectation } of run.deployments) {
      expectation.further = [{ pod: 'server-2', peerIdentity: expectation.peerIdentity }];
    }
    for (const { services } of run.trials) {
      const [first] = services;
      if (first === undefined) continue;
      const { tally } = structuredClone(first);
      for (const row of isMissing(tally) ? [] : tally.byIdentity) row.requests -= unseen;
      services.push({ pod: 'server-2', tally });
    }
    return run;
  }

  test('does not hold where a service behind the first one saw fewer', () => {
    const { proof } = envoyOf(analyseRun(withFurther(10)));
    expect(proof).toMatchObject({ holds: false, seenWithIdentity: 29_940 });
  });

  test('says how many services behind the first one knew their callers', () => {
    const run = withFurther(0);
    const { proof } = envoyOf(analyseRun(run));
    expect(proof).toMatchObject({ holds: true, furtherServices: 1 });
    expect(proof.sentence).toContain(
      `seen with ${IDENTITY}, and by 1 service behind it each with the identity of the one that calls it`,
    );
  });

  test('leaves out trials that only have to be repeated', () => {
    const run = runFixture();
    const [, trial] = run.trials;
    if (trial === undefined) throw new Error('no trial');
    payloadOf(windowOf(trial)).wrongSize = 1;
    expect(envoyOf(analyseRun(run)).proof).toMatchObject({ holds: true, sent: 25_000, plaintextTries: 5 });
  });

  test('counts a plaintext request as refused where the proxy answered it with its status of refusal', () => {
    const run = runFixture();
    for (const { expectation } of run.deployments) expectation.refusalStatus = 403;
    for (const trial of run.trials) for (const control of trial.controls) control.observed = { status: 403 };
    const [, reaching] = run.trials;
    for (const control of reaching?.controls ?? []) control.reachedService = 1;
    const { proof } = envoyOf(analyseRun(run));
    expect(proof).toMatchObject({ holds: false, plaintextTries: 6, plaintextRefused: 5 });
    expect(proof.sentence).toMatch(/; plaintext refused in 5 of 6 tries; trial 2 fails plaintext$/);
  });

  test('of the baseline shows that no proxy was in the way', () => {
    const baseline = analyseRun(runFixture()).loads[0]?.treatments.find(({ isBaseline }) => isBaseline);
    expect(baseline?.proof).toMatchObject({
      applies: false,
      holds: true,
      sentence: '60,000 requests sent = 60,000 seen without a peer identity',
    });
  });

  test('without a trial is not given', () => {
    expect(envoyOf(analyseRun({ ...runFixture(), trials: [] })).proof).toMatchObject({
      applies: true,
      holds: false,
      sent: 0,
      sentence: 'no trial was run that could prove anything',
    });
  });

  test('says that all trials were invalid where none of those that ran counts', () => {
    const run = runFixture();
    for (const trial of run.trials) windowOf(trial).counts.unsent = 500;
    const ofEnvoy = run.trials.filter(({ spec }) => spec.cell.treatment === 'envoy');
    const sentenceAfter = (trials: typeof run.trials) => envoyOf(analyseRun({ ...run, trials })).proof.sentence;
    expect(sentenceAfter(run.trials)).toBe('all 6 trials were invalid, and prove nothing');
    expect(sentenceAfter(ofEnvoy.slice(0, 1))).toBe('the one trial was invalid, and proves nothing');
  });
});
