import { describe, expect, test } from 'vitest';
import { setUpOf } from '../../src/analysis/setUp.ts';
import { judgeTrials } from '../../src/analysis/validity.ts';
import { runFixture } from './fixtures/runs.ts';
import { deploymentFixture, trialFixture } from './fixtures/trials.ts';

const OF = { treatment: 'envoy', baseline: 'none' };
const BASELINE = { missing: 'the baseline is what the other treatments are compared with' };

/** In block b the envoy is ready after 1,000 + 100 b ms, the baselines after 400 and 600 ms. */
function timed(blocks = 6) {
  const run = runFixture({ blocks });
  for (const { spec } of run.trials) {
    const deployment = run.deployments.find(({ id }) => id === spec.deploymentId);
    if (deployment === undefined) throw new Error('no deployment');
    const { treatment, replica } = spec.cell;
    deployment.readyAfterMs = treatment === 'envoy' ? 1000 + 100 * spec.block : 400 + 200 * replica;
  }
  return run;
}

const over6 = { n: 6, confidence: 0.96875, method: 'signed-rank' };

describe('the set-up time', () => {
  test('is in µs over the blocks, and what is added that minus the mean of the block’s two baselines', () => {
    expect(setUpOf(judgeTrials(timed()), OF)).toEqual({
      takenUs: { point: 1_350_000, low: 1_100_000, high: 1_600_000, ...over6 },
      addedUs: { point: 850_000, low: 600_000, high: 1_100_000, ...over6 },
    });
  });

  test('of the baseline is the mean of its two deployments, and adds nothing to itself', () => {
    expect(setUpOf(judgeTrials(timed()), { treatment: 'none', baseline: 'none' })).toEqual({
      takenUs: { point: 500_000, low: 500_000, high: 500_000, ...over6 },
      addedUs: BASELINE,
    });
  });

  test('needs 6 blocks with a deployment of their own', () => {
    const few = { missing: 'only 5 blocks with a deployment of its own, a 95 % interval needs 6' };
    expect(setUpOf(judgeTrials(timed(5)), OF)).toEqual({ takenUs: few, addedUs: few });
    expect(setUpOf([], OF).takenUs).toEqual({
      missing: 'only 0 blocks with a deployment of its own, a 95 % interval needs 6',
    });
  });

  test('is added only in blocks that have a baseline', () => {
    const run = timed();
    const trials = run.trials.filter(({ spec }) => spec.block !== 3 || spec.cell.treatment === 'envoy');
    const { takenUs, addedUs } = setUpOf(judgeTrials({ ...run, trials }), OF);
    expect(takenUs).toMatchObject({ n: 6 });
    expect(addedUs).toEqual({ missing: 'only 5 blocks with a deployment of its own, a 95 % interval needs 6' });
  });

  test('counts a deployment that serves several blocks in its first', () => {
    const run = timed(7);
    for (const { spec } of run.trials) if (spec.block === 2) spec.deploymentId = `b1-${spec.cell.treatment}-r0-a1`;
    const { takenUs } = setUpOf(judgeTrials(run), OF);
    // 1,100 and 1,300 to 1,700 ms.
    expect(takenUs).toMatchObject({ n: 6, low: 1_100_000, high: 1_700_000 });
  });

  test('takes the first deployment of a cell by the number of its trial, and none whose record is lost', () => {
    const run = timed();
    const [, again] = run.trials;
    if (again === undefined) throw new Error('no trial');
    again.spec.index = 50;
    const slow = deploymentFixture('slow', { name: 'envoy', meshed: true });
    slow.readyAfterMs = 9000;
    const first = trialFixture({ index: 2, meshed: true, deploymentId: 'slow' });
    const lost = trialFixture({ index: 1, meshed: true, deploymentId: 'lost' });
    const trials = [...run.trials, lost, first];
    const judged = judgeTrials({ trials, deployments: [...run.deployments, slow] });
    expect(setUpOf(judged, OF).takenUs).toMatchObject({ n: 6, low: 1_200_000, high: 9_000_000 });
  });
});
