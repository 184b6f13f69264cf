import { isAnyHistogram } from '../record/encodedHistogram.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import { type ImportedResult, UnfitResult } from './imported.ts';

/** What a unit of a log's values is in µs. */
export const VALUE_UNITS = { ns: 0.001, us: 1, ms: 1000 } as const;
export type ValueUnit = keyof typeof VALUE_UNITS;

interface LoggedLine {
  startSeconds: number;
  lengthSeconds: number;
  values: { value: number; count: number }[];
}

/**
 * A histogram log of HdrHistogram's, all intervals without a tag together.
 * @param unit of its values, which the format does not tell: Java's are in ns as a rule
 * @throws UnfitResult where the text is not one
 */
export function readHistogramLog(text: string, { unit }: { unit: ValueUnit }): ImportedResult {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('"'));
  const tagged = lines.filter((line) => line.startsWith('Tag='));
  const intervals = lines.filter((line) => !line.startsWith('Tag=')).map(intervalOf);
  if (intervals.length === 0) throw new UnfitResult('no interval without a tag: not a histogram log, or an empty one');
  const latencies = LatencyHistogram.create();
  let completed = 0;
  for (const { values } of intervals) {
    for (const { value, count } of values) {
      latencies.recordMany(value * VALUE_UNITS[unit], count);
      completed += count;
    }
  }
  const first = intervals[0]?.startSeconds ?? 0;
  return {
    tool: 'HdrHistogram log',
    startedAt: first > 1e9 ? new Date(first * 1000).toISOString() : { missing: 'its times are no times of day' },
    ratePerSecond: { missing: 'a histogram log does not say what rate was asked for' },
    seconds: intervals.reduce((sum, { lengthSeconds }) => sum + lengthSeconds, 0),
    connections: { missing: 'a histogram log does not say how many connections there were' },
    counts: { scheduled: completed, sent: completed, completed, failed: 0, unsent: 0 },
    streams: [{ outcome: 'ok', latencies }],
    cannotSay: [
      'whether its latencies count from the intended start or from the actual send',
      'how many requests failed, or were never sent: it holds what was recorded, and the rate is taken as achieved',
      ...(tagged.length > 0 ? [`what its ${tagged.length} intervals with a tag hold: they are left out`] : []),
    ],
  };
}

function intervalOf(line: string): LoggedLine {
  const [start = '', length = '', , encoded = ''] = line.split(',');
  const [startSeconds, lengthSeconds] = [Number(start), Number(length)];
  if (!Number.isFinite(startSeconds) || !(lengthSeconds > 0)) {
    throw new UnfitResult(`not a line of a histogram log: ${line.slice(0, 80)}`);
  }
  return { startSeconds, lengthSeconds, values: valuesOf(encoded) };
}

function valuesOf(encoded: string): LoggedLine['values'] {
  if (!isAnyHistogram(encoded)) throw new UnfitResult('an interval of the log holds no histogram');
  try {
    return LatencyHistogram.valuesOf(encoded);
  } catch (error) {
    throw new UnfitResult(`a histogram of the log cannot be decoded: ${(error as Error).message}`);
  }
}
