import type { FailureClass } from '../../record/trialRecord.ts';
import { type ChunkReader, createChunkReader } from './chunks.ts';
import { parseHead, type ResponseHead } from './responseHead.ts';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
/** A head beyond this is not an answer that a sample service gives. */
const LARGEST_HEAD = 65_536;
const FIRST_BUFFER = 1024;

export type ResponseOutcome =
  | { done: false }
  | {
      done: true;
      outcome: 'ok' | FailureClass;
      bodyBytes: number;
      /** Whether the connection may carry another request. */
      reusable: boolean;
    };

const MORE: ResponseOutcome = { done: false };
const PROTOCOL: ResponseOutcome = { done: true, outcome: 'protocol', bodyBytes: 0, reusable: false };

/**
 * Incremental reader of one HTTP/1.1 response at a time on one connection, whatever way its body ends: by its length, in
 * chunks, or with the connection. Interim answers (1xx) before it are passed over. What is no such response is a protocol
 * failure, and so is a byte beyond it, since nobody asked for a second one.
 */
export interface ResponseReader {
  /** Takes what arrived; the buffer may be reused by the caller afterwards. */
  read(chunk: Buffer): ResponseOutcome;
  /** The other end has closed in good order: whether that ends the answer. */
  endOfStream(): ResponseOutcome;
  /**
   * Forgets the answer before.
   * @param hasBody whether the next one has a body: one to HEAD has none, whatever its head says
   */
  reset(hasBody?: boolean): void;
  /** Whether a part of a response has been read. */
  readonly begun: boolean;
  /** Of the response whose head was read last; 0 where none was since the last reset. */
  status(): number;
}

export function createResponseReader(): ResponseReader {
  const kept = createHeadBuffer();
  const heads = createHeadCache();
  let hasBody = true;
  let head: ResponseHead | undefined;
  let status = 0;
  let bodyBytes = 0;
  let chunks: ChunkReader | undefined;

  const finish = (): ResponseOutcome => ({
    done: true,
    outcome: classify(status),
    bodyBytes,
    reusable: head?.keepsAlive ?? false,
  });
  /** @returns where the body begins in `data`, -1 for no head yet, -2 for none at all */
  const readHead = (data: Buffer): number => {
    for (let from = 0; ; ) {
      const found = heads.at(data, from);
      if (found === undefined) {
        if (data.length - from > LARGEST_HEAD) return NO_HEAD;
        kept.keep(data.subarray(from));
        return MORE_OF_HEAD;
      }
      if (found === 'malformed' || found.bytes > LARGEST_HEAD) return NO_HEAD;
      status = found.head.status;
      // Nobody asked to change the protocol.
      if (status === 101) return NO_HEAD;
      from += found.bytes;
      if (status >= 200) {
        head = found.head;
        return from;
      }
      if (from === data.length) {
        kept.clear();
        return MORE_OF_HEAD;
      }
    }
  };
  const readBody = (data: Buffer, from: number): ResponseOutcome => {
    switch (hasBody ? head?.framing : 'none') {
      case 'until-close':
        bodyBytes += data.length - from;
        return MORE;
      case 'chunked': {
        chunks ??= createChunkReader();
        const state = chunks.read(data, from);
        bodyBytes = chunks.bodyBytes();
        if (state.kind === 'more') return MORE;
        return state.kind === 'over' && state.next === data.length ? finish() : PROTOCOL;
      }
      default: {
        bodyBytes += data.length - from;
        const wanted = hasBody ? (head?.length ?? 0) : 0;
        if (bodyBytes < wanted) return MORE;
        return bodyBytes === wanted ? finish() : PROTOCOL;
      }
    }
  };
  return {
    read(chunk) {
      if (head !== undefined) return readBody(chunk, 0);
      const data = kept.with(chunk);
      const from = readHead(data);
      if (from === NO_HEAD) return PROTOCOL;
      return from === MORE_OF_HEAD ? MORE : readBody(data, from);
    },
    endOfStream: () => (head?.framing === 'until-close' ? finish() : MORE),
    reset(nextHasBody = true) {
      hasBody = nextHasBody;
      kept.clear();
      head = undefined;
      chunks = undefined;
      status = 0;
      bodyBytes = 0;
    },
    get begun() {
      return head !== undefined || kept.length() > 0;
    },
    status: () => status,
  };
}

const MORE_OF_HEAD = -1;
const NO_HEAD = -2;

/** The part of a head that has come so far; it grows by doubling, so that single bytes do not copy it each time. */
function createHeadBuffer() {
  let buffer = Buffer.alloc(0);
  let length = 0;
  const room = (bytes: number) => {
    if (buffer.length >= bytes) return;
    const larger = Buffer.allocUnsafe(Math.max(FIRST_BUFFER, 2 * bytes));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  };
  return {
    length: () => length,
    clear() {
      length = 0;
    },
    /** What was kept, and these bytes after it. */
    with(chunk: Buffer): Buffer {
      if (length === 0) return chunk;
      room(length + chunk.length);
      chunk.copy(buffer, length);
      return buffer.subarray(0, length + chunk.length);
    },
    keep(data: Buffer) {
      // These bytes may stand in the buffer already, as what `with` gave back.
      if (data.buffer !== buffer.buffer || data.byteOffset !== buffer.byteOffset) {
        length = 0;
        room(data.length);
        data.copy(buffer);
      }
      length = data.length;
    },
  };
}

interface FoundHead {
  head: ResponseHead;
  /** Length with the empty line. */
  bytes: number;
}

/** A server's answers mostly have the same head byte for byte: the one before is then known by comparing alone. */
function createHeadCache() {
  let last: (FoundHead & { text: Buffer }) | undefined;
  return {
    /** undefined where the head does not end within the data. */
    at(data: Buffer, from: number): FoundHead | 'malformed' | undefined {
      if (last !== undefined && isSame(last.text, data, from)) return last;
      const end = data.indexOf(END_OF_HEAD, from);
      if (end < 0) return undefined;
      const head = parseHead(from === 0 ? data : data.subarray(from), end - from);
      if (head === undefined) return 'malformed';
      const bytes = end + END_OF_HEAD.length - from;
      last = { head, bytes, text: Buffer.from(data.subarray(from, from + bytes)) };
      return last;
    },
  };
}

function isSame(text: Buffer, data: Buffer, from: number): boolean {
  if (data.length - from < text.length) return false;
  for (let i = 0; i < text.length; i++) if (text[i] !== data[from + i]) return false;
  return true;
}

function classify(status: number): 'ok' | FailureClass {
  if (status >= 200 && status < 300) return 'ok';
  if (status >= 400 && status < 500) return 'status-4xx';
  if (status >= 500 && status < 600) return 'status-5xx';
  return 'status-other';
}
