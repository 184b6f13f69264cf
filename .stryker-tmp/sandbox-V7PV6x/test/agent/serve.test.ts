// @ts-nocheck
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type SampleService, startService } from '../../src/agent/serve.ts';
import { freePorts } from '../../src/host/ports.ts';
import { LatencyHistogram } from '../../src/record/histogram.ts';
import type { ServiceTally } from '../../src/record/trialRecord.ts';

interface Started {
  service: SampleService;
  port: number;
  logged: object[];
}

async function started(serviceTimeUs = 0): Promise<Started> {
  const [port = 0] = await freePorts(1);
  const logged: object[] = [];
  const task = { kind: 'serve' as const, host: '127.0.0.1', port, serviceTimeUs };
  const service = await startService(task, (line) => logged.push(line));
  onTestFinished(() => service.close());
  return { service, port, logged };
}

/** Sends bytes on a connection of its own and reads until `wanted` bytes have come, or the other end closes. */
function exchange(port: number, sent: string | Buffer, wanted = Number.POSITIVE_INFINITY): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(sent));
    socket.setEncoding('latin1');
    socket.on('data', (part) => {
      received += String(part);
      if (received.length >= wanted) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

const request = (path: string, ...headers: string[]) =>
  `${[`GET ${path} HTTP/1.1`, 'host: echo', ...headers].join('\r\n')}\r\n\r\n`;
const response = (bytes: number) =>
  `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`;
const BAD = 'HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: 0\r\n\r\n';

/** A tally without its histogram, which holds times. */
const counted = ({ serviceTime: _, longestPauseUs: __, ...rest }: ServiceTally) => rest;

describe('the pauses of the sample service', () => {
  it('are told where its loop stood still, whoever asked for nothing meanwhile', async () => {
    const { service } = await started();
    const tally = service.beginCount();
    await sleep(60);
    blockFor(200);
    await sleep(60);
    const longest = tally.snapshot().longestPauseUs ?? expect.fail('not metered');
    expect(longest).toBeGreaterThanOrEqual(199_000);
  });

  it('do not hold the service time that was asked for', async () => {
    const { service, port } = await started(300_000);
    const tally = service.beginCount();
    await exchange(port, request('/bytes/1'), response(1).length);
    const longest = tally.snapshot().longestPauseUs ?? expect.fail('not metered');
    expect(longest).toBeLessThan(300_000);
  });
});

/** As a garbage collection or a stop would. */
function blockFor(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

describe('the sample service', () => {
  it.each([0, 1, 1000, 1_000_000])('answers with exactly %d bytes when asked for as many', async (bytes) => {
    const { port } = await started();
    const expected = response(bytes);
    expect(await exchange(port, request(`/bytes/${bytes}`), expected.length)).toBe(expected);
  });

  it('answers requests that come together in their order, each once', async () => {
    const { port } = await started();
    const sizes = [3, 0, 1000, 3, 7];
    const expected = sizes.map(response).join('');
    expect(await exchange(port, sizes.map((size) => request(`/bytes/${size}`)).join(''), expected.length)).toBe(
      expected,
    );
  });

  it('takes bodies, and counts their bytes', async () => {
    const { port, service } = await started();
    const tally = service.beginCount();
    const post = `POST /bytes/2 HTTP/1.1\r\ncontent-length: 5\r\n\r\nabcde`;
    expect(await exchange(port, post.repeat(3), 3 * response(2).length)).toBe(response(2).repeat(3));
    expect(counted(tally.snapshot())).toEqual({
      requests: 3,
      requestBodyBytes: 15,
      responseBodyBytes: 6,
      malformed: 0,
      byIdentity: [{ identity: null, attempt: null, requests: 3 }],
      peers: [{ address: '127.0.0.1', connections: 1 }],
    });
  });

  it('spends the asked CPU time on each request', async () => {
    const { port, service } = await started(3000);
    const tally = service.beginCount();
    await exchange(port, request('/bytes/1').repeat(4), 4 * response(1).length);
    const times = LatencyHistogram.decode(tally.snapshot().serviceTime);
    expect(times.count).toBe(4);
    expect(times.quantile(0)).toBeGreaterThanOrEqual(2998);
  });

  it('begins each count afresh, and leaves the one before as it was', async () => {
    const { port, service } = await started();
    const first = service.beginCount();
    await exchange(port, request('/bytes/1'), response(1).length);
    const kept = first.snapshot();
    const second = service.beginCount();
    expect(second.snapshot().requests).toBe(0);
    await exchange(port, request('/bytes/4').repeat(2), 2 * response(4).length);
    expect(first.snapshot()).toEqual(kept);
    expect([kept.requests, kept.responseBodyBytes]).toEqual([1, 1]);
    const { requests, responseBodyBytes, peers } = second.snapshot();
    expect([requests, responseBodyBytes, peers]).toEqual([2, 8, [{ address: '127.0.0.1', connections: 1 }]]);
  });
});

describe('what the proxies told', () => {
  const xfcc = (value: string) => `x-forwarded-client-cert: ${value}`;
  const A = 'spiffe://cluster.local/ns/bench/sa/client';

  async function seen(...headers: string[]) {
    const { port, service } = await started();
    const tally = service.beginCount();
    await exchange(port, request('/bytes/0', ...headers), response(0).length);
    const [entry, ...others] = tally.snapshot().byIdentity;
    expect(others).toEqual([]);
    return [entry?.identity, entry?.attempt];
  }

  it.each([
    ['the URI of a client certificate', [xfcc(`By=spiffe://x;Hash=ab;Subject="";URI=${A}`)], [A, null]],
    ['the URI where others follow it', [xfcc(`Hash=ab;URI=${A};DNS=echo`)], [A, null]],
    ['the URI of the last element', [xfcc(`Hash=a;URI=spiffe://forged,By=spiffe://x;URI=${A}`)], [A, null]],
    ['no URI of an element before the last', [xfcc(`URI=${A},By=spiffe://x;Hash=b`)], [null, null]],
    ['no URI that a quoted subject only mentions', [xfcc(`Hash=a;Subject="CN=a,URI=${A}"`)], [null, null]],
    ['the URI after a subject with commas and semicolons', [xfcc(`Subject="CN=a,O=b;URI=c";URI=${A}`)], [A, null]],
    [
      "Linkerd's identity",
      ['l5d-client-id: client.bench.serviceaccount.identity'],
      ['client.bench.serviceaccount.identity', null],
    ],
    ['the attempt', ['X-Envoy-Attempt-Count: 2'], [null, 2]],
    ['both', [xfcc(`URI=${A}`), 'x-envoy-attempt-count: 1'], [A, 1]],
    ['no attempt that is no number', ['x-envoy-attempt-count: many'], [null, null]],
    ['nothing', [], [null, null]],
  ])('is read from each request: %s', async (_, headers, expected) => {
    expect(await seen(...headers)).toEqual(expected);
  });

  it('is counted apart for each identity and attempt', async () => {
    const { port, service } = await started();
    const tally = service.beginCount();
    const first = request('/bytes/0', xfcc(`URI=${A}`), 'x-envoy-attempt-count: 1');
    const again = request('/bytes/0', xfcc(`URI=${A}`), 'x-envoy-attempt-count: 2');
    await exchange(port, first + again + first + request('/bytes/0'), 4 * response(0).length);
    expect(tally.snapshot().byIdentity).toEqual([
      { identity: A, attempt: 1, requests: 2 },
      { identity: A, attempt: 2, requests: 1 },
      { identity: null, attempt: null, requests: 1 },
    ]);
  });
});

describe('what the sample service does not understand', () => {
  const line = (requestId: string | null, responseFlags: string | null) => ({
    level: 'error',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    requestId,
    upstream: null,
    responseCode: 400,
    responseFlags,
  });

  it.each([
    '/',
    '/bytes/',
    '/bytes/1x',
    '/bytes/-1',
    '/bytes/10000001',
    '/bytes/123456789',
    '/bytes/1/2',
    '/bytes/1?a',
  ])('is answered with 400 and told in one line of the log: %s', async (path) => {
    const { port, service, logged } = await started();
    const tally = service.beginCount();
    const headers = ['x-request-id: id-1', 'x-envoy-response-flags: UF'];
    expect(await exchange(port, request(path, ...headers) + request('/bytes/1'), (BAD + response(1)).length)).toBe(
      BAD + response(1),
    );
    expect(logged).toEqual([line('id-1', 'UF')]);
    expect(counted(tally.snapshot())).toMatchObject({ requests: 2, malformed: 0, responseBodyBytes: 1 });
  });

  it('ends its connection where the next request cannot be told apart', async () => {
    const { port, service, logged } = await started();
    const tally = service.beginCount();
    const chunked = 'POST /bytes/1 HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n';
    expect(await exchange(port, request('/bytes/1') + chunked)).toBe(response(1) + BAD);
    expect(logged).toEqual([line(null, null)]);
    expect(counted(tally.snapshot())).toMatchObject({ requests: 1, malformed: 1 });
  });

  it('fails to start on a port that is taken', async () => {
    const { port } = await started();
    const task = { kind: 'serve' as const, host: '127.0.0.1', port, serviceTimeUs: 0 };
    await expect(startService(task, () => {})).rejects.toThrow('EADDRINUSE');
  });
});
