import { createServer, type Socket } from 'node:net';
import { type Caller, createCaller } from './caller.ts';
import { spend } from './pass.ts';
import type { ServeTask } from './protocol.ts';
import { createRequestReader, headerOf, type ReadRequest } from './requestReader.ts';
import { createTally, type Tally } from './tally.ts';

const LARGEST_BODY = 10_000_000;
/** A pause of the service is told to within this; a tick costs some 10 µs of its core. */
const SIGN_OF_LIFE_MS = 20;
/** Answers of this many different sizes are kept ready. */
const KEPT_ANSWERS = 16;

export interface SampleService {
  /** Begins a new count; the one before it stays as it is. */
  beginCount(): Tally;
  close(): Promise<void>;
}

/**
 * The sample service: a request for /bytes/N is answered with exactly N bytes, in one write; one by HEAD with the same head
 * alone. It never closes an idle connection, so that keep-alive ends only where a client or a proxy ends it.
 * Where it calls other services, it answers when all of them have, with 502 where one has not.
 */
export async function startService(task: ServeTask, log: (line: object) => void): Promise<SampleService> {
  let tally = createTally();
  const callers = (task.calls ?? []).map(createCaller);
  const answers = new Map<number, Buffer>();
  const sockets = new Set<Socket>();

  const answer = (bytes: number): Buffer => {
    const kept = answers.get(bytes);
    if (kept !== undefined) return kept;
    const made = responseOf(200, bytes);
    if (answers.size < KEPT_ANSWERS) answers.set(bytes, made);
    return made;
  };
  const handle = (socket: Socket, request: ReadRequest) => {
    const beganUs = performance.now() * 1000;
    tally.alive(beganUs);
    const wanted = wantedBytes(request.head);
    const isHead = request.head.startsWith('HEAD ');
    const answeredBytes = isHead ? 0 : (wanted ?? 0);
    tally.request({ ...peerOf(request.head), bodyBytes: request.bodyBytes, answeredBytes });
    if (wanted === undefined) {
      log(failureLine(request.head, 400));
      socket.write(responseOf(400, 0));
      return;
    }
    spend(task.serviceTimeUs);
    const respond = (isOk: boolean) => {
      if (!isOk) log(failureLine(request.head, 502));
      socket.write(isOk ? (isHead ? headOf(200, wanted) : answer(wanted)) : responseOf(502, 0));
      const endedUs = performance.now() * 1000;
      tally.served(endedUs - beganUs);
      tally.worked(endedUs);
    };
    if (callers.length === 0) respond(true);
    else callAll(callers, `/bytes/${wanted}`, respond);
  };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    tally.connection(socket.remoteAddress ?? 'unknown');
    const reader = createRequestReader();
    socket.on('close', () => sockets.delete(socket));
    // A client that goes away in mid-answer ends its own socket only.
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      const { requests, malformed } = reader.read(chunk);
      for (const request of requests) handle(socket, request);
      if (!malformed) return;
      tally.malformed();
      log(failureLine('', 400));
      socket.end(responseOf(400, 0));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(task.port, task.host, resolve);
  });
  const ticking = setInterval(() => tally.alive(performance.now() * 1000), SIGN_OF_LIFE_MS);
  return {
    beginCount() {
      tally = createTally();
      return tally;
    },
    close: () =>
      new Promise((resolve) => {
        clearInterval(ticking);
        for (const caller of callers) caller.close();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** @param respond is told once all have answered whether all did as asked */
function callAll(callers: readonly Caller[], path: string, respond: (isOk: boolean) => void): void {
  let left = callers.length;
  let allOk = true;
  for (const caller of callers) {
    caller.call(path, (isOk) => {
      allOk &&= isOk;
      left--;
      if (left === 0) respond(allOk);
    });
  }
}

type Status = 200 | 400 | 502;
const REASONS: Readonly<Record<Status, string>> = { 200: 'OK', 400: 'Bad Request', 502: 'Bad Gateway' };

function responseOf(status: Status, bytes: number): Buffer {
  return Buffer.concat([headOf(status, bytes), Buffer.alloc(bytes, 'x')]);
}

function headOf(status: Status, bytes: number): Buffer {
  const reason = REASONS[status];
  return Buffer.from(`HTTP/1.1 ${status} ${reason}\r\ncontent-type: text/plain\r\ncontent-length: ${bytes}\r\n\r\n`);
}

/** N of "GET /bytes/N HTTP/1.1"; undefined for anything else. */
function wantedBytes(head: string): number | undefined {
  const match = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/bytes\/(\d{1,8}) HTTP\/1\.1(?:\r\n|$)/.exec(head);
  const bytes = match === null ? Number.NaN : Number(match[1]);
  return bytes <= LARGEST_BODY ? bytes : undefined;
}

/**
 * Identity and attempt as the proxies told them: the URI of the last element of X-Forwarded-Client-Cert (appended by
 * the nearest proxy) or l5d-client-id, and x-envoy-attempt-count.
 */
function peerOf(head: string): { identity: string | null; attempt: number | null } {
  const certificate = headerOf(head, 'x-forwarded-client-cert');
  const uri = certificate === undefined ? undefined : lastUri(certificate);
  const attempt = Number(headerOf(head, 'x-envoy-attempt-count') ?? Number.NaN);
  return {
    identity: uri ?? headerOf(head, 'l5d-client-id') ?? null,
    attempt: Number.isInteger(attempt) ? attempt : null,
  };
}

/** Elements are parted by commas, their fields by semicolons; a quoted value, such as a subject, may hold both. */
function lastUri(certificate: string): string | undefined {
  const bare = certificate.replace(/"(?:[^"\\]|\\.)*"/g, '');
  const last = bare.slice(bare.lastIndexOf(',') + 1);
  return /(?:^|;)\s*URI=([^;]*)/.exec(last)?.[1];
}

function failureLine(head: string, responseCode: number): object {
  return {
    level: 'error',
    time: new Date().toISOString(),
    requestId: headerOf(head, 'x-request-id') ?? null,
    upstream: null,
    responseCode,
    responseFlags: headerOf(head, 'x-envoy-response-flags') ?? null,
  };
}
