// @ts-nocheck
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../src/record/histogram.ts';
import type { SegmentRecord } from '../../src/record/trialRecord.ts';
import { type Driven, drivenOf } from './drive.ts';
import { type Comparison, checkAccuracy, checkFreeze, compare } from './ground-truth/acceptance.ts';
import { quantile } from './ground-truth/record.ts';

const driven = (response: { p50: number; p99: number }, change: Partial<Driven> = {}): Driven => ({
  responseUs: response,
  serviceUs: { p50: 500, p99: 900 },
  lagUs: { p50: 1, p99: 20 },
  ...{ scheduled: 100, sent: 100, completed: 100, failed: 0, unsent: 0 },
  ...change,
});

const run = (errorUs: number, change: Partial<Driven> = {}): Comparison => ({
  arrivalRatePerSecond: 200,
  driver: driven({ p50: 2000 + errorUs, p99: 3000 }, change),
  sojournUs: { p50: 2000, p99: 2900 },
  freezes: 0,
});

const frozen = (responseP99: number, serviceP99: number, freezes = 19): Comparison => ({
  ...run(0, { responseUs: { p50: 550, p99: responseP99 }, serviceUs: { p50: 550, p99: serviceP99 } }),
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
      limit: 'within ±50 µs',
      found: '+20 µs (median of +400, +20, -3)',
      holds: true,
    });
  });

  it('holds up to the limit on either side and not beyond it', () => {
    expect(held([50, 51, -50, -51].map((error) => checkAccuracy('p50 error', [run(error)])))).toEqual([
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

describe('the check of the frozen server', () => {
  it('wants the freeze in the response time and not in the service time', () => {
    expect(held(checkFreeze(frozen(41_500, 900), 19))).toEqual([true, true]);
    expect(held(checkFreeze(frozen(900, 900), 19))).toEqual([false, true]);
    expect(held(checkFreeze(frozen(48_000, 48_000), 19))).toEqual([false, false]);
    expect(held(checkFreeze(frozen(38_000, 5_000), 19))).toEqual([true, false]);
  });

  it('does not hold where the server did not freeze as often as it should, whatever the figures', () => {
    expect(checkFreeze(frozen(41_500, 900, 18), 19)).toEqual([
      {
        name: 'freeze: response time p99',
        limit: '38.0 ms to 46.0 ms',
        found: 'the server froze 18 times, not 19',
        holds: false,
      },
      {
        name: 'freeze: service time p99',
        limit: 'below 5.0 ms',
        found: 'the server froze 18 times, not 19',
        holds: false,
      },
    ]);
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
      },
    ],
    perSecond: [],
    tailEpisodes: { missing: 'not looked at' },
    payload: { responses: 3, bodyBytes: 0, wrongSize: 0 },
  });

  it('is that of the measured segment and its successful requests', () => {
    expect(drivenOf({ segments: [segment('warm-up', false, 'timeout'), segment('measure', true, 'ok')] })).toEqual({
      responseUs: { p50: 20, p99: 30 },
      serviceUs: { p50: 8, p99: 9 },
      lagUs: { p50: 1, p99: 2 },
      ...{ scheduled: 4, sent: 3, completed: 3, failed: 0, unsent: 1 },
    });
  });

  it('is an error where nothing succeeded or nothing was measured', () => {
    expect(() => drivenOf({ segments: [segment('measure', true, 'timeout')] })).toThrow('none of 3 requests succeeded');
    expect(() => drivenOf({ segments: [] })).toThrow('exactly one measured segment');
  });
});
