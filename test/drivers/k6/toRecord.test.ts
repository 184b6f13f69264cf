import { describe, expect, it } from 'vitest';
import type { K6Request, K6Samples } from '../../../src/drivers/k6/samples.ts';
import { recordK6 } from '../../../src/drivers/k6/toRecord.ts';
import { joinParts } from '../../../src/drivers/paced/join.ts';
import { LatencyHistogram } from '../../../src/record/histogram.ts';
import { driveSpec, request } from '../drive.ts';

const TARGET = { host: '127.0.0.1', port: 8080, opened: () => 0, open: () => 0 };
const START_US = 1.7e15;
const SEGMENTS = [
  { name: 'warm-up', fromMs: 0, toMs: 100, arrivalRatePerSecond: 100, measured: false },
  { name: 'window', fromMs: 100, toMs: 300, arrivalRatePerSecond: 100, measured: true },
];

/** Every 10 ms one, as k6 sent them: late by what is told of each. */
const sent = (lateUs: (index: number) => number, count = 30): K6Request[] =>
  Array.from({ length: count }, (_, i) => ({
    kind: 'service',
    sentUs: START_US + 5000 + i * 10_000 + lateUs(i),
    serviceUs: 400,
    outcome: 'ok',
    status: 200,
  }));

function recorded(samples: Partial<K6Samples>) {
  const spec = driveSpec(TARGET, { segments: SEGMENTS, arrivals: 'constant', requests: [request()] });
  const part = recordK6(spec, { requests: sent(() => 0), dropped: 0, wrongBodies: [], ...samples }, START_US);
  return joinParts([part], { driver: 'k6', model: 'open' });
}

const windowOf = (result: ReturnType<typeof recorded>) => {
  const window = result.segments.find(({ measured }) => measured);
  if (window === undefined) throw new Error('no window');
  return window;
};

describe('samples of k6', () => {
  it('count in the segment that they were to be sent in', () => {
    const { segments, connections } = recorded({});
    expect(segments.map(({ name, counts }) => [name, counts.sent])).toEqual([
      ['warm-up', 10],
      ['window', 20],
      ['overhang', 0],
    ]);
    // How many were open, k6 does not tell.
    expect(connections).toEqual({ requested: 2 });
  });

  it('have what k6 was late for in the response time, beyond its best request', () => {
    const result = recorded({ requests: sent((i) => 300 + (i === 20 ? 2000 : 0)) });
    const [ok] = windowOf(result).streams;
    const decode = (encoded: string | undefined) => LatencyHistogram.decode(encoded ?? '');
    expect([decode(ok?.lag).quantile(0.5), decode(ok?.lag).max]).toEqual([0, 2000]);
    expect([decode(ok?.service).max, decode(ok?.response).quantile(0.5)]).toEqual([400, 400]);
    expect(decode(ok?.response).max).toBeGreaterThanOrEqual(2399);
  });

  it('of a run with drops count from the send, and the drops are unsent', () => {
    const window = windowOf(recorded({ dropped: 3 }));
    expect(window.counts).toMatchObject({ scheduled: 23, sent: 20, unsent: 3 });
    expect(LatencyHistogram.decode(window.streams[0]?.lag ?? '').count).toBe(0);
  });

  it('tell bodies of another size', () => {
    const wrongBodies = [{ kind: 'service', atUs: START_US + 150_000, bytes: 4 }];
    expect(windowOf(recorded({ wrongBodies })).payload).toEqual({
      responses: 20,
      bodyBytes: 200 - 6,
      expectedBytes: 200,
      wrongSize: 1,
    });
  });

  it('keep the first failures as k6 tells them', () => {
    const requests = sent(() => 0).map((one, i) =>
      i === 15 ? { ...one, outcome: 'status-5xx' as const, status: 503 } : one,
    );
    const result = recorded({ requests });
    expect(windowOf(result).counts).toMatchObject({ completed: 19, failed: 1 });
    expect(result.failures).toEqual([{ atUs: 155_000, outcome: 'status-5xx', responseCode: 503 }]);
  });
});
