import type { Host } from '../../host/host.ts';
import { reasonOf, UserError } from '../../host/problems.ts';

/** The generated script and its options are those of k6 1 and 2; before 1 it ran no TypeScript by itself. */
const OLDEST_MAJOR = 1;

export interface K6Binary {
  path: string;
  /** As `k6 version` prints it. */
  version: string;
}

/**
 * --k6, $MESHTAX_K6, or `k6` on PATH.
 * @throws UserError: exit 2 for a binary that was named and does not work, exit 3 where there is none
 */
export async function findK6(host: Host, given: string | undefined): Promise<K6Binary> {
  const named = given ?? host.env('MESHTAX_K6');
  const path = await host.findCommand(named === undefined || named === '' ? 'k6' : named);
  const isNamed = named !== undefined && named !== '';
  const hint = 'name a k6 of version 1 or newer with --k6 PATH or $MESHTAX_K6';
  if (path === undefined) {
    const message = isNamed ? `${named} is no program` : 'the scenario is driven by k6, and there is no k6 on PATH';
    throw new UserError(message, { exitCode: isNamed ? 2 : 3, hint });
  }
  const exitCode = isNamed ? 2 : 3;
  const { code, stdout, stderr } = await host.run([path, 'version'], { timeoutMs: 10_000 }).catch((error: unknown) => {
    throw new UserError(`${path} cannot be started: ${reasonOf(error)}`, { exitCode, hint, cause: error });
  });
  const version = stdout.trim().split('\n')[0] ?? '';
  const major = Number(/^k6(?:\.exe)? v(\d+)\./.exec(version)?.[1] ?? Number.NaN);
  if (code === 0 && major >= OLDEST_MAJOR) return { path, version };
  throw new UserError(`${path} is no k6 of version ${OLDEST_MAJOR} or newer: ${version || stderr.trim()}`, {
    exitCode,
    hint,
  });
}
