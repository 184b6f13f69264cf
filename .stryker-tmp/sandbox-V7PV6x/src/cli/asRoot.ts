// @ts-nocheck
import type { Host } from '../host/host.ts';
import { UserError } from '../host/problems.ts';
import { readHandover } from '../platforms/local/sudo.ts';
import type { CliContext } from './context.ts';
import { PROGRAM_FILE } from './platformChoice.ts';

/** sudo ends with 1 when it fails itself, so the program under it says "a budget is over" with another number. */
const OVER_UNDER_SUDO = 101;

/** The number with which a program that may be under sudo ends, for what its run came to. */
export const codeUnderSudo = (host: Host, code: number): number =>
  code === 1 && readHandover(host) !== undefined ? OVER_UNDER_SUDO : code;

/**
 * Starts this program again as root and waits for its end. It ends when its standard input does: this one may not send a
 * signal to root's processes, and being killed closes the input too.
 * @param words what precedes the program's own words @returns its exit code
 */
export async function runAsRoot({ host, argv, signal }: CliContext, words: readonly string[]): Promise<number> {
  const child = host.spawn([...words, host.nodePath, PROGRAM_FILE, ...argv], { printsHere: true });
  const stop = () => child.closeInput();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const ended = await child.ended;
  signal.removeEventListener('abort', stop);
  if (ended.code === OVER_UNDER_SUDO) return 1;
  if (ended.code !== null && ended.code !== 1) return ended.code;
  const how = ended.signal === null ? 'sudo itself failed' : `sudo was ended by ${ended.signal}`;
  throw new UserError(`the run as root did not end by itself: ${how}`, {
    exitCode: 3,
    hint: 'meshtax check --mode sudo tells whether it works, meshtax clean removes what was left',
  });
}

/** Under sudo: what was written becomes the user's who started it. */
export async function handBack(host: Host, path: string): Promise<void> {
  const handover = readHandover(host);
  if (handover === undefined || !(await host.exists(path))) return;
  const { code, stderr } = await host.run(['chown', '-R', '-h', `${handover.uid}:${handover.gid}`, path]);
  if (code !== 0) throw new Error(`${path} could not be handed back: ${stderr.trim()}`);
}
