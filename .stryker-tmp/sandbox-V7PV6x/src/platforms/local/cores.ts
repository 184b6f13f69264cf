// @ts-nocheck
import type { Host } from '../../host/host.ts';
import { reasonOf } from '../../host/problems.ts';
import type { Measured } from '../../record/measured.ts';

export type Affinity = Measured<{ driver: number[]; system: number[] }>;

/**
 * The driver alone on the last core, everything under test on the others: the added p50 then spreads a fraction of what
 * it spreads unpinned (docs/pinning.md).
 * @param allowed the text of Cpus_allowed_list in /proc/self/status, such as "0-3,6"
 */
export function shareCores(allowed: string): Affinity {
  const cores = parseCores(allowed);
  const driver = cores.at(-1);
  if (driver === undefined || cores.length < 2) {
    return { missing: 'one core only: driver and system under test share it' };
  }
  return { driver: [driver], system: cores.slice(0, -1) };
}

export function parseCores(list: string): number[] {
  return list
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
}

export async function affinityOf(host: Host, pinning: boolean): Promise<Affinity> {
  if (!pinning) return { missing: '--no-pin was asked for' };
  try {
    const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(await host.readText('/proc/self/status'))?.[1] ?? '';
    return shareCores(allowed);
  } catch (error) {
    return { missing: `the allowed cores could not be read: ${reasonOf(error)}` };
  }
}
