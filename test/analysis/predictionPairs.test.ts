import { describe, expect, test } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { type Prediction, predict } from '../../src/analysis/prediction.ts';
import type { Contrast, LoadAnalysis, RunAnalysis } from '../../src/analysis/result.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { envoyOf, runFixture } from './fixtures/runs.ts';

const missing = { missing: 'not of interest here' };

function scenarioOf(
  treatments: readonly [name: string, mesh: 'none' | 'envoy'][],
  rest: Partial<Scenario> = {},
): Scenario {
  const { scenario } = runFixture({ blocks: 1 });
  const [bare, envoy] = scenario.treatments;
  if (bare === undefined || envoy === undefined) throw new Error('no treatments');
  const named = treatments.map(([name, mesh]) => ({ ...(mesh === 'none' ? bare : envoy), name }));
  return { ...scenario, treatments: named, ...rest };
}

const OLD_AND_NEW = [
  ['none', 'none'],
  ['old', 'envoy'],
  ['new', 'envoy'],
] as const satisfies [string, 'none' | 'envoy'][];

/** An earlier run at one rate with these differences: of the old treatment's p50, and of new minus old. */
function earlier(
  rate: number,
  of: { old?: readonly number[]; p50?: readonly number[]; cpu?: readonly number[] },
): RunAnalysis {
  const analysis = analyseRun(runFixture({ blocks: 1 }));
  const [load] = analysis.loads;
  if (load === undefined) throw new Error('no load');
  const envoy = envoyOf(analysis);
  const [p50] = envoy.overhead;
  if (p50 === undefined) throw new Error('no overhead');
  const perBlock = (of.old ?? []).map((addedUs, index) => ({ block: index + 1, addedUs }));
  const contrast: Contrast = {
    from: 'old',
    to: 'new',
    latency: [
      {
        percentile: 'p50',
        support: p50.support,
        differenceUs: missing,
        perBlock: (of.p50 ?? []).map((differenceUs, index) => ({ block: index + 1, differenceUs })),
        smallestEffectUs: missing,
      },
    ],
    sidecars: [
      {
        hop: 'server',
        cpuMillicores: missing,
        cpuPerBlock: of.cpu ?? [],
        smallestCpuEffectMillicores: missing,
        memoryRssBytes: missing,
      },
    ],
  };
  const made: LoadAnalysis = {
    ...load,
    arrivalRatePerSecond: rate,
    treatments: [{ ...envoy, treatment: 'old', overhead: [{ ...p50, perBlock }] }],
    contrasts: [contrast],
  };
  return { ...analysis, loads: [made] };
}

const found = (predictions: readonly Prediction[], comparison: string, quantity: Prediction['quantity']) =>
  predictions.find((one) => one.comparison === comparison && one.quantity === quantity);

describe('what is predicted', () => {
  const names = (scenario: Scenario) =>
    predict(scenario, []).map(
      ({ arrivalRatePerSecond, comparison, quantity }) => `${arrivalRatePerSecond} ${comparison} ${quantity}`,
    );

  test('is each treatment, and each pair of them with the CPU of its sidecars, at each rate', () => {
    const load = { ...runFixture({ blocks: 1 }).scenario.load, arrivalRatesPerSecond: [500, 1000] };
    const all = ['old p50', 'old p90', 'old p99', 'new p50', 'new p90', 'new p99'].concat(
      ['p50', 'p90', 'p99', 'client sidecar CPU', 'server sidecar CPU'].map((quantity) => `new minus old ${quantity}`),
    );
    expect(names(scenarioOf(OLD_AND_NEW, { load }))).toEqual(
      [500, 1000].flatMap((rate) => all.map((one) => `${rate} ${one}`)),
    );
  });

  test('has no sidecar where neither of a pair has a mesh, and the baseline is none of them', () => {
    const scenario = scenarioOf(
      [
        ['slow', 'none'],
        ['fast', 'none'],
        ['mesh', 'envoy'],
      ],
      { baseline: 2 },
    );
    expect(names(scenario)).toEqual(
      ['slow', 'fast', 'fast minus slow'].flatMap((one) => ['p50', 'p90', 'p99'].map((each) => `1000 ${one} ${each}`)),
    );
    const mixed = scenarioOf([
      ['none', 'none'],
      ['mesh', 'envoy'],
      ['fast', 'none'],
    ]);
    expect(names(mixed)).toContain('1000 fast minus mesh client sidecar CPU');
  });
});

describe('a prediction from several runs', () => {
  // Squares about their own means: of 1 and 3 they sum to 2, of 0, 0 and 6 to 24; 1 + 2 degrees. One value says nothing.
  const runs = () => [
    earlier(1000, { old: [1, 3], p50: [10, 30], cpu: [5, 5, 8] }),
    earlier(1000, { old: [0, 0, 6], p50: [100] }),
    earlier(1000, { old: [1000] }),
    earlier(500, { old: [0, 1000], cpu: [0, 1000] }),
  ];

  test('pools what they have at the same rate of the same comparison', () => {
    const predicted = predict(scenarioOf(OLD_AND_NEW, { blocks: { min: 6, max: 7 } }), runs());
    const spread = Math.sqrt(26 / 3);
    expect(found(predicted, 'old', 'p50')).toEqual({
      arrivalRatePerSecond: 1000,
      comparison: 'old',
      quantity: 'p50',
      spread: expect.closeTo(spread, 12),
      blocks: 5,
      smallestEffect: { withMin: expect.closeTo(1.794 * spread, 12), withMax: expect.closeTo(1.338 * spread, 12) },
    });
    expect(found(predicted, 'new minus old', 'p50')).toMatchObject({
      spread: expect.closeTo(Math.sqrt(200), 12),
      blocks: 2,
    });
    expect(found(predicted, 'new minus old', 'server sidecar CPU')).toMatchObject({
      spread: expect.closeTo(Math.sqrt(3), 12),
      blocks: 3,
    });
    const none = { missing: 'no earlier run has two blocks of it' };
    expect(found(predicted, 'new minus old', 'client sidecar CPU')).toEqual({
      arrivalRatePerSecond: 1000,
      comparison: 'new minus old',
      quantity: 'client sidecar CPU',
      spread: none,
      blocks: 0,
      smallestEffect: none,
    });
  });

  test('says that too few blocks see nothing', () => {
    const predicted = predict(scenarioOf(OLD_AND_NEW, { blocks: { min: 5, max: 9 } }), runs());
    expect(found(predicted, 'old', 'p50')?.smallestEffect).toEqual({ missing: 'no interval exists with 5 blocks' });
  });

  test('tells the blocks wanted only of the percentile that decides them, and why they are not known', () => {
    const until = { percentile: 'p50', halfWidthUs: 2 } as const;
    const predicted = predict(scenarioOf(OLD_AND_NEW, { blocks: { min: 6, max: 30, until } }), runs());
    // t(3, 0.975) = 3.1824: (3.1824 × √(26/3) / 2)² = 21.9.
    expect(found(predicted, 'old', 'p50')?.blocksWanted).toBe(22);
    expect(found(predicted, 'new', 'p50')?.blocksWanted).toEqual({ missing: 'no earlier run has two blocks of it' });
    expect(found(predicted, 'new', 'p90')).not.toHaveProperty('blocksWanted');
    expect(found(predicted, 'new minus old', 'server sidecar CPU')).not.toHaveProperty('blocksWanted');
  });
});
