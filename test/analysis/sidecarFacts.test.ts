import { describe, expect, test } from 'vitest';
import { exactly } from '../../src/analysis/estimate.ts';
import type { CpuModel, RunAnalysis, TreatmentAtLoad } from '../../src/analysis/result.ts';
import { type SidecarFacts, sidecarFacts } from '../../src/analysis/sidecarFacts.ts';
import { isMissing } from '../../src/record/measured.ts';
import { LOADS, loadAnalysis } from '../report/fixture/loads.ts';
import { within } from '../report/fixture.ts';
import { voidedTrial } from './fixtures/voided.ts';

/** The line of one hop: in round k, `idle` + k millicores at rest. */
function modelOf(hop: 'client' | 'server', idle: number, slope: number): CpuModel {
  const figure = { missing: 'not asked for here' };
  return {
    treatment: 'envoy',
    hop,
    loads: 3,
    idleMillicores: figure,
    millicoresPerThousandPerSecond: figure,
    lackOfFit: { f: 0.4, p: 0.5, isLine: true },
    perRound: [1, 2, 3, 4, 5, 6].map((round) => ({
      round,
      idleMillicores: idle + round,
      millicoresPerThousandPerSecond: slope,
    })),
  };
}

const LIMIT = exactly(1000);
const MODELS = [modelOf('client', 10, 100), modelOf('server', 20, 140)];

/** 1,000/s, 500/s and 250/s, in this order. */
function threeLoads(change: Partial<RunAnalysis> = {}): RunAnalysis {
  const [low, high] = LOADS;
  if (low === undefined || high === undefined) throw new Error('no loads');
  const loads = [
    { ...high, load: 0 },
    { ...low, load: 1 },
    { ...low, load: 2, rate: 250 },
  ].map(loadAnalysis);
  return { ...within(), loads, cpuModels: MODELS, trials: [], ...change };
}

function envoyOf(analysis: RunAnalysis): SidecarFacts {
  const [facts, ...others] = sidecarFacts(analysis);
  if (facts === undefined || others.length > 0) throw new Error('not one treatment');
  return facts;
}

/** The envoy of every load point with something changed. */
const withEnvoy = (
  analysis: RunAnalysis,
  change: (envoy: TreatmentAtLoad, load: number) => Partial<TreatmentAtLoad>,
) => ({
  ...analysis,
  loads: analysis.loads.map((load) => ({
    ...load,
    treatments: load.treatments.map((each) => (each.isBaseline ? each : { ...each, ...change(each, load.load) })),
  })),
});

describe('what is known of a sidecar', () => {
  test('is of treatments with a mesh alone, its loads from the lowest rate on', () => {
    const facts = envoyOf(threeLoads());
    expect([facts.treatment, facts.loads.map(({ ratePerSecond }) => ratePerSecond)]).toEqual([
      'envoy',
      [250, 500, 1000],
    ]);
    // (71.4 + 78.2) / 2 at 500/s.
    expect(facts.loads[1]?.usedCpuMillicores).toMatchObject({ point: expect.closeTo(74.8, 6) });
  });

  test('keeps the sidecars of two treatments apart, whichever load point knows them', () => {
    const analysis = threeLoads();
    const [envoy] = analysis.scenario.treatments.filter(({ mesh }) => mesh !== 'none');
    if (envoy === undefined) throw new Error('no envoy');
    const other = { ...envoy, name: 'other', mesh: 'linkerd' as const };
    const loads = analysis.loads.map((load) => ({
      ...load,
      // At the highest rate alone, which stands first.
      treatments: load.treatments.flatMap((each) =>
        each.isBaseline || load.load !== 0
          ? [each]
          : [
              {
                ...each,
                treatment: 'other',
                build: 'of 1,000/s',
                sidecar: { ...each.sidecar, limitCpuMillicores: LIMIT },
              },
              { ...each, sidecar: { ...each.sidecar, limitMemoryBytes: LIMIT } },
            ],
      ),
    }));
    const treatments = [...analysis.scenario.treatments, other];
    const facts = sidecarFacts({ ...analysis, loads, scenario: { ...analysis.scenario, treatments } });
    const told = facts.map(({ treatment, loads: known, line, cpuMillicores, memoryBytes }) => ({
      treatment,
      rates: known.map(({ ratePerSecond }) => ratePerSecond),
      hasLine: !isMissing(line),
      limits: [isMissing(cpuMillicores.limit), isMissing(memoryBytes.limit)],
    }));
    expect(told).toEqual([
      { treatment: 'envoy', rates: [250, 500, 1000], hasLine: true, limits: [true, false] },
      { treatment: 'other', rates: [1000], hasLine: false, limits: [false, true] },
    ]);
    expect(facts[1]).toMatchObject({
      build: 'of 1,000/s',
      line: { missing: 'a line takes three load points, and this run has 1' },
    });
  });

  test('is of the build that was deployed at the lowest rate', () => {
    const analysis = withEnvoy(threeLoads(), (_, load) => ({ build: `of load ${load}` }));
    expect(envoyOf(analysis).build).toBe('of load 2');
  });

  test('is nothing where no treatment has one, or nothing was measured', () => {
    const { scenario } = within();
    const bare = { ...scenario, treatments: scenario.treatments.slice(0, 1) };
    expect(sidecarFacts({ ...within(), scenario: bare })).toEqual([]);
    const facts = envoyOf(threeLoads({ loads: [], cpuModels: [] }));
    expect([facts.build, facts.loads, facts.emptyMemoryBytes]).toEqual([
      'never deployed',
      [],
      { missing: 'no load point was measured' },
    ]);
  });

  test('leaves out what a trial without a proof says, and what is set is known all the same', () => {
    const voided = voidedTrial(7);
    const missing = { missing: 'a proof failed in trial 7: the traffic did not go as the treatment says' };
    const facts = envoyOf(threeLoads({ trials: [voided] }));
    expect(facts.loads.map(({ usedCpuMillicores, usedMemoryBytes }) => [usedCpuMillicores, usedMemoryBytes])).toEqual([
      [expect.objectContaining({ n: 6 }), expect.objectContaining({ n: 6 })],
      [missing, missing],
      [expect.objectContaining({ n: 6 }), expect.objectContaining({ n: 6 })],
    ]);
    expect([facts.line, facts.emptyMemoryBytes]).toEqual([missing, expect.objectContaining({ n: 6 })]);
    expect(envoyOf(threeLoads({ trials: [{ ...voided, purpose: 'pilot' }] })).line).not.toEqual(missing);
  });

  test('takes what is set from the first load that knows it', () => {
    const reserved = { ...envoyOf(threeLoads()).emptyMemoryBytes };
    const analysis = withEnvoy(threeLoads(), ({ sidecar }, load) => ({
      sidecar: {
        ...sidecar,
        reservedMemoryBytes: load === 0 ? envoyOf(threeLoads()).emptyMemoryBytes : sidecar.reservedMemoryBytes,
      },
    }));
    expect(envoyOf(analysis).memoryBytes.reserved).toEqual(reserved);
    expect(envoyOf(analysis).cpuMillicores.reserved).toEqual({ missing: 'no sidecar' });
  });
});

