import { withoutSecrets } from './secrets.ts';

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 70 | 129 | 130 | 143;

/** Every way in which the program ends, as `--help` and the README print it. */
export const EXIT_CODES: readonly { code: ExitCode; meaning: string }[] = [
  { code: 0, meaning: 'all required budgets are kept, or none was asked for' },
  {
    code: 1,
    meaning: 'a required budget is over, confirmed with fresh blocks; or a regression, confirmed by a second run',
  },
  { code: 2, meaning: 'the command or the scenario is wrong' },
  { code: 3, meaning: 'this machine or cluster cannot run it' },
  { code: 4, meaning: 'measured, but invalid, or inconclusive or unconfirmed on a required line' },
  { code: 70, meaning: 'a bug in meshtax' },
  { code: 130, meaning: 'interrupted by Ctrl-C, after tear-down (SIGTERM: 143, SIGHUP: 129)' },
];

/** Something the user can act on: printed without a stack. Anything else that is thrown is a bug. */
export class UserError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, options: { exitCode: ExitCode; hint?: string | undefined; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.exitCode = options.exitCode;
    this.hint = options.hint;
  }
}

/** What helps against the faults of a machine that users meet; the others speak for themselves. */
const WAY_OUT: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space there, or name another folder with --out',
  EDQUOT: "free some of this user's quota, or name another folder with --out",
  EROFS: 'name a folder that can be written to with --out',
  EACCES: 'run as a user who may, or name another folder with --out',
  EPERM: 'run as a user who may',
  EMFILE: 'raise the limit of open files with "ulimit -n"',
  ENFILE: 'end other programs that hold files open',
  ENOMEM: 'end other programs, or use a machine with more memory',
  EAGAIN: 'raise the limit of processes with "ulimit -u", or end others',
  EIO: 'look at the kernel log: the device fails',
};

/**
 * A system call that failed, as Node tells it, is the machine's fault and no bug: named, with the way out.
 * @returns undefined for anything else
 */
export function machineFault(thrown: unknown, exitCode: 3 | 4): UserError | undefined {
  for (let cause = thrown; cause instanceof Error; cause = cause.cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (typeof code !== 'string' || typeof syscall !== 'string') continue;
    const hint = WAY_OUT[code];
    return new UserError(reasonOf(thrown), { exitCode, cause: thrown, ...(hint === undefined ? {} : { hint }) });
  }
  return undefined;
}

/** The text of whatever was thrown, on one line and without credentials. */
export function reasonOf(thrown: unknown): string {
  const text = withoutSecrets(thrown instanceof Error ? thrown.message : String(thrown));
  return text.replace(/\s+/g, ' ').trim();
}
