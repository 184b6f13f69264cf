import { LatencyHistogram } from '../record/histogram.ts';

/** One histogram of a log: what was seen in a stretch of time. */
export interface LoggedInterval {
  /** Tells streams of one log apart; absent: the log's main one, which tools read unless told otherwise. */
  tag?: string;
  startSeconds: number;
  lengthSeconds: number;
  /** Compressed V2 encoding, base64, of whole µs. */
  histogram: string;
}

/** Java's writer gives the interval's largest value in ms where its histograms hold ns, and so does this for µs. */
const US_IN_MS = 1000;
const NO_CONTROL = /[\r\n]+/g;

/**
 * A histogram log in format version 1.3, as HdrHistogram's own tools read it.
 * Source: HistogramLogWriter of HdrHistogram for Java, and its text of the format in HistogramLogReader.
 * @param log comments first, each on a line of its own; intervals in the order of time, in seconds since the epoch
 */
export function histogramLog(log: { comments: readonly string[]; intervals: readonly LoggedInterval[] }): string {
  const startSeconds = log.intervals[0]?.startSeconds ?? 0;
  const started = new Date(startSeconds * 1000).toISOString();
  return [
    ...log.comments.map((comment) => `#[${comment.replace(NO_CONTROL, ' ')}]`),
    '#[Histogram log format version 1.3]',
    `#[StartTime: ${startSeconds.toFixed(3)} (seconds since epoch), ${started}]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ...log.intervals.map(intervalLine),
    '',
  ].join('\n');
}

function intervalLine({ tag, startSeconds, lengthSeconds, histogram }: LoggedInterval): string {
  const largestMs = (LatencyHistogram.decode(histogram).max ?? 0) / US_IN_MS;
  const fields = [startSeconds.toFixed(3), lengthSeconds.toFixed(3), largestMs.toFixed(3), histogram];
  return [...(tag === undefined ? [] : [`Tag=${tag}`]), ...fields].join(',');
}
