// @ts-nocheck
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../src/record/histogram.ts';

const HOUR_US = 3_600_000_000;
/** Latencies of every magnitude, not only of the largest. */
const latency = fc.oneof(
  fc.integer({ min: 0, max: 2000 }),
  fc.integer({ min: 0, max: 1_000_000 }),
  fc.integer({ min: 0, max: HOUR_US }),
);
const latencies = fc.array(latency, { minLength: 1, maxLength: 300 });
const share = fc.oneof(fc.constantFrom(0.5, 0.9, 0.99, 0.999, 1), fc.double({ min: 0.001, max: 1, noNaN: true }));

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = LatencyHistogram.create();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** Everything that can be read from a histogram. */
const contents = (histogram: LatencyHistogram) => ({
  count: histogram.count,
  max: histogram.max,
  mean: histogram.mean,
  quantiles: [0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1].map((q) => histogram.quantile(q)),
});

describe('a latency histogram', () => {
  it('gives each quantile within 0.1 % of the value at that rank of the sorted list, and exactly up to 2 ms', () => {
    fc.assert(
      fc.property(latencies, share, (values, q) => {
        const sorted = [...values].sort((a, b) => a - b);
        const rank = Math.max(1, Math.ceil(q * sorted.length - 1e-9));
        const exact = sorted[rank - 1] ?? Number.NaN;
        const found = histogramOf(values).quantile(q) ?? Number.NaN;
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact < 2048 ? 0 : exact * 0.001);
      }),
    );
  });

  it('gives nothing for what it does not have', () => {
    const empty = LatencyHistogram.create();
    expect([empty.count, empty.quantile(0.5), empty.quantile(1), empty.max, empty.mean]).toEqual([
      0,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(empty.countAbove(0)).toBe(0);
    const used = histogramOf([5]);
    used.reset();
    expect(contents(used)).toEqual(contents(empty));
  });

  it('holds after a merge what one histogram of both would hold', () => {
    fc.assert(
      fc.property(latencies, latencies, (some, others) => {
        const merged = histogramOf(some);
        merged.merge(histogramOf(others));
        expect(contents(merged)).toEqual(contents(histogramOf([...some, ...others])));
      }),
    );
  });

  it('is the same after encoding and decoding, and can be merged further', () => {
    fc.assert(
      fc.property(latencies, latencies, (some, others) => {
        const decoded = LatencyHistogram.decode(histogramOf(some).encode());
        expect(contents(decoded)).toEqual(contents(histogramOf(some)));
        decoded.merge(LatencyHistogram.decode(histogramOf(others).encode()));
        expect(contents(decoded)).toEqual(contents(histogramOf([...some, ...others])));
      }),
      { numRuns: 30 }, // each run fills and compresses several histograms
    );
    expect(contents(LatencyHistogram.decode(LatencyHistogram.create().encode())).count).toBe(0);
  });

  it('counts the values above a limit', () => {
    const histogram = histogramOf([10, 20, 20, 30, 1_000_000]);
    expect([0, 10, 19, 20, 30, 2_000_000].map((limit) => histogram.countAbove(limit))).toEqual([5, 4, 4, 2, 1, 0]);
  });

  it('knows its largest value and its mean to its resolution', () => {
    const histogram = histogramOf([100, 200, 300]);
    expect([histogram.max, histogram.mean]).toEqual([300, 200]);
  });

  it('rounds fractions of a µs to the nearest', () => {
    const histogram = histogramOf([61.7, 0.4]);
    expect([histogram.quantile(0.5), histogram.quantile(1)]).toEqual([0, 62]);
  });

  it.each([-1, -0.6, Number.NaN, Number.POSITIVE_INFINITY, HOUR_US + 1])('does not take %d for a latency', (value) => {
    const histogram = LatencyHistogram.create();
    expect(() => histogram.record(value)).toThrow(new RangeError(`not a latency in µs: ${value}`));
    expect(histogram.count).toBe(0);
  });

  it.each(['', 'no base64 at all!', Buffer.from('something else').toString('base64')])(
    'does not come from the text "%s"',
    (text) => {
      expect(() => LatencyHistogram.decode(text)).toThrow();
    },
  );
});
