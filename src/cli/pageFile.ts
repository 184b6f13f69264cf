import { reasonOf, UserError } from '../host/problems.ts';
import type { CliContext } from './context.ts';
import { told } from './told.ts';

/** Writes a page to where somebody asked for it, and says so. @throws UserError (exit 2) where it cannot be written */
export async function writePage({ host, streams }: CliContext, file: string, text: string): Promise<void> {
  try {
    await host.writeAtomically(file, text);
  } catch (error) {
    throw new UserError(`the page could not be written: ${reasonOf(error)}`, {
      exitCode: 2,
      hint: 'name another file',
      cause: error,
    });
  }
  streams.stderr(`page: ${told(file)}\n`);
}
