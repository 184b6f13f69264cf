import { describe, expect, test } from 'vitest';
import { type BlocksAtLoad, blocksAtLoad } from '../../src/analysis/blocks.ts';
import { caveatsOf, isIncomplete, type Weighed } from '../../src/analysis/caveats.ts';
import type { LoadAnalysis, TreatmentAtLoad } from '../../src/analysis/result.ts';
import { judgeTrials } from '../../src/analysis/validity.ts';
import type { RunRecord } from '../../src/record/runRecord.ts';
import { loadPointFixture, treatedFixture } from './fixtures/loadPoint.ts';
import { latencyLine, runFixture } from './fixtures/runs.ts';

const COARSE = 'p99 is coarse: few lie beyond';
const ABSENT = 'p999 is absent: needs 25,000 requests a trial';

/** A complete run on a quiet machine, without anything of its load points. */
function weighed(change: Partial<Weighed> = {}, run: Partial<RunRecord> = {}): Weighed {
  const own = runFixture({ blocks: 0 });
  return { run: { ...own.run, ...run }, scenario: own.scenario, pilot: [], loads: [], blocks: [], ...change };
}

/** A load point whose envoy has no percentile and no proof unless told. */
function loadPoint(change: Partial<LoadAnalysis> = {}, envoy: Partial<TreatmentAtLoad> = {}): LoadAnalysis {
  const load = loadPointFixture();
  const treatments = load.treatments.map((each) => {
    const proof = { ...each.proof, applies: false };
    return each.isBaseline ? { ...each, proof } : { ...each, overhead: [], proof, ...envoy };
  });
  return { ...load, treatments, ...change };
}

describe('a run', () => {
  test('is complete only where it ended and says so', () => {
    const { run } = runFixture({ blocks: 0 });
    const { ended: _, ...killed } = run;
    const ended = { at: '2026-11-24T10:10:00.000Z', because: 'interrupted', complete: false };
    expect([run, killed, { ...run, ended }].map(isIncomplete)).toEqual([false, true, true]);
    expect(caveatsOf(weighed())).toEqual([]);
    expect(caveatsOf(weighed({}, { ended }))).toEqual(['the run ended before its plan was through: interrupted']);
  });

  test('passes on what the pilot left out, the notes, and what the platform leaves out, in this order', () => {
    const { run, scenario } = runFixture({ blocks: 0 });
    const platform = { ...run.platform, leavesOut: ['no redirection', 'no injection'] };
    const notes = ['nobody ran this'];
    expect(caveatsOf(weighed({ pilot: ['too fast'], scenario: { ...scenario, notes } }, { platform }))).toEqual([
      'too fast',
      'nobody ran this',
      'no redirection',
      'no injection',
    ]);
  });

  test('says which clock was set by how much, each in whole seconds', () => {
    const clockJumps = [60_000, -1_600, 2_400].map((byMs) => ({ at: '2026-11-24T10:05:00.000Z', byMs }));
    expect(caveatsOf(weighed({}, { clockJumps }))).toEqual([
      'the wall clock was set during the run (+60 s, -2 s and +2 s): its time stamps cannot be compared with each other, while durations and latencies can, since they rest on the monotonic clock',
    ]);
    expect(caveatsOf(weighed({}, { clockJumps: [] }))).toEqual([]);
  });
});

describe('the idle machine', () => {
  const idle = (...cores: [lostShare: number, longestUs: number][]) => {
    const perCore = cores.map(([lostShare, longestUs], core) => ({
      core,
      lostShare,
      stallsOver1msPerSecond: 0,
      longestUs,
    }));
    return caveatsOf(weighed({}, { idleNoise: { seconds: 3, perCore } }));
  };
  const noisy = (lost: string, longest: string) => [
    `the host took up to ${lost} of a core's time while nothing ran, in stalls of up to ${longest}: high percentiles hold these stalls too, and longer trials, more blocks or a quieter machine narrow their intervals`,
  ];

  test('is quiet below 0.1 % and 1 ms on every core', () => {
    expect(idle([0.00099, 999], [0, 0])).toEqual([]);
    expect(idle()).toEqual([]);
  });

  test('is not quiet at either of them, and the worst core tells each', () => {
    expect(idle([0.001, 0], [0, 0])).toEqual(noisy('0.1 %', '0 ms'));
    expect(idle([0, 1000], [0, 0])).toEqual(noisy('0 %', '1 ms'));
    expect(idle([0.02, 100], [0.01, 8200])).toEqual(noisy('2 %', '8.2 ms'));
  });

  test('is not known where nobody metered it', () => {
    expect(caveatsOf(weighed({}, { idleNoise: { missing: 'skipped' } }))).toEqual([
      'how much time the idle machine loses by itself is not known: skipped',
    ]);
  });
});

