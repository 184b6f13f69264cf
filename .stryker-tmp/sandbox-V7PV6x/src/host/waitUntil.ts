// @ts-nocheck
import type { Host } from './host.ts';

/**
 * Asks until the answer is there.
 * @param ask gives undefined while there is no answer; what it throws ends the waiting
 * @returns the answer, or undefined when `deadlineMs` has passed
 */
export async function waitUntil<T>(
  host: Host,
  ask: () => Promise<T | undefined>,
  timing: { everyMs: number; deadlineMs: number; signal?: AbortSignal },
): Promise<T | undefined> {
  const end = host.monotonicUs() + timing.deadlineMs * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (host.monotonicUs() >= end) return undefined;
    await host.sleep(timing.everyMs, timing.signal);
  }
}

/** The outcome of a promise, or `late` when it takes longer than `limitMs`; no timer is left behind. */
export async function withinMs<T>(host: Host, limitMs: number, work: Promise<T>): Promise<T | 'late'> {
  const stop = new AbortController();
  const late = host.sleep(limitMs, stop.signal).then(
    () => 'late' as const,
    () => 'late' as const, // stopped: the race is over, and nobody reads this
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}
