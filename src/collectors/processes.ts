import { readdirSync, readFileSync } from 'node:fs';

/** One reading of a process; CPU and run delay are cumulative since its start. */
export interface ProcessSample {
  atUs: number;
  cpuNs: number;
  /** Time that its threads stood ready without a core. */
  runDelayNs: number;
  rssBytes: number;
  rssAnonBytes: number;
  rssFileBytes: number;
}

/**
 * CPU time is the sum over all threads: /proc/PID/schedstat itself covers the main thread only
 * (kernel Documentation/scheduler/sched-stats.rst). Threads that end take their share with them: Envoy's
 * do not end, and the agent's own stay until their task is over.
 * @throws where the process is gone
 */
export function readProcess(pid: number, atUs: number): ProcessSample {
  let cpuNs = 0;
  let runDelayNs = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const fields = readTask(pid, task)?.split(' ');
    cpuNs += Number(fields?.[0] ?? 0);
    runDelayNs += Number(fields?.[1] ?? 0);
  }
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    atUs,
    cpuNs,
    runDelayNs,
    rssBytes: statusBytes(status, 'VmRSS'),
    rssAnonBytes: statusBytes(status, 'RssAnon'),
    rssFileBytes: statusBytes(status, 'RssFile'),
  };
}

/** Every process that can be seen from here, with its name as the kernel keeps it (15 characters at most). */
export function listProcesses(): { pid: number; comm: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [{ pid: Number(name), comm: readFileSync(`/proc/${name}/comm`, 'utf8').trim() }];
    } catch {
      return []; // It ended between the listing and the reading.
    }
  });
}

/** undefined for a thread that ended between the listing and the reading. */
function readTask(pid: number, task: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

function statusBytes(status: string, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status);
  if (match === null) throw new Error(`/proc/PID/status has no ${field}`);
  return Number(match[1]) * 1024;
}
