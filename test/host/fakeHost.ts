import { createHash } from 'node:crypto';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Child, Finished, Host, RunOptions } from '../../src/host/host.ts';

export interface FakeMachine {
  uid?: number;
  system?: string;
  env?: Readonly<Record<string, string>>;
  files?: Readonly<Record<string, string>>;
  /** What PATH offers: a command's name and its file. */
  commands?: Readonly<Record<string, string>>;
  /** Answers to commands that are run; one that it does not know fails as a missing file does. */
  run?: (argv: readonly string[], host: FakeHost, options: RunOptions) => Partial<Finished> | undefined;
  spawn?: (argv: readonly string[], host: FakeHost) => Child;
  /** Digests that files are to have, whatever their text. */
  digests?: Readonly<Record<string, string>>;
}

/** A machine in memory: only what a test gives it is there, and its clock stands still unless somebody sleeps. */
export interface FakeHost extends Host {
  readonly files: Map<string, string>;
  readonly directories: Set<string>;
  /** The commands that were run, each as one line. */
  readonly ran: string[];
  advance(ms: number): void;
}

const START = Date.UTC(2030, 0, 1);

export function fakeHost(machine: FakeMachine = {}): FakeHost {
  const state = {
    files: new Map(Object.entries(machine.files ?? {})),
    directories: new Set(['/', '/tmp']),
    elapsedMs: 0,
  };
  const ran: string[] = [];
  const host: FakeHost = {
    ...fakeFiles(state, machine.digests ?? {}),
    files: state.files,
    directories: state.directories,
    ran,
    pid: 4711,
    uid: machine.uid ?? 1000,
    system: machine.system ?? 'linux',
    nodePath: '/usr/bin/node',
    tempDirectory: '/tmp',
    env: (name) => machine.env?.[name],
    now: () => new Date(START + state.elapsedMs),
    monotonicUs: () => state.elapsedMs * 1000,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await nextTurn();
      signal?.throwIfAborted();
      state.elapsedMs += ms;
    },
    advance: (ms) => {
      state.elapsedMs += ms;
    },
    findCommand: async (name) => machine.commands?.[name],
    spawn: (argv) => {
      if (machine.spawn === undefined) throw new Error(`nothing can be started here: ${argv.join(' ')}`);
      return machine.spawn(argv, host);
    },
    run: async (argv, options = {}) => {
      ran.push(argv.join(' '));
      await nextTurn();
      const answer = machine.run?.(argv, host, options);
      if (answer === undefined) throw noSuchFile(argv[0] ?? '', 'spawn');
      return { code: 0, signal: null, stdout: '', stderr: '', ...answer };
    },
    kill: () => {
      throw new Error('nothing is to be killed here');
    },
    claimName: async () => ({ kind: 'held', release: async () => {} }),
    freePorts: async (count) => Array.from({ length: count }, (_, i) => 40_000 + i),
  };
  return host;
}

type FileMethods = Pick<
  Host,
  | 'readText'
  | 'readBytes'
  | 'readRegular'
  | 'writeAtomically'
  | 'append'
  | 'makeDirectory'
  | 'writeFile'
  | 'own'
  | 'chmod'
  | 'rename'
  | 'remove'
  | 'list'
  | 'exists'
  | 'size'
  | 'stamp'
  | 'copy'
  | 'sha256'
  | 'executableByAll'
  | 'readLink'
>;

function fakeFiles(
  state: { files: Map<string, string>; directories: Set<string> },
  digests: Readonly<Record<string, string>>,
): FileMethods {
  const { files, directories } = state;
  const textOf = (file: string): string => {
    const text = files.get(file);
    if (text === undefined) throw noSuchFile(file, 'open');
    return text;
  };
  const write = (file: string, text: string) => {
    if (!directories.has(path.dirname(file))) throw noSuchFile(file, 'open');
    files.set(file, text);
  };
  const below = (directory: string) => (file: string) => file.startsWith(`${directory}/`);
  const exists = (file: string) => files.has(file) || directories.has(file);
  const makeParents = (directory: string) => {
    for (let at = directory; !directories.has(at); at = path.dirname(at)) directories.add(at);
  };
  for (const file of files.keys()) makeParents(path.dirname(file));
  return {
    readText: async (file) => textOf(file),
    readBytes: async (file) => Buffer.from(textOf(file)),
    readRegular: async (file) => Buffer.from(textOf(file)),
    writeAtomically: async (file, text) => write(file, text),
    append: async (file, text) => write(file, (files.get(file) ?? '') + text),
    makeDirectory: async (directory, options) => {
      if (options?.mustBeNew !== true) return makeParents(directory);
      if (exists(directory)) throw errorWith('EEXIST', `file already exists, mkdir '${directory}'`);
      if (!directories.has(path.dirname(directory))) throw noSuchFile(directory, 'mkdir');
      directories.add(directory);
    },
    writeFile: async (file, text) => write(file, text),
    own: async (file) => {
      if (!exists(file)) throw noSuchFile(file, 'chown');
    },
    chmod: async (file) => {
      if (!exists(file)) throw noSuchFile(file, 'chmod');
    },
    rename: async (from, to) => {
      write(to, textOf(from));
      files.delete(from);
    },
    remove: async (file) => {
      for (const kept of [files, directories]) {
        for (const name of [...kept.keys()]) if (name === file || below(file)(name)) kept.delete(name);
      }
    },
    list: async (directory) => {
      if (!directories.has(directory)) throw noSuchFile(directory, 'scandir');
      const names = [...files.keys(), ...directories].filter(below(directory === '/' ? '' : directory));
      const first = names
        .map((name) => path.relative(directory, name).split('/')[0] ?? '')
        .filter((name) => name !== '');
      return [...new Set(first)].sort();
    },
    exists: async (file) => exists(file),
    size: async (file) =>
      [...files].reduce((sum, [name, text]) => (name === file || below(file)(name) ? sum + text.length : sum), 0),
    stamp: async (file) => {
      if (directories.has(file)) return { kind: 'directory', bytes: 0, modifiedMs: START };
      const text = files.get(file);
      return text === undefined ? undefined : { kind: 'file', bytes: text.length, modifiedMs: START };
    },
    copy: async (from, to) => write(to, textOf(from)),
    sha256: async (file) => digests[file] ?? createHash('sha256').update(textOf(file)).digest('hex'),
    executableByAll: async () => true,
    readLink: async (file) => textOf(file),
  };
}

function errorWith(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

function noSuchFile(file: string, call: string): Error {
  return errorWith('ENOENT', `no such file or directory, ${call} '${file}'`);
}
