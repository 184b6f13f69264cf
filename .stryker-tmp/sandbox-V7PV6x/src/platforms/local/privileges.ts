// @ts-nocheck
import type { Host } from '../../host/host.ts';

/** Bits of CAP_SETGID, CAP_SETUID and CAP_SETPCAP (linux/capability.h). */
const NEEDED = [6n, 7n, 8n];

/** Whether this process may start others as another user and with fewer capabilities: root in a container may not. */
export async function mayChangeUser(host: Host): Promise<boolean> {
  if (host.uid !== 0) return false;
  const status = await host.readText('/proc/self/status').catch(() => '');
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  // Where they cannot be read, root is taken for what it usually is; the trial of a mode then tells.
  if (effective === undefined) return true;
  return NEEDED.every((bit) => ((BigInt(`0x${effective}`) >> bit) & 1n) === 1n);
}
