// @ts-nocheck
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

export interface ReadLimits {
  atMostBytes: number;
  /** Whether a symbolic link is followed or refused; the folders above the file are followed in either case. */
  links: 'follow' | 'refuse';
}

/**
 * The content of a regular file. Nothing is read from a pipe, a device or a larger file, and none of them is waited for.
 * @throws an error with the reason alone as its message, such as `is a directory`
 */
export async function readRegularFile(path: string, limits: ReadLimits): Promise<Buffer> {
  const handle = await openWithoutWaiting(path, limits.links);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new Error(`${kindOf(stat)}, and not a regular file`);
    if (stat.size > limits.atMostBytes) throw tooLarge(limits, `${stat.size.toLocaleString('en-US')} bytes`);
    return await readUpTo(handle, limits);
  } finally {
    await handle.close();
  }
}

async function openWithoutWaiting(path: string, links: ReadLimits['links']): Promise<FileHandle> {
  // Without O_NONBLOCK the opening of a pipe waits for somebody to write to it (open(2)).
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (links === 'refuse' ? constants.O_NOFOLLOW : 0);
  try {
    return await open(path, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP' && links === 'refuse') {
      throw new Error('is a symbolic link, and not a regular file', { cause: error });
    }
    if (code === 'ENXIO') throw new Error('is a socket, and not a regular file', { cause: error });
    throw error;
  }
}

/** A file may grow while it is read, and those of /proc say 0 whatever they hold. */
async function readUpTo(handle: FileHandle, limits: ReadLimits): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(65_536), 0, 65_536, null);
    if (bytesRead === 0) return Buffer.concat(parts);
    bytes += bytesRead;
    if (bytes > limits.atMostBytes) throw tooLarge(limits, 'more than its size says');
    parts.push(buffer.subarray(0, bytesRead));
  }
}

function tooLarge({ atMostBytes }: ReadLimits, has: string): Error {
  return new Error(`is larger than ${atMostBytes.toLocaleString('en-US')} bytes: it has ${has}`);
}

function kindOf(stat: { isDirectory(): boolean; isFIFO(): boolean }): string {
  if (stat.isDirectory()) return 'is a directory';
  return stat.isFIFO() ? 'is a named pipe' : 'is a device';
}
