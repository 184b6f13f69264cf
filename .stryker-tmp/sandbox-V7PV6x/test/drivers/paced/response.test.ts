// @ts-nocheck
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResponseReader, type ResponseOutcome } from '../../../src/drivers/paced/response.ts';
import { cutAt, places } from '../../chunks.ts';

/** Reads pieces from one buffer that is written over in between, as the connection pool does. */
function readAll(pieces: readonly Buffer[]): ResponseOutcome[] {
  const reader = createResponseReader();
  const shared = Buffer.alloc(Math.max(...pieces.map((piece) => piece.length)));
  return pieces.map((piece) => {
    piece.copy(shared);
    const outcome = reader.read(shared.subarray(0, piece.length));
    shared.fill(0xff);
    return outcome;
  });
}

const readText = (text: string) => readAll([Buffer.from(text)])[0];
const answer = (status: number | string, body: string) =>
  `HTTP/1.1 ${status} Word\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const PROTOCOL = { done: true, outcome: 'protocol', bodyBytes: 0 };

describe('a response', () => {
  const response = fc.record({
    version: fc.constantFrom('HTTP/1.1', 'HTTP/1.0'),
    status: fc.integer({ min: 200, max: 599 }),
    reason: fc.constantFrom('', ' ', ' OK', ' Not Found At All'),
    before: fc.array(fc.constantFrom('server: x', 'X-Content-Length: 7', 'date: now'), { maxLength: 3 }),
    length: fc.constantFrom('content-length: ', 'Content-Length:', 'CONTENT-LENGTH:   '),
    after: fc.array(fc.constantFrom('x-envoy-upstream-service-time: 3', 'via: y'), { maxLength: 3 }),
    body: fc.uint8Array({ maxLength: 3000 }),
  });

  it('comes out the same however it is cut into pieces', () => {
    fc.assert(
      fc.property(response, places, (made, cuts) => {
        const lines = [`${made.version} ${made.status}${made.reason}`, ...made.before];
        const head = [...lines, `${made.length}${made.body.length}`, ...made.after, '', ''].join('\r\n');
        const outcomes = readAll(cutAt(Buffer.concat([Buffer.from(head), made.body]), cuts));
        const expected =
          made.status < 300 ? 'ok' : made.status < 400 ? 'status-other' : `status-${made.status < 500 ? 4 : 5}xx`;
        expect(outcomes.at(-1)).toEqual({ done: true, outcome: expected, bodyBytes: made.body.length });
        expect(outcomes.slice(0, -1).filter((outcome) => outcome.done)).toEqual([]);
      }),
    );
  });

  it.each([
    [200, 'ok'],
    [204, 'ok'],
    [299, 'ok'],
    [301, 'status-other'],
    [100, 'status-other'],
    [404, 'status-4xx'],
    [499, 'status-4xx'],
    [500, 'status-5xx'],
    [503, 'status-5xx'],
  ])('of status %d is %s', (status, outcome) => {
    expect(readText(answer(status, 'xyz'))).toEqual({ done: true, outcome, bodyBytes: 3 });
  });

  it.each([
    ['in chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['in chunks and with a length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\ncontent-length: 0\r\n\r\n'],
    ['without a length', 'HTTP/1.1 200 OK\r\ndate: now\r\n\r\n'],
    ['with a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
    ['with a length in words', 'HTTP/1.1 200 OK\r\ncontent-length: ten\r\n\r\n'],
    ['with an empty length', 'HTTP/1.1 200 OK\r\ncontent-length: \r\n\r\n'],
    ['with a length beyond any body', `HTTP/1.1 200 OK\r\ncontent-length: ${'9'.repeat(16)}\r\n\r\n`],
    ['of another protocol', 'HTTP/2.0 200 OK\r\ncontent-length: 0\r\n\r\n'],
    ['that is a request', 'GET / HTTP/1.1\r\ncontent-length: 0\r\n\r\n'],
    ['with a status of two digits', 'HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n'],
    ['with a status that does not exist', answer(600, '')],
    ['followed by more than was asked for', `${answer(200, 'xyz')}more`],
    ['whose head does not end', 'x'.repeat(65_537)],
    ['that is garbage', '\u0000\u0001\r\n\r\n'],
  ])('%s is a protocol failure', (_, text) => {
    expect(readText(text)).toEqual(PROTOCOL);
  });

  it('is a protocol failure where its body goes on for longer than its length', () => {
    const [head = '', body = ''] = [answer(200, 'xyz').slice(0, -3), 'xyz!'];
    expect(readAll([Buffer.from(head), Buffer.from(body)])).toEqual([{ done: false }, PROTOCOL]);
  });
});

describe('a reader', () => {
  it('takes one response after another', () => {
    const reader = createResponseReader();
    const outcomes = ['first', '', 'a third one'].map((body) => {
      const outcome = reader.read(Buffer.from(answer(200, body)));
      reader.reset();
      return outcome;
    });
    expect(outcomes).toEqual([5, 0, 11].map((bodyBytes) => ({ done: true, outcome: 'ok', bodyBytes })));
  });

  it('knows whether a response has begun, and its status, and forgets both', () => {
    const reader = createResponseReader();
    const seen = [[reader.begun, reader.status()]];
    for (const piece of ['HTTP/1.1 503 Sorry\r\n', 'content-length: 4\r\n\r\n', 'ab']) {
      reader.read(Buffer.from(piece));
      seen.push([reader.begun, reader.status()]);
    }
    reader.reset();
    seen.push([reader.begun, reader.status()]);
    expect(seen).toEqual([
      [false, 0],
      [true, 0],
      [true, 503],
      [true, 503],
      [false, 0],
    ]);
  });
});
