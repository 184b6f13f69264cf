// @ts-nocheck
import path from 'node:path';
import { z } from 'zod';
import type { Host } from '../host/host.ts';
import { reasonOf, UserError } from '../host/problems.ts';
import type { CreationLog, LedgerEntry } from '../platforms/platform.ts';

/** First line of a ledger: whose it is. A pid alone may belong to another process by now; its start time tells. */
const ownerSchema = z.object({
  runId: z.string(),
  ownerPid: z.number().int(),
  ownerStart: z.string(),
  /** Who made what is in it: root where the run was started again under sudo. */
  ownerUid: z.number().int().exactOptional(),
});
type Owner = z.infer<typeof ownerSchema>;

const entrySchema: z.ZodType<LedgerEntry> = z.discriminatedUnion('what', [
  z.object({ what: z.literal('directory'), path: z.string() }),
  z.object({ what: z.literal('process'), label: z.string(), pid: z.number().int().exactOptional() }),
  z.object({ what: z.literal('namespace'), id: z.string() }),
  z.object({ what: z.literal('cluster-namespace'), server: z.string(), name: z.string() }),
]);

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

/** @throws UserError (exit 3) where nothing can be written down: what a crash left could not be found again then */
export async function openLedger(host: Host, runId: string): Promise<Ledger> {
  const directory = ledgerDirectory(host);
  const file = path.join(directory, `${runId}.jsonl`);
  const ownerStart = (await startTimeOf(host, host.pid)) ?? 'unknown';
  const owner: Owner = { runId, ownerPid: host.pid, ownerStart, ownerUid: host.uid };
  try {
    await host.makeDirectory(directory);
    await host.append(file, `${JSON.stringify(owner)}\n`);
  } catch (error) {
    throw new UserError(`what this run makes cannot be written down in ${directory}: ${reasonOf(error)}`, {
      exitCode: 3,
      hint: 'set XDG_STATE_HOME to a folder that can be written to',
      cause: error,
    });
  }
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

/** The ledgers that can be understood. */
export async function readLedgers(host: Host): Promise<ReadLedger[]> {
  return (await lookAtLedgers(host)).filter((found) => 'owner' in found);
}

/** A file among the ledgers that is none. */
export interface UnreadLedger {
  file: string;
  because: string;
  /** The run was ended while it wrote the first line, before it had made anything: the file can go. */
  isCut: boolean;
}

/** Every file that stands among the ledgers, read or with the reason why it is none. */
export async function lookAtLedgers(host: Host): Promise<(ReadLedger | UnreadLedger)[]> {
  const directory = ledgerDirectory(host);
  if (!(await host.exists(directory))) return [];
  const names = (await host.list(directory)).filter((name) => name.endsWith('.jsonl'));
  const found: (ReadLedger | UnreadLedger)[] = [];
  for (const name of names) found.push(await lookAt(host, path.join(directory, name)));
  return found;
}

async function lookAt(host: Host, file: string): Promise<ReadLedger | UnreadLedger> {
  let text: string;
  try {
    text = await host.readText(file);
  } catch (error) {
    return { file, because: reasonOf(error), isCut: false };
  }
  const [first = '', ...rest] = text.split('\n');
  const owner = parsed(ownerSchema, first);
  if (owner === undefined) {
    const isCut = rest.length === 0;
    return { file, because: isCut ? 'its first line was cut' : 'its first line is none of a ledger', isCut };
  }
  // Names of processes and directories are made of the run's, so it must hold nothing that a run's name cannot.
  if (`${owner.runId}.jsonl` !== path.basename(file)) {
    return { file, because: 'it names another run than its file does', isCut: false };
  }
  const start = await startTimeOf(host, owner.ownerPid);
  const ownerAlive = start !== undefined && start === owner.ownerStart;
  // The last line may have been cut by the same end that left the ledger: what it announced was not yet created.
  const entries = rest.map((line) => parsed(entrySchema, line)).filter((entry) => entry !== undefined);
  return { file, owner, ownerAlive, entries };
}

function parsed<T>(schema: z.ZodType<T>, line: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // a cut line is not JSON
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
