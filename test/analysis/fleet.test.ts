import { describe, expect, test } from 'vitest';
import { exactly } from '../../src/analysis/estimate.ts';
import { figureOf, figureText } from '../../src/analysis/figure.ts';
import { type FleetAsked, type FleetProjection, projectFleet } from '../../src/analysis/fleet.ts';
import { RESERVES_NOTHING } from '../../src/analysis/sidecar.ts';
import { type SidecarFacts, sidecarFacts } from '../../src/analysis/sidecarFacts.ts';
import { isMissing } from '../../src/record/measured.ts';
import { budgetSet } from '../../src/scenario/budgetSets.ts';
import { estimate } from '../report/fixture/loads.ts';
import { within } from '../report/fixture.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const near = (value: number) => expect.closeTo(value, 6);
const missing = { missing: 'permission denied' };

/** One load of 1,000/s: 180 millicores and 64 MiB of each sidecar, which requests 100m and 128Mi. */
const known = (change: Partial<SidecarFacts> = {}): SidecarFacts => ({
  treatment: 'envoy',
  build: 'an Envoy',
  cpuMillicores: { reserved: exactly(100), limit: exactly(1000), documented: exactly(100) },
  memoryBytes: { reserved: exactly(128 * MIB), limit: exactly(512 * MIB), documented: exactly(128 * MIB) },
  emptyMemoryBytes: estimate(40 * MIB, 39 * MIB, 41 * MIB),
  loads: [at(1000, 180)],
  line: { missing: 'a line takes three load points, and this run has 1' },
  ...change,
});

/** A load point: CPU as told, from 15 below to 15 above, and 60 to 70 MiB. */
const at = (ratePerSecond: number, millicores: number) => ({
  ratePerSecond,
  usedCpuMillicores: estimate(millicores, millicores - 15, millicores + 15),
  usedMemoryBytes: estimate(64 * MIB, 60 * MIB, 70 * MIB),
});

const ASKED: FleetAsked = { pods: 100, replicas: 1, prices: {} };

function project(facts: SidecarFacts, asked: Partial<FleetAsked> = {}): FleetProjection {
  const [fleet] = projectFleet([facts], { ...ASKED, ...asked });
  if (fleet === undefined) throw new Error('no projection');
  return fleet;
}

const through = (ratePerSecond: number) => ({ ratePerSecond });
const sentence = (fleet: FleetProjection, part: string) => fleet.assumptions.find((each) => each.includes(part));

