// @ts-nocheck
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCli } from '../../src/cli/program.ts';
import type { Host } from '../../src/host/host.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { eventsOf, runFolder, type Workplace, writeScenario } from './cli.ts';

/** Stands on the command line, in an address; a local run has no use for it. */
export const PASSWORD = 'hunter2-of-the-command-line';

const SCENARIO = `# What can be seen of a run while it goes on?
name: seen
treatments:
  - mesh: none
  - mesh: envoy
load: { arrivalRate: 100/s, connections: 2, warmUp: 100ms, duration: 5s }
blocks: { min: 6 }
`;

const BUNDLE = path.resolve(import.meta.dirname, '../../dist/agent/agent.cjs');

/** An agent's start, as it is passed on standard input, and its process. */
export interface SeenAgent {
  pid: number;
  socket: string;
  token: string;
}

export interface LiveRun {
  /** The run's own directory on this machine. */
  lab: string;
  agents: readonly SeenAgent[];
  pids: readonly number[];
  argvs: readonly (readonly string[])[];
  printed(): string;
  /** Waits until a trial with proxies is recorded. */
  recorded(): Promise<void>;
  /** Interrupts it and waits for its end. @returns the exit code */
  interrupt(): Promise<number>;
}

/** A real run in this process, so that its secrets are known, up to its first trial with proxies. */
export async function startSeenRun(place: Workplace, mode: 'root' | 'ports'): Promise<LiveRun> {
  const agents: SeenAgent[] = [];
  const pids: number[] = [];
  const argvs: (readonly string[])[] = [];
  const real = nodeHost();
  const host: Host = {
    ...real,
    env: (name) => place.env[name] ?? real.env(name),
    // Another test may measure on this machine meanwhile; nothing here depends on how long anything takes.
    claimName: async () => ({ kind: 'held', release: async () => {} }),
    // The agent's bundle lies beside the built program, not beside these sources.
    copy: (from, to) => real.copy(path.basename(from) === path.basename(BUNDLE) ? BUNDLE : from, to),
    spawn(argv, options) {
      const child = real.spawn(argv, options);
      pids.push(child.pid);
      argvs.push(argv);
      return {
        ...child,
        get running() {
          return child.running;
        },
        write(text) {
          const start = JSON.parse(text) as Omit<SeenAgent, 'pid'>;
          agents.push({ ...start, pid: child.pid });
          child.write(text);
        },
      };
    },
  };
  const controller = new AbortController();
  let printed = '';
  const print = (text: string) => {
    printed += text;
  };
  const argv = ['run', writeScenario(place, SCENARIO), '--mode', mode, '--out', path.join(place.directory, 'reports')];
  argv.push('--context', `https://someone:${PASSWORD}@cluster.example/`);
  const ended = runCli({
    argv,
    host,
    signal: controller.signal,
    streams: { stdout: print, stderr: print, stderrIsTerminal: false, colour: false },
  });
  const meshedTrial = () =>
    eventsOf(place).find(({ kind, treatment }) => kind === 'trial-started' && treatment === 'envoy');
  const until = async (what: string, isSo: () => boolean) => {
    for (let waitedMs = 0; !isSo(); waitedMs += 50) {
      const early = await Promise.race([ended, sleep(50)]);
      if (early !== undefined || waitedMs > 90_000) throw new Error(`${what}: ${printed}`);
    }
  };
  await until('no trial with proxies began', () => meshedTrial() !== undefined);
  const recorded = () =>
    until('no trial with proxies was recorded', () =>
      eventsOf(place).some(({ kind, index }) => kind === 'trial-finished' && index === meshedTrial()?.index),
    );
  const lab = path.join(host.tempDirectory, `meshtax-${path.basename(runFolder(place) ?? '')}`);
  const interrupt = () => {
    controller.abort();
    return ended;
  };
  return { lab, agents, pids: pids.filter(isAlive), argvs, printed: () => printed, recorded, interrupt };
}

function isAlive(pid: number): boolean {
  return readdirSync('/proc').includes(String(pid));
}

/** Files and sockets below a folder, each with its owner and mode. */
export function everythingBelow(folder: string): { file: string; uid: number; mode: number; isSocket: boolean }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return everythingBelow(file);
    const stat = lstatSync(file);
    return [{ file, uid: stat.uid, mode: stat.mode & 0o777, isSocket: stat.isSocket() }];
  });
}

/** What another user of the machine gets: reads files and folders, connects to sockets, and tells how each went. */
const ATTEMPT = `
const { readFileSync, readdirSync } = require('node:fs');
const { connect } = require('node:net');
const { files, folders, sockets } = JSON.parse(readFileSync(0, 'utf8'));
const said = (work) => { try { return { got: String(work()) }; } catch (error) { return { refused: error.code }; } };
const dial = (socket) => new Promise((resolve) => {
  const call = connect(socket, () => { call.destroy(); resolve({ got: 'a connection' }); });
  call.on('error', (error) => resolve({ refused: error.code }));
});
(async () => {
  const answers = {};
  for (const file of files) answers[file] = said(() => readFileSync(file, 'latin1'));
  for (const folder of folders) answers[folder] = said(() => readdirSync(folder));
  for (const socket of sockets) answers[socket] = await dial(socket);
  console.log(JSON.stringify({ uid: process.getuid(), answers }));
})();
`;

export async function asAnotherUser(asked: { files: string[]; folders: string[]; sockets: string[] }) {
  const words = ['--reuid', '61234', '--regid', '61234', '--clear-groups', process.execPath, '-e', ATTEMPT];
  const child = spawn('setpriv', words, { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/' });
  child.stdin.end(JSON.stringify(asked));
  let text = '';
  child.stdout.on('data', (part) => {
    text += part;
  });
  await once(child, 'close');
  return JSON.parse(text) as { uid: number; answers: Record<string, { got: string } | { refused: string }> };
}

/** Addresses at which these processes listen for TCP in this network namespace, in the kernel's hexadecimal. */
export function listening(pids: readonly number[]): string[] {
  const own = new Set(pids.flatMap(socketsOf));
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && own.has(`socket:[${fields[9]}]`))
      .map((fields) => fields[1]?.split(':')[0] ?? ''),
  );
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return ''; // closed between the listing and the reading
      }
    });
  } catch {
    return []; // ended meanwhile
  }
}
