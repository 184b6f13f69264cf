import { readMachine } from '../collectors/machine.ts';
import { type ProcessSample, readProcess } from '../collectors/processes.ts';
import type { Measured } from '../record/measured.ts';
import type { Hiccups } from '../record/trialRecord.ts';
import type { TaskResults, WatchTask } from './protocol.ts';

interface WatchParts {
  nowUs(): number;
  sleepUntil(us: number): Promise<void>;
  meter(fromUs: number, toUs: number): Promise<Measured<Hiccups>>;
}

/** Samples at once, at the window's start, every `everyMs` within it, and at its end. */
export async function watch(task: WatchTask, parts: WatchParts): Promise<TaskResults['watch']> {
  const byPid = new Map<number, Measured<ProcessSample[]>>(task.pids.map((pid) => [pid, []]));
  const machine: TaskResults['watch']['machine'] = [];
  const sample = () => {
    const atUs = Math.round(parts.nowUs());
    machine.push(readMachine(atUs));
    for (const [pid, samples] of byPid) {
      if (!Array.isArray(samples)) continue;
      try {
        samples.push(readProcess(pid, atUs));
      } catch (error) {
        byPid.set(pid, { missing: `process ${pid} could not be read: ${(error as Error).message}` });
      }
    }
  };
  const metered = parts.meter(task.fromUs, task.toUs);
  sample();
  for (let atUs = task.fromUs; atUs < task.toUs; atUs += task.everyMs * 1000) {
    await parts.sleepUntil(atUs);
    sample();
  }
  await parts.sleepUntil(task.toUs);
  sample();
  return {
    processes: [...byPid].map(([pid, samples]) => ({ pid, samples })),
    machine,
    hiccups: await metered,
  };
}
