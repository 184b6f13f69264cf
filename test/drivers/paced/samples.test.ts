import { describe, expect, it } from 'vitest';
import { createSamples } from '../../../src/drivers/paced/samples.ts';
import { joinSamples, perSecondOf, tailEpisodesOf } from '../../../src/drivers/paced/timeline.ts';

/** Samples of a segment of two seconds that begins at 1 s; each request is its intended start and response time. */
function samplesOf(requests: readonly (readonly [number, number])[], expected = requests.length) {
  const samples = createSamples({ fromUs: 1e6, toUs: 3e6, expected });
  for (const [intendedUs, responseUs] of requests) {
    samples.sent(intendedUs);
    samples.finished(intendedUs, responseUs, true);
  }
  return samples;
}

describe('samples by second', () => {
  it('count each request in the second of its intended start, with the percentiles of that second', () => {
    const samples = samplesOf([
      [1_000_000, 300],
      [1_500_000, 100],
      [1_999_999, 900_000],
      [2_000_000, 50],
    ]);
    samples.sent(2_900_000);
    samples.finished(2_900_000, 10_000, false);
    samples.sent(2_950_000);
    expect(perSecondOf(samples.recorded())).toEqual([
      { second: 0, sent: 3, completed: 3, failed: 0, p50Us: 300, p99Us: 900_000, maxUs: 900_000 },
      { second: 1, sent: 3, completed: 1, failed: 1, p50Us: 50, p99Us: 10_000, maxUs: 10_000 },
    ]);
  });

  it('say that there is nothing in a second without an answer', () => {
    const missing = { missing: 'no request finished in this second' };
    expect(perSecondOf(samplesOf([[1_000_000, 300]]).recorded())[1]).toEqual({
      second: 1,
      sent: 0,
      completed: 0,
      failed: 0,
      p50Us: missing,
      p99Us: missing,
      maxUs: missing,
    });
  });

  it('give a segment of less than a second one second', () => {
    const samples = createSamples({ fromUs: 0, toUs: 200_000, expected: 1 });
    expect(perSecondOf(samples.recorded()).map(({ second }) => second)).toEqual([0]);
  });
});

describe('episodes of the tail', () => {
  it('are one where slow requests overlap in time, and two where they do not', () => {
    const quick = Array.from({ length: 196 }, (_, i) => [1_000_000 + i * 10_000, 100] as const);
    const together = [
      [1_500_000, 50_000],
      [1_510_000, 40_000],
    ] as const;
    const apart = [
      [1_500_000, 50_000],
      [2_510_000, 40_000],
    ] as const;
    const tail = (slow: readonly (readonly [number, number])[]) => {
      const found = tailEpisodesOf(samplesOf([...quick, ...slow]).recorded());
      return 'missing' in found ? found : [found.p99, found.p999];
    };
    expect(tail(together)).toEqual([1, 1]);
    expect(tail(apart)).toEqual([2, 1]);
    // One that lasts over all the others joins what lies within it.
    expect(tail([...apart, [1_400_000, 1_500_000]])).toEqual([1, 1]);
  });

  it('are found whatever the order in which the requests finished', () => {
    const slow = [
      [2_500_000, 60_000],
      [1_100_000, 50_000],
      [2_510_000, 55_000],
      [1_120_000, 52_000],
    ] as const;
    expect(tailEpisodesOf(samplesOf(slow).recorded())).toEqual({ p50: 2, p90: 1, p99: 1, p999: 1 });
  });

  it('cannot be told where no request finished', () => {
    expect(tailEpisodesOf(samplesOf([]).recorded())).toEqual({ missing: 'no request finished' });
  });
});

describe('more requests than there is room for', () => {
  it('are counted, and their order in time is missing with the reason', () => {
    const many = Array.from({ length: 30 }, (_, i) => [1_000_000 + i * 1000, 100] as const);
    const samples = samplesOf(many, 0);
    const missing = { missing: 'more than 16 requests in one segment' };
    expect(tailEpisodesOf(samples.recorded())).toEqual(missing);
    expect(perSecondOf(samples.recorded())).toEqual([
      { second: 0, sent: 30, completed: 30, failed: 0, p50Us: missing, p99Us: missing, maxUs: missing },
      { second: 1, sent: 0, completed: 0, failed: 0, p50Us: missing, p99Us: missing, maxUs: missing },
    ]);
    expect(tailEpisodesOf(samplesOf(many.slice(0, 16), 0).recorded())).toEqual({ p50: 16, p90: 16, p99: 16, p999: 16 });
  });

  it('are missing for all threads where one of them had no room', () => {
    const many = Array.from({ length: 30 }, (_, i) => [1_000_000 + i * 1000, 100] as const);
    const whole = joinSamples([samplesOf(many, 0).recorded(), samplesOf(many.slice(0, 3)).recorded()]);
    expect(tailEpisodesOf(whole)).toEqual({ missing: 'more than 19 requests in one segment' });
    expect(perSecondOf(whole)[0]).toMatchObject({ sent: 33, completed: 33, p50Us: { missing: expect.any(String) } });
  });
});
