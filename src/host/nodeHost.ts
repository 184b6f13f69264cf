import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { claimName } from './claims.ts';
import type { FileStamp, Host } from './host.ts';
import { freePorts } from './ports.ts';
import { runCommand, spawnChild } from './processes.ts';
import { readRegularFile } from './regularFile.ts';

/** The real machine. */
export function nodeHost(): Host {
  return {
    pid: process.pid,
    uid: process.getuid?.() ?? -1,
    system: process.platform,
    nodePath: process.execPath,
    tempDirectory: tmpdir(),
    env: (name) => process.env[name],
    now: () => new Date(),
    monotonicUs: () => Number(process.hrtime.bigint() / 1000n),
    sleep: async (ms, signal) => {
      await delay(ms, undefined, signal ? { signal } : undefined);
    },
    ...files,
    findCommand,
    spawn: spawnChild,
    run: runCommand,
    kill: (pid, signal) => {
      process.kill(pid, signal);
    },
    claimName,
    freePorts,
  };
}

const files = {
  readText: (file: string) => fs.readFile(file, 'utf8'),
  readBytes: (file: string) => fs.readFile(file),
  readRegular: readRegularFile,
  writeAtomically: async (file: string, text: string) => {
    const beside = `${file}.${process.pid}.tmp`;
    try {
      // A link that somebody laid in this place would lead the text out of the folder: `wx` follows none.
      await fs.rm(beside, { force: true });
      const handle = await fs.open(beside, 'wx', 0o644);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await fs.rename(beside, file);
    } catch (error) {
      // A full disk fails in mid-write: what is there is no record, and takes the space of the next one.
      await fs.rm(beside, { force: true }).catch(() => {});
      throw naming(error, file);
    }
  },
  append: async (file: string, text: string) => {
    await fs.appendFile(file, text).catch((error: unknown) => {
      throw naming(error, file);
    });
  },
  makeDirectory: async (directory: string, options?: { mode?: number; mustBeNew?: boolean }) => {
    await fs.mkdir(directory, { recursive: options?.mustBeNew !== true });
    if (options?.mode !== undefined) await fs.chmod(directory, options.mode);
  },
  writeFile: async (file: string, text: string, mode: number) => {
    await fs.writeFile(file, text, { mode }).catch((error: unknown) => {
      throw naming(error, file);
    });
  },
  own: (file: string, uid: number) => fs.chown(file, uid, uid),
  chmod: (file: string, mode: number) => fs.chmod(file, mode),
  rename: (from: string, to: string) => fs.rename(from, to),
  remove: (file: string) => fs.rm(file, { recursive: true, force: true }),
  list: async (directory: string) => (await fs.readdir(directory)).sort(),
  exists: (file: string) =>
    fs.access(file).then(
      () => true,
      () => false,
    ),
  size: sizeOf,
  stamp,
  copy: (from: string, to: string) => fs.copyFile(from, to, constants.COPYFILE_FICLONE),
  sha256: async (file: string) => {
    const hash = createHash('sha256');
    for await (const part of createReadStream(file)) hash.update(part as Buffer);
    return hash.digest('hex');
  },
  executableByAll,
  readLink: (file: string) => fs.readlink(file),
};

/** Node does not say which file it could not write when the write itself fails. */
function naming(error: unknown, file: string): unknown {
  if (error instanceof Error && !error.message.includes(`'${file}`)) error.message += ` '${file}'`;
  return error;
}

async function sizeOf(file: string): Promise<number> {
  const stat = await fs.stat(file).catch(() => undefined);
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.size;
  let sum = 0;
  for (const entry of await fs.readdir(file)) sum += await sizeOf(path.join(file, entry));
  return sum;
}

async function stamp(file: string): Promise<FileStamp | undefined> {
  try {
    const stat = await fs.lstat(file);
    const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'link' : 'other';
    return { kind, bytes: stat.size, modifiedMs: stat.mtimeMs };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function executableByAll(file: string): Promise<boolean> {
  for (let at = await fs.realpath(file); ; at = path.dirname(at)) {
    if (((await fs.stat(at)).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** Debian and others leave these out of an ordinary user's PATH; ip and iptables are there. */
const ADMINISTRATORS_PLACES = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

async function findCommand(name: string): Promise<string | undefined> {
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter);
  const places = name.includes('/') ? [''] : [...onPath, ...ADMINISTRATORS_PLACES];
  for (const place of places) {
    const file = path.resolve(place, name);
    const found = await fs.access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found && (await fs.stat(file)).isFile()) return file;
  }
  return undefined;
}
