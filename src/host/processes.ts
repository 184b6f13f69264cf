import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Child, Finished, RunOptions, SpawnOptions } from './host.ts';

const KEPT_ERRORS = 4096;

/** Starts a process whose standard input stays open: a child that watches it learns of this process's end. */
export function spawnChild(argv: readonly string[], options: SpawnOptions = {}): Child {
  const [file = '', ...args] = argv;
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a', 0o644);
  const output = options.printsHere === true ? 'inherit' : 'pipe';
  const child = spawn(file, args, {
    env: { ...process.env, ...options.env },
    stdio: ['pipe', log ?? output, log ?? output],
    // A group of its own: Ctrl-C reaches this process only, which then takes its children down in order.
    detached: true,
  });
  if (log !== undefined) closeSync(log);
  let errors = '';
  child.stderr?.on('data', (part) => {
    errors = (errors + part).slice(-KEPT_ERRORS);
  });
  // Writing to a process that has ended is reported by its end, not by its pipe.
  child.stdin?.on('error', () => {});
  let running = true;
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('error', (error) => {
      errors += error.message;
      running = false;
      resolve({ code: null, signal: null });
    });
    child.once('exit', (code, signal) => {
      running = false;
      resolve({ code, signal });
    });
  });
  return {
    pid: child.pid ?? -1,
    ended,
    get running() {
      return running;
    },
    errors: () => errors.trim(),
    write: (text) => {
      child.stdin?.write(text);
    },
    closeInput: () => {
      child.stdin?.end();
    },
    signal: (name) => {
      child.kill(name);
    },
    onOutput: (listener) => {
      child.stdout?.setEncoding('utf8').on('data', listener);
    },
  };
}

/** @throws where the command cannot be started; a non-zero exit is told in the result */
export function runCommand(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [file = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(file, args, {
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.directory === undefined ? {} : { cwd: options.directory }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (part) => {
      stdout += part;
    });
    child.stderr?.on('data', (part) => {
      stderr += part;
    });
    child.stdin?.on('error', () => {}); // a command that does not read its input is not at fault
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    child.stdin?.end(options.input ?? '');
  });
}
