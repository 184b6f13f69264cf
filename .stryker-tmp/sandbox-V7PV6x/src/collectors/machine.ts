// @ts-nocheck
import { readFileSync } from 'node:fs';

/** The machine's cumulative time, summed over all cores, from /proc/stat in its 10 ms steps. */
export interface MachineSample {
  atUs: number;
  busyNs: number;
  stealNs: number;
  irqNs: number;
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const TICK_NS = 10_000_000;

export function readMachine(atUs: number): MachineSample {
  return parseMachine(readFileSync('/proc/stat', 'utf8'), atUs);
}

/** @param text the contents of /proc/stat; fields as in proc_stat(5) */
export function parseMachine(text: string, atUs: number): MachineSample {
  const fields = text.split('\n', 1)[0]?.trim().split(/\s+/).slice(1).map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = fields;
  return {
    atUs,
    busyNs: (user + nice + system + irq + softIrq) * TICK_NS,
    stealNs: steal * TICK_NS,
    irqNs: (irq + softIrq) * TICK_NS,
  };
}
