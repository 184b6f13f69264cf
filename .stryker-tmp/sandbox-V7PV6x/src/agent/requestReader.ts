// @ts-nocheck
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LARGEST_HEAD = 65_536;

export interface ReadRequest {
  /** Request line and header lines, without the empty line. */
  head: string;
  bodyBytes: number;
}

/** Incremental reader of HTTP/1.1 requests with Content-Length bodies, which are counted and dropped. */
export interface RequestReader {
  /** Whole requests that end within this chunk; `malformed` means that the connection has to be closed. */
  read(chunk: Buffer): { requests: ReadRequest[]; malformed: boolean };
}

export function createRequestReader(): RequestReader {
  let rest: Buffer | undefined;
  let pending: ReadRequest | undefined;
  let bodyLeft = 0;
  return {
    read(chunk) {
      const requests: ReadRequest[] = [];
      let data = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
      rest = undefined;
      while (data.length > 0) {
        if (pending !== undefined) {
          const taken = Math.min(bodyLeft, data.length);
          bodyLeft -= taken;
          data = data.subarray(taken);
          if (bodyLeft > 0) break;
          requests.push(pending);
          pending = undefined;
          continue;
        }
        const end = data.indexOf(END_OF_HEAD);
        if (end < 0) {
          if (data.length > LARGEST_HEAD) return { requests, malformed: true };
          rest = Buffer.from(data);
          break;
        }
        const head = data.toString('latin1', 0, end);
        const bodyBytes = bodyLength(head);
        if (bodyBytes === undefined) return { requests, malformed: true };
        data = data.subarray(end + END_OF_HEAD.length);
        const request = { head, bodyBytes };
        if (bodyBytes === 0) requests.push(request);
        else {
          pending = request;
          bodyLeft = bodyBytes;
        }
      }
      return { requests, malformed: false };
    },
  };
}

/** Value of a header by its lower-case name; undefined where there is none. */
export function headerOf(head: string, name: string): string | undefined {
  const at = head.toLowerCase().indexOf(`\r\n${name}:`);
  if (at < 0) return undefined;
  const from = at + name.length + 3;
  const end = head.indexOf('\r\n', from);
  return head.slice(from, end < 0 ? head.length : end).trim();
}

/** undefined for a body that this reader cannot delimit. */
function bodyLength(head: string): number | undefined {
  if (headerOf(head, 'transfer-encoding') !== undefined) return undefined;
  const length = headerOf(head, 'content-length');
  if (length === undefined) return 0;
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
