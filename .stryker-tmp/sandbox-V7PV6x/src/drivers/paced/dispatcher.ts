// @ts-nocheck
import type { FailureClass } from '../../record/trialRecord.ts';
import type { DriveSpec } from '../driver.ts';
import { createDueQueue } from './dueQueue.ts';
import { type Connection, createPool, type Pool } from './pool.ts';
import type { Recorder } from './recorder.ts';
import { createSchedule } from './schedule.ts';

/** Requests that may wait for a free connection; beyond it they stay unsent, and are counted so. */
const QUEUE_CAPACITY = 1 << 16;
const TIMEOUT_SCAN_US = 5000;
const KEPT_FAILURES = 10;

/** Brings due requests and free connections together; all times in µs from the trial's start. */
export interface Dispatcher {
  readonly pool: Pool;
  readonly failures: readonly Record<string, unknown>[];
  /** How often a connection could not be opened, by class. */
  readonly failedDials: Readonly<Record<string, number>>;
  /** Lets everything fall due that is due by now, sends what it can, and ends what took too long. */
  turn(nowUs: number): void;
  isOver(): boolean;
  /** Time until the next request falls due while nothing is under way; 0 when something is. */
  idleForUs(nowUs: number): number;
}

export function createDispatcher(spec: DriveSpec, recorder: Recorder, elapsedUs: () => number): Dispatcher {
  const schedule = createSchedule({ segments: spec.segments, arrivals: spec.arrivals, seed: spec.scheduleSeed });
  const queue = createDueQueue(QUEUE_CAPACITY);
  const request = requestBytes(spec);
  const upstream = `${spec.target.host}:${spec.target.port}`;
  const timeoutUs = spec.timeoutMs * 1000;
  const free: Connection[] = [];
  const failures: Record<string, unknown>[] = [];
  const failedDials: Record<string, number> = {};
  let nextDue = schedule.next();
  let inFlight = 0;
  let lastScan = 0;

  const send = (connection: Connection, intendedUs: number) => {
    connection.intendedUs = intendedUs;
    connection.sentUs = elapsedUs();
    connection.socket.write(request);
    inFlight++;
    recorder.sent(intendedUs);
  };
  const finish = (connection: Connection, end: { outcome: 'ok' | FailureClass; bodyBytes: number; atUs: number }) => {
    const { intendedUs, sentUs } = connection;
    if (intendedUs === undefined) return;
    const { outcome, bodyBytes, atUs } = end;
    connection.intendedUs = undefined;
    inFlight--;
    const lagUs = sentUs - intendedUs;
    recorder.finished({
      intendedUs,
      outcome,
      bodyBytes,
      responseUs: atUs - intendedUs,
      serviceUs: atUs - sentUs,
      lagUs,
    });
    if (outcome === 'ok' || failures.length === KEPT_FAILURES) return;
    failures.push({ atUs: Math.round(atUs), outcome, responseCode: connection.reader.status() || null, upstream });
  };
  const pool = createPool(
    { ...spec.target, size: spec.connections, requestsPerConnection: spec.requestsPerConnection, elapsedUs },
    {
      free: (connection) => {
        const waiting = queue.shift();
        if (waiting === undefined) free.push(connection);
        else send(connection, waiting);
      },
      answered: (connection, outcome, bodyBytes) =>
        finish(connection, { outcome, bodyBytes, atUs: connection.receivedUs }),
      broken: (connection, failure) => {
        finish(connection, { outcome: failure, bodyBytes: 0, atUs: elapsedUs() });
        const at = free.indexOf(connection);
        if (at >= 0) free.splice(at, 1);
      },
      notOpened: (failure) => {
        failedDials[failure] = (failedDials[failure] ?? 0) + 1;
      },
    },
  );
  const fallDue = (now: number) => {
    for (; nextDue !== undefined && nextDue <= now; nextDue = schedule.next()) {
      recorder.scheduled(nextDue);
      if (!queue.push(nextDue)) recorder.unsent(nextDue);
    }
  };
  const sendDue = () => {
    while (queue.length > 0) {
      // Longest free first: the load spreads over all connections, as it does for independent users.
      const connection = free.shift();
      if (connection === undefined) return;
      send(connection, queue.shift() ?? 0);
    }
  };
  const endLate = (now: number) => {
    lastScan = now;
    for (const connection of [...pool.inFlight()]) {
      if (now - connection.sentUs <= timeoutUs) continue;
      finish(connection, { outcome: 'timeout', bodyBytes: 0, atUs: now });
      pool.replace(connection);
    }
    for (let oldest = queue.peek(); oldest !== undefined && now - oldest > timeoutUs; oldest = queue.peek()) {
      recorder.unsent(oldest);
      queue.shift();
    }
  };
  const isIdle = () => inFlight === 0 && queue.length === 0;
  return {
    pool,
    failures,
    failedDials,
    turn(now) {
      fallDue(now);
      sendDue();
      if (now - lastScan > TIMEOUT_SCAN_US) endLate(now);
    },
    isOver: () => nextDue === undefined && isIdle(),
    idleForUs: (now) => (isIdle() && nextDue !== undefined ? nextDue - now : 0),
  };
}

function requestBytes(spec: DriveSpec): Buffer {
  const line = `${spec.requestBytes > 0 ? 'POST' : 'GET'} ${spec.path} HTTP/1.1\r\nhost: ${spec.authority}\r\n`;
  const head = spec.requestBytes > 0 ? `${line}content-length: ${spec.requestBytes}\r\n\r\n` : `${line}\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.alloc(spec.requestBytes, 'x')]);
}
