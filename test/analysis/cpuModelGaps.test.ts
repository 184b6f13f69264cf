import { describe, expect, test } from 'vitest';
import type { BlocksAtLoad, ComparableBlock } from '../../src/analysis/blocks.ts';
import { cpuModelsOf } from '../../src/analysis/cpuModel.ts';
import type { CpuModel } from '../../src/analysis/result.ts';
import { comparableBlocks } from './fixtures/blocks.ts';
import { runFixture } from './fixtures/runs.ts';

/** Three loads of 500, 1,000 and 1,500 requests a second; block numbers go round over them. */
function loadsOf(millicores: (at: { load: number; round: number }) => number, rounds = 6): BlocksAtLoad[] {
  return [2000, 4000, 6000].map((requests, load) => {
    const comparable = comparableBlocks({
      blocks: rounds,
      cell: (asked) => ({ ...asked, requests, proxyMillicores: millicores({ load, round: asked.block }) }),
    }).map((each): ComparableBlock => ({ ...each, block: (each.block - 1) * 3 + load + 1 }));
    return { run: rounds, comparable, lost: [] };
  });
}

const { scenario } = runFixture({ blocks: 1 });

const modelsOf = (loads: readonly BlocksAtLoad[]): CpuModel[] => cpuModelsOf(scenario, loads);
const straight = ({ load, round }: { load: number; round: number }) => 40 + 30 * load + round;
const missingOf = (missing: string) => ({
  idleMillicores: { missing },
  millicoresPerThousandPerSecond: { missing },
  lackOfFit: { missing },
  perRound: [],
});

describe('CPU over the load points', () => {
  test('takes each round for itself: one that a load point lacks gives no line', () => {
    const loads = loadsOf(straight, 7);
    const [, second] = loads;
    if (second === undefined) throw new Error('no load');
    // Without round 4 the lines start at 10 + 1, 2, 3, 5, 6 and 7.
    loads[1] = { ...second, comparable: second.comparable.filter(({ block }) => block !== 11) };
    expect(modelsOf(loads)[0]).toMatchObject({
      treatment: 'envoy',
      hop: 'client',
      loads: 3,
      idleMillicores: { n: 6, point: expect.closeTo(14, 6), low: expect.closeTo(11, 6), high: expect.closeTo(17, 6) },
      millicoresPerThousandPerSecond: { n: 6, point: expect.closeTo(60, 6) },
    });
  });

  test('is of each hop’s own sidecar', () => {
    const [client, server] = modelsOf(loadsOf(straight));
    expect([client?.idleMillicores, server?.idleMillicores]).toMatchObject([
      { point: expect.closeTo(13.5, 6) },
      { point: expect.closeTo(23.5, 6) },
    ]);
  });

  test('is of the meshed baseline as well, by its first replica in each round', () => {
    const [none, envoy] = scenario.treatments;
    if (none === undefined || envoy === undefined) throw new Error('no treatments');
    const loads = loadsOf(straight).map((load) => ({
      ...load,
      comparable: load.comparable.map((each): ComparableBlock => {
        const own = each.treated.get('envoy');
        return own === undefined ? each : { ...each, treated: new Map(), baselines: [own, each.baselines[1]] };
      }),
    }));
    const models = cpuModelsOf({ ...scenario, treatments: [envoy, none] }, loads);
    expect(models.map(({ treatment, hop }) => `${treatment} ${hop}`)).toEqual(['envoy client', 'envoy server']);
    // The second baseline of the fixture has no proxy, and the baseline then has none whose CPU is known.
    expect(models[0]).toMatchObject(missingOf('no such process was recorded'));
    const both = loads.map((load) => ({
      ...load,
      comparable: load.comparable.map((each) => ({
        ...each,
        baselines: [each.baselines[0], each.baselines[0]] as const,
      })),
    }));
    expect(cpuModelsOf({ ...scenario, treatments: [envoy, none] }, both)[0]?.idleMillicores).toMatchObject({
      n: 6,
      point: expect.closeTo(13.5, 6),
    });
  });

  test('is not known where a load point has no valid block', () => {
    const loads = loadsOf(straight);
    loads[2] = { run: 6, comparable: [], lost: [] };
    const missing = missingOf('a load point without a valid block');
    expect(modelsOf(loads)).toEqual([
      { treatment: 'envoy', hop: 'client', loads: 3, ...missing },
      { treatment: 'envoy', hop: 'server', loads: 3, ...missing },
    ]);
  });

  test('is not known where a sidecar could not be watched, or a trial has no window', () => {
    const loads = loadsOf(straight);
    const trial = loads[1]?.comparable[3]?.treated.get('envoy')?.record;
    const process = trial?.processes.find(({ role, hop }) => role === 'proxy' && hop === 'client');
    if (trial === undefined || process === undefined) throw new Error('no proxy');
    process.samples = { missing: 'EACCES' };
    expect(modelsOf(loads)).toMatchObject([missingOf('EACCES'), { idleMillicores: { n: 6 } }]);
    for (const client of trial.clients) client.segments = [];
    expect(modelsOf(loads)[1]).toMatchObject(missingOf('the trial has no measurement window'));
  });

  test('of one round has no interval, and no test of the line', () => {
    expect(modelsOf(loadsOf(straight, 1))[0]).toEqual({
      treatment: 'envoy',
      hop: 'client',
      loads: 3,
      idleMillicores: { missing: '1 valid block: a 95 % interval needs 6' },
      millicoresPerThousandPerSecond: { missing: '1 valid block: a 95 % interval needs 6' },
      lackOfFit: { missing: 'too few values to test the line' },
      perRound: [
        {
          round: 1,
          idleMillicores: expect.closeTo(11, 6),
          millicoresPerThousandPerSecond: expect.closeTo(60, 6),
        },
      ],
    });
  });

  test('is tested at the rates that were achieved, and called bent only below 1 in 100', () => {
    // Means 100, 100 + e and 100 at even rates lie e/3, -2e/3 and e/3 off the line: with two values a load of ±1 about
    // them, F(1, 3) = 2 × (6/9) e² / (6/3) = (2/3) e², and P(F > 34.116) = 0.01 at e = 7.1536.
    const bent =
      (by: number) =>
      ({ load, round }: { load: number; round: number }) =>
        100 + (load === 1 ? by : 0) + (round === 1 ? 1 : -1);
    const tested = (by: number) => modelsOf(loadsOf(bent(by), 2))[0]?.lackOfFit;
    expect(tested(7.1)).toMatchObject({ f: expect.closeTo((2 / 3) * 7.1 ** 2, 3), isLine: true });
    expect(tested(7.2)).toMatchObject({ f: expect.closeTo((2 / 3) * 7.2 ** 2, 3), isLine: false });
  });
});
