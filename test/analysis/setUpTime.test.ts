import { describe, expect, it } from 'vitest';
import type { DeploymentRecord } from '../../src/record/runRecord.ts';
import { envoysOf, figuresOf, verdictOn, wordsOf } from './fixtures/budgets.ts';
import { runFixture } from './fixtures/runs.ts';
import { deploymentFixture, failRequests, trialFixture } from './fixtures/trials.ts';

describe('set-up time', () => {
  /** In block b the envoy is ready after 1,000 + 100 b ms, the baselines after 400 and 600 ms. */
  const timed = () => {
    const run = runFixture();
    for (const trial of run.trials) {
      const { cell, block, deploymentId } = trial.spec;
      const deployment = run.deployments.find(({ id }) => id === deploymentId);
      if (deployment === undefined) throw new Error('no deployment');
      deployment.readyAfterMs = cell.treatment === 'envoy' ? 1000 + 100 * block : 400 + 200 * cell.replica;
    }
    return run;
  };

  it('is the time until the first deployment of each block was ready', () => {
    const verdict = verdictOn({ metric: 'set-up-time', atMost: 1_600_000 }, timed());
    expect([figuresOf(verdict), verdict.verdict, verdict.because]).toEqual([
      [1_350_000, 1_100_000, 1_600_000],
      'within',
      'the whole interval, 1.1 to 1.6 s, is at or under 1.6 s',
    ]);
    expect(wordsOf({ metric: 'set-up-time' }, timed(), [1_000_000, 1_500_000])).toEqual(['over', 'inconclusive']);
  });

  it('that is added is what the mean of the block’s baselines is taken from', () => {
    // 1,000 + 100 b - 500.
    const verdict = verdictOn({ metric: 'added-set-up-time', atMost: 2_000_000 }, timed());
    expect([figuresOf(verdict), verdict.verdict]).toEqual([[850_000, 600_000, 1_100_000], 'within']);
  });

  it('counts the first attempt of a block, and not the one that was measured', () => {
    const run = timed();
    const [again] = envoysOf(run);
    if (again === undefined) throw new Error('no trial');
    again.spec.attempt = 2;
    again.spec.index = 50;
    const first = trialFixture({ index: 2, meshed: true, deploymentId: 'slow' });
    const slow: DeploymentRecord = deploymentFixture('slow', { name: 'envoy', meshed: true });
    slow.readyAfterMs = 9000;
    // Records come in any order; the trials' numbers tell which was first.
    const trials = [...run.trials, first];
    const deployments = [...run.deployments, slow];
    expect(verdictOn({ metric: 'set-up-time', atMost: 2_000_000 }, { ...run, trials, deployments }).estimate).toEqual(
      expect.objectContaining({ low: 1_200_000, high: 9_000_000 }),
    );
  });

  it.each(['set-up-time', 'added-set-up-time'] as const)('is known without a valid block: %s', (metric) => {
    const run = timed();
    for (const trial of run.trials) failRequests(trial, 400);
    expect(verdictOn({ metric, atMost: 2_000_000 }, run).verdict).toBe('within');
  });

  it('is not known where one deployment served every block', () => {
    const run = runFixture({ cell: (asked) => ({ ...asked, deploymentId: `only-${asked.treatment}` }) });
    expect(verdictOn({ metric: 'set-up-time', atMost: 2_000_000 }, run)).toMatchObject({
      verdict: 'inconclusive',
      because: 'only 1 block with a deployment of its own, a 95 % interval needs 6',
    });
  });
});
