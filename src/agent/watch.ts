import { readMachine } from '../collectors/machine.ts';
import { readProcess } from '../collectors/processes.ts';
import { readThrottling } from '../collectors/throttling.ts';
import type { Measured } from '../record/measured.ts';
import type { Hiccups } from '../record/trialRecord.ts';
import type { TaskResults, WatchTask } from './protocol.ts';

interface WatchParts {
  nowUs(): number;
  sleepUntil(us: number): Promise<void>;
  meter(fromUs: number, toUs: number): Promise<Measured<Hiccups>>;
}

/** Samples at once, at the window's start, every `everyMs` within it, and at its end; CPU limits at both ends only. */
export async function watch(task: WatchTask, parts: WatchParts): Promise<TaskResults['watch']> {
  const processes = readingsOf(task.pids, 'process', readProcess);
  const viewOf = new Map(task.throttlingOf.map(({ pid, view }) => [pid, view]));
  const limits = readingsOf([...viewOf.keys()], 'CPU limit of process', (pid, atUs) =>
    readThrottling(pid, viewOf.get(pid) ?? 'outside', atUs),
  );
  const machine: TaskResults['watch']['machine'] = [];
  const sample = () => {
    const atUs = Math.round(parts.nowUs());
    machine.push(readMachine(atUs));
    processes.takeAt(atUs);
  };
  const metered = task.hiccups ? parts.meter(task.fromUs, task.toUs) : { missing: 'not metered here' };
  sample();
  await parts.sleepUntil(task.fromUs);
  limits.takeAt(Math.round(parts.nowUs()));
  for (let atUs = task.fromUs; atUs < task.toUs; atUs += task.everyMs * 1000) {
    await parts.sleepUntil(atUs);
    sample();
  }
  await parts.sleepUntil(task.toUs);
  sample();
  limits.takeAt(Math.round(parts.nowUs()));
  return {
    processes: [...processes.byPid].map(([pid, samples]) => {
      const throttling = limits.byPid.get(pid);
      return { pid, samples, ...(throttling === undefined ? {} : { throttling }) };
    }),
    machine,
    hiccups: await metered,
  };
}

/** Readings of each pid; where one fails the reason stands in their place, since half of them would not tell. */
function readingsOf<T>(pids: readonly number[], what: string, read: (pid: number, atUs: number) => T) {
  const byPid = new Map<number, Measured<T[]>>(pids.map((pid) => [pid, []]));
  const takeAt = (atUs: number) => {
    for (const [pid, samples] of byPid) {
      if (!Array.isArray(samples)) continue;
      try {
        samples.push(read(pid, atUs));
      } catch (error) {
        byPid.set(pid, { missing: `${what} ${pid} could not be read: ${(error as Error).message}` });
      }
    }
  };
  return { byPid, takeAt };
}
