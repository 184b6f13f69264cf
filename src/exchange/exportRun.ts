import type { RunAnalysis } from '../analysis/result.ts';
import { measuredSegments } from '../analysis/window.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import type { SegmentRecord, TrialRecord } from '../record/trialRecord.ts';
import { histogramLog, type LoggedInterval } from './histogramLog.ts';

export interface ExportedFile {
  name: string;
  text: string;
}

/** What was exported of a treatment at a load point, and what was left out. */
export interface Exported {
  files: ExportedFile[];
  /** Each in one sentence. */
  leftOut: string[];
}

/**
 * A run's latencies as HdrHistogram's own tools read them: for each treatment and load point a log with one interval for
 * each valid trial's window, and the percentiles of all of them together.
 */
export function exportRun(analysis: RunAnalysis, trials: readonly TrialRecord[]): Exported {
  const files: ExportedFile[] = [];
  const leftOut: string[] = [];
  for (const { load, arrivalRatePerSecond } of analysis.loads) {
    for (const { name: treatment } of analysis.scenario.treatments) {
      const own = analysis.trials.filter(
        (trial) => trial.load === load && trial.treatment === treatment && trial.purpose === 'measure',
      );
      const valid = own.filter(({ outcome }) => outcome === 'valid').map(({ index }) => index);
      const records = trials.filter(({ spec }) => valid.includes(spec.index));
      const what = `${treatment} at ${arrivalRatePerSecond}/s`;
      const invalid = own.length - valid.length;
      if (invalid > 0) leftOut.push(`${what}: ${invalid} of ${own.length} trials, which are not valid`);
      if (records.length === 0) {
        leftOut.push(`${what}: no valid trial`);
        continue;
      }
      const name = `${treatment}-${String(arrivalRatePerSecond).replace('.', 'p')}`;
      const comments = [
        `meshtax run ${analysis.run.runId}: ${what}`,
        'values in whole µs; without a tag: response time from the intended start; service: from the send; lag: how late it was sent',
        'one interval for each valid trial; its start is the wall clock when the trial was begun, some 2 s before its window',
      ];
      files.push(
        { name: `${name}.hlog`, text: histogramLog({ comments, intervals: records.flatMap(intervalsOf) }) },
        { name: `${name}.hgrm`, text: percentilesOf(records) },
      );
    }
  }
  return { files, leftOut };
}

function intervalsOf(trial: TrialRecord): LoggedInterval[] {
  const segments = measuredSegments(trial);
  const startSeconds = Date.parse(trial.startedAt) / 1000;
  const fromUs = Math.min(...segments.map((segment) => segment.fromUs));
  const lengthSeconds = (Math.max(...segments.map(({ toUs }) => toUs)) - fromUs) / 1e6;
  const merged = (of: 'response' | 'service' | 'lag') => succeeded(segments, of).encode();
  const at = { startSeconds, lengthSeconds };
  return [
    { ...at, histogram: merged('response') },
    { ...at, tag: 'service', histogram: merged('service') },
    { ...at, tag: 'lag', histogram: merged('lag') },
  ];
}

/** Of the requests that were answered. */
function succeeded(segments: readonly SegmentRecord[], of: 'response' | 'service' | 'lag'): LatencyHistogram {
  const streams = segments.flatMap((segment) => segment.streams.filter(({ outcome }) => outcome === 'ok'));
  return LatencyHistogram.merged(streams.map((stream) => stream[of]));
}

function percentilesOf(trials: readonly TrialRecord[]): string {
  return succeeded(trials.flatMap(measuredSegments), 'response').percentileDistribution();
}
