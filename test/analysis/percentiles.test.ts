import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  percentileCurve,
  percentileSupport,
  requestsBeyond,
  supportedPercentile,
  supportedPercentiles,
} from '../../src/analysis/percentiles.ts';
import { responseTimes, sendingLag } from '../../src/analysis/window.ts';
import { LatencyHistogram } from '../../src/record/histogram.ts';
import { streamOf, trialFixture, windowOf } from './fixtures/trials.ts';

const timed = (requests: number, p99Episodes = 30) => {
  const record = trialFixture({ requests });
  windowOf(record).tailEpisodes = { p50: 900, p90: 300, p99: p99Episodes, p999: p99Episodes };
  return { record, times: responseTimes(record) };
};

describe('response times', () => {
  test('hold answers and timeouts of the window, no other failures, and nothing of the warm-up', () => {
    const trial = trialFixture();
    windowOf(trial).streams = [
      streamOf('ok', { count: 10, medianUs: 100 }),
      streamOf('timeout', { count: 3, medianUs: 10_000_000 }),
      streamOf('reset', { count: 5, medianUs: 1 }),
    ];
    const times = responseTimes(trial);
    expect(times.count).toBe(13);
    expect(times.quantile(0.99)).toBeGreaterThan(10_000_000);
    expect(sendingLag(trial).count).toBe(18);
  });

  test('of several clients are merged', () => {
    const trial = trialFixture({ requests: 100 });
    trial.clients = [...trial.clients, ...structuredClone(trial.clients)];
    expect(responseTimes(trial).count).toBe(200);
  });
});

describe('percentile support', () => {
  test('counts the requests beyond exactly, though 1 - 0.9 is not 0.1', () => {
    expect([requestsBeyond(1000, 'p90'), requestsBeyond(10_000, 'p99'), requestsBeyond(99_999, 'p999')]).toEqual([
      100, 100, 99,
    ]);
  });

  test.each([
    [10_000, { beyond: 100, standing: 'reported' }],
    [9999, { beyond: 99, standing: 'coarse', note: 'only 99 requests of the smallest trial lie beyond p99' }],
    [2500, { beyond: 25, standing: 'coarse', note: 'only 25 requests of the smallest trial lie beyond p99' }],
    [2499, { beyond: 24, standing: 'absent', note: 'needs 2,500 requests in each trial, the smallest has 2,499' }],
  ])('of p99 with %i requests', (requests, expected) => {
    expect(percentileSupport('p99', [timed(12_000), timed(requests)])).toEqual({ percentile: 'p99', ...expected });
  });

  test('names the stalls that a percentile rests on where they are fewer than ten', () => {
    expect(percentileSupport('p99', [timed(10_000, 10)]).note).toBeUndefined();
    expect(percentileSupport('p99', [timed(10_000, 12), timed(10_000, 9)])).toEqual({
      percentile: 'p99',
      beyond: 100,
      standing: 'reported',
      note: 'p99 rests on 9 stalls in the trial with the fewest',
    });
    expect(percentileSupport('p99', [timed(5000, 1)]).note).toBe(
      'only 50 requests of the smallest trial lie beyond p99; p99 rests on 1 stall in the trial with the fewest',
    );
  });

  test('says that the stalls are not known rather than that there are none', () => {
    const trial = timed(10_000);
    windowOf(trial.record).tailEpisodes = { missing: 'too many requests to keep' };
    expect(percentileSupport('p99', [trial]).note).toBe(
      'on how many separate stalls p99 rests is not known: too many requests to keep',
    );
  });

  test('without a trial is absent', () => {
    expect(percentileSupport('p50', [])).toEqual({
      percentile: 'p50',
      beyond: 0,
      standing: 'absent',
      note: 'no valid trial',
    });
  });

  test('says nothing of a percentile that nothing weakens', () => {
    expect(percentileSupport('p99', [timed(10_000)])).toStrictEqual({
      percentile: 'p99',
      beyond: 100,
      standing: 'reported',
    });
  });

  test('adds up the stalls of the segments and clients of one trial', () => {
    const trial = timed(10_000, 6);
    trial.record.clients = [...trial.record.clients, ...structuredClone(trial.record.clients)];
    expect(percentileSupport('p99', [trial, timed(10_000, 13)]).note).toBeUndefined();
  });

  test('carries a percentile from 25 requests beyond it on', () => {
    expect(supportedPercentile(timed(50).times, 'p50')).toBe(495);
    expect(supportedPercentile(timed(49).times, 'p50')).toBeUndefined();
  });

  test('gives percentiles only where it is not absent', () => {
    expect(supportedPercentiles(timed(2000).times)).toStrictEqual({ p50: 500, p90: 700 });
    expect(supportedPercentiles(LatencyHistogram.create())).toStrictEqual({});
  });
});

describe('percentile curve', () => {
  test('rises, starts at the fastest request and ends where one request lies beyond', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 300 }), (values) => {
        const times = LatencyHistogram.create();
        for (const value of values) times.record(value);
        const curve = percentileCurve(times);
        expect(curve[0]?.quantile).toBe(0);
        expect(curve).toEqual(curve.toSorted((a, b) => a.quantile - b.quantile));
        expect(curve).toEqual(curve.toSorted((a, b) => a.responseUs - b.responseUs));
        expect(values.length * (1 - (curve.at(-1)?.quantile ?? 0))).toBeGreaterThanOrEqual(1 - 1e-9);
      }),
    );
  });

  test('has ten points for each tenfold of the tail, down to the last request', () => {
    const times = LatencyHistogram.create();
    for (let us = 1; us <= 10; us += 1) times.record(us);
    const curve = percentileCurve(times);
    const tails = [1, 0.794, 0.631, 0.501, 0.398, 0.316, 0.251, 0.2, 0.158, 0.126, 0.1];
    expect(curve.map(({ quantile }) => quantile)).toEqual(tails.map((tail) => expect.closeTo(1 - tail, 3)));
    // Of ten requests of 1 to 10 µs, the one at or below which the share lies.
    expect(curve.map(({ responseUs }) => responseUs)).toEqual([1, 3, 4, 5, 7, 7, 8, 9, 9, 9, 9]);
  });

  test('of nothing has no points', () => {
    expect(percentileCurve(LatencyHistogram.create())).toEqual([]);
  });

  test('has the fastest and the slowest trial as far as each of them reaches, and none of one trial alone', () => {
    const trial = (values: readonly number[]) => {
      const times = LatencyHistogram.create();
      for (const value of values) times.record(value);
      return times;
    };
    const [fast, slow] = [trial(Array.from({ length: 100 }, () => 10)), trial(Array.from({ length: 10 }, () => 30))];
    const pooled = LatencyHistogram.create();
    for (const each of [fast, slow]) pooled.merge(each);
    const curve = percentileCurve(pooled, [fast, slow]);
    const banded = curve.filter(({ fastestTrialUs }) => fastestTrialUs !== undefined);
    expect(banded.map(({ fastestTrialUs, slowestTrialUs }) => [fastestTrialUs, slowestTrialUs])).toEqual(
      banded.map(() => [10, 30]),
    );
    // The smaller one has no request beyond its p90.
    expect(banded.at(-1)?.quantile).toBeCloseTo(0.9, 6);
    expect(curve.length).toBeGreaterThan(banded.length);
    expect(percentileCurve(pooled, [fast]).some((point) => 'fastestTrialUs' in point)).toBe(false);
  });
});
