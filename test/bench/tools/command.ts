import { homedir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../../src/host/processes.ts';
import type { Measured } from '../../../src/record/measured.ts';

/** Where `go install` and the README's commands put what is on no PATH. */
const ALSO_IN = [path.join(homedir(), 'go', 'bin'), path.join(homedir(), '.cache', 'meshtax', 'tools', 'bin')];

const environmentOf = () => ({ ...process.env, PATH: [process.env['PATH'] ?? '', ...ALSO_IN].join(path.delimiter) });

/** The first line that a tool prints of its version, or why it cannot be run. */
export async function versionOf(argv: readonly string[]): Promise<Measured<string>> {
  try {
    const { stdout, stderr } = await runCommand(['env', `PATH=${environmentOf().PATH}`, ...argv]);
    return `${stdout}${stderr}`.trim().split('\n')[0] ?? '';
  } catch (error) {
    return { missing: `${argv[0]} cannot be started: ${(error as Error).message}` };
  }
}

/** What a command printed, and the CPU time that it and its children took. */
export interface TimedCommand {
  stdout: string;
  stderr: string;
  cpuMs: number;
}

const TIMES = 'meshtax-times';

/**
 * Runs a command on one core and times its CPU by the shell's own account.
 * @throws where it cannot be started, or ends with another code than those allowed
 */
export async function runTimed(
  argv: readonly string[],
  { core, allowed = [0] }: { core: number; allowed?: readonly number[] },
): Promise<TimedCommand> {
  // The shell's `time` counts the children that it waited for: the tool and all that it started.
  const script = `TIMEFORMAT='${TIMES} %U %S'; time taskset -c ${core} "$@"`;
  const path = `PATH=${environmentOf().PATH}`;
  const { code, stdout, stderr } = await runCommand(['env', path, 'bash', '-c', script, 'bash', ...argv]);
  const [, user, system] = new RegExp(`${TIMES} ([\\d.]+) ([\\d.]+)`).exec(stderr) ?? [];
  if (code === null || !allowed.includes(code) || user === undefined || system === undefined) {
    throw new Error(`${argv.slice(0, 2).join(' ')} ended with ${code}: ${stderr.slice(0, 500)}`);
  }
  return { stdout, stderr, cpuMs: Math.round((Number(user) + Number(system)) * 1000) };
}

/** Nearest-rank quantile of values in µs that stand in ascending order. */
export function quantileOf(sorted: Float64Array, q: number): Measured<number> {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? { missing: 'no request was answered' };
}
