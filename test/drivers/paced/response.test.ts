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
const PROTOCOL = { done: true, outcome: 'protocol', bodyBytes: 0, reusable: false };

describe('a response', () => {
  const response = fc.record({
    version: fc.constantFrom('HTTP/1.1', 'HTTP/1.0'),
    status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
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
        const reusable = made.version === 'HTTP/1.1';
        expect(outcomes.at(-1)).toEqual({ done: true, outcome: expected, bodyBytes: made.body.length, reusable });
        expect(outcomes.slice(0, -1).filter((outcome) => outcome.done)).toEqual([]);
      }),
    );
  });

  it.each([
    [200, 'ok'],
    [299, 'ok'],
    [301, 'status-other'],
    [404, 'status-4xx'],
    [499, 'status-4xx'],
    [500, 'status-5xx'],
    [503, 'status-5xx'],
  ])('of status %d is %s', (status, outcome) => {
    expect(readText(answer(status, 'xyz'))).toEqual({ done: true, outcome, bodyBytes: 3, reusable: true });
  });

  it.each([
    ['in chunks and with a length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\ncontent-length: 0\r\n\r\n'],
    ['in another coding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['in chunks twice', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['in chunks, of HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['with two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\ncontent-length: 0\r\n\r\n'],
    ['with a folded line', 'HTTP/1.1 200 OK\r\nvia: a\r\n b\r\ncontent-length: 0\r\n\r\n'],
    ['with a space before a colon', 'HTTP/1.1 200 OK\r\ncontent-length : 0\r\n\r\n'],
    ['with a line without a colon', 'HTTP/1.1 200 OK\r\nvia\r\ncontent-length: 0\r\n\r\n'],
    ['with a nameless line', 'HTTP/1.1 200 OK\r\n: a\r\ncontent-length: 0\r\n\r\n'],
    ['with a bare line feed', 'HTTP/1.1 200 OK\r\nvia: a\ncontent-length: 0\r\n\r\n'],
    ['with a bare line feed in its first line', 'HTTP/1.1 200 OK\nvia: a\r\ncontent-length: 0\r\n\r\n'],
    ['with a bare carriage return', 'HTTP/1.1 200 OK\r\nvia: a\rb\r\ncontent-length: 0\r\n\r\n'],
    ['that changes the protocol', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n'],
    ['without a body, with one', 'HTTP/1.1 204 None\r\ncontent-length: 3\r\n\r\nxyz'],
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
    expect(outcomes).toEqual([5, 0, 11].map((bodyBytes) => ({ done: true, outcome: 'ok', bodyBytes, reusable: true })));
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

const chunked = (...parts: readonly string[]) =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${parts.join('')}`;

describe('a response in chunks', () => {
  const body = fc.array(
    fc.record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 600 }),
      extension: fc.constantFrom('', ';a', ';b="c d"'),
    }),
    { maxLength: 6 },
  );
  const trailers = fc.constantFrom('', 'x-sum: 1\r\n', 'a: 1\r\nb: 2\r\n');
  const digits = fc.constantFrom(
    (size: number) => size.toString(16),
    (size: number) => size.toString(16).toUpperCase().padStart(4, '0'),
  );

  it('has the bytes of its chunks alone, however it is cut into pieces', () => {
    fc.assert(
      fc.property(body, trailers, digits, places, (parts, after, hex, cuts) => {
        const pieces = parts.flatMap(({ bytes, extension }) => [
          Buffer.from(`${hex(bytes.length)}${extension}\r\n`),
          Buffer.from(bytes),
          Buffer.from('\r\n'),
        ]);
        const whole = Buffer.concat([Buffer.from(chunked()), ...pieces, Buffer.from(`0\r\n${after}\r\n`)]);
        const outcomes = readAll(cutAt(whole, cuts));
        const bodyBytes = parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
        expect(outcomes.at(-1)).toEqual({ done: true, outcome: 'ok', bodyBytes, reusable: true });
        expect(outcomes.slice(0, -1).filter((outcome) => outcome.done)).toEqual([]);
      }),
    );
  });

  it.each([
    ['a size in words', 'ten\r\n'],
    ['no size', '\r\n'],
    ['an extension without a size', ';a\r\n'],
    ['a size of nine digits', '123456789\r\n'],
    ['a bare line feed after its size', '3\nabc\r\n'],
    ['a bare line feed within an extension', '3;a\nabc\r\n'],
    ['an extension without an end', `3;${'a'.repeat(4096)}`],
    ['more bytes than its size', '3\r\nabcd\r\n0\r\n\r\n'],
    ['fewer bytes than its size', '4\r\nabc\r\n0\r\n\r\n'],
    ['no line feed after its bytes', '3\r\nabc\r0'],
    ['a bare line feed in its trailers', '0\r\na: 1\n\r\n'],
    ['a bare carriage return in its trailers', '0\r\na\r: 1\r\n\r\n'],
    ['trailers without an end', `0\r\n${'a: 1\r\n'.repeat(12_000)}`],
    ['something after its end', '0\r\n\r\nHTTP/1.1 200 OK'],
  ])('with %s is a protocol failure', (_, text) => {
    expect(readText(chunked(text))).toEqual(PROTOCOL);
  });

  it('is not over before its last line', () => {
    for (const text of ['3\r\nabc\r\n', '0\r\n', '0\r\na: 1\r\n', '0\r\n\r']) {
      expect(readText(chunked(text))).toEqual({ done: false });
    }
  });
});

describe('an answer that its connection ends', () => {
  it('is over with it, and not before', () => {
    const reader = createResponseReader();
    expect(reader.read(Buffer.from('HTTP/1.1 200 OK\r\ndate: now\r\n\r\nabc'))).toEqual({ done: false });
    expect(reader.read(Buffer.from('de'))).toEqual({ done: false });
    expect(reader.endOfStream()).toEqual({ done: true, outcome: 'ok', bodyBytes: 5, reusable: false });
  });

  it('is cut short where it has a length or chunks', () => {
    for (const text of ['HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc', chunked('3\r\nab'), 'HTTP/1.1 2']) {
      const reader = createResponseReader();
      reader.read(Buffer.from(text));
      expect([reader.endOfStream(), reader.begun]).toEqual([{ done: false }, true]);
    }
    expect(createResponseReader().endOfStream()).toEqual({ done: false });
  });
});

describe('the connection after an answer', () => {
  const head = (version: string, connection: string) =>
    `HTTP/${version} 200 OK\r\n${connection}content-length: 0\r\n\r\n`;
  it.each([
    ['1.1', '', true],
    ['1.1', 'Connection: close\r\n', false],
    ['1.1', 'connection: x, Close\r\n', false],
    ['1.1', 'connection: keep-alive\r\n', true],
    ['1.0', '', false],
    ['1.0', 'Connection: Keep-Alive\r\n', true],
  ])('of HTTP/%s with %j can be used again: %s', (version, connection, reusable) => {
    expect(readText(head(version, connection))).toEqual({ done: true, outcome: 'ok', bodyBytes: 0, reusable });
  });
});

describe('interim answers', () => {
  const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n';

  it('are passed over, however they are cut', () => {
    fc.assert(
      fc.property(places, (cuts) => {
        const outcomes = readAll(cutAt(Buffer.from(interim + answer(200, 'xyz')), cuts));
        expect(outcomes.at(-1)).toEqual({ done: true, outcome: 'ok', bodyBytes: 3, reusable: true });
        expect(outcomes.slice(0, -1).filter((outcome) => outcome.done)).toEqual([]);
      }),
    );
  });

  it('alone are no answer, and none has begun', () => {
    const reader = createResponseReader();
    expect([reader.read(Buffer.from(interim)), reader.begun, reader.status()]).toEqual([{ done: false }, false, 103]);
  });
});

describe('an answer without a body', () => {
  it.each([204, 304])('of status %d may name a length all the same', (status) => {
    const text = `HTTP/1.1 ${status} Word\r\ncontent-length: 3\r\n\r\n`;
    const outcome = status === 204 ? 'ok' : 'status-other';
    expect(readText(text)).toEqual({ done: true, outcome, bodyBytes: 0, reusable: true });
  });

  it('is one to HEAD, whatever its head says, and the one after it has its body again', () => {
    const reader = createResponseReader();
    reader.reset(false);
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n';
    const ok = { done: true, outcome: 'ok', reusable: true };
    expect(reader.read(Buffer.from(head))).toEqual({ ...ok, bodyBytes: 0 });
    reader.reset();
    expect(reader.read(Buffer.from(`${head}xyz`))).toEqual({ ...ok, bodyBytes: 3 });
  });
});

describe('answers that look alike', () => {
  it('are read each by its own head', () => {
    const reader = createResponseReader();
    const read = (text: string) => {
      reader.reset();
      return reader.read(Buffer.from(text));
    };
    expect(read(answer(200, 'abc'))).toMatchObject({ outcome: 'ok', bodyBytes: 3 });
    expect(read(answer(200, 'abcd'))).toMatchObject({ outcome: 'ok', bodyBytes: 4 });
    expect(read(answer(503, 'abcd'))).toMatchObject({ outcome: 'status-5xx', bodyBytes: 4 });
    expect(read(`${answer(503, 'abcd')}HTTP`)).toEqual(PROTOCOL);
    expect(read(answer(503, 'abcd').slice(0, -1))).toEqual({ done: false });
  });
});