describe('the line of the mean sidecar', () => {
  test('is the mean of both, round by round, between the lowest and the highest rate', () => {
    const { line } = envoyOf(threeLoads());
    expect(line).toMatchObject({ fromPerSecond: 250, toPerSecond: 1000 });
    // (10 + k + 20 + k) / 2 and (100 + 140) / 2.
    expect(line).toMatchObject({
      perRound: [1, 2, 3, 4, 5, 6].map((round) => ({
        round,
        idleMillicores: 15 + round,
        millicoresPerThousandPerSecond: 120,
      })),
    });
  });

  test('is the line of the one sidecar there is', () => {
    const missing = { missing: 'no such process was recorded' };
    const models: CpuModel[] = [
      { ...modelOf('client', 0, 0), idleMillicores: missing, lackOfFit: missing, perRound: [] },
      modelOf('server', 20, 140),
    ];
    const analysis = withEnvoy(threeLoads({ cpuModels: models }), ({ costs }) => ({
      costs: costs.filter(({ role, hop }) => role !== 'proxy' || hop === 'server'),
    }));
    const { line } = envoyOf(analysis);
    expect(isMissing(line) ? line : line.perRound.map(({ idleMillicores }) => idleMillicores)).toEqual([
      21, 22, 23, 24, 25, 26,
    ]);
  });

  test('is missing below three load points, below six rounds, and over loads that lie on none', () => {
    const [client, server] = MODELS;
    if (client === undefined || server === undefined) throw new Error('no models');
    const lineWith = (cpuModels: CpuModel[]) => envoyOf(threeLoads({ cpuModels })).line;
    expect(envoyOf(within()).line).toEqual({ missing: 'a line takes three load points, and this run has 2' });
    expect(lineWith([client, { ...server, perRound: server.perRound.slice(1) }])).toEqual({
      missing: '5 valid blocks: a 95 % interval needs 6',
    });
    expect(lineWith([client, { ...server, lackOfFit: { f: 9, p: 0.001, isLine: false } }])).toEqual({
      missing: 'the CPU of the server sidecar does not lie on a line over the 3 loads',
    });
    const untested = { missing: 'too few values to test the line' };
    expect(lineWith([{ ...client, lackOfFit: untested }, server])).toEqual(untested);
  });

  test('is missing where a service behind the first one has a sidecar too', () => {
    const analysis = withEnvoy(threeLoads(), ({ costs }) => ({
      costs: [
        ...costs,
        ...costs.filter(({ role }) => role === 'proxy').map((cost) => ({ ...cost, hop: 'server-2' as const })),
      ],
    }));
    expect(envoyOf(analysis).line).toEqual({
      missing: 'a line is drawn for the sidecars of client and first service alone, and there are others',
    });
  });
});
