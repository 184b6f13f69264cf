// @ts-nocheck
import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { reasonOf } from '../../host/problems.ts';
import type { ProxySign } from '../../meshes/mesh.ts';
import { type Pod, runInPod } from './pods.ts';
import { redirectRules } from './rules.ts';

/** The distribution's default first, then the two variants by name: one may be refused where the other works. */
export const redirectToolNames: readonly string[] = [
  'iptables-restore',
  'iptables-nft-restore',
  'iptables-legacy-restore',
];

/**
 * Loads the redirect rules into a pod.
 * @param options.sign by what they know the pod's proxy
 * @param options.tool the loader that is known to work; without it each one on PATH is tried
 * @returns the loader that did it
 */
export async function loadRules(
  host: Host,
  pod: Pod,
  options: { sign: ProxySign; tool?: string; lockDirectory: string },
): Promise<string> {
  const refusals: string[] = [];
  for (const tool of options.tool === undefined ? redirectToolNames : [options.tool]) {
    if ((await host.findCommand(tool)) === undefined) continue;
    try {
      // The legacy variant locks a file below /run, which another user's run could hold.
      const env = { XTABLES_LOCKFILE: path.join(options.lockDirectory, 'xtables.lock') };
      await runInPod(host, pod, { argv: [tool], input: redirectRules(options.sign), env });
      return tool;
    } catch (error) {
      refusals.push(reasonOf(error));
    }
  }
  throw new Error(`no iptables variant takes the rules: ${refusals.join('; ')}`);
}
