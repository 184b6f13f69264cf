import type { UserError } from '../host/problems.ts';
import type { Streams } from './context.ts';

/** What went wrong and the way out, as every command prints it. */
export function printProblem(streams: Streams, { message, hint }: UserError): void {
  streams.stderr(`error: ${message}\n`);
  if (hint !== undefined) streams.stderr(`  hint: ${hint}\n`);
}
