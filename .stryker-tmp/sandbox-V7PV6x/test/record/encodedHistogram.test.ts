// @ts-nocheck
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isHistogram } from '../../src/record/encodedHistogram.ts';
import { LatencyHistogram } from '../../src/record/histogram.ts';

const COMPRESSED_COOKIE = 0x1c849314;
const COOKIE = 0x1c849313;

function packed(content: Buffer): string {
  const compressed = deflateSync(content);
  const head = Buffer.alloc(8);
  head.writeInt32BE(COMPRESSED_COOKIE, 0);
  head.writeInt32BE(compressed.length, 4);
  return Buffer.concat([head, compressed]).toString('base64');
}

/** A histogram with this header and payload. */
function written(header: { digits?: number; highest?: bigint; payload?: Buffer }): string {
  const payload = header.payload ?? Buffer.from([2]);
  const head = Buffer.alloc(40);
  head.writeInt32BE(COOKIE, 0);
  head.writeInt32BE(payload.length, 4);
  head.writeInt32BE(header.digits ?? 3, 12);
  head.writeBigInt64BE(1n, 16);
  head.writeBigInt64BE(header.highest ?? 3_600_000_000n, 24);
  head.writeDoubleBE(1, 32);
  return packed(Buffer.concat([head, payload]));
}

describe('the text of a histogram', () => {
  it('is taken as it was written, empty or full', () => {
    const empty = LatencyHistogram.create();
    const full = LatencyHistogram.create();
    for (let us = 1; us < 3_600_000_000; us *= 1.001) full.record(us);
    expect([isHistogram(empty.encode()), isHistogram(full.encode()), isHistogram(written({}))]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'word'],
    ['a length that base64 has not', 'HISTF'],
    ['another format', Buffer.alloc(64, 7).toString('base64')],
    ['one that is cut', LatencyHistogram.create().encode().slice(0, 24)],
    ['another precision', written({ digits: 5 })],
    ['another range', written({ highest: 2n ** 52n })],
    ['a payload that is not there', written({ payload: Buffer.alloc(0) }).slice(0, 40)],
    ['one that inflates to 100 MB', packed(Buffer.alloc(100_000_000))],
  ])('is not taken where it is %s', (_, text) => {
    expect(isHistogram(text)).toBe(false);
  });
});
