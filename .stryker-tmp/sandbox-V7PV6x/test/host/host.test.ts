// @ts-nocheck
import { createHash } from 'node:crypto';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { temporaryDirectory } from '../temporary.ts';
import { fakeHost } from './fakeHost.ts';

const ROOMS: [string, () => { host: Host; at: (name: string) => string }][] = [
  [
    'the real machine',
    () => {
      const directory = temporaryDirectory();
      return { host: nodeHost(), at: (name) => path.join(directory, name) };
    },
  ],
  ['the machine in memory', () => ({ host: fakeHost(), at: (name) => path.join('/tmp', name) })],
];

/** Code of what an operation fails with; 'none' where it does not fail. */
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'none',
    (error: NodeJS.ErrnoException) => error.code,
  );

describe.each(ROOMS)('files of %s', (_name, open) => {
  it('are read back as they were written, appended to, copied and renamed', async () => {
    const { host, at } = open();
    await host.writeAtomically(at('a'), 'one\n');
    await host.append(at('a'), 'two\n');
    await host.copy(at('a'), at('b'));
    await host.rename(at('a'), at('c'));
    await host.writeFile(at('d'), 'ü', 0o600);
    expect(await host.readText(at('b'))).toBe('one\ntwo\n');
    expect(await host.readBytes(at('c'))).toEqual(Buffer.from('one\ntwo\n'));
    expect(await host.readText(at('d'))).toBe('ü');
    expect(await host.exists(at('a'))).toBe(false);
    expect(await host.sha256(at('c'))).toBe(createHash('sha256').update('one\ntwo\n').digest('hex'));
  });

  it('are replaced whole by an atomic write, which leaves nothing beside them', async () => {
    const { host, at } = open();
    await host.makeDirectory(at('box'));
    await host.writeAtomically(at('box/file'), 'a long first text');
    await host.writeAtomically(at('box/file'), 'short');
    expect(await host.readText(at('box/file'))).toBe('short');
    expect(await host.list(at('box'))).toEqual(['file']);
  });

  it('fail with the code of the system where they are not there', async () => {
    const { host, at } = open();
    expect(await failureOf(host.readText(at('none')))).toBe('ENOENT');
    expect(await failureOf(host.list(at('none')))).toBe('ENOENT');
    expect(await failureOf(host.append(at('none/file'), 'x'))).toBe('ENOENT');
    expect(await failureOf(host.rename(at('none'), at('other')))).toBe('ENOENT');
    expect(await failureOf(host.chmod(at('none'), 0o755))).toBe('ENOENT');
    expect(await host.exists(at('none'))).toBe(false);
  });

  it('lie in directories, which are made with their parents unless they must be new', async () => {
    const { host, at } = open();
    await host.makeDirectory(at('x/y'));
    await host.makeDirectory(at('x/y'));
    await host.makeDirectory(at('x/new'), { mustBeNew: true, mode: 0o700 });
    expect(await failureOf(host.makeDirectory(at('x/new'), { mustBeNew: true }))).toBe('EEXIST');
    expect(await failureOf(host.makeDirectory(at('u/v'), { mustBeNew: true }))).toBe('ENOENT');
    await host.writeFile(at('x/b'), '12345', 0o644);
    await host.writeFile(at('x/y/a'), '123', 0o644);
    expect(await host.list(at('x'))).toEqual(['b', 'new', 'y']);
    expect([await host.size(at('x')), await host.size(at('x/b')), await host.size(at('none'))]).toEqual([8, 5, 0]);
  });

  it('are removed with all that is below them, and removing nothing is no error', async () => {
    const { host, at } = open();
    await host.makeDirectory(at('gone/below'));
    await host.writeFile(at('gone/below/file'), 'x', 0o644);
    await host.remove(at('gone'));
    await host.remove(at('gone'));
    expect([await host.exists(at('gone')), await host.exists(at('gone/below/file'))]).toEqual([false, false]);
  });
});
