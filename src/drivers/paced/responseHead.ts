/** How the end of a body is found (RFC 9112, section 6.3). */
type Framing = 'none' | 'length' | 'chunked' | 'until-close';

export interface ResponseHead {
  status: number;
  framing: Framing;
  /** Bytes of the body where the framing is by length. */
  length: number;
  /** Whether the connection may carry another request after this answer. */
  keepsAlive: boolean;
}

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
/** Added to a letter's code it gives the small letter; to nothing else that begins a name of interest. */
const SMALL = 32;
const [LETTER_C, LETTER_T] = [99, 116];

/**
 * The head of an HTTP/1.x response, up to the empty line that ends it.
 *
 * Strict where leniency would let two parties see two different answers: a bare line feed, a folded line, a name with
 * a space before its colon, two lengths, or a length beside a transfer coding make it no head at all (RFC 9112, 2.2, 5.1,
 * 5.2 and 6.3).
 * @param end index of the line break before the empty line
 * @returns undefined where it is not one
 */
export function parseHead(data: Buffer, end: number): ResponseHead | undefined {
  const status = statusOf(data);
  let at = lineEnd(data, 0, end);
  if (status === 0 || at < 0) return undefined;
  const isFirstVersion = data[7] === 0x30;
  const fields = { length: -1, isChunked: false, keepsAlive: !isFirstVersion };
  while (at < end) {
    const from = at + 2;
    at = lineEnd(data, from, end);
    const colon = at < 0 ? -1 : nameEnd(data, from, at);
    if (colon < 0) return undefined;
    const first = (data[from] ?? 0) | SMALL;
    if (first !== LETTER_C && first !== LETTER_T) continue;
    if (!takeField(fields, data.toString('latin1', from, colon), data.toString('latin1', colon + 1, at)))
      return undefined;
  }
  return headOf(status, fields, isFirstVersion);
}

interface Fields {
  length: number;
  isChunked: boolean;
  keepsAlive: boolean;
}

function headOf(
  status: number,
  { length, isChunked, keepsAlive }: Fields,
  isFirstVersion: boolean,
): ResponseHead | undefined {
  if (isChunked && (length >= 0 || isFirstVersion)) return undefined;
  if (status < 200 || status === 204 || status === 304) {
    return { status, framing: 'none', length: 0, keepsAlive };
  }
  if (isChunked) return { status, framing: 'chunked', length: 0, keepsAlive };
  if (length >= 0) return { status, framing: 'length', length, keepsAlive };
  return { status, framing: 'until-close', length: 0, keepsAlive: false };
}

/** Takes a field where it matters here; false where its value is not one that can be followed. */
function takeField(fields: Fields, name: string, text: string): boolean {
  const value = text.trim().toLowerCase();
  switch (name.toLowerCase()) {
    case 'content-length':
      if (fields.length >= 0 || !/^\d{1,15}$/.test(value)) return false;
      fields.length = Number(value);
      return true;
    case 'transfer-encoding':
      // Other codings were not asked for; a second field would put another one before this.
      if (fields.isChunked || value !== 'chunked') return false;
      fields.isChunked = true;
      return true;
    case 'connection': {
      const options = value.split(',').map((option) => option.trim());
      if (options.includes('close')) fields.keepsAlive = false;
      else if (options.includes('keep-alive')) fields.keepsAlive = true;
      return true;
    }
    default:
      return true;
  }
}

/** The three digits after "HTTP/1.x "; 0 where the line is something else. */
function statusOf(data: Buffer): number {
  const line = data.toString('latin1', 0, 13);
  return /^HTTP\/1\.[01] [1-5]\d\d(?: |\r|$)/.test(line) ? Number(line.slice(9, 12)) : 0;
}

/** Index of the CR that ends the line, or `end`; -1 where a line break is not one of CR and LF together. */
function lineEnd(data: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const byte = data[at];
    if (byte === CR) return data[at + 1] === LF ? at : -1;
    if (byte === LF) return -1;
  }
  return end;
}

/** Index of the colon after a field's name; -1 where the line is no field. */
function nameEnd(data: Buffer, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const byte = data[at];
    if (byte === COLON) return at === from ? -1 : at;
    if (byte === SPACE || byte === TAB) return -1;
  }
  return -1;
}
