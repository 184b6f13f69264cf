// @ts-nocheck
import type { UserError } from '../host/problems.ts';
import { withoutSecrets } from '../host/secrets.ts';
import { visible } from '../report/text.ts';
import type { Streams } from './context.ts';

/** Words that come from files, commands or a cluster, as they can be printed: they move no cursor and tell no secret. */
export function told(text: string): string {
  return visible(withoutSecrets(text));
}

export function tellError({ stderr }: Streams, { message, hint }: UserError): void {
  stderr(`error: ${told(message)}\n`);
  if (hint !== undefined) stderr(`  hint: ${told(hint)}\n`);
}
