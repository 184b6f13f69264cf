// @ts-nocheck
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

/** When the load has gone and its last answers too; what memory is held then stays held. */
const AFTER_MS = 200;

/** Samples at once, at the window's start, every `everyMs` within it, at its end and once after it; CPU limits at both ends only. */
export async function watch(task: WatchTask, parts: WatchParts): Promise<TaskResults['watch']> {
  const watched = task.pids.map((pid) => ({ pid }));
  const processes = readingsOf(watched, 'process', ({ pid }, atUs) => readProcess(pid, atUs));
  const limits = readingsOf(task.throttlingOf, 'CPU limit of process', ({ pid, view }, atUs) =>
    readThrottling(pid, view, atUs),
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
  await parts.sleepUntil(task.toUs + AFTER_MS * 1000);
  sample();
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
function readingsOf<P extends { pid: number }, T>(
  processes: readonly P[],
  what: string,
  read: (process: P, atUs: number) => T,
) {
  const byPid = new Map<number, Measured<T[]>>(processes.map(({ pid }) => [pid, []]));
  const takeAt = (atUs: number) => {
    for (const process of processes) {
      const { pid } = process;
      const samples = byPid.get(pid);
      if (!Array.isArray(samples)) continue;
      try {
        samples.push(read(process, atUs));
      } catch (error) {
        byPid.set(pid, { missing: `${what} ${pid} could not be read: ${(error as Error).message}` });
      }
    }
  };
  return { byPid, takeAt };
}
