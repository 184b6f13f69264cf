import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { trialRecordSchema } from '../../src/record/trialRecord.ts';
import { envoyOf, runFixture } from './fixtures/runs.ts';
import { deploymentFixture, payloadOf, streamOf, trialFixture, windowOf } from './fixtures/trials.ts';

test('the fixtures are trials as they are recorded', () => {
  for (const trial of runFixture({ blocks: 1 }).trials) expect(trialRecordSchema.parse(trial)).toEqual(trial);
});

describe('the overhead', () => {
  test('is the typical shift from the mean of the two baselines of the block', () => {
    const { overhead } = envoyOf(analyseRun(runFixture()));
    // The six differences mirror each other about 525 µs, so that the median of their Walsh averages is that.
    expect(overhead.find(({ percentile }) => percentile === 'p50')).toEqual({
      percentile: 'p50',
      support: { percentile: 'p50', beyond: 2000, standing: 'reported' },
      addedUs: { point: 525, low: 502, high: 548, n: 6, confidence: 0.96875, method: 'signed-rank' },
      perBlock: [
        { block: 1, addedUs: 502 },
        { block: 2, addedUs: 548 },
        { block: 3, addedUs: 522 },
        { block: 4, addedUs: 538 },
        { block: 5, addedUs: 512 },
        { block: 6, addedUs: 528 },
      ],
      // Deviations from 525: -23, 23, -3, 13, -13, 3. Their squares sum to 1414, products of neighbours to -845.
      smallestEffectUs: expect.closeTo(1.794 * Math.sqrt(1414 / 5), 6),
      lagOne: { correlation: expect.closeTo(-845 / 1414, 6), band: expect.closeTo(1.96 / Math.sqrt(6), 6) },
      // The medians 900 to 950 lie evenly, and so does the middle of their pooled requests.
      pooledUs: expect.closeTo(924, -1),
      baselinePooledUs: 400,
    });
  });

  test('is absent where too few requests of a trial lie beyond, though the pooled percentile exists', () => {
    const { overhead } = envoyOf(analyseRun(runFixture({ cell: (asked) => ({ ...asked, requests: 2000 }) })));
    const note = 'needs 2,500 requests in each trial, the smallest has 2,000';
    expect(overhead.find(({ percentile }) => percentile === 'p99')).toEqual({
      percentile: 'p99',
      support: { percentile: 'p99', beyond: 20, standing: 'absent', note },
      addedUs: { missing: note },
      perBlock: [],
      smallestEffectUs: { missing: '0 blocks with a difference: 6 are needed' },
      lagOne: { missing: '0 blocks with a difference: 6 are needed' },
      pooledUs: expect.any(Number),
      baselinePooledUs: expect.any(Number),
    });
  });

  test('has no interval below 6 valid blocks, but shows the blocks', () => {
    const p50 = envoyOf(analyseRun(runFixture({ blocks: 5 }))).overhead[0];
    expect(p50?.addedUs).toEqual({ missing: '5 valid blocks: a 95 % interval needs 6' });
    expect(p50?.perBlock).toHaveLength(5);
  });

  test('of the baseline is not a number', () => {
    const baseline = analyseRun(runFixture()).loads[0]?.treatments.find(({ isBaseline }) => isBaseline);
    expect(baseline?.overhead[0]?.addedUs).toEqual({
      missing: 'the baseline is what the other treatments are compared with',
    });
    expect(baseline?.overhead[0]?.pooledUs).toBe(400);
  });
});

