import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freePorts } from '../../../src/host/ports.ts';
import { LatencyHistogram } from '../../../src/record/histogram.ts';
import { clock, drivePaced, driveSpec, onlySegment, request } from '../drive.ts';
import { answerOf, serve } from '../server.ts';

const at = (rate: number, ms: number) => [
  { name: 'measurement', fromMs: 0, toMs: ms, arrivalRatePerSecond: rate, measured: true },
];

/** Least, mean and largest of a stored histogram, in ms. */
function inMs(encoded: string | undefined) {
  const histogram = LatencyHistogram.decode(encoded ?? '');
  const ms = (us: number | undefined) => (us ?? Number.NaN) / 1000;
  const { count } = histogram;
  return { count, least: ms(histogram.quantile(0)), mean: ms(histogram.mean), most: ms(histogram.max) };
}

describe('the paced driver', () => {
  it('sends every request of the schedule as it was asked, and records every answer', async () => {
    const asked = new Map<string, number>();
    const target = await serve((socket) => {
      socket.on('data', (request) => {
        asked.set(String(request), (asked.get(String(request)) ?? 0) + 1);
        socket.write(answerOf(10));
      });
    });
    const segments = [
      { name: 'warm-up', fromMs: 0, toMs: 100, arrivalRatePerSecond: 200, measured: false },
      { name: 'measurement', fromMs: 100, toMs: 300, arrivalRatePerSecond: 500, measured: true },
    ];
    const result = await drivePaced(driveSpec(target, { segments, connections: 3 }));
    expect(asked).toEqual(new Map([['GET /bytes/10 HTTP/1.1\r\nhost: echo.test:8080\r\n\r\n', 120]]));
    expect(
      result.segments.map(({ name, measured, fromUs, toUs, requestedRatePerSecond, counts, payload, streams }) => ({
        name,
        measured,
        fromUs,
        toUs,
        requestedRatePerSecond,
        counts,
        payload,
        outcomes: streams.map(({ target: of, outcome, requests }) => `${requests} ${outcome} from ${of}`),
      })),
    ).toEqual([
      {
        name: 'warm-up',
        measured: false,
        fromUs: 0,
        toUs: 100_000,
        requestedRatePerSecond: 200,
        counts: { scheduled: 20, sent: 20, completed: 20, failed: 0, unsent: 0 },
        payload: { responses: 20, bodyBytes: 200, expectedBytes: 200, wrongSize: 0 },
        outcomes: ['20 ok from service'],
      },
      {
        name: 'measurement',
        measured: true,
        fromUs: 100_000,
        toUs: 300_000,
        requestedRatePerSecond: 500,
        counts: { scheduled: 100, sent: 100, completed: 100, failed: 0, unsent: 0 },
        payload: { responses: 100, bodyBytes: 1000, expectedBytes: 1000, wrongSize: 0 },
        outcomes: ['100 ok from service'],
      },
    ]);
    expect({ ...result, segments: [] }).toEqual({
      driver: 'paced',
      model: 'open',
      connections: { requested: 3, open: 3, opened: 3 },
      segments: [],
      hiccups: expect.objectContaining({ where: 'generator', windowUs: 200_000 }),
      failures: [],
    });
  });

  it('sends a body where one is asked for', async () => {
    let received = '';
    const target = await serve((socket) => {
      socket.on('data', (request) => {
        received += String(request);
        socket.write(answerOf(10));
      });
    });
    await drivePaced(
      driveSpec(target, { requests: [request({ method: 'POST', requestBytes: 4 })], segments: at(10, 200) }),
    );
    const one = 'POST /bytes/10 HTTP/1.1\r\nhost: echo.test:8080\r\ncontent-length: 4\r\n\r\nxxxx';
    expect(received).toBe(one.repeat(2));
  });

  it('goes on after a server that closes in mid-body, and counts each such answer', async () => {
    let requests = 0;
    let cut = 0;
    const target = await serve((socket) => {
      socket.on('data', () => {
        requests++;
        if (requests % 5 !== 0) return socket.write(answerOf(10));
        cut++;
        return socket.end(answerOf(10).subarray(0, -4));
      });
    });
    const result = await drivePaced(driveSpec(target));
    const { counts, streams } = onlySegment(result.segments);
    expect([requests, cut]).toEqual([20, 4]);
    expect(counts).toEqual({ scheduled: 20, sent: 20, completed: 16, failed: 4, unsent: 0 });
    expect(streams.map(({ outcome, requests: n }) => [outcome, n])).toEqual([
      ['ok', 16],
      ['short-body', 4],
    ]);
    expect(result.failures).toEqual(
      Array(4).fill({
        atUs: expect.any(Number),
        outcome: 'short-body',
        responseCode: 200,
        upstream: `127.0.0.1:${target.port}`,
      }),
    );
  });

  it('does not blame the answer before for a request whose connection is cut', async () => {
    const target = await serve((socket) => {
      let requests = 0;
      socket.on('data', () => (++requests === 1 ? socket.write(answerOf(10)) : socket.resetAndDestroy()));
    });
    const result = await drivePaced(driveSpec(target, { connections: 1, segments: at(10, 200) }));
    const { streams } = onlySegment(result.segments);
    expect(streams.map(({ outcome, requests }) => [outcome, requests])).toEqual([
      ['ok', 1],
      ['reset', 1],
    ]);
    expect(result.failures.map(({ outcome, responseCode }) => [outcome, responseCode])).toEqual([['reset', null]]);
  });

  it('ends a request without an answer no earlier than its limit', async () => {
    const target = await serve((socket) => socket.resume());
    const spec = driveSpec(target, { connections: 8, segments: at(25, 200), timeoutMs: 100 });
    const { counts, streams } = onlySegment((await drivePaced(spec)).segments);
    expect(counts).toEqual({ scheduled: 5, sent: 5, completed: 0, failed: 5, unsent: 0 });
    expect(streams.map(({ outcome, requests }) => [outcome, requests])).toEqual([
      ['ok', 0],
      ['timeout', 5],
    ]);
    // The histogram holds steps of 0.1 %.
    expect(inMs(streams[1]?.response).least).toBeGreaterThanOrEqual(99.9);
    expect(inMs(streams[1]?.service).least).toBeGreaterThanOrEqual(99.9);
  });

  it('leaves requests unsent that have waited for a connection longer than their limit', async () => {
    const target = await serve((socket) => socket.resume());
    const spec = driveSpec(target, { connections: 1, segments: at(100, 100), timeoutMs: 50 });
    const { counts } = onlySegment((await drivePaced(spec)).segments);
    expect(counts.scheduled).toBe(10);
    expect(counts.sent + counts.unsent).toBe(10);
    expect(counts.unsent).toBeGreaterThan(0);
    expect([counts.failed, counts.completed]).toEqual([counts.sent, 0]);
  });

  it('opens a connection anew after as many requests as it may carry', async () => {
    const carried: number[] = [];
    const target = await serve((socket) => {
      const index = carried.push(0) - 1;
      socket.on('data', () => {
        carried[index] = (carried[index] ?? 0) + 1;
        socket.write(answerOf(10));
      });
    });
    const spec = driveSpec(target, { connections: 1, requestsPerConnection: 3, segments: at(50, 240) });
    const { counts } = onlySegment((await drivePaced(spec)).segments);
    expect(counts).toEqual({ scheduled: 12, sent: 12, completed: 12, failed: 0, unsent: 0 });
    expect(carried.filter((requests) => requests > 0)).toEqual([3, 3, 3, 3]);
  });

  it('names the port that refuses it, and leaves it alone from then on', async () => {
    const [port = 0] = await freePorts(1);
    const refusing = { host: '127.0.0.1', port, opened: () => 0, open: () => 0 };
    await expect(drivePaced(driveSpec(refusing))).rejects.toThrow(
      `0 of 2 connections to 127.0.0.1:${port} are open (ECONNREFUSED)`,
    );
    const late = await serve(() => {}, port);
    // Some redials would have come in this time, were there any.
    await sleep(60);
    expect(late.opened()).toBe(0);
  });

  it('counts answers of the wrong size as answers, and says how many', async () => {
    const target = await serve((socket) => socket.on('data', () => socket.write(answerOf(9))));
    const { counts, payload } = onlySegment((await drivePaced(driveSpec(target))).segments);
    expect(counts).toEqual({ scheduled: 20, sent: 20, completed: 20, failed: 0, unsent: 0 });
    expect(payload).toEqual({ responses: 20, bodyBytes: 180, expectedBytes: 200, wrongSize: 20 });
  });

  it('counts the wait for a connection into the response time, and neither into the service time nor as its own lag', async () => {
    const target = await serve((socket) => socket.on('data', () => setTimeout(() => socket.write(answerOf(10)), 20)));
    const spec = driveSpec(target, { connections: 1, segments: at(100, 200) });
    const [ok] = onlySegment((await drivePaced(spec)).segments).streams;
    const [response, service, lag, wait] = [ok?.response, ok?.service, ok?.lag, ok?.wait].map(inMs);
    if (!response || !service || !lag || !wait) throw new Error('four histograms');
    // The first finds the connection free.
    expect([ok?.requests, wait.count]).toEqual([20, 19]);
    // Timers have a grid of 1 ms: each of 20 requests, due 10 ms apart, takes the only connection for 19 ms or more.
    expect(service.least).toBeGreaterThanOrEqual(18.9);
    expect(wait.most).toBeGreaterThanOrEqual(19 * (19 - 10));
    expect(response.most).toBeGreaterThanOrEqual(19 * (19 - 10) + 19);
    expect((20 * (response.mean - service.mean - lag.mean)) / (19 * wait.mean)).toBeCloseTo(1, 2);
  });

  it('keeps the first ten failures as it saw them', async () => {
    const target = await serve((socket) => socket.on('data', () => socket.write(answerOf(0, 503))));
    const result = await drivePaced(driveSpec(target));
    expect(onlySegment(result.segments).counts).toMatchObject({ sent: 20, failed: 20 });
    expect(result.failures).toEqual(
      Array(10).fill({
        atUs: expect.any(Number),
        outcome: 'status-5xx',
        responseCode: 503,
        upstream: `127.0.0.1:${target.port}`,
      }),
    );
  });

  it('refuses to begin late, and lets go of its connections', async () => {
    const target = await serve((socket) => socket.resume());
    await expect(drivePaced(driveSpec(target, { startAtUs: clock.nowUs() }))).rejects.toThrow(
      'the connections were not open before the trial was to start',
    );
    await expect.poll(() => target.opened()).toBe(2);
    await expect.poll(() => target.open()).toBe(0);
  });

  it('refuses actions in mid-trial', async () => {
    const target = await serve(() => {});
    const actions = [{ atMs: 50, what: 'restart' }];
    await expect(drivePaced(driveSpec(target, { actions }))).rejects.toThrow('knows no actions');
  });
});

