import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnChild } from '../../../src/host/processes.ts';
import type { BuiltServer } from './build.ts';
import { type GroundTruth, parseGroundTruth } from './record.ts';

export interface ServerOptions {
  serviceUs: number;
  bodyBytes: number;
  /** The whole server does nothing for `forUs` at each multiple of `everyUs` after its start. */
  freeze?: { forUs: number; everyUs: number };
  /** Core that the server is pinned to; absent: wherever the scheduler puts it. */
  core?: number;
}

interface RunningServer {
  host: string;
  port: number;
  pid: number;
  /** Stops the server if it still runs, and reads what it recorded. */
  finish(): Promise<GroundTruth>;
}

/** @throws where the server ends before it listens */
export async function startServer(built: BuiltServer, options: ServerOptions): Promise<RunningServer> {
  const recordFile = join(built.directory, `record-${randomUUID()}.txt`);
  const child = spawnChild(commandLine(built.binary, recordFile, options));
  return {
    host: '127.0.0.1',
    port: await portOf(child),
    pid: child.pid,
    finish: async () => {
      if (child.running) child.signal('SIGTERM');
      const { code, signal } = await child.ended;
      if (code !== 0) throw new Error(ending(code ?? signal, child.errors()));
      return parseGroundTruth(await readFile(recordFile, 'utf8'));
    },
  };
}

/** Starts the server that records nothing. @returns how to end it */
export async function startFastServer(
  built: BuiltServer,
  { bodyBytes, core }: { bodyBytes: number; core: number },
): Promise<{ host: string; port: number; finish(): Promise<void> }> {
  const child = spawnChild(['taskset', '-c', String(core), built.fast, '--bytes', String(bodyBytes)]);
  return {
    host: '127.0.0.1',
    port: await portOf(child),
    finish: async () => {
      if (child.running) child.signal('SIGTERM');
      await child.ended;
    },
  };
}

function portOf(child: ReturnType<typeof spawnChild>): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.onOutput((part) => {
      output += part;
      const [, chosen] = /^port (\d+)\n/.exec(output) ?? [];
      if (chosen !== undefined) resolve(Number(chosen));
    });
    child.ended.then(({ code, signal }) => reject(new Error(ending(code ?? signal, child.errors()))), reject);
  });
}

function commandLine(binary: string, recordFile: string, options: ServerOptions): string[] {
  const pin = options.core === undefined ? [] : ['taskset', '-c', String(options.core)];
  const { forUs, everyUs } = options.freeze ?? { forUs: 0, everyUs: 0 };
  return [
    ...pin,
    ...[binary, '--port', '0', '--record', recordFile],
    ...['--service-us', String(options.serviceUs), '--bytes', String(options.bodyBytes)],
    ...['--freeze-us', String(forUs), '--freeze-every-us', String(everyUs)],
  ];
}

function ending(how: number | string | null, errors: string): string {
  return `the ground-truth server ended with ${how ?? 'no exit code'}${errors === '' ? '' : `: ${errors}`}`;
}
