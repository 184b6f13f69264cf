// @ts-nocheck
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type HiccupSpec, meterHiccups } from '../collectors/hiccups.ts';
import type { DriveResult, DriveSpec } from '../drivers/driver.ts';
import { DRIVERS } from '../drivers/index.ts';
import type { Hiccups } from '../record/trialRecord.ts';
import { monotonicClock } from './clock.ts';

type Job = { role: 'drive'; drive: DriveSpec } | { role: 'hiccups'; hiccups: HiccupSpec };
type Answer = { ok: true; result: unknown } | { ok: false; error: string };

/** A small young generation keeps each collection short: 1 to 2 MB gave the least lag (load-facts D.2). */
const YOUNG_GENERATION_MB = 3;

export function isWorkerThread(): boolean {
  return !isMainThread;
}

/** Drives in a thread of its own, so that the control protocol cannot get between two requests. */
export function driveInWorker(drive: DriveSpec): { result: Promise<DriveResult>; cancel(): void } {
  return inWorker<DriveResult>({ role: 'drive', drive }, { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB });
}

export function meterInWorker(hiccups: HiccupSpec): { result: Promise<Hiccups>; cancel(): void } {
  return inWorker<Hiccups>({ role: 'hiccups', hiccups }, {});
}

function inWorker<T>(job: Job, resourceLimits: object): { result: Promise<T>; cancel(): void } {
  const file = process.argv[1];
  if (file === undefined) throw new Error('the agent does not know its own file');
  const worker = new Worker(file, { workerData: job, resourceLimits });
  const result = new Promise<T>((resolve, reject) => {
    worker.once('message', (answer: Answer) => {
      if (answer.ok) resolve(answer.result as T);
      else reject(new Error(answer.error));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the ${job.role} thread ended with ${code}`)));
  });
  return { result, cancel: () => void worker.terminate() };
}

/** What the agent's program does when it is started as a worker thread. */
export async function workerMain(): Promise<void> {
  const job = workerData as Job;
  const clock = monotonicClock();
  try {
    const result =
      job.role === 'drive'
        ? await (await DRIVERS[job.drive.driver].load())(job.drive, clock)
        : meterHiccups(job.hiccups, clock.nowUs);
    parentPort?.postMessage({ ok: true, result } satisfies Answer);
  } catch (error) {
    parentPort?.postMessage({ ok: false, error: (error as Error).message } satisfies Answer);
  }
}