describe('several threads', () => {
  it('send together each request of the one schedule, over the connections of the load', async () => {
    const bySocket = new Map<unknown, number>();
    const target = await serve((socket) => {
      socket.on('data', () => {
        bySocket.set(socket, (bySocket.get(socket) ?? 0) + 1);
        socket.write(answerOf(10));
      });
    });
    const result = await drivePaced(driveSpec(target, { workers: 2, connections: 5 }));
    expect(onlySegment(result.segments).counts).toEqual({
      scheduled: 20,
      sent: 20,
      completed: 20,
      failed: 0,
      unsent: 0,
    });
    expect(result.connections).toEqual({ requested: 5, open: 5, opened: 5 });
    expect([...bySocket.values()].reduce((sum, n) => sum + n, 0)).toBe(20);
    expect(result.hiccups).toMatchObject({ windowUs: 400_000 });
  });
});

describe('kinds of requests', () => {
  it('are sent each as it is, and recorded each by its name', async () => {
    const asked: string[] = [];
    const target = await serve((socket) => {
      socket.on('data', (data) => {
        const text = String(data);
        asked.push(text);
        socket.write(answerOf(text.startsWith('PUT') ? 4 : 10));
      });
    });
    const requests = [
      request({ name: 'small', weight: 3 }),
      request({ name: 'put', method: 'PUT', path: '/bytes/4', headers: { 'x-tenant': 'a' }, responseBytes: 4 }),
    ];
    const { streams, payload } = onlySegment((await drivePaced(driveSpec(target, { requests }))).segments);
    const put = 'PUT /bytes/4 HTTP/1.1\r\nhost: echo.test:8080\r\nx-tenant: a\r\ncontent-length: 0\r\n\r\n';
    const puts = asked.filter((text) => text === put).length;
    expect(new Set(asked)).toEqual(new Set(['GET /bytes/10 HTTP/1.1\r\nhost: echo.test:8080\r\n\r\n', put]));
    expect(puts).toBeGreaterThan(0);
    expect(streams.map(({ target: name, requests: n }) => [name, n])).toEqual([
      ['small', 20 - puts],
      ['put', puts],
    ]);
    expect(payload).toMatchObject({ responses: 20, expectedBytes: 10 * (20 - puts) + 4 * puts, wrongSize: 0 });
  });
});

describe('a closed loop', () => {
  it('asks again as soon as it is answered, on every connection, and calls its loop closed', async () => {
    const target = await serve((socket) => socket.on('data', () => setTimeout(() => socket.write(answerOf(10)), 10)));
    const segments = [
      { name: 'warm-up', fromMs: 0, toMs: 100, arrivalRatePerSecond: 0, measured: false },
      { name: 'measurement', fromMs: 100, toMs: 400, arrivalRatePerSecond: 0, measured: true },
    ];
    const result = await drivePaced(driveSpec(target, { driver: 'closed', connections: 4, segments }));
    const [, measured] = result.segments;
    const { counts, streams } = measured ?? onlySegment([]);
    // Of 4 connections each gets at most an answer in 10 ms, of timers with a grid of 1 ms.
    expect(counts.completed).toBeGreaterThan(8);
    expect(counts.completed).toBeLessThanOrEqual(4 * (300 / 9 + 1));
    expect(counts).toEqual({ scheduled: counts.sent, sent: counts.sent, completed: counts.sent, failed: 0, unsent: 0 });
    expect(LatencyHistogram.decode(streams[0]?.lag ?? '').count).toBe(0);
    expect([result.driver, result.model]).toEqual(['closed', 'closed']);
  });
});
