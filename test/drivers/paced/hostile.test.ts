import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { drivePaced, driveSpec, onlySegment, request } from '../drive.ts';
import { serve } from '../server.ts';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n';
const BODY = '0123456789';

/** What a hostile server does with each request. */
type Answer = (socket: Socket) => void;

/** Byte for byte, each in a packet of its own as far as the kernel lets it. */
function drip(socket: Socket, text: string): void {
  for (const letter of text) socket.write(letter);
}

async function outcomes(answer: Answer, over: Parameters<typeof driveSpec>[1] = {}) {
  const target = await serve((socket) => {
    socket.on('data', () => answer(socket));
  });
  const segments = [{ name: 'measurement', fromMs: 0, toMs: 200, arrivalRatePerSecond: 50, measured: true }];
  const result = await drivePaced(driveSpec(target, { segments, timeoutMs: 300, ...over }));
  const { counts, streams, payload } = onlySegment(result.segments);
  const found = streams.filter(({ requests }) => requests > 0).map(({ outcome, requests }) => [outcome, requests]);
  return { counts, payload, found };
}

describe('a hostile server', () => {
  it.each<[string, Answer]>([
    ['writes single bytes', (socket) => drip(socket, HEAD + BODY)],
    [
      'answers in chunks',
      (socket) =>
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n012\r\n7;a=b\r\n3456789\r\n0\r\n\r\n'),
    ],
    [
      'answers in chunks byte by byte',
      (socket) =>
        drip(socket, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\nx: y\r\n\r\n'),
    ],
    ['says 100 first', (socket) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${HEAD}${BODY}`)],
    [
      'says 100 first, in a packet of its own',
      (socket) => {
        socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        setTimeout(() => socket.write(HEAD + BODY), 5);
      },
    ],
    [
      'has a large head',
      (socket) => socket.write(HEAD.replace('content', `x: ${'y'.repeat(60_000)}\r\ncontent`) + BODY),
    ],
    [
      'closes after each answer, and says so',
      (socket) => socket.end(HEAD.replace('content', 'connection: close\r\ncontent') + BODY),
    ],
    ['ends its answers by closing', (socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${BODY}`)],
  ])('that %s is answered all the same', async (_, answer) => {
    const { counts, payload, found } = await outcomes(answer);
    expect(counts).toEqual({ scheduled: 10, sent: 10, completed: 10, failed: 0, unsent: 0 });
    expect(payload).toEqual({ responses: 10, bodyBytes: 100, expectedBytes: 100, wrongSize: 0 });
    expect(found).toEqual([['ok', 10]]);
  });

  it.each<[string, Answer, string]>([
    ['sends more than its length', (socket) => socket.write(`${HEAD}${BODY}more`), 'protocol'],
    ['sends less than its length and closes', (socket) => socket.end(HEAD + BODY.slice(1)), 'short-body'],
    ['sends less than its length and waits', (socket) => socket.write(HEAD + BODY.slice(1)), 'timeout'],
    ['closes before it answers', (socket) => socket.end(), 'closed'],
    ['cuts the connection', (socket) => socket.resetAndDestroy(), 'reset'],
    ['closes within its head', (socket) => socket.end(HEAD.slice(0, 9)), 'short-body'],
    [
      'closes within a chunk',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n01'),
      'short-body',
    ],
    ['has a head without an end', (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}`), 'protocol'],
    ['sends garbage', (socket) => socket.write('\u0000\u0001garbage\r\n\r\n'), 'protocol'],
    ['answers twice', (socket) => socket.write(`${HEAD}${BODY}${HEAD}${BODY}`), 'protocol'],
    ['speaks HTTP/2', (socket) => socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 'protocol'],
    ['never answers', () => {}, 'timeout'],
    ['says 100 and no more', (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 'timeout'],
    [
      'changes the protocol',
      (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'),
      'protocol',
    ],
    ['redirects', (socket) => socket.write(HEAD.replace('200 OK', '302 Found') + BODY), 'status-other'],
    ['refuses', (socket) => socket.write(HEAD.replace('200 OK', '404 Not Found') + BODY), 'status-4xx'],
    ['is broken', (socket) => socket.write(HEAD.replace('200 OK', '503 Sorry') + BODY), 'status-5xx'],
  ])('that %s is told by its class', async (_, answer, outcome) => {
    const { counts, found } = await outcomes(answer, { connections: 10 });
    expect(counts).toMatchObject({ scheduled: 10, completed: 0, failed: counts.sent });
    expect(counts.sent + counts.unsent).toBe(10);
    expect(found).toEqual([[outcome, counts.sent]]);
  });

  it('is taken by HEAD at its word: an answer has no body', async () => {
    const { found, payload } = await outcomes((socket) => socket.write(HEAD), {
      requests: [request({ method: 'HEAD' })],
    });
    expect(found).toEqual([['ok', 10]]);
    expect(payload).toMatchObject({ bodyBytes: 0, expectedBytes: 0, wrongSize: 0 });
  });
});
