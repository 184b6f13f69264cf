import type { SegmentSpec } from '../../scenario/trial.ts';
import type { DriveSpec } from '../driver.ts';
import type { PacedPart } from '../paced/join.ts';
import { createRecorder, KEPT_FAILURES, type RecordedSegment } from '../paced/recorder.ts';
import { createSchedule } from '../paced/schedule.ts';
import type { K6Request, K6Samples } from './samples.ts';
import { OVERHANG_MS } from './script.ts';

/**
 * k6's samples as this product's record.
 *
 * k6 tells when it sent a request, and not when it was to. Where it dropped none, its i-th request is the i-th of an evenly
 * spaced schedule; that schedule's start is the latest one that puts no request before its time, so that the lag is what
 * k6 was late for beyond its best request. With drops the pairs are not known, and the times count from the send.
 * @param startUs of the first segment on k6's wall clock
 */
export function recordK6(spec: DriveSpec, samples: K6Samples, startUs: number): PacedPart {
  const segments = withOverhang(spec.segments);
  const targets = spec.requests.map(({ name, method, responseBytes }) => ({
    name,
    bodyBytes: method === 'HEAD' ? 0 : responseBytes,
  }));
  const recorder = createRecorder(segments, targets);
  const requests = samples.requests.toSorted((a, b) => a.sentUs - b.sentUs);
  const intended = samples.dropped === 0 ? intendedStarts(segments, requests) : undefined;
  const lastUs = Math.max(...segments.map(({ toMs }) => toMs)) * 1000;
  const within = (us: number) => Math.min(Math.max(0, us), lastUs - 1);
  const failures: Record<string, unknown>[] = [];
  for (const [index, request] of requests.entries()) {
    const sentUs = request.sentUs - startUs;
    const intendedUs = within((intended?.[index] ?? request.sentUs) - startUs);
    const lagUs =
      intended === undefined ? undefined : Math.max(0, request.sentUs - (intended[index] ?? request.sentUs));
    const target = Math.max(
      0,
      targets.findIndex(({ name }) => name === request.kind),
    );
    recorder.scheduled(intendedUs);
    recorder.sent(intendedUs);
    recorder.finished({
      intendedUs,
      target,
      outcome: request.outcome,
      responseUs: request.serviceUs + (lagUs ?? 0),
      serviceUs: request.serviceUs,
      lagUs,
      waitUs: undefined,
      bodyBytes: targets[target]?.bodyBytes ?? 0,
    });
    if (request.outcome !== 'ok' && failures.length < KEPT_FAILURES) {
      failures.push({ atUs: Math.round(sentUs), outcome: request.outcome, responseCode: request.status || null });
    }
  }
  // When within the load they were dropped is not told by the counter alone: they count where they spoil the most.
  const recorded = recorder.segments();
  countDropped(recorded, samples.dropped);
  for (const { kind, atUs, bytes } of samples.wrongBodies) {
    const expected = targets.find(({ name }) => name === kind)?.bodyBytes ?? 0;
    countWrongBody(recorded, { atUs: within(atUs - startUs), missing: bytes - expected });
  }
  return {
    segments: recorded,
    // How many it really had open, it does not tell.
    connections: { requested: spec.connections },
    hiccups: { missing: 'k6 runs its own loop, which has no meter' },
    failures,
  };
}

function withOverhang(segments: readonly SegmentSpec[]): SegmentSpec[] {
  const last = segments.at(-1);
  if (last === undefined) return [];
  const rate = last.toRatePerSecond ?? last.arrivalRatePerSecond;
  // k6 may begin late and take its time to end.
  const toMs = last.toMs + 2 * OVERHANG_MS;
  return [...segments, { name: 'overhang', fromMs: last.toMs, toMs, arrivalRatePerSecond: rate, measured: false }];
}

/** On the clock of the requests; undefined where the schedule is no constant one. */
function intendedStarts(segments: readonly SegmentSpec[], requests: readonly K6Request[]): number[] | undefined {
  if (segments.some(({ toRatePerSecond }) => toRatePerSecond !== undefined)) return undefined;
  if (new Set(segments.map(({ arrivalRatePerSecond }) => arrivalRatePerSecond)).size > 1) return undefined;
  const schedule = createSchedule({ segments, arrivals: 'constant', seed: 0 });
  const offsets: number[] = [];
  for (const { sentUs } of requests) offsets.push(schedule.next() ?? sentUs);
  let startUs = Number.POSITIVE_INFINITY;
  for (const [index, { sentUs }] of requests.entries()) startUs = Math.min(startUs, sentUs - (offsets[index] ?? 0));
  return offsets.map((offset) => startUs + offset);
}

function countDropped(segments: readonly RecordedSegment[], dropped: number): void {
  const measured = segments.find(({ spec }) => spec.measured);
  if (measured === undefined) return;
  measured.counts.scheduled += dropped;
  measured.counts.unsent += dropped;
}

function countWrongBody(segments: readonly RecordedSegment[], wrong: { atUs: number; missing: number }): void {
  const segment = segments.find(({ spec }) => wrong.atUs < spec.toMs * 1000);
  if (segment === undefined) return;
  segment.payload.wrongSize++;
  segment.payload.bodyBytes += wrong.missing;
}
