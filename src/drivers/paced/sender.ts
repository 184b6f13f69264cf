import type { FailureClass } from '../../record/trialRecord.ts';
import type { DriveSpec, DriveTarget } from '../driver.ts';
import { type Connection, createPool, type Pool } from './pool.ts';
import { KEPT_FAILURES, type Recorder } from './recorder.ts';

/** Sends requests on connections that are free, and records what comes of them; times in µs from the trial's start. */
export interface Sender {
  readonly pool: Pool;
  readonly failures: readonly Record<string, unknown>[];
  /** How often a connection could not be opened, by class. */
  readonly failedDials: Readonly<Record<string, number>>;
  /** @param target index of the kind of request */
  send(connection: Connection, intendedUs: number, target: number): void;
  inFlight(): number;
  /** Ends what was sent longer ago than a request may take. */
  endLate(nowUs: number): void;
}

export interface SenderParts {
  recorder: Recorder;
  /** Connections of this thread. */
  connections: number;
  /** Whether requests have an intended start that they can be late for. */
  isScheduled: boolean;
  elapsedUs(): number;
  free(connection: Connection): void;
  /** The connection is gone; another one will be free in its place. */
  gone(connection: Connection): void;
}

export function createSender(spec: DriveSpec, parts: SenderParts): Sender {
  const { recorder, elapsedUs } = parts;
  const requests = spec.requests.map((request) => readyRequest(spec, request));
  const upstream = `${spec.target.host}:${spec.target.port}`;
  const timeoutUs = spec.timeoutMs * 1000;
  const failures: Record<string, unknown>[] = [];
  const failedDials: Record<string, number> = {};
  let inFlight = 0;

  const finish = (connection: Connection, end: { outcome: 'ok' | FailureClass; bodyBytes: number; atUs: number }) => {
    const { intendedUs, sentUs, freeUs, target } = connection;
    if (intendedUs === undefined) return;
    const { outcome, bodyBytes, atUs } = end;
    // A driver that is never late sends when the request is due, or when the answer before has come.
    const readyUs = Math.max(intendedUs, freeUs);
    connection.freeUs = readyUs + (atUs - sentUs);
    connection.intendedUs = undefined;
    inFlight--;
    recorder.finished({
      intendedUs,
      target,
      outcome,
      bodyBytes,
      responseUs: atUs - intendedUs,
      serviceUs: atUs - sentUs,
      lagUs: parts.isScheduled ? sentUs - readyUs : undefined,
      waitUs: parts.isScheduled ? readyUs - intendedUs : undefined,
    });
    if (outcome === 'ok' || failures.length === KEPT_FAILURES) return;
    failures.push({ atUs: Math.round(atUs), outcome, responseCode: connection.reader.status() || null, upstream });
  };
  const pool = createPool(
    { ...spec.target, size: parts.connections, requestsPerConnection: spec.requestsPerConnection, elapsedUs },
    {
      free: parts.free,
      answered: (connection, outcome, bodyBytes) =>
        finish(connection, { outcome, bodyBytes, atUs: connection.receivedUs }),
      broken: (connection, failure) => {
        finish(connection, { outcome: failure, bodyBytes: 0, atUs: elapsedUs() });
        parts.gone(connection);
      },
      notOpened: (failure) => {
        failedDials[failure] = (failedDials[failure] ?? 0) + 1;
      },
    },
  );
  return {
    pool,
    failures,
    failedDials,
    send(connection, intendedUs, target) {
      const request = requests[target];
      if (request === undefined) throw new Error(`no kind of request ${target}`);
      connection.target = target;
      connection.reader.reset(request.hasAnswerBody);
      connection.sentUs = elapsedUs();
      connection.intendedUs = parts.isScheduled ? intendedUs : connection.sentUs;
      connection.socket.write(request.bytes);
      inFlight++;
      recorder.sent(connection.intendedUs);
    },
    inFlight: () => inFlight,
    endLate(now) {
      for (const connection of [...pool.inFlight()]) {
        if (now - connection.sentUs <= timeoutUs) continue;
        finish(connection, { outcome: 'timeout', bodyBytes: 0, atUs: now });
        pool.replace(connection);
      }
    },
  };
}

interface ReadyRequest {
  bytes: Buffer;
  /** An answer to HEAD has none, whatever its head says. */
  hasAnswerBody: boolean;
}

/** Methods whose request without a body says that it has none (RFC 9110, section 8.6). */
const ENCLOSING = new Set(['POST', 'PUT', 'PATCH']);

function readyRequest({ authority }: DriveSpec, { method, path, headers, requestBytes }: DriveTarget): ReadyRequest {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${authority}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(requestBytes > 0 || ENCLOSING.has(method) ? [`content-length: ${requestBytes}`] : []),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return { bytes: Buffer.concat([head, Buffer.alloc(requestBytes, 'x')]), hasAnswerBody: method !== 'HEAD' };
}
