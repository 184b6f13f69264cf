// @ts-nocheck
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ledgerDirectory, openLedger, readLedgers, startTimeOf } from '../../src/run/ledger.ts';
import { fakeHost } from '../host/fakeHost.ts';
import { deadLedger, machine } from './machine.ts';

describe('a ledger', () => {
  it('holds what was announced, and knows that the process that announced it is alive', async () => {
    const host = machine();
    const ledger = await openLedger(host, 'run-1');
    await ledger.creating({ what: 'directory', path: '/tmp/meshtax-run-1' });
    await ledger.creating({ what: 'process', label: 'watcher', pid: 12 });
    expect(await readLedgers(host)).toEqual([
      {
        file: path.join(ledgerDirectory(host), 'run-1.jsonl'),
        owner: {
          runId: 'run-1',
          ownerPid: process.pid,
          ownerStart: expect.stringMatching(/^\d+$/),
          ownerUid: process.getuid?.(),
        },
        ownerAlive: true,
        entries: [
          { what: 'directory', path: '/tmp/meshtax-run-1' },
          { what: 'process', label: 'watcher', pid: 12 },
        ],
      },
    ]);
  });

  it('takes a process that has got the number of a dead one for what it is', async () => {
    const host = machine();
    await openLedger(host, 'run-2');
    const file = path.join(ledgerDirectory(host), 'run-2.jsonl');
    const owner = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, `${JSON.stringify({ ...owner, ownerStart: String(Number(owner.ownerStart) - 1) })}\n`);
    expect((await readLedgers(host)).map(({ ownerAlive }) => ownerAlive)).toEqual([false]);
  });

  it('is read although its last line was cut by the end of its run', async () => {
    const host = machine();
    const file = await deadLedger(host, 'dead-1', [{ what: 'process', label: 'envoy', pid: 12 }]);
    appendFileSync(file, '{"what":"direc');
    expect((await readLedgers(host)).map(({ entries, ownerAlive }) => ({ entries, ownerAlive }))).toEqual([
      { entries: [{ what: 'process', label: 'envoy', pid: 12 }], ownerAlive: false },
    ]);
  });

  it.each(['', '{"runId":"cut-1","owne', '{"runId":"other","ownerPid":1,"ownerStart":"1"}\n', '[]\n', 'null\n'])(
    'that does not say whose it is does not keep the others from being read: %j',
    async (text) => {
      const host = machine();
      await deadLedger(host, 'dead-2', []);
      writeFileSync(path.join(ledgerDirectory(host), 'cut-1.jsonl'), text);
      expect((await readLedgers(host)).map(({ owner }) => owner.runId)).toEqual(['dead-2']);
    },
  );

  it('is gone when its run has taken everything down, and there are none before the first run', async () => {
    const host = machine();
    expect(await readLedgers(host)).toEqual([]);
    await (await openLedger(host, 'done-1')).close();
    expect(await readLedgers(host)).toEqual([]);
  });

  it.each([
    ['where the system says', { XDG_STATE_HOME: '/state', HOME: '/home/ann' }, '/state/meshtax/ledger'],
    ['below the home directory', { HOME: '/home/ann' }, '/home/ann/.local/state/meshtax/ledger'],
    ['below the temporary directory where there is no home', {}, '/tmp/.local/state/meshtax/ledger'],
  ])('lies %s', (_, env, expected) => {
    expect(ledgerDirectory(fakeHost({ env }))).toBe(expected);
  });
});

describe('the start time of a process', () => {
  it('is read past a name that holds blanks and parentheses', async () => {
    const after = `S ${Array.from({ length: 18 }, (_, i) => i).join(' ')} 987654 0 0`;
    const host = fakeHost({ files: { '/proc/12/stat': `12 (a) S (b c) ${after}\n` } });
    expect(await startTimeOf(host, 12)).toBe('987654');
  });

  it('is none for a process that is gone, or has ended and was not yet waited for', async () => {
    const host = machine();
    const child = spawn('sleep', ['60']);
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await startTimeOf(host, child.pid ?? 0)).toMatch(/^\d+$/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await startTimeOf(host, child.pid ?? 0)).toBeUndefined();
    const zombie = fakeHost({ files: { '/proc/12/stat': `12 (sleep) Z ${'1 '.repeat(30)}\n` } });
    expect(await startTimeOf(zombie, 12)).toBeUndefined();
  });
});
