// @ts-nocheck
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import { cleanLeftovers } from '../../src/run/clean.ts';
import { ledgerDirectory, openLedger, readLedgers } from '../../src/run/ledger.ts';
import { deadLedger, machine } from './machine.ts';

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A process as a run leaves it: labelled, and its owner gone. */
function labelled(runId: string): ChildProcess {
  const child = spawn('sleep', ['60'], { env: { ...process.env, MESHTAX_RUN: runId }, stdio: 'ignore' });
  started.push(child);
  return child;
}

describe('meshtax clean', () => {
  it('ends the processes and removes the folder of a dead run, and its ledger last', async () => {
    const host = machine();
    const runId = 'dead-1';
    const directory = path.join(host.tempDirectory, `meshtax-${runId}`);
    mkdirSync(directory);
    const child = labelled(runId);
    const file = await deadLedger(host, runId, [{ what: 'directory', path: directory }]);
    const ended = once(child, 'exit');
    expect(await cleanLeftovers(host, { dryRun: false })).toEqual({
      removed: [`process ${child.pid} of ${runId}`, `directory ${directory}`, `ledger of ${runId}`],
      alive: [],
      problems: [],
    });
    expect((await ended)[1]).toBe('SIGKILL');
    expect([existsSync(directory), existsSync(file)]).toEqual([false, false]);
  });

  it('removes nothing in a dry run', async () => {
    const host = machine();
    const runId = 'dead-2';
    const directory = path.join(host.tempDirectory, `meshtax-${runId}`);
    mkdirSync(directory);
    const child = labelled(runId);
    const file = await deadLedger(host, runId, [{ what: 'directory', path: directory }]);
    expect((await cleanLeftovers(host, { dryRun: true })).removed).toHaveLength(3);
    expect([existsSync(directory), existsSync(file), child.exitCode]).toEqual([true, true, null]);
  });

  it('names in a dry run exactly what it removes then, and nothing the time after', async () => {
    const host = machine();
    for (const runId of ['dead-4', 'dead-5']) {
      const directory = path.join(host.tempDirectory, `meshtax-${runId}`);
      mkdirSync(directory);
      labelled(runId);
      await deadLedger(host, runId, [{ what: 'directory', path: directory }]);
    }
    const dry = await cleanLeftovers(host, { dryRun: true });
    expect(dry.removed).toHaveLength(6);
    expect(await cleanLeftovers(host, { dryRun: false })).toEqual(dry);
    expect(await cleanLeftovers(host, { dryRun: false })).toEqual({ removed: [], alive: [], problems: [] });
  });

  it('says of a file among the ledgers that it is none, and touches it not', async () => {
    const host = machine();
    await deadLedger(host, 'dead-6', []);
    const at = (name: string) => path.join(ledgerDirectory(host), name);
    const foreign = { 'text.jsonl': 'not JSON\nmore\n', 'null.jsonl': 'null\nnull\n', 'typed.jsonl': '{"runId":7}\n' };
    for (const [name, text] of Object.entries(foreign)) writeFileSync(at(name), text);
    symlinkSync('/etc/hostname', at('link.jsonl'));
    mkdirSync(at('folder.jsonl'));
    const { removed, problems } = await cleanLeftovers(host, { dryRun: false });
    expect(removed).toEqual(['ledger of dead-6']);
    expect(problems.map((text) => text.slice(text.lastIndexOf('/') + 1)).sort()).toEqual([
      expect.stringMatching(/^folder\.jsonl: EISDIR.*remove it by hand$|.*read$/),
      'link.jsonl: its first line is none of a ledger; look at it, and remove it by hand',
      'null.jsonl: its first line is none of a ledger; look at it, and remove it by hand',
      'text.jsonl: its first line is none of a ledger; look at it, and remove it by hand',
      'typed.jsonl: its first line is none of a ledger; look at it, and remove it by hand',
    ]);
    expect(existsSync('/etc/hostname')).toBe(true);
    expect(readdirSync(ledgerDirectory(host))).toHaveLength(5);
  });

  it('removes the ledger of a run that was ended while it wrote the first line, before it made anything', async () => {
    const host = machine();
    mkdirSync(ledgerDirectory(host), { recursive: true });
    const file = path.join(ledgerDirectory(host), 'cut.jsonl');
    writeFileSync(file, '{"runId":"cut","ownerP');
    expect((await cleanLeftovers(host, { dryRun: true })).removed).toEqual([
      `ledger ${file} of a run that was ended before it made anything`,
    ]);
    await cleanLeftovers(host, { dryRun: false });
    expect(existsSync(file)).toBe(false);
  });

  it('leaves a run alone whose process is alive', async () => {
    const host = machine();
    await openLedger(host, 'alive-1');
    expect(await cleanLeftovers(host, { dryRun: false })).toEqual({
      removed: [],
      alive: [`alive-1 (pid ${process.pid})`],
      problems: [],
    });
    expect(readdirSync(ledgerDirectory(host))).toEqual(['alive-1.jsonl']);
  });

  it('removes no folder but the one that is named as the run is, whatever a ledger says', async () => {
    const host = machine();
    const other = path.join(host.tempDirectory, 'precious');
    mkdirSync(other);
    await deadLedger(host, 'dead-3', [
      { what: 'directory', path: other },
      { what: 'directory', path: `${host.tempDirectory}/meshtax-dead-3/../precious` },
      { what: 'directory', path: '/' },
    ]);
    expect((await cleanLeftovers(host, { dryRun: false })).removed).toEqual(['ledger of dead-3']);
    expect(existsSync(other)).toBe(true);
  });

  it('removes nothing by a ledger whose run is named as a path to something else', async () => {
    const host = machine();
    const precious = path.join(host.tempDirectory, 'precious');
    mkdirSync(precious);
    const file = await deadLedger(host, 'dead-5', []);
    const owner = { runId: '/../precious', ownerPid: 0, ownerStart: 'x' };
    const entry = { what: 'directory', path: precious };
    writeFileSync(file, `${JSON.stringify(owner)}\n${JSON.stringify(entry)}\n`);
    expect(await cleanLeftovers(host, { dryRun: false })).toEqual({
      removed: [],
      alive: [],
      problems: [expect.stringContaining('it names another run than its file does')],
    });
    expect(existsSync(precious)).toBe(true);
  });

  it('goes on where a process has ended by itself in the meantime, and says what else went wrong', async () => {
    const host = machine();
    const child = labelled('dead-6');
    await deadLedger(host, 'dead-6', []);
    const failing = (code: string): Host => ({
      ...host,
      kill: (pid, signal) => {
        host.kill(pid, signal);
        throw Object.assign(new Error(`kill ${code}`), { code });
      },
    });
    expect(await cleanLeftovers(failing('ESRCH'), { dryRun: false })).toEqual({
      removed: [`process ${child.pid} of dead-6`, 'ledger of dead-6'],
      alive: [],
      problems: [],
    });
    labelled('dead-7');
    await deadLedger(host, 'dead-7', []);
    expect(await cleanLeftovers(failing('EPERM'), { dryRun: false })).toMatchObject({
      problems: ['dead-7: kill EPERM'],
    });
    expect((await readLedgers(host)).map(({ owner }) => owner.runId)).toEqual(['dead-7']);
  });
});
