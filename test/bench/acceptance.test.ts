import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../src/record/histogram.ts';
import type { SegmentRecord } from '../../src/record/trialRecord.ts';
import { type Driven, drivenOf } from './drive.ts';
import {
  type Comparison,
  checkAccuracy,
  checkArrivals,
  checkDrift,
  checkFreeze,
  compare,
} from './ground-truth/acceptance.ts';
import { quantile } from './ground-truth/record.ts';

const driven = (response: { p50: number; p99: number }, change: Partial<Driven> = {}): Driven => ({
  responseUs: response,
  serviceUs: { p50: 500, p99: 900 },
  lagUs: { p50: 1, p99: 20 },
  waitUs: { p50: 0, p99: 0 },
  ...{ scheduled: 100, sent: 100, completed: 100, failed: 0, unsent: 0, cpuMs: 10 },
  ...change,
});

const run = (errorUs: number, change: Partial<Driven> = {}): Comparison => ({
  arrivalRatePerSecond: 200,
  driver: driven({ p50: 2000 + errorUs, p99: 3000 }, change),
  sojournUs: { p50: 2000, p99: 2900 },
  freezes: 0,
});

const frozen = (responseP99: number, freezes = 19): Comparison => ({
  ...run(0, { responseUs: { p50: 550, p99: responseP99 } }),
  freezes,
});

const held = (checks: readonly { holds: boolean }[]) => checks.map((check) => check.holds);

describe('the comparison of driver and record', () => {
  it('takes the requests of the measurement window: the last ones of the record', () => {
    const requests = [9, 9, 1, 2, 3, 4].map((us, i) => ({ arrivalNs: i * 1e6, writeNs: i * 1e6 + us * 1000 }));
    const driver = driven({ p50: 10, p99: 20 }, { sent: 4 });
    expect(compare(200, driver, { requests, freezes: 1 })).toEqual({
      arrivalRatePerSecond: 200,
      driver,
      sojournUs: { p50: 2, p99: 4 },
      freezes: 1,
    });
  });

  it('finds a quantile with the share q of the values at or below it, and no smaller value that has it', () => {
    const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 });
    const share = (all: readonly number[], limit: number) => all.filter((each) => each <= limit).length / all.length;
    fc.assert(
      fc.property(values, fc.constantFrom(0.5, 0.9, 0.99, 1), (all, q) => {
        const found = quantile(all, q) ?? Number.NaN;
        return (
          all.includes(found) && share(all, found) >= q && !all.some((each) => each < found && share(all, each) >= q)
        );
      }),
    );
  });
});

