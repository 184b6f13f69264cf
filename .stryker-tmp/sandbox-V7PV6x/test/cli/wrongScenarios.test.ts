// @ts-nocheck
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { readRegularFile } from '../../src/host/regularFile.ts';
import { CLI, runCli as runBuilt, workplace } from '../system/cli.ts';
import { temporaryDirectory } from '../temporary.ts';
import { runInProcess } from './inProcess.ts';
import { WRONG_TEXTS } from './wrongTexts.ts';

/** A place in which nothing but the scenario is, and everything that a run makes would be. */
function place() {
  const home = temporaryDirectory();
  const real = nodeHost();
  const bytesRead: number[] = [];
  const host = {
    ...real,
    tempDirectory: home,
    env: (name: string) => (name === 'XDG_STATE_HOME' ? path.join(home, 'state') : real.env(name)),
    readRegular: async (...asked: Parameters<typeof readRegularFile>) => {
      const bytes = await readRegularFile(...asked);
      bytesRead.push(bytes.length);
      return bytes;
    },
    spawn: (argv: readonly string[]) => expect.fail(`${argv.join(' ')} was started`),
    run: (argv: readonly string[]) => expect.fail(`${argv.join(' ')} was run`),
  };
  const at = (name: string) => path.join(home, name);
  const run = (file: string) => runInProcess(['run', at(file), '--out', at('reports')], host);
  return { home, at, run, bytesRead, left: () => readdirSync(home) };
}

/** What a reader is shown: no stack, no value's innards, nothing that speaks to the terminal, no endless line. */
function expectReadable(stderr: string): void {
  expect(stderr).not.toMatch(/\bundefined\b|\[object Object\]|\n {4}at |This is a bug/);
  expect(stderr.match(/(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u)).toBeNull();
  expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThan(1100);
}

describe('a wrong scenario', () => {
  it('is one of forty and more', () => {
    expect(WRONG_TEXTS.length).toBeGreaterThanOrEqual(40);
    expect(new Set(WRONG_TEXTS.map(([what]) => what)).size).toBe(WRONG_TEXTS.length);
  });

  it.each(WRONG_TEXTS)('with %s is refused at its place, with excerpt and hint, and makes nothing', async (...row) => {
    const [, text, told] = row;
    const { at, run, left } = place();
    writeFileSync(at('asked.yaml'), text);
    const { code, stdout, stderr } = await run('asked.yaml');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.slice(0, `error: asked.yaml:${told}`.length)).toBe(`error: asked.yaml:${told}`);
    const problems = stderr.split(/^error: /m).slice(1);
    expect(problems.length).toBeLessThanOrEqual(51);
    for (const problem of problems) {
      expect(problem).toMatch(/^asked\.yaml:\d+:\d+ {2}.+\n +\d+ \| .*\n +\| *\^+\n {2}hint: .+\n {2}code: SCENARIO_/);
    }
    expectReadable(stderr);
    expect(left()).toEqual(['asked.yaml']);
  });
});

describe('a file that cannot be a scenario', () => {
  it.each([
    ['a directory', (file: string) => mkdirSync(file), 'is a directory, and not a regular file'],
    ['a named pipe', (file: string) => execFileSync('mkfifo', [file]), 'is a named pipe, and not a regular file'],
    ['an endless device', (file: string) => symlinkSync('/dev/zero', file), 'is a device, and not a regular file'],
    ['a link to itself', (file: string) => symlinkSync(file, file), 'ELOOP: too many symbolic links'],
    ['not there', () => {}, 'ENOENT: no such file or directory'],
    [
      'of 10 MB',
      (file: string) => {
        writeFileSync(file, '# a comment\n');
        truncateSync(file, 10_000_000);
      },
      'is larger than 256,000 bytes: it has 10,000,000 bytes',
    ],
  ])('for it is %s is refused unread, with a hint, and makes nothing', async (_, make, because) => {
    const { at, run, left, bytesRead } = place();
    make(at('asked.yaml'));
    const before = left();
    const { code, stdout, stderr } = await run('asked.yaml');
    expect([code, stdout, bytesRead]).toEqual([2, '', []]);
    expect(stderr).toContain(`error: ${at('asked.yaml')}: ${because}`);
    expect(stderr).toContain('hint: name a scenario, such as scenarios/quick-start.yaml');
    expectReadable(stderr);
    expect(left()).toEqual(before);
  });

  it('for this user may not read it is refused, and makes nothing', async (context) => {
    if (process.getuid?.() === 0)
      context.skip('root may read every file; the built program below is asked as another user');
    const { at, run, left } = place();
    writeFileSync(at('asked.yaml'), 'name: x\n');
    chmodSync(at('asked.yaml'), 0);
    const { code, stderr } = await run('asked.yaml');
    expect([code, left()]).toEqual([2, ['asked.yaml']]);
    expect(stderr).toContain('EACCES: permission denied');
  });
});

describe('the built program', () => {
  it('refuses them in the same words, as a process of its own, and makes nothing', async () => {
    const kept = workplace();
    const texts = WRONG_TEXTS.filter((_, index) => index % 12 === 0);
    for (const [what, text, told] of texts) {
      writeFileSync(path.join(kept.directory, 'asked.yaml'), text);
      const { code, stdout, stderr } = await runBuilt(kept, ['run', 'asked.yaml'], { TMPDIR: kept.directory });
      expect([code, stdout], what).toEqual([2, '']);
      expect(stderr).toContain(`error: asked.yaml:${told}`);
      expect(readdirSync(kept.directory), what).toEqual(['asked.yaml']);
    }
  });

  it('refuses a file that another user may not read', (context) => {
    if (process.getuid?.() !== 0) context.skip('needs root, to be another user');
    const kept = workplace();
    const file = path.join(kept.directory, 'asked.yaml');
    writeFileSync(file, 'name: x\n', { mode: 0o600 });
    chmodSync(kept.directory, 0o711);
    const argv = ['--reuid', '61234', '--regid', '61234', '--clear-groups', process.execPath, CLI, 'run', file];
    try {
      execFileSync('setpriv', argv, { stdio: 'pipe', env: { ...process.env, HOME: kept.directory } });
      expect.fail('it was read');
    } catch (error) {
      expect(error).toMatchObject({ status: 2 });
      expect(String((error as { stderr: Buffer }).stderr)).toContain(`${file}: EACCES: permission denied`);
    }
    expect(readdirSync(kept.directory)).toEqual(['asked.yaml']);
  });
});
