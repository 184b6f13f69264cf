import { SHORTEST_WINDOW_MS } from '../collectors/index.ts';
import type { PlatformId } from '../platforms/index.ts';
import { at } from './describe.ts';
import type { Finding } from './problem.ts';
import { parseDurationUs } from './units.ts';

/** Entries of a list that are held against each other; the schema refuses a list that is longer. */
const LOOKED_AT = 200;

/**
 * Rules between the keys of a load.
 * @param platform that is measured on; undefined where what is written is none
 */
export function checkLoad(load: unknown, platform: PlatformId | undefined): Finding[] {
  return [
    ...checkStages(load),
    ...checkTargets(load),
    ...checkWorkers(load),
    ...checkK6(load, platform),
    ...checkSaturation(load),
  ];
}

/** What k6 cannot do is refused, rather than left out. */
function checkK6(load: unknown, platform: PlatformId | undefined): Finding[] {
  if (at(load, 'driver') !== 'k6') {
    const message = 'a script is driven by k6 alone';
    return at(load, 'script') === undefined ? [] : [{ path: ['load', 'script'], message, hint: 'add driver: k6' }];
  }
  const refuse = (key: string, message: string, hint: string): Finding[] => [{ path: ['load', key], message, hint }];
  return [
    ...(platform === 'kubernetes' ? refuse('driver', 'k6 drives on the local platform only', 'leave driver out') : []),
    ...(at(load, 'arrivals') === 'constant'
      ? []
      : refuse(
          at(load, 'arrivals') === undefined ? 'driver' : 'arrivals',
          'k6 spaces arrivals evenly',
          'write arrivals: constant',
        )),
    ...['requestsPerConnection', 'workers'].flatMap((key) =>
      at(load, key) === undefined ? [] : refuse(key, 'k6 decides this by itself', 'leave it out'),
    ),
  ];
}

/** Stages are the window, and begin at one rate: what says otherwise is refused. */
function checkStages(load: unknown): Finding[] {
  const stages = at(load, 'stages');
  if (!Array.isArray(stages)) return [];
  const beside = (key: string, message: string, hint: string): Finding[] =>
    at(load, key) === undefined ? [] : [{ path: ['load', key], message, hint }];
  const rates = at(load, 'arrivalRate');
  return [
    ...beside('duration', 'stages make up the window by themselves', 'leave it out, or the stages'),
    ...beside('pilot', 'a pilot looks for one rate, stages go through several', 'leave one of them out'),
    ...(Array.isArray(rates) && rates.length > 1
      ? [{ path: ['load', 'arrivalRate'], message: 'stages begin at one rate', hint: 'keep one rate' }]
      : []),
    ...checkLength(stages),
  ];
}

function checkLength(stages: readonly unknown[]): Finding[] {
  const lengths = stages.slice(0, LOOKED_AT).map((stage) => {
    const written = at(stage, 'duration');
    const parsed = typeof written === 'string' ? parseDurationUs(written) : undefined;
    return parsed?.ok === true ? parsed.value : Number.POSITIVE_INFINITY;
  });
  const wholeMs = lengths.reduce((sum, us) => sum + us, 0) / 1000;
  if (wholeMs >= SHORTEST_WINDOW_MS) return [];
  const message = `the collectors need a window of at least ${SHORTEST_WINDOW_MS}ms, the stages have ${wholeMs}ms`;
  return [{ path: ['load', 'stages'], message, hint: 'lengthen a stage' }];
}

function checkTargets(load: unknown): Finding[] {
  const targets = at(load, 'targets');
  if (!Array.isArray(targets)) return [];
  const names = targets.slice(0, LOOKED_AT).map((target) => at(target, 'name'));
  return names.flatMap((name, index) =>
    name === undefined || names.indexOf(name) === index
      ? []
      : [
          {
            path: ['load', 'targets', index, 'name'],
            message: `there is another ${name}`,
            hint: 'give each its own name',
          },
        ],
  );
}

/** A search tries its own rates, from one on. */
function checkSaturation(load: unknown): Finding[] {
  if (at(load, 'saturation') === undefined) return [];
  const rates = at(load, 'arrivalRate');
  const beside = ['pilot', 'stages'].filter((key) => at(load, key) !== undefined);
  return [
    ...beside.map((key) => ({
      path: ['load', key],
      message: 'a saturation search finds its rates by itself',
      hint: 'leave one of them out',
    })),
    ...(Array.isArray(rates) && rates.length > 1
      ? [{ path: ['load', 'arrivalRate'], message: 'a saturation search begins at one rate', hint: 'keep one rate' }]
      : []),
  ];
}

/** Threads share the connections, and one without any could send nothing. */
function checkWorkers(load: unknown): Finding[] {
  const workers = at(load, 'workers');
  const connections = at(load, 'connections') ?? 16;
  if (!Number.isInteger(workers) || !Number.isInteger(connections) || Number(workers) <= Number(connections)) return [];
  const message = `expected at most one worker for each of the ${connections} connections, got ${workers}`;
  return [{ path: ['load', 'workers'], message, hint: 'raise load.connections, or leave workers out' }];
}
