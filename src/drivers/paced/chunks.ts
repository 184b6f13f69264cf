/** Bytes of the line with a chunk's size, extensions included. */
const LONGEST_LINE = 4096;
/** Lines after the last chunk; their bytes together. */
const LARGEST_TRAILERS = 65_536;
/** Hexadecimal digits of a chunk's size: 4 GB less one. */
const MOST_DIGITS = 8;

const LF = 10;
const CR = 13;
const SEMICOLON = 59;

type Part = 'size' | 'extension' | 'size-end' | 'data' | 'data-end' | 'data-end-lf' | 'trailers';

/** Where a chunked body stands after some bytes. */
export type ChunksState =
  | { kind: 'more' }
  | { kind: 'malformed' }
  /** The body is over; what stands from `next` on is no part of it. */
  | { kind: 'over'; next: number };

const MORE: ChunksState = { kind: 'more' };
const MALFORMED: ChunksState = { kind: 'malformed' };

/** Reads a body in chunks as it comes (RFC 9112, section 7.1), and counts its bytes without keeping them. */
export interface ChunkReader {
  read(data: Buffer, from: number): ChunksState;
  /** Bytes of the body so far, without what frames them. */
  bodyBytes(): number;
}

export function createChunkReader(): ChunkReader {
  let part: Part = 'size';
  let size = 0;
  let digits = 0;
  let lineBytes = 0;
  let missing = 0;
  let bodyBytes = 0;
  let trailerBytes = 0;
  let isEmptyLine = true;
  let sawCr = false;

  /** Takes one byte of the framing; false where it is malformed. */
  const take = (byte: number): boolean => {
    lineBytes++;
    switch (part) {
      case 'size': {
        const digit = hexDigit(byte);
        if (digit >= 0) {
          size = size * 16 + digit;
          digits++;
          return digits <= MOST_DIGITS;
        }
        if (digits === 0) return false;
        part = byte === CR ? 'size-end' : 'extension';
        return byte === CR || byte === SEMICOLON;
      }
      case 'extension':
        if (byte === CR) part = 'size-end';
        return byte !== LF && lineBytes <= LONGEST_LINE;
      case 'size-end':
        part = size === 0 ? 'trailers' : 'data';
        missing = size;
        return byte === LF;
      case 'data-end':
        part = 'data-end-lf';
        return byte === CR;
      default:
        part = 'size';
        [size, digits, lineBytes] = [0, 0, 0];
        return byte === LF;
    }
  };
  /** Lines until an empty one. */
  const takeTrailer = (byte: number): 'more' | 'over' | 'malformed' => {
    trailerBytes++;
    if (trailerBytes > LARGEST_TRAILERS || sawCr !== (byte === LF)) return 'malformed';
    if (byte === CR) {
      sawCr = true;
      return 'more';
    }
    if (byte !== LF) {
      isEmptyLine = false;
      return 'more';
    }
    if (isEmptyLine) return 'over';
    [sawCr, isEmptyLine] = [false, true];
    return 'more';
  };
  return {
    read(data, from) {
      let at = from;
      while (at < data.length) {
        if (part === 'data') {
          const taken = Math.min(missing, data.length - at);
          missing -= taken;
          bodyBytes += taken;
          at += taken;
          if (missing === 0) part = 'data-end';
          continue;
        }
        const byte = data[at++] ?? 0;
        if (part === 'trailers') {
          const next = takeTrailer(byte);
          if (next === 'malformed') return MALFORMED;
          if (next === 'over') return { kind: 'over', next: at };
        } else if (!take(byte)) return MALFORMED;
      }
      return MORE;
    },
    bodyBytes: () => bodyBytes,
  };
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const small = byte | 32;
  return small >= 97 && small <= 102 ? small - 87 : -1;
}
