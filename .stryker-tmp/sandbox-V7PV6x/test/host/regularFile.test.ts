// @ts-nocheck
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readRegularFile } from '../../src/host/regularFile.ts';
import { temporaryDirectory } from '../temporary.ts';

const LIMITS = { atMostBytes: 1000, links: 'refuse' } as const;

describe('a regular file', () => {
  it('is read whole up to the limit, and not at all beyond it', async () => {
    const file = path.join(temporaryDirectory(), 'a');
    writeFileSync(file, 'x'.repeat(1000));
    expect((await readRegularFile(file, LIMITS)).toString()).toBe('x'.repeat(1000));
    truncateSync(file, 5_000_000_000);
    await expect(readRegularFile(file, LIMITS)).rejects.toThrow(
      'is larger than 1,000 bytes: it has 5,000,000,000 bytes',
    );
  });

  it('is not read beyond the limit where its size says nothing', async () => {
    await expect(readRegularFile('/proc/kallsyms', LIMITS)).rejects.toThrow(
      'is larger than 1,000 bytes: it has more than its size says',
    );
  });

  it('is found through a link only where links are followed', async () => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, 'a'), 'text');
    symlinkSync('a', path.join(directory, 'link'));
    const file = path.join(directory, 'link');
    await expect(readRegularFile(file, LIMITS)).rejects.toThrow('is a symbolic link, and not a regular file');
    expect((await readRegularFile(file, { ...LIMITS, links: 'follow' })).toString()).toBe('text');
  });
});

describe('what is no regular file', () => {
  it('is named as what it is, and nothing is read from it or waited for', async () => {
    const directory = temporaryDirectory();
    const at = (name: string) => path.join(directory, name);
    execFileSync('mkfifo', [at('pipe')]);
    mkdirSync(at('folder'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
    onTestFinished(() => void server.close());
    const reasons = [at('pipe'), at('folder'), at('socket'), '/dev/zero', '/dev/null'].map((file) =>
      readRegularFile(file, LIMITS).then(String, (error: Error) => error.message),
    );
    expect(await Promise.all(reasons)).toEqual([
      'is a named pipe, and not a regular file',
      'is a directory, and not a regular file',
      'is a socket, and not a regular file',
      'is a device, and not a regular file',
      'is a device, and not a regular file',
    ]);
  });
});
