import path from 'node:path';
import type { Host } from '../host/host.ts';
import type { CreationLog, LedgerEntry } from '../platforms/platform.ts';

/** First line of a ledger: whose it is. A pid alone may belong to another process by now; its start time tells. */
interface Owner {
  runId: string;
  ownerPid: number;
  ownerStart: string;
  /** Who made what is in it: root where the run was started again under sudo. */
  ownerUid?: number;
}

export interface Ledger extends CreationLog {
  /** Forgets the run, unless something of it may be left. */
  close(): Promise<void>;
}

export interface ReadLedger {
  file: string;
  owner: Owner;
  ownerAlive: boolean;
  entries: readonly LedgerEntry[];
}

/** Each user's own place: what another user's run left is not ours to remove. */
export function ledgerDirectory(host: Host): string {
  const state = host.env('XDG_STATE_HOME') || path.join(host.env('HOME') ?? host.tempDirectory, '.local', 'state');
  return path.join(state, 'meshtax', 'ledger');
}

export async function openLedger(host: Host, runId: string): Promise<Ledger> {
  const directory = ledgerDirectory(host);
  await host.makeDirectory(directory);
  const file = path.join(directory, `${runId}.jsonl`);
  const ownerStart = (await startTimeOf(host, host.pid)) ?? 'unknown';
  const owner: Owner = { runId, ownerPid: host.pid, ownerStart, ownerUid: host.uid };
  await host.append(file, `${JSON.stringify(owner)}\n`);
  let isClean = true;
  return {
    runId,
    creating: (entry) => host.append(file, `${JSON.stringify(entry)}\n`),
    mayBeLeft: () => {
      isClean = false;
    },
    close: async () => {
      if (isClean) await host.remove(file);
    },
  };
}

export async function readLedgers(host: Host): Promise<ReadLedger[]> {
  const directory = ledgerDirectory(host);
  if (!(await host.exists(directory))) return [];
  const names = (await host.list(directory)).filter((name) => name.endsWith('.jsonl'));
  const ledgers: ReadLedger[] = [];
  for (const name of names) {
    const file = path.join(directory, name);
    const [first = '', ...rest] = (await host.readText(file)).split('\n').filter((line) => line !== '');
    const owner = parseOwner(first, name);
    if (owner === undefined) continue;
    const start = await startTimeOf(host, owner.ownerPid);
    ledgers.push({
      file,
      owner,
      ownerAlive: start !== undefined && start === owner.ownerStart,
      entries: rest.flatMap(parseEntry),
    });
  }
  return ledgers;
}

/**
 * undefined for a line that was cut: nothing had been created then. And for a run that is not the one which the file is
 * named after: names of processes and directories are made of it, so it must hold nothing that a run's name cannot.
 */
function parseOwner(line: string, fileName: string): Owner | undefined {
  try {
    const owner = JSON.parse(line) as Owner;
    return `${owner.runId}.jsonl` === fileName ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** The last line may have been cut by the same end that left the ledger: what it announced was not yet created. */
function parseEntry(line: string): LedgerEntry[] {
  try {
    return [JSON.parse(line) as LedgerEntry];
  } catch {
    return [];
  }
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)); undefined where there is no such process, or only its zombie. */
export async function startTimeOf(host: Host, pid: number): Promise<string | undefined> {
  const stat = await host.readText(`/proc/${pid}/stat`).catch(() => undefined);
  if (stat === undefined) return undefined;
  // The name in parentheses may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}