describe('a proof', () => {
  const proof = { ...treatedFixture().proof, holds: false, sent: 0, sentence: 'not proven: lost' };
  const told = (change: Partial<TreatmentAtLoad>) =>
    caveatsOf(weighed({ loads: [loadPoint({}, { proof: { ...proof, applies: false }, validTrials: 0, ...change })] }));

  test('that failed is told where requests were sent, or trials are valid without it', () => {
    const broken = ['envoy at 1,000/s: not proven: lost'];
    expect(told({})).toEqual([]);
    expect(told({ validTrials: 1 })).toEqual(broken);
    expect(told({ proof: { ...proof, applies: false, sent: 1 } })).toEqual(broken);
    expect(told({ proof: { ...proof, applies: false, sent: 1, holds: true } })).toEqual([]);
  });

  test('names what ran, once, of each treatment that has proxies', () => {
    const proven = { ...proof, holds: true, applies: true };
    const loads = [loadPoint({}, { proof: proven }), loadPoint({ arrivalRatePerSecond: 500 }, { proof: proven })];
    expect(caveatsOf(weighed({ loads }))).toEqual(['envoy here is upstream Envoy 1.38.0, Istio topology, mTLS strict']);
  });
});

describe('baselines', () => {
  test('that differ are told with each of their percentiles, and those that may not are not', () => {
    const noise = loadPoint().noise.map((each, index) => ({ ...each, holdsZero: index > 1 }));
    expect(caveatsOf(weighed({ loads: [loadPoint({ noise })] }))).toEqual([
      'at 1,000/s the two baselines differ from each other at p50 and p90: order or placement is broken, and the overhead there cannot be trusted',
    ]);
    const unknown = noise.map((each) => ({ ...each, holdsZero: { missing: 'too few' } }));
    expect(caveatsOf(weighed({ loads: [loadPoint({ noise: unknown })] }))).toEqual([]);
  });
});

describe('blocks that carry no comparison', () => {
  const lost = (...gates: string[][]): BlocksAtLoad => ({
    run: 8,
    comparable: [],
    lost: gates.map((own, index) => ({ block: index + 1, because: 'lost', gates: own })),
  });

  test('are counted of those that were run, with each gate that took one', () => {
    const loads = [loadPoint({ blocksRun: 8 })];
    expect(caveatsOf(weighed({ loads, blocks: [lost(['unsent'], ['errors', 'unsent'])] }))).toEqual([
      '2 of 8 blocks at 1,000/s carry no comparison: lost to unsent and errors',
    ]);
    expect(caveatsOf(weighed({ loads: [loadPoint({ blocksRun: 1 })], blocks: [lost([])] }))).toEqual([
      '1 of 1 block at 1,000/s carry no comparison: not every trial was run',
    ]);
    expect(caveatsOf(weighed({ loads }))).toEqual([]);
  });
});

describe('a treatment that was left out', () => {
  const leftOut = [{ treatment: 'istio-strict', mesh: 'istio', because: 'it needs a cluster' }] as const;
  const told = (...lines: Parameters<typeof latencyLine>[1][]) => {
    const { scenario } = runFixture({ blocks: 0, lines: lines.map((rest) => latencyLine(5000, rest)) });
    return caveatsOf(weighed({ scenario: { ...scenario, leftOut } }));
  };
  const plain = 'istio-strict is left out: it needs a cluster';
  const unjudged = `${plain}, so that no budget line is judged for it`;

  test('leaves its budget lines unjudged, be they for it, its mesh or all', () => {
    expect([told(), told({ for: 'linkerd' })]).toEqual([[plain], [plain]]);
    expect([told({ for: 'istio-strict' }), told({ for: 'istio' }), told({})]).toEqual([
      [unjudged],
      [unjudged],
      [unjudged],
    ]);
  });
});

