import { describe, expect, it } from 'vitest';
import { type AnalysedRun, analyseRun } from '../../src/analysis/analyse.ts';
import { envoysOf, figuresOf, verdictOn } from './fixtures/budgets.ts';
import { runFixture } from './fixtures/runs.ts';
import { failRequests, payloadOf, trialFixture } from './fixtures/trials.ts';

describe('the success rate', () => {
  const share = (run: AnalysedRun, atLeast: number) => verdictOn({ metric: 'success-rate', atLeast }, run);

  /** In block b, 2b of 4,000 requests fail: shares of 0.9995 down to 0.997. */
  const failing = () => {
    const run = runFixture();
    for (const trial of envoysOf(run)) failRequests(trial, 2 * trial.spec.block);
    return run;
  };

  it('counts the trials that failed requests took from the comparison', () => {
    const run = failing();
    expect(figuresOf(share(run, 0.99))).toEqual([0.99825, 0.997, 0.9995]);
    expect(analyseRun(run).loads[0]?.blocksValid).toBe(2);
  });

  it('is within, inconclusive or over by its whole interval, in words for a lower limit', () => {
    expect(share(failing(), 0.9995).verdict).toBe('inconclusive');
    expect([0.997, 0.998, 0.9996].map((atLeast) => share(failing(), atLeast))).toMatchObject([
      { verdict: 'within', because: 'the whole interval, 99.70 to 99.95 %, is at or above 99.7 %' },
      { verdict: 'inconclusive', because: 'the interval, 99.70 to 99.95 %, holds values on both sides of 99.8 %' },
      {
        verdict: 'over',
        because:
          'the whole interval, 99.70 to 99.95 %, is under the 99.96 % that the budget asks; no fresh blocks were run to confirm it',
      },
    ]);
  });

  it('of requests that were all answered is no better than their number can show', () => {
    // 1 - 0.025^(1/24,000) of 24,000 requests may fail and yet none be seen to: the low end is 0.999846.
    expect(figuresOf(share(runFixture(), 0.99))).toEqual([1, Number((0.025 ** (1 / 24_000)).toPrecision(9)), 1]);
    expect([0.9998, 0.9999].map((atLeast) => share(runFixture(), atLeast).verdict)).toEqual(['within', 'inconclusive']);
  });

  it('keeps the failures of an attempt that was repeated', () => {
    const run = runFixture();
    const first = trialFixture({ index: 99, meshed: true });
    failRequests(first, 400);
    const [again] = envoysOf(run);
    if (again === undefined) throw new Error('no trial');
    again.spec.attempt = 2;
    const { estimate } = share({ ...run, trials: [first, ...run.trials] }, 0.99);
    // Block 1: (3,600 + 4,000) / 8,000.
    expect(estimate).toMatchObject({ point: 1, low: 0.95 });
  });

  it('leaves out a trial that was spoilt by something else, and one whose proof failed makes it inconclusive', () => {
    const undriven = failing();
    const unsent = envoysOf(undriven)[0]?.clients[0]?.segments.find(({ measured }) => measured);
    if (unsent === undefined) throw new Error('no window');
    unsent.counts = { ...unsent.counts, scheduled: 4100, unsent: 100 };
    expect(share(undriven, 0.99).because).toBe(
      'only 5 blocks with a trial that is fair but for failed requests, a 95 % interval needs 6',
    );
    const unproven = failing();
    const control = envoysOf(unproven)[0]?.controls[0];
    if (control === undefined) throw new Error('no control');
    control.observed = { status: 200 };
    expect(share(unproven, 0.99)).toMatchObject({
      verdict: 'inconclusive',
      isInvalid: true,
      because: 'a proof failed in trial 2: the traffic did not go as the treatment says',
    });
  });

  it('leaves out a trial that the machine spoilt although it sent its whole load', () => {
    const run = failing();
    const [spoilt] = envoysOf(run);
    if (spoilt === undefined) throw new Error('no trial');
    spoilt.restarts = [{ pod: 'client', container: 'envoy', count: 1, reason: 'OOMKilled' }];
    expect(share(run, 0.99).because).toContain('only 5 blocks with a trial that is fair but for failed requests');
  });

  it.each([
    [4004, 1],
    [4005, 0],
    [0, 0],
  ])('counts a trial of 4,000 sent of %i scheduled requests: %i', (scheduled, counted) => {
    const run = runFixture();
    const window = envoysOf(run)[0]?.clients[0]?.segments.find(({ measured }) => measured);
    if (window === undefined) throw new Error('no window');
    if (scheduled === 0) window.counts = { scheduled: 4000, sent: 0, completed: 0, failed: 0, unsent: 0 };
    else window.counts = { ...window.counts, scheduled };
    const { estimate } = share(run, 0.9);
    expect('missing' in estimate ? 5 : estimate.n).toBe(5 + counted);
  });

  it('takes a request that was tried again by a proxy for what its client saw', () => {
    const run = runFixture();
    const seen = envoysOf(run)[0]?.services[0]?.tally;
    if (seen === undefined || 'missing' in seen) throw new Error('no tally');
    seen.requests += 3;
    for (const row of seen.byIdentity) row.requests += 3;
    expect(share(run, 0.999).verdict).toBe('within');
  });

  it('takes an answer of the wrong size for none', () => {
    const run = runFixture();
    for (const trial of envoysOf(run)) {
      const window = trial.clients[0]?.segments.find(({ measured }) => measured);
      if (window !== undefined) payloadOf(window).wrongSize = 40;
    }
    expect(share(run, 0.9)).toMatchObject({ verdict: 'within', estimate: { point: 0.99 } });
  });
});
