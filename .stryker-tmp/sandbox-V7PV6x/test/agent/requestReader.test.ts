// @ts-nocheck
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRequestReader, headerOf } from '../../src/agent/requestReader.ts';
import { cutAt, places } from '../chunks.ts';

function readAll(pieces: readonly Buffer[]) {
  const reader = createRequestReader();
  const read = pieces.map((piece) => reader.read(piece));
  return { requests: read.flatMap(({ requests }) => requests), malformed: read.some(({ malformed }) => malformed) };
}

const readText = (text: string) => readAll([Buffer.from(text)]);

describe('requests', () => {
  const request = fc.record({
    line: fc.constantFrom('GET /bytes/10 HTTP/1.1', 'POST /bytes/0 HTTP/1.1', 'GET / HTTP/1.0'),
    headers: fc.array(fc.constantFrom('host: a', 'X-Request-Id: 7', 'accept:*/*'), { maxLength: 4 }),
    body: fc.option(fc.uint8Array({ maxLength: 500 }), { nil: undefined }),
  });

  it('come out the same and in their order however their bytes are cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 6 }), places, (made, cuts) => {
        const heads = made.map(({ line, headers, body }) =>
          [line, ...headers, ...(body === undefined ? [] : [`Content-Length: ${body.length}`])].join('\r\n'),
        );
        const whole = Buffer.concat(
          made.flatMap(({ body }, i) => [Buffer.from(`${heads[i]}\r\n\r\n`), body ?? new Uint8Array()]),
        );
        expect(readAll(cutAt(whole, cuts))).toEqual({
          requests: made.map(({ body }, i) => ({ head: heads[i], bodyBytes: body?.length ?? 0 })),
          malformed: false,
        });
      }),
    );
  });

  it('are given as soon as they are whole, and not before', () => {
    const reader = createRequestReader();
    const counts = ['POST /bytes/1 HTTP/1.1\r\ncontent-length: 3\r\n', '\r\n', 'ab', 'cGET / HTTP/1.1\r\n\r\nGET'].map(
      (piece) => reader.read(Buffer.from(piece)).requests.length,
    );
    expect(counts).toEqual([0, 0, 0, 2]);
  });

  it.each([
    ['in chunks', 'POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['with a negative length', 'POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n'],
    ['with a length in words', 'POST / HTTP/1.1\r\ncontent-length: some\r\n\r\n'],
    ['whose head does not end', 'x'.repeat(65_537)],
  ])('%s are malformed', (_, text) => {
    expect(readText(text)).toEqual({ requests: [], malformed: true });
  });

  it('before a malformed one are given all the same', () => {
    const good = 'GET /bytes/1 HTTP/1.1';
    expect(readText(`${good}\r\n\r\nPOST / HTTP/1.1\r\ncontent-length: x\r\n\r\n`)).toEqual({
      requests: [{ head: good, bodyBytes: 0 }],
      malformed: true,
    });
  });
});

describe('a header', () => {
  const head = 'GET /x-name: no HTTP/1.1\r\nHost: a\r\nX-Name:  some value \r\nEmpty:\r\nx-name: second';

  it('is found by its name in any case, without the blanks around its value', () => {
    expect(['x-name', 'host', 'empty', 'missing', 'name'].map((name) => headerOf(head, name))).toEqual([
      'some value',
      'a',
      '',
      undefined,
      undefined,
    ]);
  });
});
