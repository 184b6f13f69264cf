// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { watchWallClock } from '../../src/run/wallClock.ts';

/** A machine whose two clocks a test sets by hand. */
function clocks() {
  const state = { wallMs: Date.UTC(2030, 0, 1), monotonicMs: 5000 };
  return {
    now: () => new Date(state.wallMs),
    monotonicUs: () => state.monotonicMs * 1000,
    pass: (ms: number, { wallMs = ms } = {}) => {
      state.monotonicMs += ms;
      state.wallMs += wallMs;
    },
  };
}

describe('the wall clock against the monotonic one', () => {
  it('jumps when it is set forward or back, and is told once, with the size', () => {
    const machine = clocks();
    const clock = watchWallClock(machine);
    machine.pass(2000, { wallMs: 3_602_000 });
    expect(clock.jump()).toEqual({ at: '2030-01-01T01:00:02.000Z', byMs: 3_600_000 });
    expect(clock.jump()).toBeUndefined();
    machine.pass(500, { wallMs: -7_199_500 });
    expect(clock.jump()?.byMs).toBe(-7_200_000);
  });

  it('does not jump while a time service slews it, however long nobody asked', () => {
    const machine = clocks();
    const clock = watchWallClock(machine);
    machine.pass(3_600_000, { wallMs: 3_600_000 * (1 + 500e-6) });
    expect(clock.jump()).toBeUndefined();
  });
});
