import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../../src/host/processes.ts';
import type { Missing } from '../../../src/record/measured.ts';

const SOURCES = { server: 'server.c', fast: 'fast.c' } as const;
const COMPILERS = ['cc', 'gcc', 'clang'] as const;

export interface BuiltServer {
  /** The server that records. */
  binary: string;
  /** The one that only answers, as fast as a core lets it. */
  fast: string;
  /** A directory of its own: the binary and the records lie in it. */
  directory: string;
  remove(): Promise<void>;
}

/**
 * Compiles the ground-truth servers into a new temporary directory.
 * @param compilers commands to try, in this order
 * @returns missing, with the reason, where the machine has no compiler or is not Linux
 * @throws where a compiler is there and refuses the source
 */
export async function buildServer(compilers: readonly string[] = COMPILERS): Promise<BuiltServer | Missing> {
  if (process.platform !== 'linux') return { missing: 'the ground-truth server needs Linux: epoll, kernel timestamps' };
  const compiler = await firstThatRuns(compilers);
  if (compiler === undefined) return { missing: `no C compiler: none of ${compilers.join(', ')} can be started` };
  const directory = await mkdtemp(join(tmpdir(), 'meshtax-ground-truth-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const [binary = '', fast = ''] = await Promise.all(
      Object.entries(SOURCES).map(([name, source]) => compile(compiler, source, join(directory, name))),
    );
    return { binary, fast, directory, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function compile(compiler: string, source: string, binary: string): Promise<string> {
  const file = fileURLToPath(new URL(source, import.meta.url));
  const compiled = await runCommand([compiler, '-std=gnu11', '-O2', '-Wall', '-Wextra', '-o', binary, file]);
  if (compiled.code !== 0) throw new Error(`${compiler} refused ${source}:\n${compiled.stderr}`);
  return binary;
}

async function firstThatRuns(compilers: readonly string[]): Promise<string | undefined> {
  for (const compiler of compilers) {
    try {
      const asked = await runCommand([compiler, '--version']);
      if (asked.code === 0) return compiler;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  return undefined;
}
