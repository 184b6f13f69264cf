import { isMissing } from '../record/measured.ts';
import { fingerprintOf, unknownMachine } from './comparability.ts';
import type { RunFigures } from './figures.ts';

/** A run of a store, by what a history needs of it. */
export interface HistoryRun {
  /** Name of its folder within the store. */
  folder: string;
  figures: RunFigures;
}

/** Something in a store that is in no series, and why. Nothing is left out without a word. */
export interface LeftOut {
  folder: string;
  kind: 'no-run' | 'unreadable' | 'unfinished' | 'duplicate' | 'unfit' | 'future';
  because: string;
}

export interface OrderedRuns {
  /** In the order in which they began. */
  runs: readonly HistoryRun[];
  leftOut: readonly LeftOut[];
  /** What weakens the order. */
  notes: readonly string[];
}

/** A step of the wall clock that can put a run into another place of the order; time daemons make smaller ones all day. */
const LARGE_STEP_MS = 60_000;

/**
 * The runs that can stand in a series, in the order in which they began by their own clocks. A run that is there twice
 * counts once; one that did not finish, that nothing is known of the machine of, or that began in the future, not at all.
 * @param now by this machine's clock: a run from the future would be the newest one until then
 */
export function inOrder(found: readonly HistoryRun[], now: Date): OrderedRuns {
  const leftOut: LeftOut[] = [];
  const byId = new Map<string, HistoryRun>();
  for (const run of found) {
    const because = whyUnfit(run, now);
    const before = byId.get(run.figures.runId);
    if (because !== undefined) leftOut.push({ folder: run.folder, ...because });
    else if (before !== undefined) leftOut.push({ folder: run.folder, ...asDuplicate(run, before) });
    else byId.set(run.figures.runId, run);
  }
  const runs = [...byId.values()].sort(byStart);
  return { runs, leftOut, notes: clockNotes(runs) };
}

/** The same for all runs that may be compared with each other, and another for all others. */
export const seriesKey = ({ figures: { scenario, environment } }: HistoryRun): string =>
  JSON.stringify([scenario, fingerprintOf(environment)]);

const startOf = ({ figures }: HistoryRun): number => Date.parse(figures.startedAt);

/** Two that began in the same moment keep one order, whatever order the folder lists them in. */
function byStart(a: HistoryRun, b: HistoryRun): number {
  return startOf(a) - startOf(b) || (a.figures.runId < b.figures.runId ? -1 : 1);
}

function whyUnfit(run: HistoryRun, now: Date): Omit<LeftOut, 'folder'> | undefined {
  const { figures } = run;
  if (!Number.isFinite(startOf(run))) return { kind: 'unfit', because: 'its record has no time at which it began' };
  if (startOf(run) > now.getTime() + LARGE_STEP_MS) {
    const because = `it began at ${figures.startedAt}, which is in the future: the clock was wrong then, or is now`;
    return { kind: 'future', because };
  }
  if (!figures.complete) return { kind: 'unfinished', because: 'the run did not finish' };
  const unknown = unknownMachine(figures.environment);
  return unknown === undefined ? undefined : { kind: 'unfit', because: unknown };
}

function asDuplicate(run: HistoryRun, before: HistoryRun): Omit<LeftOut, 'folder'> {
  const isAlike = JSON.stringify(run.figures) === JSON.stringify(before.figures);
  const more = isAlike ? '' : ', with other figures: one of the two was changed';
  return { kind: 'duplicate', because: `the same run as in ${before.folder}${more}` };
}

function clockNotes(runs: readonly HistoryRun[]): string[] {
  const last = new Map<string, HistoryRun>();
  return runs.flatMap((run) => {
    const key = seriesKey(run);
    const before = last.get(key);
    last.set(key, run);
    return doubtsOf(run, before).map((doubt) => `${doubt}: its place in the order is not certain`);
  });
}

/** @param before the run before it in its series, which the same kind of machine made */
function doubtsOf(run: HistoryRun, before: HistoryRun | undefined): string[] {
  const { runId, endedAt, clockJumpMs } = run.figures;
  const doubts: string[] = [];
  if (!isMissing(endedAt) && Date.parse(endedAt) < startOf(run)) {
    doubts.push(`${runId} ended before it began, by its own clock, which was set back`);
  }
  if (clockJumpMs !== undefined && Math.abs(clockJumpMs) >= LARGE_STEP_MS) {
    doubts.push(`the clock was set by ${clockJumpMs / 1000} s during ${runId}`);
  }
  const end = before?.figures.endedAt;
  if (before !== undefined && end !== undefined && !isMissing(end) && Date.parse(end) > startOf(run)) {
    doubts.push(
      `${runId} began before ${before.figures.runId} had ended: on one machine only a clock that was set back does that`,
    );
  }
  return doubts;
}
