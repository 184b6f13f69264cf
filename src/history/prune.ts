import { isMissing, type Measured } from '../record/measured.ts';
import type { History } from './history.ts';
import type { HistoryRun } from './order.ts';
import { RULE } from './regression.ts';

export interface Pruning {
  /** Folders that nothing rests on any more, the oldest first. */
  remove: readonly HistoryRun[];
  /** Older than those that are kept anyway, and kept since a baseline rests on them. */
  kept: readonly HistoryRun[];
}

/**
 * What goes when the newest `keep` runs of each scenario stay.
 *
 * The runs that a baseline rests on stay too: of each series every accepted run with the comparable ones after it, until
 * each quantity has as many values as the rule needs, or, where nothing was accepted, its first ones. What could not be read, did not finish or is
 * no run is never among what goes: nobody knows what it is worth.
 */
export function pruningOf(history: Pick<History, 'runs' | 'series'>, keep: number): Pruning {
  const newest = new Set<HistoryRun>();
  for (const scenario of new Set(history.runs.map(({ figures }) => figures.scenario))) {
    const own = history.runs.filter(({ figures }) => figures.scenario === scenario);
    for (const run of own.slice(-keep)) newest.add(run);
  }
  const restedOn = new Set(
    history.series.flatMap(({ runs, baselines, quantities }) => {
      const starts = baselines.length === 0 ? [0] : baselines.map(({ place }) => place);
      return starts.flatMap((start) => [
        ...runs.slice(start, start + RULE.fewestRuns),
        ...quantities.flatMap(({ values }) => firstWithValue(values, start).flatMap((at) => runs[at] ?? [])),
      ]);
    }),
  );
  const older = history.runs.filter((run) => !newest.has(run));
  return {
    remove: older.filter((run) => !restedOn.has(run)),
    kept: older.filter((run) => restedOn.has(run)),
  };
}

/** Places of the first values from a run on, as many as the rule needs. */
function firstWithValue(values: readonly Measured<unknown>[], start: number): number[] {
  const places = values.flatMap((value, at) => (at < start || isMissing(value) ? [] : [at]));
  return places.slice(0, RULE.fewestRuns);
}
