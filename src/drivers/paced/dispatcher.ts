import type { DriveSpec, Share } from '../driver.ts';
import { createDueQueue } from './dueQueue.ts';
import { createPicker } from './picker.ts';
import type { Connection } from './pool.ts';
import type { Recorder } from './recorder.ts';
import { createSchedule } from './schedule.ts';
import { createSender, type Sender } from './sender.ts';

/** Requests that may wait for a free connection; beyond it they stay unsent, and are counted so. */
const QUEUE_CAPACITY = 1 << 16;
const TIMEOUT_SCAN_US = 5000;

/** Brings requests and free connections together; all times in µs from the trial's start. */
export interface Dispatcher {
  readonly sender: Sender;
  /**
   * Sends what it can by now, and ends what took too long.
   * @returns whether anything was sent
   */
  turn(nowUs: number): boolean;
  isOver(): boolean;
  /** Time until the next request falls due while nothing is under way; 0 when something is. */
  idleForUs(nowUs: number): number;
}

export interface DispatcherParts {
  recorder: Recorder;
  share: Share;
  /** Connections of this share. */
  connections: number;
  elapsedUs(): number;
}

/** Open loop: requests fall due by the schedule, and the oldest due one takes any connection that is free. */
export function createDispatcher(spec: DriveSpec, parts: DispatcherParts): Dispatcher {
  const { recorder, share } = parts;
  const weights = spec.requests.map(({ weight }) => weight);
  const { segments, arrivals, scheduleSeed: seed } = spec;
  const schedule = createSchedule({ segments, arrivals, seed, weights, share });
  const queue = createDueQueue(QUEUE_CAPACITY);
  const timeoutUs = spec.timeoutMs * 1000;
  const free: Connection[] = [];
  let nextDue = schedule.next();
  let lastScan = 0;

  const sendOldest = (connection: Connection) => {
    const target = queue.peekTarget();
    sender.send(connection, queue.shift() ?? 0, target);
  };
  const sender = createSender(spec, {
    ...parts,
    isScheduled: true,
    free: (connection) => {
      if (queue.length === 0) free.push(connection);
      else sendOldest(connection);
    },
    gone: (connection) => remove(free, connection),
  });
  const sendDue = (): boolean => {
    let hasSent = false;
    while (queue.length > 0) {
      // Longest free first: the load spreads over all connections, as it does for independent users.
      const connection = free.shift();
      if (connection === undefined) break;
      sendOldest(connection);
      hasSent = true;
    }
    return hasSent;
  };
  const sendAllDue = (now: number): boolean => {
    let hasSent = sendDue();
    for (; nextDue !== undefined && nextDue <= now; nextDue = schedule.next()) {
      const hasRoom = queue.push(nextDue, schedule.target());
      // Each is sent before anything is written down of it: what comes before the send is lag.
      hasSent = sendDue() || hasSent;
      recorder.scheduled(nextDue);
      if (!hasRoom) recorder.unsent(nextDue);
    }
    return hasSent;
  };
  const endLate = (now: number) => {
    lastScan = now;
    sender.endLate(now);
    for (let oldest = queue.peek(); oldest !== undefined && now - oldest > timeoutUs; oldest = queue.peek()) {
      recorder.unsent(oldest);
      queue.shift();
    }
  };
  const isIdle = () => sender.inFlight() === 0 && queue.length === 0;
  return {
    sender,
    turn(now) {
      const hasSent = sendAllDue(now);
      if (now - lastScan > TIMEOUT_SCAN_US) endLate(now);
      return hasSent;
    },
    isOver: () => nextDue === undefined && isIdle(),
    idleForUs: (now) => (isIdle() && nextDue !== undefined ? nextDue - now : 0),
  };
}

/** Closed loop: each connection sends its next request as soon as the one before is answered, until the last segment ends. */
export function createClosedDispatcher(spec: DriveSpec, parts: DispatcherParts): Dispatcher {
  const { recorder, elapsedUs } = parts;
  const pick = createPicker(
    spec.requests.map(({ weight }) => weight),
    spec.scheduleSeed + parts.share.index,
  );
  const endUs = Math.max(...spec.segments.map(({ toMs }) => toMs)) * 1000;
  const waiting: Connection[] = [];
  let lastScan = 0;
  let isOver = false;

  const sendNow = (connection: Connection) => {
    const now = elapsedUs();
    if (now < 0 || now >= endUs) {
      waiting.push(connection);
      return;
    }
    sender.send(connection, now, pick());
    recorder.scheduled(connection.intendedUs ?? now);
  };
  const sender = createSender(spec, {
    ...parts,
    isScheduled: false,
    free: sendNow,
    gone: (connection) => remove(waiting, connection),
  });
  return {
    sender,
    turn(now) {
      isOver = now >= endUs;
      for (const connection of isOver || now < 0 ? [] : waiting.splice(0)) sendNow(connection);
      if (now - lastScan > TIMEOUT_SCAN_US) {
        lastScan = now;
        sender.endLate(now);
      }
      return true;
    },
    isOver: () => isOver && sender.inFlight() === 0,
    idleForUs: () => 0,
  };
}

function remove(from: Connection[], connection: Connection): void {
  const at = from.indexOf(connection);
  if (at >= 0) from.splice(at, 1);
}
