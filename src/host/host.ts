import type { ReadLimits } from './regularFile.ts';

/** A child process, tied to this one's life by whoever spawned it. */
export interface Child {
  readonly pid: number;
  /** Resolves when the process has ended, with its exit code or the signal that ended it. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  readonly running: boolean;
  /** The last 4 kB of its standard error. */
  errors(): string;
  write(text: string): void;
  closeInput(): void;
  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): void;
  onOutput(listener: (text: string) => void): void;
}

export interface SpawnOptions {
  env?: Readonly<Record<string, string>>;
  /** Standard output and error are appended to this file instead of being kept. */
  logFile?: string;
  /** It prints where this process prints; nothing of it is kept. */
  printsHere?: boolean;
}

export interface RunOptions {
  input?: string;
  /** Working directory; this process's own unless told. */
  directory?: string;
  env?: Readonly<Record<string, string>>;
  timeoutMs?: number;
}

export interface Finished {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** What stands in a place, without a look into it. */
export interface FileStamp {
  kind: 'file' | 'directory' | 'link' | 'other';
  bytes: number;
  /** Since 1970, with the fraction that the file system keeps. */
  modifiedMs: number;
}

/** A name that one process of a machine can hold at a time. */
export type Claim =
  | { kind: 'held'; release(): Promise<void> }
  /** Somebody else has it, and says this; empty when it does not answer. */
  | { kind: 'taken'; says: string }
  | { kind: 'unsupported' };

/** Files, processes, clock and environment: the only way that the rest of the code meets the machine. */
export interface Host {
  readonly pid: number;
  readonly uid: number;
  /** The kind of system, as Node names it: "linux", "darwin", "win32". */
  readonly system: string;
  readonly nodePath: string;
  readonly tempDirectory: string;
  env(name: string): string | undefined;
  now(): Date;
  /** CLOCK_MONOTONIC in µs: the same for every process of the machine. */
  monotonicUs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;

  readText(path: string): Promise<string>;
  readBytes(path: string): Promise<Buffer>;
  /** For files that somebody else may have made. @throws where it is no regular file, or larger than the limit */
  readRegular(path: string, limits: ReadLimits): Promise<Buffer>;
  /** Written beside its place, flushed and renamed: a reader sees the whole text or none of it. */
  writeAtomically(path: string, text: string): Promise<void>;
  append(path: string, text: string): Promise<void>;
  /** @throws an error with code EEXIST where it exists and `mustBeNew` is set */
  makeDirectory(path: string, options?: { mode?: number; mustBeNew?: boolean }): Promise<void>;
  writeFile(path: string, text: string, mode: number): Promise<void>;
  own(path: string, uid: number): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  list(path: string): Promise<readonly string[]>;
  exists(path: string): Promise<boolean>;
  /** Size in bytes of a file, or of all files of a directory together; 0 where there is nothing. */
  size(path: string): Promise<number>;
  /** Of the thing itself, a link not followed; undefined where there is nothing. */
  stamp(path: string): Promise<FileStamp | undefined>;
  copy(from: string, to: string): Promise<void>;
  sha256(path: string): Promise<string>;
  /** Whether every user of the machine could execute this file: each folder above it must let them pass. */
  executableByAll(path: string): Promise<boolean>;
  readLink(path: string): Promise<string>;

  /**
   * The file that a command's name stands for on PATH, or in one of the places for administrators that an ordinary
   * user's PATH lacks; undefined where there is none.
   */
  findCommand(name: string): Promise<string | undefined>;
  spawn(argv: readonly string[], options?: SpawnOptions): Child;
  /** Runs a command to its end. A non-zero exit is a result, not an error; a command that cannot start is one. */
  run(argv: readonly string[], options?: RunOptions): Promise<Finished>;
  kill(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Holds a name of this machine; given back when it is released, or when this process ends in whatever way. */
  claimName(name: string, says: string): Promise<Claim>;
  freePorts(count: number): Promise<readonly number[]>;
}
