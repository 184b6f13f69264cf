// @ts-nocheck
import { inflateSync } from 'node:zlib';
import { HIGHEST_US, LatencyHistogram, SIGNIFICANT_DIGITS } from './histogram.ts';

/** Cookies of the V2 encoding and of its compressed form, without the digit that tells the size of a word. */
const COOKIE = 0x1c849303;
const COMPRESSED_COOKIE = 0x1c849304;
const HEADER_BYTES = 40;
/** A histogram of this range has some 24,000 counters of at most 9 bytes each. */
const LARGEST_BYTES = 500_000;

/**
 * Whether a text is a histogram as this program writes it. A record may be anybody's: nothing is inflated beyond what
 * such a histogram can hold, and one of another range or precision is not taken, since its size could be any.
 */
export function isHistogram(text: string): boolean {
  if (text.length > LARGEST_BYTES * 2 || text.length % 4 !== 0) return false;
  const packed = Buffer.from(text, 'base64');
  if (packed.length < 8 || (packed.readInt32BE(0) & ~0xf0) !== COMPRESSED_COOKIE) return false;
  try {
    const header = inflateSync(packed.subarray(8, 8 + packed.readInt32BE(4)), { maxOutputLength: LARGEST_BYTES });
    return isOurs(header) && LatencyHistogram.decode(text).count >= 0;
  } catch {
    return false; // neither the compression nor what is compressed is what it should be
  }
}

/** Cookie, length, offset (which this library reads over), digits, lowest and highest value, ratio: the V2 header. */
function isOurs(bytes: Buffer): boolean {
  return (
    bytes.length >= HEADER_BYTES &&
    (bytes.readInt32BE(0) & ~0xf0) === COOKIE &&
    bytes.readInt32BE(4) <= bytes.length - HEADER_BYTES &&
    bytes.readInt32BE(12) === SIGNIFICANT_DIGITS &&
    bytes.readBigInt64BE(16) === 1n &&
    bytes.readBigInt64BE(24) === BigInt(HIGHEST_US)
  );
}
