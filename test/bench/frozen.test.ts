import { describe, expect, it } from 'vitest';
import { simulateFrozen } from './ground-truth/frozen.ts';

const at = (sorted: Float64Array, q: number) => sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;

describe('the simulated frozen server', () => {
  const server = { serviceUs: 500, freezeUs: 50_000, freezeEveryUs: 1_000_000, overheadUs: 0 };

  it('without a freeze answers each request after its service time', () => {
    const times = simulateFrozen({ ...server, freezeUs: 0 }, { ratePerSecond: 1000, connections: 5, seconds: 2 });
    expect([times.length, at(times, 0), times.at(-1)]).toEqual([2000, Number.NaN, 500]);
  });

  it('with a connection for each request gives the percentiles of arrivals that are spread evenly over the freeze', () => {
    // The i-th of the first 50 requests of each second waits 50 - (i + 0.5) ms and then its service; before them stands one
    // of the second before, which the freeze meets 0.5 ms after it was sent. Of 10,000 that leaves 9 + 10 × 9 above i = 9.
    const times = simulateFrozen(server, { ratePerSecond: 1000, connections: 64, seconds: 10 });
    expect(at(times, 0.5)).toBeCloseTo(500, 6);
    expect(at(times, 0.99)).toBeCloseTo(50_000 - 9500 + 500, 6);
    expect(times.at(-1)).toBeCloseTo(50_000 + 500, 6);
  });

  it('with fewer connections adds the time in which they drain the queue', () => {
    const five = simulateFrozen(server, { ratePerSecond: 1000, connections: 5, seconds: 10 });
    const many = simulateFrozen(server, { ratePerSecond: 1000, connections: 64, seconds: 10 });
    expect(at(five, 0.99)).toBeGreaterThan(at(many, 0.99));
    // 55 requests at most, in rounds of 5 that take 0.5 ms each.
    expect(at(five, 0.99)).toBeLessThan(at(many, 0.99) + 6000);
  });
});