describe('a weak percentile', () => {
  const weak = (at: Partial<LoadAnalysis> = {}, more: Partial<TreatmentAtLoad> = {}) =>
    loadPoint(at, {
      overhead: treatedFixture().overhead.map((each) =>
        each.percentile === 'p99'
          ? { ...each, support: { ...each.support, standing: 'coarse', note: 'few lie beyond' } }
          : each,
      ),
      ...more,
    });

  test('is told once, with every place where it holds', () => {
    const loads = [weak(), weak({ arrivalRatePerSecond: 2000 }), weak({ arrivalRatePerSecond: 500 })];
    const places = '(envoy at 1,000/s, envoy at 2,000/s and envoy at 500/s)';
    expect(caveatsOf(weighed({ loads }))).toEqual([`${COARSE} ${places}`, `${ABSENT} ${places}`]);
  });

  test('is not told of a load point without a valid block, nor of the baseline', () => {
    expect(caveatsOf(weighed({ loads: [weak({ blocksValid: 0 })] }))).toEqual([]);
    expect(caveatsOf(weighed({ loads: [weak({}, { isBaseline: true })] }))).toEqual([]);
  });
});

describe('blocks that hang together', () => {
  const linked = (lagOne: TreatmentAtLoad['overhead'][number]['lagOne']) => {
    const [p50] = treatedFixture().overhead;
    if (p50 === undefined) throw new Error('no percentile');
    return caveatsOf(weighed({ loads: [loadPoint({}, { overhead: [{ ...p50, lagOne }] })] }));
  };

  test('are told only above the band, and not where they swing from side to side', () => {
    expect(linked({ correlation: 0.8, band: 0.8 })).toEqual([]);
    expect(linked({ correlation: -0.9, band: 0.8 })).toEqual([]);
    expect(linked({ missing: 'too few' })).toEqual([]);
    expect(linked({ correlation: 0.956, band: 0.8 })).toEqual([
      'successive blocks of envoy at 1,000/s hang together at p50 (lag-1 correlation 0.96, independent blocks stay within ±0.80): the interval there may be too narrow',
    ]);
  });
});

describe('deployments', () => {
  /** The blocks of a run whose trials of a treatment in a block are on the deployment that is told. */
  const deployed = (idOf: (treatment: string, block: number) => string, blocks = 2) => {
    const run = runFixture({
      blocks,
      cell: (asked) => ({ ...asked, deploymentId: idOf(asked.treatment, asked.block) }),
    });
    return caveatsOf(weighed({ blocks: [blocksAtLoad(run.scenario, judgeTrials(run))] }));
  };

  test('that served every block are told, alone or in the order of their names', () => {
    const one = (treatment: string) =>
      `${treatment} was deployed once: its intervals speak for this deployment, not for the next one`;
    expect(deployed((treatment, block) => (treatment === 'envoy' ? 'only-envoy' : `none-${block}`))).toEqual([
      one('envoy'),
    ]);
    expect(deployed((treatment, block) => (treatment === 'none' ? 'only-none' : `envoy-${block}`))).toEqual([
      one('none'),
    ]);
    expect(deployed((treatment) => `only-${treatment}`)).toEqual([
      'each of envoy and none was deployed once: the intervals speak for these deployments, not for the next ones',
    ]);
    expect(deployed((treatment, block) => `${treatment}-${block}`)).toEqual([]);
  });

  test('that served every block are told in the order of their names, not of the scenario', () => {
    const run = runFixture({ blocks: 2, cell: (asked) => ({ ...asked, deploymentId: `only-${asked.treatment}` }) });
    const blocks = blocksAtLoad(run.scenario, judgeTrials(run));
    for (const { spec } of run.trials) if (spec.cell.treatment === 'envoy') spec.cell.treatment = 'own';
    expect(caveatsOf(weighed({ blocks: [blocks] }))[0]).toMatch(/^each of none and own was deployed once: /);
  });
});
