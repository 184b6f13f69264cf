import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type HiccupSpec, meterHiccups } from '../collectors/hiccups.ts';
import type { DriveResult, DriveSpec, Share } from '../drivers/driver.ts';
import { driverEntry } from '../drivers/index.ts';
import type { Hiccups } from '../record/trialRecord.ts';
import { monotonicClock } from './clock.ts';

type Job = { role: 'drive'; drive: DriveSpec; share: Share } | { role: 'hiccups'; hiccups: HiccupSpec };
type Answer = { ok: true; result: unknown } | { ok: false; error: string };

/** A small young generation keeps each collection short: 1 to 2 MB gave the least lag (load-facts D.2). */
const YOUNG_GENERATION_MB = 3;

export function isWorkerThread(): boolean {
  return !isMainThread;
}

/** Drives in threads of their own, so that the control protocol cannot get between two requests. */
export function driveInWorkers(drive: DriveSpec): { result: Promise<DriveResult>; cancel(): void } {
  const of = drive.workers ?? 1;
  const threads = Array.from({ length: of }, (_, index) =>
    inWorker({ role: 'drive', drive, share: { index, of } }, { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB }),
  );
  const cancel = () => {
    for (const thread of threads) thread.cancel();
  };
  const joined = async () => {
    const parts = await Promise.all(threads.map(({ result }) => result));
    return (await driverEntry(drive.driver).load()).join(drive, parts);
  };
  const failed = (error: unknown) => {
    // What the others would still find is of no use without the one that failed.
    cancel();
    throw error;
  };
  return { result: joined().catch(failed), cancel };
}

export function meterInWorker(hiccups: HiccupSpec): { result: Promise<Hiccups>; cancel(): void } {
  return inWorker<Hiccups>({ role: 'hiccups', hiccups }, {});
}

/**
 * A thread that stays, idle, until it is cancelled: the CPU time of one that ended is in no later reading of its process,
 * and the reading at the window's end comes a moment after the last answer.
 */
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
  parentPort?.on('message', () => {}); // Whoever listens stays.
  try {
    const result =
      job.role === 'drive'
        ? await (await driverEntry(job.drive.driver).load()).drive(job.drive, clock, job.share)
        : meterHiccups(job.hiccups, clock.nowUs);
    parentPort?.postMessage({ ok: true, result } satisfies Answer);
  } catch (error) {
    parentPort?.postMessage({ ok: false, error: (error as Error).message } satisfies Answer);
  }
}
