// @ts-nocheck
import path from 'node:path';
import type { Host } from '../host/host.ts';
import { reasonOf } from '../host/problems.ts';
import { waitUntil } from '../host/waitUntil.ts';
import { RUN_LABEL } from '../platforms/local/lab.ts';
import type { CleanReport } from '../platforms/platform.ts';
import { lookAtLedgers, type ReadLedger, readLedgers, startTimeOf, type UnreadLedger } from './ledger.ts';

/** Removes what killed runs left, by their ledgers and by the label that each of their processes carries. */
export async function cleanLeftovers(host: Host, options: { dryRun: boolean }): Promise<CleanReport> {
  const report: CleanReport = { removed: [], alive: [], problems: [] };
  for (const ledger of await lookAtLedgers(host)) {
    if (!('owner' in ledger)) {
      await cleanUnread(host, ledger, { ...options, report });
      continue;
    }
    const { runId, ownerPid } = ledger.owner;
    if (ledger.ownerAlive) {
      report.alive.push(`${runId} (pid ${ownerPid})`);
      continue;
    }
    if (inCluster(ledger)) {
      report.alive.push(`${runId} left namespaces in a cluster: meshtax clean --platform kubernetes removes them`);
      continue;
    }
    if (host.uid !== 0 && ledger.owner.ownerUid === 0) {
      report.problems.push(`${runId} ran as root, through sudo, so only root can: ${asRoot(host)}`);
      continue;
    }
    await cleanRun(host, ledger, { ...options, report }).catch((error: unknown) => {
      report.problems.push(`${runId}: ${reasonOf(error)}`);
    });
  }
  return report;
}

async function cleanUnread(
  host: Host,
  { file, because, isCut }: UnreadLedger,
  { dryRun, report }: { dryRun: boolean; report: CleanReport },
): Promise<void> {
  if (!isCut) {
    report.problems.push(`${file}: ${because}; look at it, and remove it by hand`);
    return;
  }
  report.removed.push(`ledger ${file} of a run that was ended before it made anything`);
  if (!dryRun) await host.remove(file);
}

const inCluster = ({ entries }: ReadLedger) => entries.some(({ what }) => what === 'cluster-namespace');

/**
 * Forgets the dead runs whose namespaces were all on this API server, once they have been removed.
 * @param server its address
 */
export async function forgetClusterRuns(host: Host, server: string): Promise<string[]> {
  const forgotten: string[] = [];
  for (const ledger of await readLedgers(host)) {
    const others = ledger.entries.some((entry) => entry.what === 'cluster-namespace' && entry.server !== server);
    if (ledger.ownerAlive || !inCluster(ledger) || others) continue;
    await host.remove(ledger.file);
    forgotten.push(`ledger of ${ledger.owner.runId}`);
  }
  return forgotten;
}

async function cleanRun(
  host: Host,
  ledger: ReadLedger,
  options: { dryRun: boolean; report: CleanReport },
): Promise<void> {
  const { dryRun, report } = options;
  const { runId } = ledger.owner;
  for (const pid of await labelledProcesses(host, runId)) {
    report.removed.push(`process ${pid} of ${runId}`);
    if (!dryRun) kill(host, pid);
  }
  if (!dryRun) {
    const gone = await waitUntil(
      host,
      async () => ((await labelledProcesses(host, runId)).length === 0 ? true : undefined),
      { everyMs: 20, deadlineMs: 3000 },
    );
    if (gone === undefined) throw new Error('its processes do not end');
  }
  for (const entry of ledger.entries) {
    if (entry.what !== 'directory' || !isOurs(host, entry.path, runId) || !(await host.exists(entry.path))) continue;
    report.removed.push(`directory ${entry.path}`);
    if (!dryRun) await host.remove(entry.path);
  }
  // Namespaces, interfaces and rules ended with the last process that was in them.
  report.removed.push(`ledger of ${runId}`);
  if (!dryRun) await host.remove(ledger.file);
}

/** Root has to look where this user's ledger and temporary folder are. */
function asRoot(host: Host): string {
  const folders = ['HOME', 'XDG_STATE_HOME'].flatMap((name) => {
    const value = host.env(name);
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return `sudo env ${[...folders, `TMPDIR=${host.tempDirectory}`].join(' ')} meshtax clean`;
}

/** A process may have ended since it was listed: those of a run end with the one that started them. */
function kill(host: Host, pid: number): void {
  try {
    host.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A ledger that was tampered with must not make us remove anything else. */
function isOurs(host: Host, directory: string, runId: string): boolean {
  return path.resolve(directory) === path.join(host.tempDirectory, `meshtax-${runId}`);
}

/** Processes that carry the run's label in their environment. */
export async function labelledProcesses(host: Host, runId: string): Promise<number[]> {
  const pids: number[] = [];
  for (const name of await host.list('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // Other users' environments cannot be read: they are not ours.
    const environment = await host.readText(`/proc/${name}/environ`).catch(() => '');
    if (!environment.split('\0').includes(`${RUN_LABEL}=${runId}`)) continue;
    if ((await startTimeOf(host, Number(name))) !== undefined) pids.push(Number(name));
  }
  return pids;
}