describe('a fleet', () => {
  test('is one sidecar times the pods, its interval too', () => {
    const { sidecars, ratePerSecond, cpuMillicores, memoryBytes } = project(known());
    expect([sidecars, ratePerSecond]).toEqual([100, 1000]);
    expect(cpuMillicores).toEqual({
      reserved: { ...exactly(10_000) },
      used: estimate(18_000, 16_500, 19_500),
      larger: estimate(18_000, 16_500, 19_500),
      limit: exactly(100_000),
      documented: exactly(10_000),
    });
    expect(memoryBytes.used).toEqual(estimate(6400 * MIB, 6000 * MIB, 7000 * MIB));
    expect(memoryBytes.limit).toEqual(exactly(50 * GIB));
  });

  test('keeps from others the larger of reserved and used, end by end', () => {
    const largerOf = (low: number, point: number, high: number) =>
      project(known({ loads: [{ ...at(1000, 0), usedCpuMillicores: estimate(point, low, high) }] }), { pods: 1 })
        .cpuMillicores.larger;
    expect(largerOf(60, 80, 100)).toEqual(exactly(100));
    expect(largerOf(60, 80, 120)).toEqual(estimate(100, 100, 120));
    expect(largerOf(60, 110, 120)).toEqual(estimate(110, 100, 120));
    expect(largerOf(105, 110, 120)).toEqual(estimate(110, 105, 120));
  });

  test('says all that it takes for granted, and nothing of what is not known', () => {
    const sentences = [
      "Every sidecar is this run's mean sidecar, proxy and agent together: a total and its interval are one sidecar's times 100.",
      'A request counts at every sidecar that it passes, so a pod that receives and calls on carries both.',
      "The sidecars know this run's few services; a proxy that is told of more services holds more memory.",
      'Sidecars alone are counted: no control plane, no gateways, no room that a node loses to what does not fit.',
    ];
    const requests = ['CPU', 'memory'].map(
      (what) => `envoy: each sidecar requests as much ${what} as those of this run.`,
    );
    expect(project(known()).assumptions).toEqual([
      ...sentences,
      'CPU is as it was measured at 1,000/s.',
      'Memory is the peak resident set as it was measured at 1,000/s.',
      ...requests,
    ]);
    const unread = { ratePerSecond: 1000, usedCpuMillicores: missing, usedMemoryBytes: missing };
    expect(project(known({ loads: [unread] })).assumptions).toEqual([...sentences, ...requests]);
  });

  test('costs what its parts cost together, with the interval of the one that has one', () => {
    const used = { usedCpuMillicores: estimate(50, 40, 60), usedMemoryBytes: estimate(2 * GIB, 1.5 * GIB, 3 * GIB) };
    const fleet = project(known({ loads: [{ ...at(1000, 50), ...used }] }), {
      pods: 1,
      prices: { perCoreHour: 1, perGibHour: 1 },
    });
    const { n, confidence } = estimate(1, 1, 1);
    expect(fleet.cpuMillicores.larger).toEqual(exactly(100));
    expect(fleet.moneyPerMonth?.larger).toMatchObject({ n, confidence: near(confidence), low: near(730 * 1.6) });
    expect(fleet.moneyPerMonth?.larger).not.toHaveProperty('method');
  });

  test('has as many sidecars as pods have replicas', () => {
    const { sidecars, cpuMillicores } = project(known(), { pods: 40, replicas: 3 });
    expect([sidecars, cpuMillicores.reserved]).toEqual([120, exactly(12_000)]);
  });

  test('is projected at each rate that was measured unless one is asked for', () => {
    const facts = known({ loads: [at(500, 95), at(1000, 180)] });
    expect(projectFleet([facts, known()], ASKED).map(({ ratePerSecond }) => ratePerSecond)).toEqual([500, 1000, 1000]);
    expect(projectFleet([facts, known()], { ...ASKED, ...through(500) })).toHaveLength(2);
  });

  test('counts a request at each sidecar that it passes, spread evenly over all', () => {
    const fleet = project(known(), { pods: 6, replicas: 2, ratePerSecond: 250, hops: 4 });
    expect([fleet.ratePerSecond, fleet.cpuMillicores.used]).toEqual([1000, estimate(2160, 1980, 2340)]);
    expect(sentence(fleet, 'come to each pod')).toBe(
      '250/s come to each pod and pass 4 sidecars each: spread evenly, that is 1,000/s through each sidecar.',
    );
  });

  test('leaves the memory of an empty mesh as that of one sidecar', () => {
    expect(project(known()).emptyMemoryBytesEach).toEqual(estimate(40 * MIB, 39 * MIB, 41 * MIB));
  });
});

describe('the documented claim', () => {
  test('is, in its own words, 10 cores and 12.5 GiB for 100 pods of 100m and 128Mi each', () => {
    const [fleet] = projectFleet(sidecarFacts(within()), ASKED);
    if (fleet === undefined) throw new Error('no projection');
    expect(figureText(figureOf('fleetCpu', fleet.cpuMillicores.documented))).toBe('10 cores');
    expect(figureText(figureOf('fleetMemory', fleet.memoryBytes.documented))).toBe('12.5 GiB');
  });

  test.each(['envoy', 'istio', 'linkerd'] as const)('is what the budget lines of %s limit', (mesh) => {
    const analysis = within();
    const treatments = analysis.scenario.treatments.map((each) => (each.mesh === 'none' ? each : { ...each, mesh }));
    const [fleet] = projectFleet(sidecarFacts({ ...analysis, scenario: { ...analysis.scenario, treatments } }), ASKED);
    const limits = budgetSet('documented').lines.filter(
      ({ metric, for: whom }) => metric.startsWith('fleet-') && whom === mesh,
    );
    expect(limits.map(({ atMost }) => atMost)).toEqual([10_000, 10_000, 12.5 * GIB, 12.5 * GIB]);
    expect([fleet?.cpuMillicores.documented, fleet?.memoryBytes.documented]).toEqual([
      exactly(10_000),
      exactly(12.5 * GIB),
    ]);
  });
});

