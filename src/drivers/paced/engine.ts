import type { DriveResult, Driver, DriveSpec, DriveTarget, Share } from '../driver.ts';
import { createClosedDispatcher, createDispatcher, type Dispatcher } from './dispatcher.ts';
import { startEcho } from './echo.ts';
import { joinParts, type PacedPart } from './join.ts';
import { createLoopMeter, type LoopMeter } from './loopMeter.ts';
import { createPractice, type Practice } from './practice.ts';
import { createRecorder, type RecordedTarget } from './recorder.ts';

/** Turns of an empty loop between two polls: some microseconds without garbage (load-facts D.2). */
const BURN_TURNS = 8000;
/** Libuv's timers have a grid of 1 ms: only a gap above twice that may be slept through. */
const SLEEP_ABOVE_US = 2200;
/** Enough requests for the compiler to have finished with every function on their way. */
const REHEARSAL = {
  arrivalRatePerSecond: 10_000,
  durationMs: 200,
  connections: 8,
  responseBytes: 1000,
};
const OPENING_US = 50_000;

/**
 * Open loop over HTTP/1.1: requests fall due at absolute instants whatever the server does, any free connection takes
 * the oldest due one, and the response time counts from the intended start.
 */
export const pacedDriver: Driver<PacedPart> = {
  async drive(spec, clock, share) {
    await rehearse(spec, clock);
    return drive(spec, { clock, share, mustBeOnTime: true });
  },
  join: (_spec, parts) => joinParts(parts, { driver: 'paced', model: 'open' }),
};

/**
 * Closed loop on the same sockets: how much goes through, never how long a request takes, since a slow answer holds up
 * the next question.
 */
export const closedDriver: Driver<PacedPart> = {
  async drive(spec, clock, share) {
    await rehearse({ ...spec, driver: 'paced' }, clock);
    return drive(spec, { clock, share, mustBeOnTime: true });
  },
  join: (_spec, parts) => joinParts(parts, { driver: 'closed', model: 'closed' }),
};

/**
 * Drives an echo of its own first: code that is not yet compiled answers 30 to 40 µs late, which at 200/s lasts for
 * longer than any warm-up.
 */
async function rehearse(spec: DriveSpec, clock: { nowUs(): number }): Promise<void> {
  const { arrivalRatePerSecond, durationMs, connections, responseBytes } = REHEARSAL;
  const echo = await startEcho(responseBytes);
  const { requestsPerConnection: _, ...keptAlive } = spec;
  const request: DriveTarget = {
    name: 'rehearsal',
    weight: 1,
    method: 'GET',
    path: '/',
    headers: {},
    requestBytes: 0,
    responseBytes,
  };
  try {
    await drive(
      {
        ...keptAlive,
        requests: [request],
        connections,
        target: echo.target,
        arrivals: 'constant',
        segments: [{ name: 'rehearsal', fromMs: 0, toMs: durationMs, arrivalRatePerSecond, measured: true }],
        startAtUs: clock.nowUs() + OPENING_US,
      },
      // Nothing is measured here: a stall while the connections open costs some requests their schedule, no more.
      { clock, share: { index: 0, of: 1 }, mustBeOnTime: false },
    );
  } finally {
    await echo.close();
  }
}

interface DriveOptions {
  clock: { nowUs(): number };
  share: Share;
  mustBeOnTime: boolean;
}

async function drive(spec: DriveSpec, options: DriveOptions): Promise<PacedPart> {
  if (spec.actions.length > 0) throw new Error(`the ${spec.driver} driver knows no actions in mid-trial`);
  const { clock, share } = options;
  const elapsedUs = () => clock.nowUs() - spec.startAtUs;
  const recorder = createRecorder(spec.segments, spec.requests.map(recordedTarget), 1 / share.of);
  const own = connectionsOf(spec.connections, share);
  const create = spec.driver === 'closed' ? createClosedDispatcher : createDispatcher;
  const dispatcher = create(spec, { recorder, share, connections: own, elapsedUs });
  const { pool, failedDials, failures } = dispatcher.sender;
  const window = windowOf(spec);
  const meter = createLoopMeter(window);
  let connections: DriveResult['connections'];
  // A loop that rests is given to others meanwhile: it is not to be kept busy.
  const practice = options.mustBeOnTime && !spec.restWhenIdle ? await createPractice(spec, elapsedUs) : undefined;
  try {
    await practice?.open();
    await pool.open();
    if (options.mustBeOnTime && elapsedUs() > 0)
      throw new Error('the connections were not open before the trial was to start');
    await pace({ dispatcher, practice, meter, elapsedUs, restWhenIdle: spec.restWhenIdle });
    connections = {
      requested: own,
      open: pool.openNow(),
      opened: pool.openedEver(),
      ...(Object.keys(failedDials).length === 0 ? {} : { failedDials: { ...failedDials } }),
    };
  } finally {
    // A pool that is not closed dials for ever.
    pool.close();
    await practice?.close();
  }
  return {
    connections,
    segments: recorder.segments(),
    hiccups: meter.result(window.toUs - window.fromUs),
    failures: [...failures],
  };
}

/** An answer to HEAD has no body. */
function recordedTarget({ name, method, responseBytes }: DriveTarget): RecordedTarget {
  return { name, bodyBytes: method === 'HEAD' ? 0 : responseBytes };
}

/** Threads get connections alike; the first ones get what does not divide. */
function connectionsOf(connections: number, { index, of }: Share): number {
  return Math.floor(connections / of) + (index < connections % of ? 1 : 0);
}

/** Turns until all is done. It spins, since a timer alone would add half a millisecond to every request. */
function pace(parts: {
  dispatcher: Dispatcher;
  practice: Practice | undefined;
  meter: LoopMeter;
  elapsedUs: () => number;
  restWhenIdle: boolean;
}): Promise<void> {
  const { dispatcher, practice, meter, elapsedUs, restWhenIdle } = parts;
  let slept = false;
  let sink = 0;
  return new Promise((resolve) => {
    const turn = () => {
      const now = elapsedUs();
      meter.turn(now, slept);
      const hasSent = dispatcher.turn(now);
      if (dispatcher.isOver()) return resolve();
      // Only a loop with nothing to do makes garbage faster than it does work.
      if (!hasSent) for (let i = 0; i < BURN_TURNS; i++) sink = (sink + i) | 0;
      practice?.turn(now, dispatcher.idleForUs(now));
      slept = restWhenIdle && dispatcher.idleForUs(now) > SLEEP_ABOVE_US;
      if (slept) setTimeout(turn, 1);
      else setImmediate(turn);
    };
    turn();
  });
}

/** From the first measured segment's start to the last one's end, in µs from the trial's start. */
function windowOf(spec: DriveSpec): { fromUs: number; toUs: number } {
  const measured = spec.segments.filter((segment) => segment.measured);
  return {
    fromUs: Math.min(...measured.map((segment) => segment.fromMs)) * 1000,
    toUs: Math.max(...measured.map((segment) => segment.toMs)) * 1000,
  };
}
