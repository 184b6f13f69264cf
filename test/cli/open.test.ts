import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Child } from '../../src/host/host.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { fakeHost } from '../host/fakeHost.ts';
import { temporaryDirectory } from '../temporary.ts';
import { runInProcess } from './inProcess.ts';

const FILE = '/runs/one/report.html';
const PRINTED = `${FILE}\nfile://${FILE}\n`;

/** A program that ends like this, or goes on. */
function child(ended: Child['ended']): Child {
  return {
    pid: 1,
    ended,
    running: true,
    errors: () => 'spawn EACCES',
    write: () => {},
    closeInput: () => {},
    signal: () => {},
    onOutput: () => {},
  };
}

/** A machine with the report of a run, and what was started there. */
function machine(about: {
  system?: string;
  env?: Record<string, string>;
  commands?: Record<string, string>;
  ended?: Child['ended'];
}) {
  const started: string[][] = [];
  const host = fakeHost({
    ...about,
    files: { [FILE]: '<!doctype html>' },
    spawn: (argv) => {
      started.push([...argv]);
      return child(about.ended ?? Promise.resolve({ code: 0, signal: null }));
    },
  });
  return { host, started };
}

type Names = Record<string, string>;
const DISPLAY: Names = { DISPLAY: ':0' };
const XDG: Names = { 'xdg-open': '/usr/bin/xdg-open' };

describe('meshtax open', () => {
  it.each<[string, Names, Names, string[]]>([
    ['linux', DISPLAY, XDG, ['/usr/bin/xdg-open']],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, XDG, ['/usr/bin/xdg-open']],
    ['darwin', {}, { open: '/usr/bin/open' }, ['/usr/bin/open']],
    ['win32', {}, { 'rundll32.exe': 'C:/rundll32.exe' }, ['C:/rundll32.exe', 'url.dll,FileProtocolHandler']],
  ])('hands the report to the browser on %s, and says where it lies', async (system, env, commands, words) => {
    const { host, started } = machine({ system, env, commands });
    expect(await runInProcess(['open', '/runs/one'], host)).toEqual({ code: 0, stdout: PRINTED, stderr: '' });
    expect(started).toEqual([[...words, `file://${FILE}`]]);
  });

  it('takes a browser that goes on for one that has the page', async () => {
    const { host } = machine({ env: DISPLAY, commands: XDG, ended: new Promise(() => {}) });
    expect(await runInProcess(['open', '/runs/one'], host)).toEqual({ code: 0, stdout: PRINTED, stderr: '' });
  });

  it.each<[string, Parameters<typeof machine>[0], string]>([
    ['without a display', {}, 'there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set'],
    ['without a program that opens pages', { env: DISPLAY }, 'there is no xdg-open on PATH'],
    [
      'where that program fails',
      { env: DISPLAY, commands: XDG, ended: Promise.resolve({ code: 3, signal: null }) },
      'xdg-open ended with code 3',
    ],
    [
      'where it cannot be started',
      { env: DISPLAY, commands: XDG, ended: Promise.resolve({ code: null, signal: null }) },
      'xdg-open ended with spawn EACCES',
    ],
  ])('%s prints path and address, says why, and ends well', async (_, about, because) => {
    const { host } = machine(about);
    expect(await runInProcess(['open', '/runs/one'], host)).toEqual({
      code: 0,
      stdout: PRINTED,
      stderr: `not opened: ${because}\n`,
    });
  });

  it('refuses a run without a report, and names the command that makes it', async () => {
    const { host, started } = machine({ env: DISPLAY, commands: XDG });
    expect(await runInProcess(['open', '/runs/other'], host)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: /runs/other/report.html: there is no report\n  hint: meshtax report /runs/other makes it\n',
    });
    expect(started).toEqual([]);
  });

  it('starts a real program with the address alone, however the folder is called', async () => {
    const place = temporaryDirectory();
    const run = path.join(place, 'a run; $(touch x) & "b" #1');
    const opened = path.join(place, 'opened');
    const xdgOpen = path.join(place, 'xdg-open');
    mkdirSync(run);
    writeFileSync(path.join(run, 'report.html'), '<!doctype html>');
    writeFileSync(xdgOpen, `#!/bin/sh\nprintf '%s\\n' "$#" "$1" > '${opened}'\n`);
    chmodSync(xdgOpen, 0o755);
    const real = nodeHost();
    const host = {
      ...real,
      env: (name: string) => (name === 'DISPLAY' ? ':0' : real.env(name)),
      findCommand: async () => xdgOpen,
    };
    const { code, stderr } = await runInProcess(['open', run], host);
    expect([code, stderr, existsSync(path.join(place, 'x'))]).toEqual([0, '', false]);
    expect(readFileSync(opened, 'utf8')).toBe(`1\n${pathToFileURL(path.join(run, 'report.html')).href}\n`);
  });
});