describe('the noise', () => {
  test('is second baseline minus first, with the t interval where 6 blocks cannot reach 99 %', () => {
    const p50 = analyseRun(runFixture()).loads[0]?.noise[0];
    // Differences -4, 4, -4, 4, -4, 4: s = 4 sqrt(6/5), and t(5, 0.995) = 4.0321.
    const half = 4.0321 * 4 * Math.sqrt(1.2 / 6);
    expect(p50).toEqual({
      percentile: 'p50',
      differenceUs: {
        point: 0,
        low: expect.closeTo(-half, 3),
        high: expect.closeTo(half, 3),
        n: 6,
        confidence: 0.99,
        method: 't',
      },
      holdsZero: true,
    });
  });

  test('is the signed-rank interval from 8 blocks on', () => {
    const p50 = analyseRun(runFixture({ blocks: 8 })).loads[0]?.noise[0];
    expect(p50?.differenceUs).toEqual({
      point: 0,
      low: -4,
      high: 4,
      n: 8,
      confidence: 1 - 2 / 256,
      method: 'signed-rank',
    });
  });

  test('does not hold zero when the second baseline is always slower', () => {
    const slower = runFixture({
      cell: (asked) => (asked.replica === 1 ? { ...asked, medianUs: 460 + asked.block } : asked),
    });
    expect(analyseRun(slower).loads[0]?.noise[0]?.holdsZero).toBe(false);
  });
});

describe('blocks', () => {
  test('without a valid trial in every cell carry no comparison, and say which gate took them', () => {
    const run = runFixture({ blocks: 7 });
    const broken = run.trials[4];
    if (broken === undefined) throw new Error('no trial');
    payloadOf(windowOf(broken)).wrongSize = 1;
    const [load] = analyseRun({ ...run, trials: run.trials.slice(0, -1) }).loads;
    expect([load?.blocksRun, load?.blocksValid]).toEqual([7, 5]);
    expect(load?.blocksLost).toEqual([
      {
        block: 2,
        because:
          'envoy, trial 5: payload (4,000,000 bytes in 4,000 responses, 4,000,000 expected, 1 of the wrong size)',
      },
      { block: 7, because: 'none again was not run' },
    ]);
  });

  test('count a cell by its last attempt', () => {
    const run = runFixture();
    const failed = run.trials[4];
    if (failed === undefined) throw new Error('no trial');
    payloadOf(windowOf(failed)).wrongSize = 1;
    const again = trialFixture({ index: 19, block: 2, treatment: 'envoy', meshed: true, attempt: 2, medianUs: 950 });
    const deployment = deploymentFixture(again.spec.deploymentId, { name: 'envoy', meshed: true });
    const repeated = { ...run, trials: [...run.trials, again], deployments: [...run.deployments, deployment] };
    expect(analyseRun(repeated).loads[0]?.blocksValid).toBe(6);
    expect(envoyOf(analyseRun(repeated)).overhead[0]?.addedUs).toEqual(
      envoyOf(analyseRun(runFixture())).overhead[0]?.addedUs,
    );
  });

  test('ignore trials that were not made to measure', () => {
    const run = runFixture();
    const pilot = trialFixture({ index: 19, block: 7 });
    pilot.spec.purpose = 'pilot';
    const analysis = analyseRun({ ...run, trials: [...run.trials, pilot] });
    expect(analysis.loads[0]?.blocksRun).toBe(6);
    expect(analysis.trials).toHaveLength(19);
  });
});

test('a treatment at a load tells its trials, requests and rates', () => {
  const { treatment, build, isBaseline, validTrials, requests, requestedRatePerSecond, achievedRatePerSecond } =
    envoyOf(analyseRun(runFixture()));
  expect({
    treatment,
    build,
    isBaseline,
    validTrials,
    requests,
    requestedRatePerSecond,
    achievedRatePerSecond,
  }).toEqual({
    treatment: 'envoy',
    build: 'upstream Envoy 1.40.0, not Istio',
    isBaseline: false,
    validTrials: 6,
    requests: 24_000,
    requestedRatePerSecond: 1000,
    achievedRatePerSecond: 1000,
  });
});

test('a timeout weighs in the tail at its limit', () => {
  const run = runFixture();
  for (const trial of run.trials) {
    const window = windowOf(trial);
    if (trial.spec.cell.treatment !== 'envoy') continue;
    window.streams = [
      streamOf('ok', { count: 3950, medianUs: 900 }),
      { ...streamOf('timeout', { count: 50, medianUs: 10_000_000 }) },
    ];
  }
  const p99 = envoyOf(analyseRun(run)).overhead.find(({ percentile }) => percentile === 'p99');
  expect(p99?.perBlock.every(({ addedUs }) => addedUs > 4_000_000)).toBe(true);
});
