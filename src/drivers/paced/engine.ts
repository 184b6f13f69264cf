import type { FailureClass } from '../../record/trialRecord.ts';
import type { Drive, DriveResult, DriveSpec } from '../driver.ts';
import { createDueQueue } from './dueQueue.ts';
import { createLoopMeter } from './loopMeter.ts';
import { type Connection, createPool, type Pool } from './pool.ts';
import { createRecorder } from './recorder.ts';
import { createSchedule } from './schedule.ts';

/** Requests that may wait for a free connection; beyond it they stay unsent, and are counted so. */
const QUEUE_CAPACITY = 1 << 16;
/** Turns of an empty loop between two polls: some microseconds without garbage (load-facts D.2). */
const BURN_TURNS = 8000;
/** Libuv's timers have a grid of 1 ms: only a gap above twice that may be slept through. */
const SLEEP_ABOVE_US = 2200;
const TIMEOUT_SCAN_US = 5000;
const KEPT_FAILURES = 10;

/**
 * Open loop over HTTP/1.1: requests fall due at absolute instants whatever the server does, any free connection takes
 * the oldest due one, and the response time counts from the intended start.
 */
export const drivePaced: Drive = async (spec, clock) => {
  if (spec.actions.length > 0) throw new Error('the paced driver knows no actions in mid-trial');
  const trial = createTrial(spec, () => clock.nowUs() - spec.startAtUs);
  await trial.pool.open();
  if (clock.nowUs() > spec.startAtUs) throw new Error('the connections were not open before the trial was to start');
  return trial.run();
};

interface Trial {
  pool: Pool;
  run(): Promise<DriveResult>;
}

function createTrial(spec: DriveSpec, elapsedUs: () => number): Trial {
  const schedule = createSchedule({ segments: spec.segments, arrivals: spec.arrivals, seed: spec.scheduleSeed });
  const recorder = createRecorder(spec.segments, spec.responseBytes);
  const window = windowOf(spec);
  const meter = createLoopMeter(window);
  const queue = createDueQueue(QUEUE_CAPACITY);
  const request = requestBytes(spec);
  const timeoutUs = spec.timeoutMs * 1000;
  const free: Connection[] = [];
  const failures: Record<string, unknown>[] = [];
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
  const finish = (connection: Connection, outcome: 'ok' | FailureClass, bodyBytes: number) => {
    const { intendedUs, sentUs } = connection;
    if (intendedUs === undefined) return;
    const now = elapsedUs();
    connection.intendedUs = undefined;
    inFlight--;
    recorder.finished({
      intendedUs,
      outcome,
      bodyBytes,
      responseUs: now - intendedUs,
      serviceUs: now - sentUs,
      lagUs: sentUs - intendedUs,
    });
    if (outcome !== 'ok' && failures.length < KEPT_FAILURES) {
      const responseCode = connection.reader.status() || null;
      failures.push({ atUs: Math.round(now), outcome, responseCode, upstream: `${spec.target.host}:${spec.target.port}` });
    }
  };
  const pool = createPool(
    { ...spec.target, size: spec.connections, requestsPerConnection: spec.requestsPerConnection },
    {
      free: (connection) => {
        const waiting = queue.shift();
        if (waiting === undefined) free.push(connection);
        else send(connection, waiting);
      },
      answered: finish,
      broken: (connection, failure) => {
        finish(connection, failure, 0);
        const at = free.indexOf(connection);
        if (at >= 0) free.splice(at, 1);
      },
    },
  );

  const fallDue = (now: number) => {
    while (nextDue !== undefined && nextDue <= now) {
      recorder.scheduled(nextDue);
      if (!queue.push(nextDue)) recorder.unsent(nextDue);
      nextDue = schedule.next();
    }
    for (let connection = free.at(-1); connection !== undefined && queue.length > 0; connection = free.at(-1)) {
      const intended = queue.shift();
      // Oldest free connection first: the load spreads over all of them, as it does for independent users.
      const taken = free.shift() ?? connection;
      if (intended !== undefined) send(taken, intended);
    }
  };
  const scanTimeouts = (now: number) => {
    lastScan = now;
    for (const connection of [...pool.inFlight()]) {
      if (now - connection.sentUs <= timeoutUs) continue;
      finish(connection, 'timeout', 0);
      pool.replace(connection);
    }
    for (let oldest = queue.peek(); oldest !== undefined && now - oldest > timeoutUs; oldest = queue.peek()) {
      recorder.unsent(oldest);
      queue.shift();
    }
  };
  const isOver = () => nextDue === undefined && queue.length === 0 && inFlight === 0;

  const loop = (resolve: () => void) => {
    let slept = false;
    let sink = 0;
    const turn = () => {
      const now = elapsedUs();
      meter.turn(now, slept);
      fallDue(now);
      if (now - lastScan > TIMEOUT_SCAN_US) scanTimeouts(now);
      if (isOver()) return resolve();
      for (let i = 0; i < BURN_TURNS; i++) sink = (sink + i) | 0;
      slept = inFlight === 0 && queue.length === 0 && nextDue !== undefined && nextDue - now > SLEEP_ABOVE_US;
      if (slept) setTimeout(turn, 1);
      else setImmediate(turn);
    };
    turn();
  };
  return {
    pool,
    async run() {
      await new Promise<void>(loop);
      const connections = { requested: spec.connections, open: pool.openNow(), opened: pool.openedEver() };
      pool.close();
      return {
        driver: 'paced',
        model: 'open',
        connections,
        segments: recorder.segments(`${spec.target.host}:${spec.target.port}`),
        hiccups: meter.result(window.toUs - window.fromUs),
        failures,
      };
    },
  };
}

/** From the first measured segment's start to the last one's end, in µs from the trial's start. */
function windowOf(spec: DriveSpec): { fromUs: number; toUs: number } {
  const measured = spec.segments.filter((segment) => segment.measured);
  return {
    fromUs: Math.min(...measured.map((segment) => segment.fromMs)) * 1000,
    toUs: Math.max(...measured.map((segment) => segment.toMs)) * 1000,
  };
}

function requestBytes(spec: DriveSpec): Buffer {
  const line = `${spec.requestBytes > 0 ? 'POST' : 'GET'} ${spec.path} HTTP/1.1\r\nhost: ${spec.authority}\r\n`;
  const head = spec.requestBytes > 0 ? `${line}content-length: ${spec.requestBytes}\r\n\r\n` : `${line}\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.alloc(spec.requestBytes, 'x')]);
}
