import { type AgentClient, clockAheadUs } from '../agent/client.ts';
import type { TaskResults } from '../agent/protocol.ts';
import type { WatchedProcess, Watcher } from '../platforms/platform.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import type { ClientRecord, ProcessRecord, TrialRecord } from '../record/trialRecord.ts';

/** Samples of the window are complete when it ends; the rest is for a control path that has to be found again. */
const DEADLINE_MS = 30_000;

/** What one watcher saw, with all times on the runner's clock. */
export interface Watched {
  metersSystem: boolean;
  processes: ProcessRecord[];
  machine: TaskResults['watch']['machine'];
  hiccups: TaskResults['watch']['hiccups'];
}

/** A watcher whose clock has been read, ready to be told the window. */
export interface PreparedWatch {
  begin(window: { fromUs: number; toUs: number }): Promise<void>;
  end(): Promise<Watched>;
}

/** Three readings: the quickest of them tells best how far the agent's clock is ahead. */
export async function clockPairs(agent: AgentClient): Promise<ClientRecord['clock']> {
  return [await agent.clock(), await agent.clock(), await agent.clock()];
}

/**
 * Times cross to the agent's clock and back by the same offset: whatever error it has, samples lie exactly where they
 * were asked for.
 */
export async function prepareWatch(
  watcher: Watcher,
  trial: { id: string; sampleEveryMs: number },
): Promise<PreparedWatch> {
  const { agent, processes, metersSystem } = watcher;
  const aheadUs = clockAheadUs(await clockPairs(agent));
  const task = `watch-${trial.id}`;
  return {
    async begin({ fromUs, toUs }) {
      await agent.put(task, {
        kind: 'watch',
        fromUs: fromUs + aheadUs,
        toUs: toUs + aheadUs,
        everyMs: trial.sampleEveryMs,
        pids: processes.flatMap(({ pid, unread }) => (unread === undefined ? [pid] : [])),
        throttlingOf: processes.flatMap(({ pid, cpuLimit }) =>
          cpuLimit === undefined ? [] : [{ pid, view: cpuLimit }],
        ),
        hiccups: metersSystem,
      });
    },
    async end() {
      const seen = await agent.finished(task, 'watch', DEADLINE_MS);
      await agent.remove(task);
      const shift = <T extends { atUs: number }>(samples: readonly T[]): T[] =>
        samples.map((sample) => ({ ...sample, atUs: Math.round(sample.atUs - aheadUs) }));
      return {
        metersSystem,
        processes: processes.map((process) => processRecord(process, seen, shift)),
        machine: shift(seen.machine),
        hiccups: seen.hiccups,
      };
    },
  };
}

type Shift = <T extends { atUs: number }>(samples: readonly T[]) => T[];

function processRecord(
  { cpuLimit: _, unread, ...process }: WatchedProcess,
  seen: TaskResults['watch'],
  shift: Shift,
): ProcessRecord {
  if (unread !== undefined) return { ...process, samples: { missing: unread } };
  const found = seen.processes.find(({ pid }) => pid === process.pid);
  if (found === undefined) return { ...process, samples: { missing: `process ${process.pid} was not watched` } };
  const moved = <T extends { atUs: number }>(samples: Measured<T[]>): Measured<T[]> =>
    isMissing(samples) ? samples : shift(samples);
  return {
    ...process,
    samples: moved(found.samples),
    ...(found.throttling === undefined ? {} : { throttling: moved(found.throttling) }),
  };
}

/** The machine under test as the watcher beside the service saw it. */
export function systemReadings(watched: readonly Watched[]): Pick<TrialRecord, 'machine' | 'hiccups'> {
  const system = watched.find(({ metersSystem }) => metersSystem);
  const none = { missing: 'no watcher meters the system under test' };
  return { machine: system?.machine ?? none, hiccups: system?.hiccups ?? none };
}