describe('CPU at a rate that was not measured', () => {
  /** In round k, 10 + k millicores at rest and 60 for each 1,000/s. */
  const line = {
    fromPerSecond: 500,
    toPerSecond: 1500,
    perRound: [1, 2, 3, 4, 5, 6].map((round) => ({
      round,
      idleMillicores: 10 + round,
      millicoresPerThousandPerSecond: 60,
    })),
  };
  const facts = known({ line, loads: [at(500, 40), at(1000, 70), at(1500, 100)] });

  test('lies on the line, with the interval over the rounds', () => {
    // 10 + k + 42 for k from 1 to 6, times 10 pods.
    const fleet = project(facts, { pods: 10, ...through(700) });
    expect(fleet.cpuMillicores.used).toMatchObject({ point: near(555), low: near(530), high: near(580), n: 6 });
    expect(sentence(fleet, 'line')).toBe(
      'CPU at 700/s lies on the line over the rates that were measured, 500/s to 1,500/s.',
    );
  });

  test('is the measured one and not that of the line where it was measured', () => {
    expect(project(facts, { pods: 1, ...through(1000) }).cpuMillicores.used).toEqual(estimate(70, 55, 85));
  });

  test.each([499, 1501, 0])('is not extrapolated to %i/s', (rate) => {
    const { cpuMillicores } = project(facts, through(rate));
    const because = 'lies outside the rates that were measured, 500/s to 1,500/s, and nothing is extrapolated';
    expect(isMissing(cpuMillicores.used) && cpuMillicores.used.missing).toContain(because);
    expect(cpuMillicores.larger).toEqual(cpuMillicores.used);
    expect(cpuMillicores.reserved).toEqual(exactly(10_000));
  });

  test('is missing without a line, and says why there is none', () => {
    expect(project(known(), through(700)).cpuMillicores.used).toEqual({
      missing: 'CPU was not measured at 700/s; a line takes three load points, and this run has 1',
    });
  });
});

describe('memory at a rate that was not measured', () => {
  const facts = known({ loads: [at(500, 40), { ...at(1000, 70), usedMemoryBytes: estimate(9, 8, 10) }] });

  test('is that of the next higher rate, and says so', () => {
    const fleet = project(facts, { pods: 2, ...through(700) });
    expect(fleet.memoryBytes.used).toEqual(estimate(18, 16, 20));
    expect(sentence(fleet, 'Memory')).toBe(
      'Memory is the peak resident set at 1,000/s, the next higher rate that was measured; at 700/s it may be less.',
    );
    expect(project(facts, through(0)).memoryBytes.used).toEqual(estimate(6400 * MIB, 6000 * MIB, 7000 * MIB));
  });

  test('is missing above all of them, and where nothing was measured', () => {
    expect(project(facts, through(1001)).memoryBytes.used).toEqual({
      missing: '1,001/s lies above the highest rate that was measured, 1,000/s',
    });
    expect(project(known({ loads: [] }), through(1)).memoryBytes.used).toEqual({
      missing: 'no load point was measured',
    });
  });
});

