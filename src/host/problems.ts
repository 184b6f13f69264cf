import { withoutSecrets } from './secrets.ts';

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 70 | 129 | 130 | 143;

/** Every way in which the program ends, as `--help` and the README print it. */
export const EXIT_CODES: readonly { code: ExitCode; meaning: string }[] = [
  { code: 0, meaning: 'all required budgets are kept, or none was asked for' },
  { code: 1, meaning: 'a required budget is over' },
  { code: 2, meaning: 'the command or the scenario is wrong' },
  { code: 3, meaning: 'this machine or cluster cannot run it' },
  { code: 4, meaning: 'measured, but invalid or inconclusive on a required line' },
  { code: 70, meaning: 'a bug in meshtax' },
  { code: 130, meaning: 'interrupted by Ctrl-C, after tear-down (SIGTERM: 143, SIGHUP: 129)' },
];

/** Something the user can act on: printed without a stack. Anything else that is thrown is a bug. */
export class UserError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, options: { exitCode: ExitCode; hint?: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.exitCode = options.exitCode;
    this.hint = options.hint;
  }
}

/** The text of whatever was thrown, on one line and without credentials. */
export function reasonOf(thrown: unknown): string {
  const text = withoutSecrets(thrown instanceof Error ? thrown.message : String(thrown));
  return text.replace(/\s+/g, ' ').trim();
}
