import { describe, expect, test } from 'vitest';
import type {
  BudgetVerdict,
  Estimate,
  LoadAnalysis,
  TreatmentAtLoad,
  TrialVerdict,
} from '../../src/analysis/result.ts';
import { judgeBudgets } from '../../src/analysis/verdict.ts';
import type { BudgetLine, BudgetMetric, Scenario } from '../../src/scenario/scenario.ts';
import { loadPointFixture, treatedFixture } from './fixtures/loadPoint.ts';
import { latencyLine, runFixture } from './fixtures/runs.ts';

const line = (metric: BudgetMetric, rest: Partial<BudgetLine> = {}): BudgetLine => ({
  metric,
  ...(rest.atLeast === undefined && { atMost: 1000 }),
  role: 'required',
  source: 'scenario',
  ...rest,
});

interface Changed {
  envoy?: Partial<TreatmentAtLoad>;
  load?: Partial<LoadAnalysis>;
  trial?: Partial<TrialVerdict>;
  scenario?: Partial<Scenario>;
}

/** Trials 1 to 18 of six blocks, all valid: the baseline, the envoy, the baseline again, and so on. */
const trialsOf = (): TrialVerdict[] =>
  Array.from({ length: 18 }, (_, place) => ({
    index: place + 1,
    purpose: 'measure',
    block: Math.floor(place / 3) + 1,
    treatment: place % 3 === 1 ? 'envoy' : 'none',
    replica: place % 3 === 2 ? 1 : 0,
    load: 0,
    attempt: 1,
    outcome: 'valid',
    gates: [],
  }));

const scenarioOf = (): Scenario => runFixture({ blocks: 0 }).scenario;

/** Verdicts on one load point; a change of `trial` is one of trial 2, the envoy's first. */
function judged(own: BudgetLine, { envoy = {}, load = {}, trial = {}, scenario = {} }: Changed = {}): BudgetVerdict[] {
  const point = loadPointFixture();
  const treatments = point.treatments.map((one) => (one.isBaseline ? one : { ...one, ...envoy }));
  const trials = trialsOf().map((each) => (each.index === 2 ? { ...each, ...trial } : each));
  const loads = [{ ...point, treatments, ...load }];
  return judgeBudgets({ scenario: { ...scenarioOf(), ...scenario }, lines: [own], loads, trials });
}

const told = (own: BudgetLine, change: Changed = {}) =>
  judged(own, change).map(({ verdict, because, isInvalid }) => ({ verdict, because, isInvalid }));

const estimate = (low: number, high: number, rest: Partial<Estimate> = {}): Estimate => ({
  point: (low + high) / 2,
  low,
  high,
  n: 6,
  confidence: 0.96875,
  method: 'signed-rank',
  ...rest,
});

describe('a verdict', () => {
  test('holds the line, where it was judged, its figure and why', () => {
    const own = latencyLine(5000, { documentedFrom: 600 });
    expect(judged(own, { load: { load: 3, arrivalRatePerSecond: 250 } })).toEqual([
      {
        line: own,
        treatment: 'envoy',
        load: 3,
        arrivalRatePerSecond: 250,
        estimate: { point: 525, low: 502, high: 548, n: 6, confidence: 0.96875 },
        verdict: 'within',
        betterThanDocumented: true,
        because: 'the whole interval, 0.502 to 0.548 ms, is at or under 5 ms',
      },
    ]);
  });

  test('between two treatments is given once, and doubted where the proof of either failed', () => {
    const [base] = scenarioOf().treatments.slice(-1);
    if (base === undefined) throw new Error('no treatment');
    const scenario = { treatments: [...scenarioOf().treatments, { ...base, name: 'old' }] };
    const point = loadPointFixture();
    const [p50] = point.treatments.find(({ isBaseline }) => !isBaseline)?.overhead ?? [];
    if (p50 === undefined) throw new Error('no percentile');
    const load = {
      treatments: [...point.treatments, { ...treatedFixture(), treatment: 'old' }],
      contrasts: [
        {
          from: 'old',
          to: 'envoy',
          latency: [
            {
              percentile: 'p50' as const,
              support: p50.support,
              differenceUs: estimate(20, 40),
              perBlock: [],
              smallestEffectUs: 5,
            },
          ],
          sidecars: [],
        },
      ],
    };
    const own = latencyLine(100, { percentile: 'p50', against: 'old' });
    expect(judged(own, { scenario, load }).map(({ treatment, verdict }) => [treatment, verdict])).toEqual([
      ['envoy', 'within'],
    ]);
    const [broken] = judged(own, { scenario, load, trial: { treatment: 'old', outcome: 'void' } });
    expect([broken?.verdict, broken?.isInvalid]).toEqual(['inconclusive', true]);
  });

  test('is better than documented only where it is within', () => {
    const better = (atMost: number) => judged(latencyLine(atMost, { documentedFrom: 600 }))[0]?.betterThanDocumented;
    expect([better(300), better(525), better(548)]).toEqual([false, false, true]);
    expect(judged(latencyLine(5000))[0]?.betterThanDocumented).toBe(false);
  });

  test('is given for each load point that has the treatment', () => {
    const load = loadPointFixture();
    const without = { ...load, load: 1, treatments: load.treatments.slice(0, 1) };
    const again = { ...load, load: 2 };
    const loads = [load, without, again];
    const verdicts = judgeBudgets({ scenario: scenarioOf(), lines: [latencyLine(5000)], loads, trials: trialsOf() });
    expect(verdicts.map((verdict) => verdict.load)).toEqual([0, 2]);
  });
});