describe('the check of the p50 error', () => {
  it('judges the median run, so that one disturbed run decides nothing', () => {
    expect(checkAccuracy('p50 error', [run(400), run(20), run(-3)])).toEqual({
      name: 'p50 error',
      limit: 'within ±25 µs',
      found: '+20 µs (median of +400, +20, -3)',
      holds: true,
    });
  });

  it('holds up to the limit on either side and not beyond it', () => {
    expect(held([25, 26, -25, -26].map((error) => checkAccuracy('p50 error', [run(error)])))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('does not hold where requests failed, where the record is missing, or where nothing ran', () => {
    const lossy = run(0, { completed: 97, failed: 2, unsent: 1 });
    const blind: Comparison = { ...run(0), sojournUs: { missing: 'the kernel gave no receive timestamp' } };
    const checks = [[run(0), lossy], [blind], []].map((runs) => checkAccuracy('p50 error', runs));
    expect(checks.map(({ found, holds }) => ({ found, holds }))).toEqual([
      { found: '97 of 100 requests completed, 2 failed, 1 unsent', holds: false },
      { found: 'the kernel gave no receive timestamp', holds: false },
      { found: 'no run', holds: false },
    ]);
  });
});

describe('the check of the drift over service times', () => {
  const byService = (...errors: readonly (readonly number[])[]) =>
    new Map(errors.map((each, i) => [500 + i * 100, each.map((error) => run(error))]));

  it('takes the largest of the medians less the smallest', () => {
    expect(checkDrift('drift', byService([10, 14, 90], [19, -4, 22]))).toEqual({
      name: 'drift',
      limit: 'at most 5 µs',
      found: '5.0 µs (+14 at 0.5 ms, +19 at 0.6 ms)',
      holds: true,
    });
    expect(checkDrift('drift', byService([14], [20], [17])).holds).toBe(false);
  });

  it('does not hold where a run is unfair, has no record, or is missing', () => {
    const lossy = new Map([[500, [run(0, { completed: 99, failed: 1 })]]]);
    const blind = new Map([[500, [{ ...run(0), sojournUs: { missing: 'no timestamp' } }]]]);
    const checks = [lossy, blind, new Map([[500, []]]), new Map<number, Comparison[]>()];
    expect(checks.map((each) => checkDrift('drift', each)).map(({ found, holds }) => [found, holds])).toEqual([
      ['99 of 100 requests completed, 1 failed, 0 unsent', false],
      ['no timestamp', false],
      ['no run', false],
      ['no run', false],
    ]);
  });
});

describe('the check of the frozen server', () => {
  const wanted = { simulatedP99Us: 40_000, freezesAtLeast: 19 };

  it('wants the simulated p99, five per cent up or down', () => {
    const found = [42_000, 38_000, 42_100, 37_900].map((us) => checkFreeze('freeze', frozen(us), wanted));
    expect(held(found)).toEqual([true, true, false, false]);
    expect(found[0]).toEqual({
      name: 'freeze',
      limit: 'within 5 % of 40.0 ms',
      found: '42.0 ms (+5.0 %)',
      holds: true,
    });
  });

  it('does not hold where the server did not freeze as often as it should, whatever the figures', () => {
    expect(checkFreeze('freeze', frozen(40_000, 18), wanted)).toMatchObject({
      found: 'the server froze 18 times, not 19',
      holds: false,
    });
  });
});

describe('the check of the arrivals', () => {
  const wanted = { atLeast: 0.95, atMost: 1.05, rateWithin: 0.01 };
  const check = (variation: number, arrived: number) =>
    checkArrivals('arrivals', { variation, ratePerSecond: { asked: 1000, arrived }, wanted }).holds;

  it('wants the variation and the rate', () => {
    expect([check(1, 1000), check(0.94, 1000), check(1.06, 1000), check(1, 1011), check(1, 989)]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('does not hold where one of them is missing', () => {
    const missing = { missing: 'no timestamp' };
    for (const [variation, arrived] of [
      [missing, 1000],
      [1, missing],
    ] as const) {
      const asked = { variation, ratePerSecond: { asked: 1000, arrived }, wanted };
      expect(checkArrivals('arrivals', asked)).toMatchObject({ found: 'no timestamp', holds: false });
    }
  });
});

describe("the driver's account", () => {
  const histogram = (values: readonly number[]) => {
    const made = LatencyHistogram.create();
    for (const value of values) made.record(value);
    return made.encode();
  };
  const segment = (name: string, measured: boolean, outcome: 'ok' | 'timeout'): SegmentRecord => ({
    ...{ name, measured, fromUs: 0, toUs: 1e6, requestedRatePerSecond: 3 },
    counts: { scheduled: 4, sent: 3, completed: 3, failed: 0, unsent: 1 },
    streams: [
      {
        ...{ target: 'a:1', outcome, requests: 3 },
        ...{ response: histogram([10, 20, 30]), service: histogram([7, 8, 9]), lag: histogram([1, 1, 2]) },
        wait: histogram([5]),
      },
    ],
    perSecond: [],
    tailEpisodes: { missing: 'not looked at' },
    payload: { responses: 3, bodyBytes: 0, wrongSize: 0 },
  });

  it('is that of the measured segment and its successful requests', () => {
    expect(
      drivenOf({ model: 'open', segments: [segment('warm-up', false, 'timeout'), segment('measure', true, 'ok')] }),
    ).toEqual({
      responseUs: { p50: 20, p99: 30 },
      serviceUs: { p50: 8, p99: 9 },
      lagUs: { p50: 1, p99: 2 },
      // One of three waited.
      waitUs: { p50: 0, p99: 5 },
      ...{ scheduled: 4, sent: 3, completed: 3, failed: 0, unsent: 1 },
    });
  });

  it('is an error where nothing succeeded or nothing was measured', () => {
    expect(() => drivenOf({ model: 'open', segments: [segment('measure', true, 'timeout')] })).toThrow(
      'none of 3 requests succeeded',
    );
    expect(() => drivenOf({ model: 'open', segments: [] })).toThrow('exactly one measured segment');
  });
});
