// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { parseMachine, readMachine } from '../../src/collectors/machine.ts';

describe('the time of the machine', () => {
  it('is read from the first line of /proc/stat in its steps of 10 ms, without idle time', () => {
    const text = [
      'cpu  100 20 30 4000 500 6 7 80 9 10',
      'cpu0 50 10 15 2000 250 3 3 40 4 5',
      'intr 12345',
      'btime 1700000000',
      '',
    ].join('\n');
    // Guest time (9, 10) is within user and nice time already (proc_stat(5)).
    expect(parseMachine(text, 42)).toEqual({
      atUs: 42,
      busyNs: (100 + 20 + 30 + 6 + 7) * 10_000_000,
      stealNs: 80 * 10_000_000,
      irqNs: (6 + 7) * 10_000_000,
    });
  });

  it('of this machine never goes back', () => {
    const first = readMachine(1);
    const second = readMachine(2);
    expect([first.busyNs > 0, second.busyNs >= first.busyNs, second.stealNs >= first.stealNs]).toEqual([
      true,
      true,
      true,
    ]);
  });
});