describe('a line', () => {
  const scenario = {
    treatments: ['none', 'plain', 'own', 'other'].map((name) => ({
      name,
      mesh: name === 'own' ? ('envoy' as const) : name === 'other' ? ('istio' as const) : ('none' as const),
      settings: {},
      serviceTimeUs: 0,
    })),
  };
  const names = (own: BudgetLine) => {
    const envoy = treatedFixture();
    const treatments = scenario.treatments.map(({ name }) => ({ ...envoy, treatment: name }));
    return judged(own, { scenario, load: { treatments } }).map(({ treatment }) => treatment);
  };

  test('is for a treatment by its name or by its mesh, never for the baseline', () => {
    expect(names(latencyLine(1))).toEqual(['plain', 'own', 'other']);
    expect([names(latencyLine(1, { for: 'own' })), names(latencyLine(1, { for: 'envoy' }))]).toEqual([
      ['own'],
      ['own'],
    ]);
    expect([names(latencyLine(1, { for: 'none' })), names(latencyLine(1, { for: 'linkerd' }))]).toEqual([
      ['plain'],
      [],
    ]);
  });

  test.each(['added-latency', 'success-rate', 'set-up-time', 'added-set-up-time'] as const)(
    'on traffic is for a treatment without a mesh too: %s',
    (metric) => {
      const atLeast = metric === 'success-rate' ? { atLeast: 0.5 } : {};
      expect(names(line(metric, atLeast))).toEqual(['plain', 'own', 'other']);
    },
  );

  test.each([
    'proxy-cpu',
    'proxy-cpu-per-1000-rps',
    'proxy-memory',
    'fleet-cpu-reserved',
    'fleet-cpu-used',
    'fleet-memory-reserved',
    'fleet-memory-used',
  ] as const)('on proxies passes over it: %s', (metric) => {
    expect(names(line(metric))).toEqual(['own', 'other']);
  });
});

describe('a figure from too few blocks', () => {
  const takenUs = estimate(1, 2, { n: 5 });
  const few = 'only 5 valid blocks, a 95 % interval needs 6';

  test('is inconclusive, unless it is exact', () => {
    const setUp = (own: Estimate) => told(line('set-up-time'), { envoy: { setUp: { takenUs: own, addedUs: own } } })[0];
    expect(setUp(takenUs)).toEqual({ verdict: 'inconclusive', because: few, isInvalid: undefined });
    expect(setUp({ ...takenUs, n: 6 })?.verdict).toBe('within');
    expect(setUp(estimate(500, 500, { n: 5, method: 'exact' }))?.because).toBe('0.001 s is at or under 0.001 s');
  });

  test('is no fair measurement where the load point has no valid block, and too small a one where it has some', () => {
    const at = (blocksValid: number) => told(latencyLine(5000), { load: { blocksValid } })[0];
    expect(at(5)).toEqual({ verdict: 'inconclusive', because: few, isInvalid: undefined });
    expect(at(0)).toEqual({
      verdict: 'inconclusive',
      because: 'only 0 valid blocks, a 95 % interval needs 6',
      isInvalid: true,
    });
    expect(at(6)?.verdict).toBe('within');
  });

  test.each([
    'success-rate',
    'set-up-time',
    'added-set-up-time',
    'fleet-cpu-reserved',
    'fleet-memory-reserved',
  ] as const)('of latency takes nothing from %s', (metric) => {
    const exact = estimate(0.9, 0.9, { method: 'exact' });
    const envoy = {
      successShare: exact,
      setUp: { takenUs: exact, addedUs: exact },
      sidecar: {
        usedCpuMillicores: exact,
        usedMemoryBytes: exact,
        reservedCpuMillicores: exact,
        reservedMemoryBytes: exact,
        limitCpuMillicores: exact,
        limitMemoryBytes: exact,
        emptyMemoryBytes: exact,
      },
    };
    const own = line(metric, metric === 'success-rate' ? { atLeast: 0.5 } : {});
    expect(told(own, { envoy, load: { blocksValid: 0 } })[0]?.verdict).toBe('within');
  });
});

