// @ts-nocheck
import { execFileSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { findEnvoy } from '../../src/platforms/local/envoyBinary.ts';
import { leftOf, onPath, type Workplace, whyNoEnvoy } from './cli.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const ID_FILES = ['/etc/subuid', '/etc/subgid'];

/** An ordinary user of this machine, made for a test. */
export interface FreshUser {
  name: string;
  uid: number;
  gid: number;
  /** Gives it ids of its own for user namespaces, or takes them away. */
  setIds(given: boolean): void;
  /** Lets it use sudo without a password, or not. */
  setSudo(allowed: boolean): void;
  /** A folder to run in; with `chrooted` it runs where the kernel allows no user namespace. */
  workplace(options?: { chrooted?: boolean }): Workplace;
  /** Takes the user and everything that was made for it away. */
  remove(): void;
}

/** Why no user can be made here; undefined where one can. */
export function whyNoUser(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root to make a user';
  const missing = [
    'useradd',
    'userdel',
    'setpriv',
    'unshare',
    'chroot',
    'newuidmap',
    'sudo',
    'iptables-restore',
    'ip',
  ].filter((tool) => !onPath(tool));
  if (missing.length > 0) return `needs ${missing.join(', ')} on PATH`;
  return nobodyReaches(process.execPath) ? 'Node is where other users cannot start it' : whyNoEnvoy();
}

/** Makes the user. What it needs to run the program is put where it can read it. */
export async function makeUser(): Promise<FreshUser> {
  const name = `mt-test-${process.pid}`;
  const places = mkdtempSync(path.join(tmpdir(), 'mt-u-'));
  const sudoers = `/etc/sudoers.d/${name}`;
  const existed = ID_FILES.filter((file) => existsSync(file));
  const remove = () => {
    rmSync(sudoers, { force: true });
    try {
      execFileSync('userdel', ['--remove', '--force', name], { stdio: 'ignore' });
    } finally {
      setIds(false);
      for (const file of ID_FILES) if (!existed.includes(file)) rmSync(file, { force: true });
      rmSync(places, { recursive: true, force: true });
    }
  };
  /** Only this user's line is touched: others may be changed meanwhile. */
  const setIds = (given: boolean) => {
    for (const file of ID_FILES) {
      const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
      const others = before.split('\n').filter((line) => line !== '' && !line.startsWith(`${name}:`));
      const lines = given ? [...others, `${name}:700000:65536`] : others;
      writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
    }
  };
  try {
    execFileSync('useradd', ['--create-home', '--shell', '/bin/sh', name], { stdio: ['ignore', 'ignore', 'pipe'] });
    setIds(false);
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' })));
    if (uid === undefined || gid === undefined) throw new Error(`id says nothing of ${name}`);
    chmodSync(places, 0o755);
    const envoy = path.join(places, 'envoy');
    copyFileSync((await findEnvoy({ host: nodeHost(), given: undefined, say: () => {} })).path, envoy);
    chmodSync(envoy, 0o755);
    const main = readableProgram(places);
    return {
      name,
      uid,
      gid,
      remove,
      setIds,
      setSudo: (allowed) => {
        if (!allowed) return rmSync(sudoers, { force: true });
        writeFileSync(sudoers, `${name} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
      },
      workplace: ({ chrooted = false } = {}) => {
        const directory = mkdtempSync(path.join(places, 'r-'));
        const temporary = path.join(directory, 't');
        mkdirSync(temporary);
        for (const made of [directory, temporary]) chownSync(made, uid, gid);
        for (const made of [directory, temporary]) chmodSync(made, 0o755);
        const words = [...(chrooted ? intoChroot(directory) : []), ...becoming(uid, gid, directory)];
        const env = {
          HOME: `/home/${name}`,
          USER: name,
          PATH: '/usr/local/bin:/usr/bin:/bin',
          TMPDIR: temporary,
          XDG_STATE_HOME: path.join(directory, 'state'),
          MESHTAX_ENVOY: envoy,
        };
        return { directory, env, start: { words, main } };
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

const becoming = (uid: number, gid: number, directory: string) => [
  ...[wholePath('setpriv'), '--reuid', String(uid), '--regid', String(gid), '--clear-groups'],
  ...[wholePath('env'), '--chdir', directory],
];

/** The same files below another root: a process in a chroot may make no user namespace (user_namespaces(7)). */
function intoChroot(directory: string): string[] {
  const root = `${directory}-root`;
  mkdirSync(root);
  const script = 'mount --make-rprivate / && mount --rbind / "$1" && shift && exec "$@"';
  return [wholePath('unshare'), '--mount', '/bin/sh', '-c', script, 'sh', root, wholePath('chroot'), root];
}

/** The program is started with a PATH of the test's, by which its own starters need not be found. */
function wholePath(tool: string): string {
  const place = (process.env['PATH'] ?? '').split(':').find((folder) => existsSync(path.join(folder, tool)));
  if (place === undefined) throw new Error(`${tool} is not on PATH`);
  return path.join(place, tool);
}

/** The main file as built, or that of a copy where other users cannot read this checkout. */
function readableProgram(places: string): string {
  const built = path.join(ROOT, 'dist/cli/main.js');
  if (!nobodyReaches(built)) return built;
  const copy = path.join(places, 'program');
  for (const part of ['dist', 'node_modules', 'scenarios', 'package.json']) {
    cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true, dereference: true });
  }
  execFileSync('chmod', ['-R', 'a+rX', copy]);
  return path.join(copy, 'dist/cli/main.js');
}

/** Whether a folder on the way, or the file, is closed to other users. */
function nobodyReaches(file: string): boolean {
  accessSync(file, constants.R_OK);
  for (let at = file; at !== path.dirname(at); at = path.dirname(at)) {
    const needed = statSync(at).isDirectory() ? 0o001 : 0o004;
    if ((statSync(at).mode & needed) === 0) return true;
  }
  return false;
}

/** Has a fresh user before a file's first test, where one can be made, and takes it away after the last. */
export function aFreshUser(): () => FreshUser {
  let made: FreshUser | undefined;
  beforeAll(async () => {
    if (whyNoUser() === undefined) made = await makeUser();
  });
  afterAll(() => made?.remove());
  return () => {
    if (made === undefined) throw new Error('there is no fresh user');
    return made;
  };
}

/** The shortest run that a scenario can ask for. */
export const TINY = `# Is every mode's traffic proven?
name: modes
treatments:
  - mesh: none
  - mesh: envoy
    settings: { mtls: strict, concurrency: 1 }
load: { arrivalRate: 200/s, connections: 4, warmUp: 100ms, duration: 500ms }
blocks: { min: 6 }
`;

/** What the machine has of the place's run; its folder is below the place's own temporary folder. */
export function leftOfUser(place: Workplace) {
  const temporary = place.env['TMPDIR'];
  const found = leftOf(place);
  if (temporary === undefined) return found;
  // Of the program that tried modes, too, where another one ran as root.
  return { ...found, labelled: startedWith(`TMPDIR=${temporary}`), directories: readdirSync(temporary) };
}

function startedWith(variable: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const zombie = /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      return !zombie && readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable);
    } catch {
      return false; // no process, or gone between the listing and the reading
    }
  });
}
