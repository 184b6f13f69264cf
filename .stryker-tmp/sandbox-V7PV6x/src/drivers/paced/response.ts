// @ts-nocheck
import type { FailureClass } from '../../record/trialRecord.ts';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
/** A head beyond this is not an answer that a sample service gives. */
const LARGEST_HEAD = 65_536;

export type ResponseOutcome = { done: false } | { done: true; outcome: 'ok' | FailureClass; bodyBytes: number };

const MORE: ResponseOutcome = { done: false };
const failed = (outcome: FailureClass): ResponseOutcome => ({ done: true, outcome, bodyBytes: 0 });

/**
 * Incremental reader of one HTTP/1.1 response at a time on one connection. It knows what the sample service sends:
 * a status line and a Content-Length body. Anything else is a protocol failure, after which the connection
 * cannot be used any more.
 */
export interface ResponseReader {
  /** Takes what arrived; the buffer may be reused by the caller afterwards. */
  read(chunk: Buffer): ResponseOutcome;
  reset(): void;
  /** Whether a part of a response has been read. */
  readonly begun: boolean;
  /** Of the response whose head was read last; 0 where none was since the last reset. */
  status(): number;
}

export function createResponseReader(): ResponseReader {
  let head: Buffer | undefined;
  let missing = -1;
  let length = 0;
  let status = 0;

  const finish = (): ResponseOutcome => {
    missing = -1;
    return { done: true, outcome: classify(status), bodyBytes: length };
  };
  const readHead = (data: Buffer): ResponseOutcome => {
    const end = data.indexOf(END_OF_HEAD);
    if (end < 0) {
      if (data.length > LARGEST_HEAD) return failed('protocol');
      head = Buffer.from(data);
      return MORE;
    }
    head = undefined;
    status = statusOf(data);
    length = contentLength(data, end);
    if (status === 0 || length < 0) return failed('protocol');
    missing = end + END_OF_HEAD.length + length - data.length;
    // More than one answer to one request: the stream cannot be trusted from here on.
    if (missing < 0) return failed('protocol');
    return missing === 0 ? finish() : MORE;
  };
  return {
    read(chunk) {
      if (missing < 0) return readHead(head === undefined ? chunk : Buffer.concat([head, chunk]));
      missing -= chunk.length;
      if (missing < 0) return failed('protocol');
      return missing === 0 ? finish() : MORE;
    },
    reset() {
      head = undefined;
      missing = -1;
      status = 0;
    },
    get begun() {
      return head !== undefined || missing >= 0;
    },
    status: () => status,
  };
}

function classify(status: number): 'ok' | FailureClass {
  if (status >= 200 && status < 300) return 'ok';
  if (status >= 400 && status < 500) return 'status-4xx';
  if (status >= 500 && status < 600) return 'status-5xx';
  return 'status-other';
}

/** The three digits after "HTTP/1.x "; 0 where the line is something else. */
function statusOf(data: Buffer): number {
  if (data.toString('latin1', 0, 7) !== 'HTTP/1.' || data[8] !== 0x20) return 0;
  const digits = data.toString('latin1', 9, 12);
  return /^[1-5]\d\d$/.test(digits) ? Number(digits) : 0;
}

/** -1 where there is no valid Content-Length, or a transfer coding that this reader does not take. */
function contentLength(data: Buffer, end: number): number {
  const head = data.toString('latin1', 0, end + 2).toLowerCase();
  if (head.includes('\r\ntransfer-encoding:')) return -1;
  const at = head.indexOf('\r\ncontent-length:');
  if (at < 0) return -1;
  const value = head.slice(at + 17, head.indexOf('\r\n', at + 2)).trim();
  return /^\d{1,15}$/.test(value) ? Number(value) : -1;
}
