import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import type { LedgerEntry } from '../../src/platforms/platform.ts';
import { cleanLeftovers } from '../../src/run/clean.ts';
import { ledgerDirectory, openLedger, readLedgers } from '../../src/run/ledger.ts';

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** The real machine with a state folder and a temporary folder of its own. */
function machine(): Host {
  const home = mkdtempSync(path.join(tmpdir(), 'meshtax-test-'));
  mkdirSync(path.join(home, 'tmp'));
  const real = nodeHost();
  return {
    ...real,
    tempDirectory: path.join(home, 'tmp'),
    env: (name) => (name === 'XDG_STATE_HOME' ? path.join(home, 'state') : real.env(name)),
  };
}

/** A process as a run leaves it: labelled, and its owner gone. */
function labelled(runId: string): ChildProcess {
  const child = spawn('sleep', ['60'], { env: { ...process.env, MESHTAX_RUN: runId }, stdio: 'ignore' });
  started.push(child);
  return child;
}

/** The ledger of a run whose process is dead. */
async function deadLedger(host: Host, runId: string, entries: readonly LedgerEntry[]): Promise<string> {
  const ghost = spawn('true');
  const pid = ghost.pid ?? 0;
  await once(ghost, 'exit');
  const ledger = await openLedger({ ...host, pid }, runId);
  for (const entry of entries) await ledger.creating(entry);
  return path.join(ledgerDirectory(host), `${runId}.jsonl`);
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
});

describe('a ledger', () => {
  it('is read although its last line was cut by the end of its run', async () => {
    const host = machine();
    const file = await deadLedger(host, 'dead-4', [{ what: 'process', label: 'envoy', pid: 12 }]);
    appendFileSync(file, '{"what":"direc');
    expect((await readLedgers(host)).map(({ entries, ownerAlive }) => ({ entries, ownerAlive }))).toEqual([
      { entries: [{ what: 'process', label: 'envoy', pid: 12 }], ownerAlive: false },
    ]);
  });

  it('is gone when its run has taken everything down', async () => {
    const host = machine();
    await (await openLedger(host, 'done-1')).close();
    expect(await readLedgers(host)).toEqual([]);
  });
});
