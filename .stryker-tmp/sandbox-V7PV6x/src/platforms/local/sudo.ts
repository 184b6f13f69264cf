// @ts-nocheck
import type { Host } from '../../host/host.ts';
import type { Refusal } from './refusals.ts';

/** Set for the program that was started again as root: the refusals of the one that started it, as JSON. */
export const UNDER_SUDO = 'MESHTAX_UNDER_SUDO';

/** What of the environment decides where a run looks and writes; sudo would take it away. */
const PASSED_ON = [
  'HOME',
  'PATH',
  'TMPDIR',
  'XDG_STATE_HOME',
  'XDG_CACHE_HOME',
  'NO_COLOR',
  'MESHTAX_ENVOY',
  'MESHTAX_IMAGE',
];

/** The user who is to own what a program under sudo leaves, and what was refused before; undefined elsewhere. */
export interface Handover {
  uid: number;
  gid: number;
  refused: Refusal[];
}

export function readHandover(host: Host): Handover | undefined {
  const [refused, uid, gid] = [host.env(UNDER_SUDO), host.env('SUDO_UID'), host.env('SUDO_GID')];
  if (host.uid !== 0 || refused === undefined || uid === undefined || gid === undefined) return undefined;
  return { uid: Number(uid), gid: Number(gid), refused: JSON.parse(refused) as Refusal[] };
}

/** Words that start a program as root with what of this one's environment it needs, never asking for a password. */
function asRoot(host: Host, sudo: string): string[] {
  const passed = PASSED_ON.flatMap((name) => {
    const value = host.env(name);
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return [sudo, '-n', '--', 'env', ...passed];
}

/** Thrown where the strongest mode that works is the program again as root; whoever started it has to do so. */
export class AsRootInstead extends Error {
  /** Words that precede the program's own. */
  readonly words: readonly string[];

  constructor(words: readonly string[]) {
    super('this run has to be started again as root');
    this.name = 'AsRootInstead';
    this.words = words;
  }
}

/** @returns the words that start the program as root, once mode root has worked that way. @throws with the refusal */
export async function trySudo(
  host: Host,
  request: { program: readonly string[]; refused: readonly Refusal[] },
): Promise<readonly string[]> {
  if (host.uid === 0) throw new Error('already root');
  const sudo = await host.findCommand('sudo');
  if (sudo === undefined) throw new Error('not on PATH: sudo');
  const words = asRoot(host, sudo);
  // In a session of its own, as the run will be: sudo may let a terminal's session in where it asks others for a password.
  const check = ['setsid', '--wait', ...words, ...request.program, 'check', '--mode', 'root', '--json'];
  const tried = await host.run(check, { timeoutMs: 60_000 });
  if (tried.code === 0) return [...words, `${UNDER_SUDO}=${JSON.stringify(request.refused)}`];
  throw new Error(refusedAs(tried.stdout) ?? (tried.stderr.trim() || `sudo ended with ${tried.code ?? tried.signal}`));
}

/** What the check under sudo says of mode root; undefined where it did not come to that. */
function refusedAs(stdout: string): string | undefined {
  try {
    const lines = JSON.parse(stdout) as { outcome: string; detail: string }[];
    return lines.find(({ outcome }) => outcome === 'failed')?.detail;
  } catch {
    return undefined; // sudo itself refused, in words of its own
  }
}
