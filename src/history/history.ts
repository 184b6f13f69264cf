import type { Baseline } from './baselines.ts';
import { concludeHistory, type HistoryConclusion } from './conclusion.ts';
import { type HistoryRun, inOrder, type LeftOut } from './order.ts';
import { breaksOf, type FindChanges, type Series, type SeriesBreak, seriesOf } from './series.ts';

/** What a folder of runs says over time. */
export interface History {
  conclusion: HistoryConclusion;
  runs: readonly HistoryRun[];
  series: readonly Series[];
  breaks: readonly SeriesBreak[];
  leftOut: readonly LeftOut[];
  /** What weakens it: clocks, damaged files, an index that was of no use. */
  notes: readonly string[];
}

export interface HistoryInput {
  found: readonly HistoryRun[];
  leftOut: readonly LeftOut[];
  notes: readonly string[];
  baselines: readonly Baseline[];
  now: Date;
  findChanges: FindChanges;
  /** Of this scenario alone. */
  scenario?: string;
}

/** From what a store holds to one verdict over all its scenarios: pure, so that any history can be replayed. */
export function historyOf(input: HistoryInput): History {
  const asked = input.found.filter(({ figures }) => [undefined, figures.scenario].includes(input.scenario));
  const ordered = inOrder(asked, input.now);
  const leftOut = [...input.leftOut, ...ordered.leftOut];
  const series = seriesOf(ordered.runs, input.baselines, input.findChanges);
  const isHere = new Set(ordered.runs.map(({ figures }) => figures.runId));
  const lost = input.scenario === undefined ? input.baselines.filter(({ runId }) => !isHere.has(runId)) : [];
  return {
    conclusion: concludeHistory({ runs: ordered.runs, series, leftOut, scenario: input.scenario }),
    runs: ordered.runs,
    series,
    breaks: breaksOf(ordered.runs),
    leftOut,
    notes: [
      ...input.notes,
      ...ordered.notes,
      ...lost.map(({ runId }) => `the accepted baseline ${runId} is no run of this history: nothing rests on it`),
    ],
  };
}
