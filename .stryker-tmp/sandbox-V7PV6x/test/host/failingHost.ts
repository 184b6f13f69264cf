// @ts-nocheck
import type { Host } from '../../src/host/host.ts';

/** Errors as the system gives them for such a call. */
const CODE_OF: Partial<Record<keyof Host, string>> = {
  readText: 'EIO',
  readBytes: 'EIO',
  writeAtomically: 'ENOSPC',
  append: 'ENOSPC',
  writeFile: 'ENOSPC',
  copy: 'ENOSPC',
  makeDirectory: 'EACCES',
  own: 'EPERM',
  chmod: 'EPERM',
  remove: 'EACCES',
  rename: 'EACCES',
  list: 'EACCES',
  exists: 'EIO',
  spawn: 'EAGAIN',
  run: 'EMFILE',
  kill: 'EPERM',
  freePorts: 'EADDRINUSE',
  claimName: 'EMFILE',
};
/** These give an answer at once; all others promise one. */
const AT_ONCE = new Set(['now', 'monotonicUs', 'spawn', 'kill', 'env']);

export interface FailingHost {
  host: Host;
  /** How many calls there were. */
  calls(): number;
  /** The call that was made to fail, with its first argument; undefined when it never came to it. */
  failed(): string | undefined;
}

/** A host whose n-th call fails, once; all others go through. With n = 0 none fails. */
export function failingHost(real: Host, n: number): FailingHost {
  let calls = 0;
  let failed: string | undefined;
  const host = new Proxy(real, {
    get(target, name: keyof Host & string) {
      const value = target[name];
      if (typeof value !== 'function' || name === 'env') return value;
      return (...given: unknown[]) => {
        calls += 1;
        if (calls !== n) return (value as (...all: unknown[]) => unknown).apply(target, given);
        const first = typeof given[0] === 'object' ? JSON.stringify(given[0]) : String(given[0] ?? '');
        failed = `${name} ${first}`;
        const code = CODE_OF[name] ?? 'EIO';
        const error = Object.assign(new Error(`${code}: made to fail, ${failed}`), { code, syscall: name });
        if (AT_ONCE.has(name)) throw error;
        return Promise.reject(error);
      };
    },
  });
  return { host, calls: () => calls, failed: () => failed };
}
