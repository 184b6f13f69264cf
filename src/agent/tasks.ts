import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { readEnvironment } from '../collectors/hostFacts.ts';
import { listProcesses } from '../collectors/processes.ts';
import { monotonicClock } from './clock.ts';
import { fetchOnce } from './fetch.ts';
import { startPassThrough } from './pass.ts';
import type { TaskResults, TaskSpec, TaskState } from './protocol.ts';
import { type SampleService, startService } from './serve.ts';
import { watch } from './watch.ts';
import { driveInWorkers, meterInWorker } from './worker.ts';

interface RunningTask {
  spec: TaskSpec;
  state: TaskState;
  /** The result so far; a task that is done gives its last one. */
  result(): unknown;
  stop(): Promise<void>;
}

export type PutOutcome = 'created' | 'same' | 'differs';

/** The tasks of one agent. Putting the same task twice is the same as putting it once. */
export interface TaskTable {
  put(id: string, spec: TaskSpec): PutOutcome;
  state(id: string): TaskState | undefined;
  /** undefined while there is nothing to give. */
  result(id: string): unknown;
  remove(id: string): Promise<boolean>;
}

export function createTaskTable(log: (line: object) => void): TaskTable {
  const tasks = new Map<string, RunningTask>();
  const services: SampleService[] = [];
  return {
    put(id, spec) {
      const known = tasks.get(id);
      if (known !== undefined) return isDeepStrictEqual(known.spec, spec) ? 'same' : 'differs';
      tasks.set(id, start(spec, services, log));
      return 'created';
    },
    state: (id) => tasks.get(id)?.state,
    result: (id) => tasks.get(id)?.result(),
    async remove(id) {
      const task = tasks.get(id);
      if (task === undefined) return false;
      tasks.delete(id);
      await task.stop();
      return true;
    },
  };
}

function start(spec: TaskSpec, services: SampleService[], log: (line: object) => void): RunningTask {
  switch (spec.kind) {
    case 'serve': {
      const service = startService(spec, log);
      const listening = service.then((started): TaskResults['serve'] => {
        services.push(started);
        return { listening: true };
      });
      return follow(spec, listening, async () => (await service).close());
    }
    case 'pass': {
      const passing = startPassThrough(spec);
      const listening = passing.then((): TaskResults['pass'] => ({ listening: true }));
      return follow(spec, listening, async () => (await passing).close());
    }
    case 'count': {
      const service = services.at(-1);
      if (service === undefined) return follow(spec, Promise.reject(new Error('this agent serves nothing')));
      const tally = service.beginCount();
      return { spec, state: { state: 'running' }, result: () => tally.snapshot(), stop: async () => {} };
    }
    case 'drive': {
      const driving = driveInWorkers(spec.drive);
      return follow(spec, driving.result, async () => driving.cancel());
    }
    case 'watch':
      return follow(spec, startWatch(spec));
    case 'meter': {
      const fromUs = monotonicClock().nowUs();
      const metering = meterInWorker({ fromUs, toUs: fromUs + spec.durationMs * 1000, kind: 'spin' });
      return follow(spec, metering.result.finally(metering.cancel), async () => metering.cancel());
    }
    case 'fetch':
      return follow(spec, fetchOnce(spec));
    case 'processes':
      return follow(spec, Promise.resolve({ self: process.pid, processes: listProcesses() }));
    case 'facts':
      return follow(spec, readEnvironment({ readText: (file) => readFile(file, 'utf8') }));
  }
}

function startWatch(spec: Extract<TaskSpec, { kind: 'watch' }>): Promise<TaskResults['watch']> {
  const clock = monotonicClock();
  let cancel = () => {};
  return watch(spec, {
    nowUs: clock.nowUs,
    sleepUntil: (us) => new Promise((resolve) => setTimeout(resolve, Math.max(0, (us - clock.nowUs()) / 1000))),
    meter: (fromUs, toUs) => {
      const metering = meterInWorker({ fromUs, toUs, kind: 'sleep' });
      cancel = metering.cancel;
      return metering.result.catch((error: Error) => ({ missing: error.message }));
    },
  }).finally(() => cancel());
}

function follow(spec: TaskSpec, work: Promise<unknown>, stop: () => Promise<void> = async () => {}): RunningTask {
  let result: unknown;
  const task: RunningTask = { spec, state: { state: 'running' }, result: () => result, stop };
  work.then(
    (value) => {
      result = value;
      task.state = { state: 'done' };
    },
    (error: Error) => {
      task.state = { state: 'failed', error: error.message };
    },
  );
  return task;
}
