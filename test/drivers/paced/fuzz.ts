import { createResponseReader, type ResponseOutcome } from '../../../src/drivers/paced/response.ts';
import { createRandom } from '../../../src/scenario/random.ts';

const WHOLE_ANSWERS = [
  'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789',
  'HTTP/1.1 200 OK\r\nserver: envoy\r\ndate: now\r\ncontent-length: 3\r\nx-envoy-upstream-service-time: 1\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a="b"\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nx-sum: 1\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.0 503 Sorry\r\nConnection: Keep-Alive\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nuntil the end',
];
/** What parsers stumble over. */
const PIECES = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  ' ',
  ':',
  ';',
  '0\r\n\r\n',
  'ffffffff',
  '-1',
  'content-length: 5\r\n',
  'transfer-encoding: chunked\r\n',
  'HTTP/1.1 100 C\r\n\r\n',
  '\u0000',
  '\u00ff',
];

/** What came of some bytes however they were cut: the end, or that more is wanted. */
interface Read {
  result: ResponseOutcome;
  atEnd: ResponseOutcome;
}

const SECOND: ResponseOutcome = { done: true, outcome: 'protocol', bodyBytes: 0, reusable: false };

/** Reads pieces until the answer is over; what comes after it is a protocol failure, as it is within one piece. */
function readPieces(pieces: readonly Buffer[]): Read {
  const reader = createResponseReader();
  let result: ResponseOutcome = { done: false };
  for (const piece of pieces) {
    if (result.done) return { result: SECOND, atEnd: SECOND };
    result = reader.read(Buffer.from(piece));
  }
  return { result, atEnd: result.done ? result : reader.endOfStream() };
}

/**
 * Reads seeded mutations of answers, each in one piece and in several.
 * @returns what was found wrong, with the bytes that show it; and how often each outcome came up
 */
export function fuzzResponses(inputs: number, seed: number): { faults: string[]; seen: Map<string, number> } {
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const faults: string[] = [];
  const seen = new Map<string, number>();
  for (let input = 0; input < inputs; input++) {
    const bytes = Buffer.from(mutated(below), 'latin1');
    const fault = (what: string) => faults.push(`${what}: ${JSON.stringify(bytes.toString('latin1'))}`);
    try {
      const whole = readPieces([bytes]);
      const cut = readPieces(cutInto(bytes, below));
      if (JSON.stringify(cut) !== JSON.stringify(whole)) fault('cut into pieces it is read differently');
      for (const { done, ...end } of [whole.result, whole.atEnd]) {
        if (done && 'bodyBytes' in end && end.bodyBytes > bytes.length) fault('more body than bytes');
      }
      const name = whole.result.done ? whole.result.outcome : `more wanted, at the end ${whole.atEnd.done}`;
      seen.set(name, (seen.get(name) ?? 0) + 1);
    } catch (error) {
      fault(`threw ${(error as Error).message}`);
    }
  }
  return { faults, seen };
}

function mutated(below: (limit: number) => number): string {
  let text = WHOLE_ANSWERS[below(WHOLE_ANSWERS.length)] ?? '';
  for (let changes = below(4); changes > 0; changes--) {
    const at = below(text.length + 1);
    const length = below(6);
    const piece = below(2) === 0 ? (PIECES[below(PIECES.length)] ?? '') : String.fromCharCode(below(256));
    text =
      [
        () => text.slice(0, at) + piece + text.slice(at),
        () => text.slice(0, at) + text.slice(at + length),
        () => text.slice(0, at) + piece + text.slice(at + length),
        () => text.slice(0, at),
      ][below(4)]?.() ?? text;
  }
  return text;
}

function cutInto(bytes: Buffer, below: (limit: number) => number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = below(3) === 0 ? 1 : 1 + below(20);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
