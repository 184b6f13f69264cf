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
  const bytes = inflated(text, LARGEST_BYTES);
  try {
    return bytes !== undefined && isOurs(bytes) && LatencyHistogram.decode(text).count >= 0;
  } catch {
    return false; // what is compressed is not what it should be
  }
}

/** Of five digits and a day in ns, as other programs keep them. */
const LARGEST_OF_OTHERS_BYTES = 20_000_000;

/** Whether a text is a histogram in the compressed V2 encoding, of whatever range and precision. */
export function isAnyHistogram(text: string): boolean {
  const bytes = inflated(text, LARGEST_OF_OTHERS_BYTES);
  return bytes !== undefined && isV2(bytes);
}

/** What is compressed in a text, where it is no larger than that; undefined where it is no such text. */
function inflated(text: string, atMostBytes: number): Buffer | undefined {
  if (text.length > atMostBytes * 2 || text.length % 4 !== 0) return undefined;
  const packed = Buffer.from(text, 'base64');
  if (packed.length < 8 || (packed.readInt32BE(0) & ~0xf0) !== COMPRESSED_COOKIE) return undefined;
  try {
    return inflateSync(packed.subarray(8, 8 + packed.readInt32BE(4)), { maxOutputLength: atMostBytes });
  } catch {
    return undefined;
  }
}

function isV2(bytes: Buffer): boolean {
  return (
    bytes.length >= HEADER_BYTES &&
    (bytes.readInt32BE(0) & ~0xf0) === COOKIE &&
    bytes.readInt32BE(4) <= bytes.length - HEADER_BYTES
  );
}

/** Cookie, length, offset (which this library reads over), digits, lowest and highest value, ratio: the V2 header. */
function isOurs(bytes: Buffer): boolean {
  return (
    isV2(bytes) &&
    bytes.readInt32BE(12) === SIGNIFICANT_DIGITS &&
    bytes.readBigInt64BE(16) === 1n &&
    bytes.readBigInt64BE(24) === BigInt(HIGHEST_US)
  );
}
