// @ts-nocheck
import type { Host } from '../host/host.ts';

/** The most that a time service slews a clock without a jump: 500 ppm (adjtimex(2)). */
const SLEW = 500e-6;
const TOLERANCE_MS = 1000;

export interface ClockJump {
  /** When it was noticed, by the wall clock after it. */
  at: string;
  /** Positive: the wall clock was put forward. */
  byMs: number;
}

/** Compares the wall clock with the monotonic one, which nobody can set; durations rest on the latter alone. */
export interface WallClock {
  /** The jump since it was last asked; undefined when there was none. */
  jump(): ClockJump | undefined;
}

export function watchWallClock(host: Pick<Host, 'now' | 'monotonicUs'>): WallClock {
  const read = () => ({ wallMs: host.now().getTime(), monotonicMs: host.monotonicUs() / 1000 });
  let last = read();
  return {
    jump() {
      const now = read();
      const passedMs = now.monotonicMs - last.monotonicMs;
      const byMs = now.wallMs - last.wallMs - passedMs;
      last = now;
      if (Math.abs(byMs) <= TOLERANCE_MS + SLEW * passedMs) return undefined;
      return { at: new Date(now.wallMs).toISOString(), byMs: Math.round(byMs) };
    },
  };
}
