import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../../src/record/histogram.ts';
import { clock, driveAutocannon, driveSpec, onlySegment } from '../drive.ts';
import { answerOf, serve } from '../server.ts';

const SEGMENTS = [
  { name: 'warm-up', fromMs: 0, toMs: 300, arrivalRatePerSecond: 0, measured: false },
  { name: 'measurement', fromMs: 300, toMs: 1000, arrivalRatePerSecond: 0, measured: true },
];

describe('the autocannon driver', () => {
  it('counts the answers of the measured window only, each once, and calls its loop closed', async () => {
    let answered = 0;
    // An answer takes 10 ms, so that autocannon's own correction would have samples to invent.
    const target = await serve((socket) => {
      socket.on('data', () => {
        setTimeout(() => {
          answered++;
          socket.write(answerOf(10));
        }, 10);
      });
    });
    const spec = driveSpec(target, { driver: 'autocannon', segments: SEGMENTS, startAtUs: clock.nowUs() });
    const result = await driveAutocannon(spec);
    const { counts, payload, streams, requestedRatePerSecond, tailEpisodes } = onlySegment(result.segments);
    expect(counts.completed).toBeGreaterThan(0);
    expect(counts.completed).toBeLessThan(answered);
    expect(counts).toEqual({
      scheduled: counts.completed,
      sent: counts.completed,
      completed: counts.completed,
      failed: 0,
      unsent: 0,
    });
    expect(payload).toEqual({
      responses: counts.completed,
      bodyBytes: 10 * counts.completed,
      expectedBytes: 10 * counts.completed,
      wrongSize: 0,
    });
    const service = LatencyHistogram.decode(streams[0]?.service ?? '');
    expect(streams.map(({ outcome, requests }) => [outcome, requests])).toEqual([['ok', counts.completed]]);
    expect(service.count).toBe(counts.completed);
    expect(service.quantile(0)).toBeGreaterThanOrEqual(9000);
    expect(LatencyHistogram.decode(streams[0]?.lag ?? '').count).toBe(0);
    expect([requestedRatePerSecond, tailEpisodes]).toEqual([
      0,
      { missing: 'a closed loop has no schedule to place a request on' },
    ]);
    expect({ ...result, segments: [] }).toEqual({
      driver: 'autocannon',
      model: 'closed',
      connections: { requested: 2, open: 2, opened: 2 },
      segments: [],
      hiccups: { missing: 'autocannon runs its own loop, which has no meter' },
      failures: [],
    });
  });

  it('counts answers of other statuses as failures, and keeps their times out of the histogram', async () => {
    const target = await serve((socket) => {
      socket.on('data', () => setTimeout(() => socket.write(answerOf(0, 503)), 10));
    });
    const spec = driveSpec(target, { driver: 'autocannon', segments: SEGMENTS, startAtUs: clock.nowUs() });
    const { counts, streams } = onlySegment((await driveAutocannon(spec)).segments);
    expect(counts.failed).toBeGreaterThan(0);
    expect([counts.completed, counts.sent, streams[0]?.requests]).toEqual([0, counts.failed, 0]);
  });

  it('counts bodies of the wrong size', async () => {
    const target = await serve((socket) => {
      socket.on('data', () => setTimeout(() => socket.write(answerOf(9)), 10));
    });
    const spec = driveSpec(target, { driver: 'autocannon', segments: SEGMENTS, startAtUs: clock.nowUs() });
    const { counts, payload } = onlySegment((await driveAutocannon(spec)).segments);
    expect(counts.completed).toBeGreaterThan(0);
    expect(payload).toEqual({
      responses: counts.completed,
      bodyBytes: 9 * counts.completed,
      expectedBytes: 10 * counts.completed,
      wrongSize: counts.completed,
    });
  });

  it('refuses a trial without a measured segment', async () => {
    const target = await serve(() => {});
    const spec = driveSpec(target, { segments: [], startAtUs: clock.nowUs() });
    await expect(driveAutocannon(spec)).rejects.toThrow('a trial without a measured segment');
  });
});
