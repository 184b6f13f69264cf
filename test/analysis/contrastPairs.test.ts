import { describe, expect, test } from 'vitest';
import type { ComparableBlock } from '../../src/analysis/blocks.ts';
import { contrastsOf } from '../../src/analysis/contrasts.ts';
import { sidecarUse } from '../../src/analysis/sidecar.ts';
import { type JudgedTrial, judgeTrials } from '../../src/analysis/validity.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { comparableBlocks } from './fixtures/blocks.ts';
import { overSixBlocks } from './fixtures/estimates.ts';
import { runFixture } from './fixtures/runs.ts';
import { type TrialFixture, trialFixture } from './fixtures/trials.ts';

function judgedTrial(of: TrialFixture): JudgedTrial {
  const [judged] = judgeTrials({ deployments: [], trials: [trialFixture(of)] });
  if (judged === undefined) throw new Error('no trial');
  return judged;
}

/** Six blocks with these treatments; `undefined` where one has no trial. */
function blocksWith(treated: (block: number) => Record<string, TrialFixture | undefined>): ComparableBlock[] {
  return comparableBlocks().map(({ block, baselines }) => ({
    block,
    baselines,
    treated: new Map(
      Object.entries(treated(block)).flatMap(([treatment, of]) =>
        of === undefined ? [] : [[treatment, judgedTrial({ treatment, block, ...of })] as const],
      ),
    ),
  }));
}

function scenarioOf(names: readonly string[], baseline = 0): Scenario {
  const { scenario } = runFixture({ blocks: 1 });
  const [, envoy] = scenario.treatments;
  if (envoy === undefined) throw new Error('no treatments');
  return { ...scenario, baseline, treatments: names.map((name) => ({ ...envoy, name })) };
}

const contrastOf = (blocks: readonly ComparableBlock[]) => {
  const [contrast] = contrastsOf(scenarioOf(['none', 'a', 'b']), blocks);
  if (contrast === undefined) throw new Error('no contrast');
  return contrast;
};

describe('the contrasts', () => {
  test('are of every two treatments but the baseline, the later minus the earlier', () => {
    const pairs = contrastsOf(scenarioOf(['a', 'none', 'b', 'c'], 1), []).map(({ from, to }) => `${to} minus ${from}`);
    expect(pairs).toEqual(['b minus a', 'c minus a', 'c minus b']);
  });

  test('are told for each percentile, and without a block say so', () => {
    const none = { missing: 'no valid trial' };
    const contrast = contrastOf([]);
    expect(contrast.latency.map(({ percentile }) => percentile)).toEqual(['p50', 'p90', 'p99', 'p999']);
    expect(contrast.latency[0]).toEqual({
      percentile: 'p50',
      support: { percentile: 'p50', beyond: 0, standing: 'absent', note: 'no valid trial' },
      differenceUs: none,
      perBlock: [],
      smallestEffectUs: none,
    });
    expect(contrast.sidecars).toEqual([]);
  });

  test('leave out a block in which one of the two has no trial', () => {
    const contrast = contrastOf(
      blocksWith((block) => ({
        a: block === 2 ? undefined : { medianUs: 500 },
        b: block === 5 ? undefined : { medianUs: 500 + block },
      })),
    );
    expect(contrast.latency[0]).toMatchObject({
      differenceUs: { missing: '4 valid blocks: a 95 % interval needs 6' },
      perBlock: [1, 3, 4, 6].map((block) => ({ block, differenceUs: block })),
      smallestEffectUs: { missing: '4 blocks with a difference: 6 are needed' },
    });
  });

  test('rest on the smaller trial of either side', () => {
    const beyond = (a: number, b: number) =>
      contrastOf(blocksWith(() => ({ a: { requests: a }, b: { requests: b } }))).latency[0]?.support.beyond;
    expect([beyond(1000, 4000), beyond(4000, 1000)]).toEqual([500, 500]);
  });

  test('have no sidecar where neither treatment has a proxy', () => {
    expect(contrastOf(blocksWith(() => ({ a: {}, b: {} }))).sidecars).toEqual([]);
  });

  test('say of a sidecar that only one side has that the other has none', () => {
    const missing = { missing: 'no such process was recorded' };
    const none = {
      cpuMillicores: missing,
      cpuPerBlock: [],
      smallestCpuEffectMillicores: missing,
      memoryRssBytes: missing,
    };
    const both = [
      { hop: 'client', ...none },
      { hop: 'server', ...none },
    ];
    expect(contrastOf(blocksWith(() => ({ a: {}, b: { meshed: true } }))).sidecars).toEqual(both);
    expect(contrastOf(blocksWith(() => ({ a: { meshed: true }, b: {} }))).sidecars).toEqual(both);
  });

  test('are of the hop whose proxy is there, though in one block only', () => {
    const blocks = blocksWith(() => ({ a: { meshed: true }, b: { meshed: true } }));
    for (const { block, treated } of blocks) {
      for (const { record } of treated.values()) {
        record.processes = record.processes.filter(
          ({ role, hop }) => role === 'driver' || (hop === 'server' && block > 1),
        );
      }
    }
    expect(contrastOf(blocks).sidecars).toMatchObject([
      { hop: 'server', cpuMillicores: { missing: 'no such process was recorded' } },
    ]);
  });

  test('give CPU and memory of a sidecar as the later minus the earlier in each block', () => {
    const { sidecars } = contrastOf(
      blocksWith((block) => ({
        a: { meshed: true, proxyMillicores: 70, proxyRssBytes: 50e6 },
        b: { meshed: true, proxyMillicores: 60 + block, proxyRssBytes: 50e6 + 1000 * block },
      })),
    );
    const expected = {
      cpuMillicores: overSixBlocks(-6.5, -9, -4),
      cpuPerBlock: [-9, -8, -7, -6, -5, -4].map((each) => expect.closeTo(each, 6)),
      smallestCpuEffectMillicores: expect.closeTo(1.794 * Math.sqrt(3.5), 6),
      memoryRssBytes: overSixBlocks(3500, 1000, 6000),
    };
    expect(sidecars).toEqual([
      { hop: 'client', ...expected },
      { hop: 'server', ...expected },
    ]);
  });
});

test('a sidecar is the proxy with its agent, at one hop', () => {
  const trial = trialFixture({ meshed: true, proxyMillicores: 70, proxyRssBytes: 50e6 });
  const server = trial.processes.find(({ role, hop }) => role === 'proxy' && hop === 'server');
  if (server === undefined) throw new Error('no proxy');
  trial.processes.push({ ...server, role: 'proxy-agent' });
  expect(sidecarUse(trial, 'client')).toMatchObject({ cpuMillicores: expect.closeTo(70, 6), memoryRssBytes: 50e6 });
  expect(sidecarUse(trial, 'server')).toMatchObject({ cpuMillicores: expect.closeTo(160, 6), memoryRssBytes: 102e6 });
});
