// @ts-nocheck
import type { Drive, DriveResult, DriveSpec } from '../driver.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import { startEcho } from './echo.ts';
import { createLoopMeter, type LoopMeter } from './loopMeter.ts';
import { createRecorder } from './recorder.ts';

/** Turns of an empty loop between two polls: some microseconds without garbage (load-facts D.2). */
const BURN_TURNS = 8000;
/** Libuv's timers have a grid of 1 ms: only a gap above twice that may be slept through. */
const SLEEP_ABOVE_US = 2200;
/** Enough requests for the compiler to have finished with every function on their way. */
const REHEARSAL = {
  arrivalRatePerSecond: 10_000,
  durationMs: 200,
  connections: 8,
  requestBytes: 0,
  responseBytes: 1000,
};
const OPENING_US = 50_000;

/**
 * Open loop over HTTP/1.1: requests fall due at absolute instants whatever the server does, any free connection takes
 * the oldest due one, and the response time counts from the intended start.
 */
export const drivePaced: Drive = async (spec, clock) => {
  if (spec.actions.length > 0) throw new Error('the paced driver knows no actions in mid-trial');
  await rehearse(spec, clock);
  return drive(spec, clock, { mustBeOnTime: true });
};

/**
 * Drives an echo of its own first: code that is not yet compiled answers 30 to 40 µs late, which at 200/s lasts for
 * longer than any warm-up.
 */
async function rehearse(spec: DriveSpec, clock: { nowUs(): number }): Promise<void> {
  const { arrivalRatePerSecond, durationMs, ...size } = REHEARSAL;
  const echo = await startEcho(size.responseBytes);
  const { requestsPerConnection: _, ...keptAlive } = spec;
  try {
    await drive(
      {
        ...keptAlive,
        ...size,
        target: echo.target,
        arrivals: 'constant',
        segments: [{ name: 'rehearsal', fromMs: 0, toMs: durationMs, arrivalRatePerSecond, measured: true }],
        startAtUs: clock.nowUs() + OPENING_US,
      },
      clock,
      // Nothing is measured here: a stall while the connections open costs some requests their schedule, no more.
      { mustBeOnTime: false },
    );
  } finally {
    await echo.close();
  }
}

async function drive(
  spec: DriveSpec,
  clock: { nowUs(): number },
  options: { mustBeOnTime: boolean },
): Promise<DriveResult> {
  const elapsedUs = () => clock.nowUs() - spec.startAtUs;
  const recorder = createRecorder(spec.segments, spec.responseBytes);
  const dispatcher = createDispatcher(spec, recorder, elapsedUs);
  const window = windowOf(spec);
  const meter = createLoopMeter(window);
  let connections: DriveResult['connections'];
  try {
    await dispatcher.pool.open();
    if (options.mustBeOnTime && elapsedUs() > 0)
      throw new Error('the connections were not open before the trial was to start');
    await pace({ dispatcher, meter, elapsedUs, restWhenIdle: spec.restWhenIdle });
    connections = {
      requested: spec.connections,
      open: dispatcher.pool.openNow(),
      opened: dispatcher.pool.openedEver(),
      ...(Object.keys(dispatcher.failedDials).length === 0 ? {} : { failedDials: { ...dispatcher.failedDials } }),
    };
  } finally {
    // A pool that is not closed dials for ever.
    dispatcher.pool.close();
  }
  return {
    driver: 'paced',
    model: 'open',
    connections,
    segments: recorder.segments(`${spec.target.host}:${spec.target.port}`),
    hiccups: meter.result(window.toUs - window.fromUs),
    failures: [...dispatcher.failures],
  };
}

/** Turns until all is done. It spins, since a timer alone would add half a millisecond to every request. */
function pace(parts: {
  dispatcher: Dispatcher;
  meter: LoopMeter;
  elapsedUs: () => number;
  restWhenIdle: boolean;
}): Promise<void> {
  const { dispatcher, meter, elapsedUs, restWhenIdle } = parts;
  let slept = false;
  let sink = 0;
  return new Promise((resolve) => {
    const turn = () => {
      const now = elapsedUs();
      meter.turn(now, slept);
      dispatcher.turn(now);
      if (dispatcher.isOver()) return resolve();
      for (let i = 0; i < BURN_TURNS; i++) sink = (sink + i) | 0;
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