describe('a failed proof', () => {
  const voided = { outcome: 'void' } as const;
  const doubt = (numbers: string) => ({
    verdict: 'inconclusive',
    because: `a proof failed in trial ${numbers}: the traffic did not go as the treatment says`,
    isInvalid: true,
  });

  test('of the treatment at the load point makes every number of it inconclusive', () => {
    expect(told(latencyLine(5000), { trial: voided })).toEqual([doubt('2')]);
    expect(told(line('set-up-time'), { trial: voided })).toEqual([doubt('2')]);
  });

  test('names each trial in which one failed', () => {
    const trials = trialsOf().map((each) => ({ ...each, ...voided }));
    const loads = [loadPointFixture()];
    const [verdict] = judgeBudgets({ scenario: scenarioOf(), lines: [latencyLine(5000)], loads, trials });
    expect(verdict?.because).toBe(doubt('2, 5, 8, 11, 14, 17').because);
  });

  test('of another treatment or load point, or a trial that is to be repeated, takes nothing from it', () => {
    for (const trial of [{ ...voided, treatment: 'none' }, { ...voided, load: 1 }, { outcome: 'repeat' as const }]) {
      expect(told(latencyLine(5000), { trial })[0]?.verdict).toBe('within');
    }
  });

  test('of attempts alone takes nothing from a success rate, and all from the rest', () => {
    const gates = [{ gate: 'attempts', answer: 'fail' as const, detail: 'tried again' }];
    const success = line('success-rate', { atLeast: 0.5 });
    expect(told(success, { trial: { ...voided, gates } })[0]?.verdict).toBe('within');
    expect(told(latencyLine(5000), { trial: { ...voided, gates } })).toEqual([doubt('2')]);
    const plaintext = [{ gate: 'plaintext', answer: 'fail' as const, detail: 'answered' }];
    expect(told(success, { trial: { ...voided, gates: plaintext } })).toEqual([doubt('2')]);
  });
});

describe('baselines that differ', () => {
  const noise = (holdsZero: LoadAnalysis['noise'][number]['holdsZero']): LoadAnalysis['noise'] => [
    { percentile: 'p50', differenceUs: estimate(1, 2), holdsZero },
  ];

  test('make the latency at their percentile inconclusive, and nothing else', () => {
    expect(told(latencyLine(5000), { load: { noise: noise(false) } })).toEqual([
      {
        verdict: 'inconclusive',
        because: 'the two baselines differ from each other at p50: order or placement is broken',
        isInvalid: true,
      },
    ]);
    const p90 = latencyLine(5000, { percentile: 'p90' });
    const cpu = line('proxy-cpu');
    for (const own of [p90, cpu]) expect(told(own, { load: { noise: noise(false) } })[0]?.verdict).toBe('within');
    for (const known of [noise(true), noise({ missing: 'too few' }), []]) {
      expect(told(latencyLine(5000), { load: { noise: known } })[0]?.verdict).toBe('within');
    }
  });

  test('say so of a percentile that is coarse ahead of its note', () => {
    const overhead = treatedFixture().overhead.map((each) => ({
      ...each,
      support: { ...each.support, standing: 'coarse' as const, note: 'few lie beyond' },
    }));
    expect(told(latencyLine(5000), { envoy: { overhead }, load: { noise: noise(false) } })[0]?.because).toBe(
      'the two baselines differ from each other at p50: order or placement is broken; coarse, since few lie beyond',
    );
  });
});

describe('a lower limit', () => {
  const success = (low: number, high: number) =>
    told(line('success-rate', { atLeast: 0.9 }), { envoy: { successShare: estimate(low, high) } })[0];

  test('is kept from it upwards, and broken below it', () => {
    expect([success(0.9, 0.95), success(0.899, 0.95), success(0.8, 0.9), success(0.8, 0.899)]).toMatchObject([
      { verdict: 'within', because: 'the whole interval, 90 to 95 %, is at or above 90 %' },
      { verdict: 'inconclusive' },
      { verdict: 'inconclusive', because: 'the interval, 80 to 90 %, holds values on both sides of 90 %' },
      { verdict: 'over', because: 'the whole interval, 80.0 to 89.9 %, is under the 90 % that the budget asks' },
    ]);
  });
});