describe('what sidecars request', () => {
  const nothing = { reserved: RESERVES_NOTHING, limit: missing, documented: exactly(100) };

  test('is as documented where those of the run request nothing, and says so', () => {
    const fleet = project(known({ cpuMillicores: nothing }));
    expect(fleet.cpuMillicores.reserved).toEqual(exactly(10_000));
    expect(sentence(fleet, 'of CPU')).toBe(
      'envoy: the sidecars of this run reserve nothing, so that each is taken to request the documented 100 millicores of CPU.',
    );
    expect(sentence(fleet, 'much memory')).toBe('envoy: each sidecar requests as much memory as those of this run.');
  });

  test('stays missing where nobody documents any, or where it is not known of the run', () => {
    expect(project(known({ cpuMillicores: { ...nothing, documented: missing } })).cpuMillicores.reserved).toEqual(
      RESERVES_NOTHING,
    );
    const fleet = project(known({ cpuMillicores: { ...nothing, reserved: missing } }));
    expect([fleet.cpuMillicores.reserved, fleet.cpuMillicores.larger]).toEqual([missing, missing]);
    expect(sentence(fleet, 'of CPU')).toBeUndefined();
  });

  test('is as asked before anything else', () => {
    const fleet = project(known(), { requestMillicores: 250, requestBytes: 64 * MIB });
    expect([fleet.cpuMillicores.reserved, fleet.memoryBytes.reserved]).toEqual([exactly(25_000), exactly(6400 * MIB)]);
    expect(sentence(fleet, 'of memory')).toBe(
      'envoy: each sidecar is taken to request 64 MiB of memory, as was asked.',
    );
  });
});

describe('money', () => {
  const prices = { perCoreHour: 0.03, perGibHour: 0.004 };

  test('is that of 730 hours, CPU and memory together, end added to end', () => {
    const { moneyPerMonth } = project(known(), { prices });
    // 10 x 0.03 x 730 = 219 and 12.5 x 0.004 x 730 = 36.5.
    expect(moneyPerMonth?.reserved).toMatchObject({
      point: near(255.5),
      low: near(255.5),
      confidence: 1,
      method: 'exact',
    });
    expect(moneyPerMonth?.documented).toMatchObject({ point: near(255.5) });
    // 18 x 21.9 and 6.25 x 2.92; 16.5 and 5.859375; 19.5 and 6.8359375.
    expect(moneyPerMonth?.used).toEqual({
      n: 6,
      point: near(412.45),
      low: near(378.459375),
      high: near(447.0109375),
      confidence: near(0.9375),
    });
    // CPU as used and memory as reserved, which nothing is estimated of.
    expect(moneyPerMonth?.larger).toEqual({
      n: 6,
      point: near(430.7),
      low: near(397.85),
      high: near(463.55),
      confidence: near(0.96875),
    });
  });

  test('is of that part alone that has a price, and says so', () => {
    const cpuAlone = project(known(), { prices: { perCoreHour: 0.03 } });
    expect(cpuAlone.moneyPerMonth?.used).toMatchObject({ point: near(394.2), confidence: near(0.96875) });
    expect(sentence(cpuAlone, 'month')).toBe(
      'A month has 730 hours, at 0.03 for an hour of a core; memory has no price and is not in it.',
    );
    const memoryAlone = project(known(), { prices: { perGibHour: 0.004 } });
    expect(memoryAlone.moneyPerMonth?.used).toMatchObject({ point: near(18.25) });
    expect(sentence(memoryAlone, 'month')).toContain('CPU has no price');
    expect(sentence(project(known(), { prices }), 'month')).toBe(
      'A month has 730 hours, at 0.03 for an hour of a core and 0.004 for an hour of a GiB.',
    );
  });

  test('is nothing without a price, and 0 only where a price of 0 was given', () => {
    expect(project(known()).moneyPerMonth).toBeNull();
    expect(sentence(project(known()), 'month')).toBeUndefined();
    expect(project(known(), { prices: { perCoreHour: 0 } }).moneyPerMonth?.used).toMatchObject({ point: 0, high: 0 });
  });

  test('is missing where a part of it is', () => {
    const facts = known({ loads: [{ ...at(1000, 180), usedMemoryBytes: missing }] });
    const { moneyPerMonth } = project(facts, { prices });
    expect([moneyPerMonth?.used, moneyPerMonth?.larger]).toEqual([missing, missing]);
    expect(moneyPerMonth?.reserved).toMatchObject({ point: near(255.5) });
    expect(project(facts, { prices: { perCoreHour: 0.03 } }).moneyPerMonth?.used).toMatchObject({ point: near(394.2) });
  });
});
