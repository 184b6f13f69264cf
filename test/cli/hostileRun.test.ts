import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { onPath } from '../system/cli.ts';
import { temporaryDirectory } from '../temporary.ts';
import { copyOfExample, HOSTILE, makeHostile, recordsOf } from './hostileRun.ts';
import { runInProcess } from './inProcess.ts';

/** Everything of a file tree but the reports themselves: what has to be as it was. */
function treeOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

function place() {
  const home = temporaryDirectory();
  const run = copyOfExample(path.join(home, 'reports', 'run'));
  writeFileSync(path.join(home, 'bystander'), 'untouched');
  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(path.join(run, file), change(readFileSync(path.join(run, file), 'utf8')));
  return { home, run, edit, report: () => runInProcess(['report', run]) };
}

function editRun(run: string, change: object): void {
  const file = path.join(run, 'run.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
}

const CONTROL = /(?!\n)\p{Cc}|[\u202a-\u202e]/u;

describe('a run folder in which every text is hostile', () => {
  const told = async () => {
    const { home, run, report } = place();
    const places = makeHostile(run);
    const before = treeOf(home);
    const result = await report();
    const text = (name: string) => readFileSync(path.join(run, name), 'utf8');
    return { ...result, home, run, places, before, text };
  };

  it('is reported without a control character on the terminal, and nothing outside of it is written', async () => {
    const { code, stdout, stderr, home, places, before } = await told();
    expect(places).toBeGreaterThan(500);
    expect([0, 1, 4], stderr).toContain(code);
    expect([stdout.match(CONTROL), stderr.match(CONTROL)]).toEqual([null, null]);
    expect(treeOf(home)).toEqual(before);
    expect(readFileSync(path.join(home, 'bystander'), 'utf8')).toBe('untouched');
  });

  it('breaks no row of Markdown and of CSV, and starts no formula', async () => {
    const { text } = await told();
    const markdown = text('summary.md');
    expect(markdown.match(/[<>]|(?!\n)\p{Cc}|\u202e/u)).toBeNull();
    expect(markdown.match(/^# a heading/m)).toBeNull();
    const tables = markdown.split('\n\n').filter((part) => part.startsWith('|'));
    expect(tables.length).toBeGreaterThan(3);
    for (const table of tables) {
      const cells = table.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length);
      expect(new Set(cells).size).toBe(1);
    }
    for (const cell of text('percentiles.csv').matchAll(/(?:^|,)"?([=+@\t]|-\D)/gm))
      expect.fail(`a formula: ${cell[0]}`);
    expect(JSON.parse(text('results.json')).run.runId).toBe(HOSTILE);
  });

  it('runs no script in a browser, while the scripts of the page run', async (context) => {
    const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(onPath);
    if (chromium === undefined) context.skip('needs chromium on PATH');
    const { run, home } = await told();
    const dom = (file: string) =>
      execFileSync(
        chromium ?? '',
        [
          ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--virtual-time-budget=3000'],
          ...[`--user-data-dir=${path.join(home, 'browser')}`, '--dump-dom', pathToFileURL(file).href],
        ],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 100_000_000, timeout: 60_000 },
      );
    const page = dom(path.join(run, 'report.html'));
    expect(page).not.toMatch(/<html[^>]*data-pwned/);
    expect(page.match(/<img|<script/g)).toHaveLength(3);
    // chart.js sizes a canvas as soon as it draws on it.
    expect(page.match(/<canvas[^>]*style="[^"]*width/g)?.length).toBeGreaterThan(0);
    const unsafe = path.join(home, 'unsafe.html');
    writeFileSync(unsafe, `<!doctype html><title>x</title><p>${HOSTILE}`);
    expect(dom(unsafe)).toMatch(/<html[^>]*data-pwned/);
  }, 180_000);
});

describe('a run folder whose names lead elsewhere', () => {
  it.each(['../../x', '/etc/x', 'a/b', '..', ''])('writes its reports into itself: runId %j', async (runId) => {
    const { home, run, report } = place();
    editRun(run, { runId, scenarioFile: `${runId}/scenario.yaml` });
    const before = treeOf(home);
    expect([0, 1, 4]).toContain((await report()).code);
    expect(treeOf(home)).toEqual(before);
    expect(readFileSync(path.join(run, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('replaces a report that is a link, and leaves alone what it led to', async () => {
    const { home, run, report } = place();
    const names = ['report.html', 'summary.md', 'percentiles.csv', 'results.json', 'figures.json'];
    for (const name of names) {
      const file = path.join(run, name);
      for (const link of [file, `${file}.${process.pid}.tmp`]) {
        execFileSync('ln', ['-sf', path.join(home, 'bystander'), link]);
      }
    }
    await report();
    expect(readFileSync(path.join(home, 'bystander'), 'utf8')).toBe('untouched');
    expect(readFileSync(path.join(run, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);
    expect(readdirSync(run).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('refuses a scenario with a hostile name in words, as the record of a run that nobody made', async () => {
    const { run, edit, report } = place();
    edit('run.json', (text) => text.replaceAll('name: quick-start', 'name: ../../x'));
    editRun(run, { runId: '\u001b[2J\u202e' });
    const { code, stdout, stderr } = await report();
    expect([code, stdout, stderr.match(CONTROL)]).toEqual([2, '', null]);
    expect(stderr).toContain('is not valid in this version of meshtax');
  });
});

describe('a record that is not what meshtax writes', () => {
  it.each([
    ['a link', (file: string) => symlinkSync('/etc/hostname', file), 'is a symbolic link, and not a regular file'],
    ['a device', (file: string) => symlinkSync('/dev/zero', file), 'is a symbolic link, and not a regular file'],
    ['a named pipe', (file: string) => execFileSync('mkfifo', [file]), 'is a named pipe, and not a regular file'],
    ['a folder', (file: string) => mkdirSync(file), 'is a directory, and not a regular file'],
    [
      'huge',
      (file: string) => {
        writeFileSync(file, '{}');
        truncateSync(file, 9_000_000_000);
      },
      'is larger than 64,000,000 bytes: it has 9,000,000,000 bytes',
    ],
    ['deeply nested', (file: string) => writeFileSync(file, '['.repeat(1_000_000)), 'not JSON'],
  ])('is named and refused: %s', async (_, make, because) => {
    for (const name of ['run.json', 'trials/00001.json', 'deployments/x.json']) {
      const { run, report } = place();
      const file = path.join(run, name);
      execFileSync('rm', ['-f', file]);
      make(file);
      const { code, stdout, stderr } = await report();
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`error: ${file}: ${because}`);
      expect(readFileSync(path.join(run, 'report.html'), 'utf8')).toBe('before');
    }
  });

  it('is named where it is a whole folder that lies elsewhere', async () => {
    const { home, run, report } = place();
    renameSync(path.join(run, 'trials'), path.join(home, 'elsewhere'));
    symlinkSync(path.join(home, 'elsewhere'), path.join(run, 'trials'));
    const { code, stderr } = await report();
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      `error: ${path.join(run, 'trials')}: is a symbolic link, and not a folder`,
    ]);
  });

  it('is refused as damaged, not told as a bug, where its histogram is none', async () => {
    const { run, edit, report } = place();
    edit('trials/00001.json', (text) => text.replace(/"response": "[^"]{8}/, '"response": "AAAA'));
    const { code, stderr } = await report();
    expect(code).toBe(2);
    expect(stderr).toContain(
      `${path.join(run, 'trials/00001.json')}: not a record of this version at clients.0.segments.0`,
    );
    expect(existsSync(path.join(run, 'trials/00001.json'))).toBe(true);
  });

  it('are all known to this test', () => {
    expect(recordsOf(place().run).length).toBeGreaterThan(20);
  });
});

describe('a budgets file', () => {
  it('is bounded and a regular file, as a scenario is', async () => {
    const { home, run } = place();
    const file = path.join(home, 'budgets.yaml');
    symlinkSync('/dev/zero', file);
    const { code, stderr } = await runInProcess(['report', run, '--budgets', file]);
    expect([code, stderr]).toEqual([
      2,
      `error: ${file}: is a device, and not a regular file\n  hint: name a budgets file, or a built-in set: documented, istio-1.24, linkerd-2021-11\n`,
    ]);
  });
});
