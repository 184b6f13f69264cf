// @ts-nocheck
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '../../src/host/host.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import type { LedgerEntry } from '../../src/platforms/platform.ts';
import { ledgerDirectory, openLedger } from '../../src/run/ledger.ts';
import { temporaryDirectory } from '../temporary.ts';

/** The real machine with a state folder and a temporary folder of its own. */
export function machine(): Host {
  const home = temporaryDirectory();
  mkdirSync(path.join(home, 'tmp'));
  const real = nodeHost();
  return {
    ...real,
    tempDirectory: path.join(home, 'tmp'),
    env: (name) => (name === 'XDG_STATE_HOME' ? path.join(home, 'state') : real.env(name)),
  };
}

/** The ledger of a run whose process is dead. @returns its file */
export async function deadLedger(host: Host, runId: string, entries: readonly LedgerEntry[]): Promise<string> {
  const ghost = spawn('true');
  const pid = ghost.pid ?? 0;
  await once(ghost, 'exit');
  const ledger = await openLedger({ ...host, pid }, runId);
  for (const entry of entries) await ledger.creating(entry);
  return path.join(ledgerDirectory(host), `${runId}.jsonl`);
}
