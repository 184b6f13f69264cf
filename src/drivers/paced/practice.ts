import type { DriveSpec } from '../driver.ts';
import { type Echo, startEcho } from './echo.ts';
import type { Connection } from './pool.ts';
import { createRecorder } from './recorder.ts';
import { createSender } from './sender.ts';

/** A practice and its answer take some 60 µs of three turns: it may begin only where nothing is due for several times that. */
const IDLE_FOR_US = 250;
const EVERY_US = 150;
const RESPONSE_BYTES = 1000;

/**
 * Keeps what a request goes through warm while there are none: a request every 5 ms finds the caches cold, and its answer
 * then comes some 15 µs later than one of a thousand a second.
 */
export interface Practice {
  open(): Promise<void>;
  /** @param idleForUs how long nothing will be due, with nothing under way */
  turn(nowUs: number, idleForUs: number): void;
  close(): Promise<void>;
}

/** Practises on an echo of its own, in this thread and on loopback: nothing of it reaches what is measured. */
export async function createPractice(spec: DriveSpec, elapsedUs: () => number): Promise<Practice> {
  const echo: Echo = await startEcho(RESPONSE_BYTES);
  const [first] = spec.requests;
  const requests = first === undefined ? [] : [{ ...first, requestBytes: 0, responseBytes: RESPONSE_BYTES }];
  const segment = { name: 'practice', fromMs: 0, toMs: 0, arrivalRatePerSecond: 0, measured: false };
  let free: Connection | undefined;
  let lastUs = Number.NEGATIVE_INFINITY;
  const sender = createSender(
    { ...spec, requests, target: echo.target },
    {
      recorder: createRecorder([segment], [{ name: 'practice', bodyBytes: RESPONSE_BYTES }]),
      connections: 1,
      isScheduled: true,
      elapsedUs,
      free: (connection) => {
        free = connection;
      },
      gone: () => {
        free = undefined;
      },
    },
  );
  return {
    open: () => sender.pool.open(),
    turn(nowUs, idleForUs) {
      if (idleForUs < IDLE_FOR_US || nowUs - lastUs < EVERY_US || free === undefined) return;
      const connection = free;
      free = undefined;
      lastUs = nowUs;
      sender.send(connection, nowUs, 0);
    },
    async close() {
      sender.pool.close();
      await echo.close();
    },
  };
}
