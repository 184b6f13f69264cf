import { LatencyHistogram } from '../record/histogram.ts';
import type { Measured } from '../record/measured.ts';
import { type SegmentRecord, START_EVENT, type StreamRecord, type TrialRecord } from '../record/trialRecord.ts';

type Counts = SegmentRecord['counts'];

/** The segments that count towards the result, of all clients; warm-up is none of them. */
export function measuredSegments(trial: TrialRecord): SegmentRecord[] {
  return trial.clients.flatMap((client) => client.segments.filter((segment) => segment.measured));
}

function sumCounts(segments: readonly SegmentRecord[]): Counts {
  const total: Counts = { scheduled: 0, sent: 0, completed: 0, failed: 0, unsent: 0 };
  for (const { counts } of segments) {
    total.scheduled += counts.scheduled;
    total.sent += counts.sent;
    total.completed += counts.completed;
    total.failed += counts.failed;
    total.unsent += counts.unsent;
  }
  return total;
}

/** Counts of the measurement window over all clients. */
export function windowCounts(trial: TrialRecord): Counts {
  return sumCounts(measuredSegments(trial));
}

/** Requests sent over the whole trial, warm-up included: what the service and the proxies have to have counted. */
export function sentInTrial(trial: TrialRecord): number {
  return sumCounts(trial.clients.flatMap((client) => client.segments)).sent;
}

export interface TimeSpan {
  fromUs: number;
  toUs: number;
}

/** How long the measurement window lasted, in µs; undefined for a trial without one. */
export function windowLengthUs(trial: TrialRecord): number | undefined {
  const span = spanOf(measuredSegments(trial));
  return span === undefined ? undefined : span.toUs - span.fromUs;
}

/** Where the measurement window lies on the clock that processes and machine were sampled with, in µs. */
export function windowOnSampleClock(trial: TrialRecord): Measured<TimeSpan> {
  const window = spanOf(measuredSegments(trial));
  if (window === undefined) return { missing: 'the trial has no measurement window' };
  const start = trial.events.find(({ what }) => what === START_EVENT);
  const whole = spanOf(trial.clients.flatMap((client) => client.segments));
  if (start === undefined || whole === undefined) {
    return { missing: 'the trial does not say when its first segment started' };
  }
  const shift = start.atUs - whole.fromUs;
  return { fromUs: window.fromUs + shift, toUs: window.toUs + shift };
}

function spanOf(segments: readonly SegmentRecord[]): TimeSpan | undefined {
  if (segments.length === 0) return undefined;
  const fromUs = Math.min(...segments.map((segment) => segment.fromUs));
  const toUs = Math.max(...segments.map((segment) => segment.toUs));
  return toUs > fromUs ? { fromUs, toUs } : undefined;
}

const measuredStreams = (trial: TrialRecord): StreamRecord[] =>
  measuredSegments(trial).flatMap(({ streams }) => streams);

function mergeStreams(
  trial: TrialRecord,
  wanted: (stream: StreamRecord) => boolean,
  part: 'response' | 'lag',
): LatencyHistogram {
  return LatencyHistogram.merged(
    measuredStreams(trial)
      .filter(wanted)
      .map((stream) => stream[part]),
  );
}

/**
 * Response times of the window, in µs from the intended start, over all clients.
 *
 * Answered requests count with their time; a timeout counts at the limit it was censored at, in the upper tail. Other
 * failures have no response time that could be compared, and stay out.
 */
export function responseTimes(trial: TrialRecord): LatencyHistogram {
  return mergeStreams(trial, ({ outcome }) => outcome === 'ok' || outcome === 'timeout', 'response');
}

/** How long the requests of the window waited for a connection to be free, in µs; the histogram leaves out those that did not. */
export function connectionWaits(trial: TrialRecord): Measured<{ waits: LatencyHistogram; requests: number }> {
  const streams = measuredStreams(trial).filter((stream) => stream.requests > 0);
  if (streams.length === 0) return { missing: 'no request of the window has ended' };
  const told = streams.flatMap(({ wait }) => (wait === undefined ? [] : [wait]));
  if (told.length < streams.length) return { missing: 'the driver does not tell waiting for a connection apart' };
  return { waits: LatencyHistogram.merged(told), requests: streams.reduce((sum, { requests }) => sum + requests, 0) };
}

/** How late the driver sent the requests of the window, in µs, however they ended. */
export function sendingLag(trial: TrialRecord): LatencyHistogram {
  return mergeStreams(trial, () => true, 'lag');
}
