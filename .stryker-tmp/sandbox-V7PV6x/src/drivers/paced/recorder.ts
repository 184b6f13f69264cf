// @ts-nocheck
import { LatencyHistogram } from '../../record/histogram.ts';
import type { FailureClass, SegmentRecord, StreamRecord } from '../../record/trialRecord.ts';
import type { SegmentSpec } from '../../scenario/trial.ts';
import { createSamples, type Samples } from './samples.ts';

type Outcome = 'ok' | FailureClass;

interface Stream {
  response: LatencyHistogram;
  service: LatencyHistogram;
  lag: LatencyHistogram;
}

interface OpenSegment {
  spec: SegmentSpec;
  streams: Map<Outcome, Stream>;
  samples: Samples;
  counts: SegmentRecord['counts'];
  payload: SegmentRecord['payload'];
}

/** One request from its schedule to its end; times in µs, the intended start from the trial's start. */
export interface FinishedRequest {
  intendedUs: number;
  outcome: Outcome;
  responseUs: number;
  serviceUs: number;
  lagUs: number;
  bodyBytes: number;
}

export interface Recorder {
  scheduled(intendedUs: number): void;
  sent(intendedUs: number): void;
  unsent(intendedUs: number): void;
  finished(request: FinishedRequest): void;
  segments(target: string): SegmentRecord[];
}

/** Keeps whole histograms for each segment and outcome. A request belongs to the segment of its intended start. */
export function createRecorder(segments: readonly SegmentSpec[], responseBytes: number): Recorder {
  const open = segments.map(openSegment);
  const at = (intendedUs: number): OpenSegment | undefined =>
    open.find((segment) => intendedUs < segment.spec.toMs * 1000) ?? open.at(-1);
  return {
    scheduled(intendedUs) {
      const segment = at(intendedUs);
      if (segment) segment.counts.scheduled++;
    },
    sent(intendedUs) {
      const segment = at(intendedUs);
      if (segment === undefined) return;
      segment.counts.sent++;
      segment.samples.sent(intendedUs);
    },
    unsent(intendedUs) {
      const segment = at(intendedUs);
      if (segment) segment.counts.unsent++;
    },
    finished(request) {
      const segment = at(request.intendedUs);
      if (segment) finish(segment, request, responseBytes);
    },
    segments: (target) => open.map((segment) => closeSegment(segment, target)),
  };
}

function openSegment(spec: SegmentSpec): OpenSegment {
  const expected = (spec.arrivalRatePerSecond * (spec.toMs - spec.fromMs)) / 1000;
  return {
    spec,
    streams: new Map([['ok', newStream()]]),
    samples: createSamples({ fromUs: spec.fromMs * 1000, toUs: spec.toMs * 1000, expected }),
    counts: { scheduled: 0, sent: 0, completed: 0, failed: 0, unsent: 0 },
    payload: { responses: 0, bodyBytes: 0, wrongSize: 0 },
  };
}

const newStream = (): Stream => ({
  response: LatencyHistogram.create(),
  service: LatencyHistogram.create(),
  lag: LatencyHistogram.create(),
});

function finish(segment: OpenSegment, request: FinishedRequest, responseBytes: number): void {
  let stream = segment.streams.get(request.outcome);
  if (stream === undefined) {
    stream = newStream();
    segment.streams.set(request.outcome, stream);
  }
  stream.response.record(request.responseUs);
  stream.service.record(request.serviceUs);
  stream.lag.record(request.lagUs);
  const ok = request.outcome === 'ok';
  segment.samples.finished(request.intendedUs, request.responseUs, ok);
  if (!ok) {
    segment.counts.failed++;
    return;
  }
  segment.counts.completed++;
  segment.payload.responses++;
  segment.payload.bodyBytes += request.bodyBytes;
  if (request.bodyBytes !== responseBytes) segment.payload.wrongSize++;
}

function closeSegment(segment: OpenSegment, target: string): SegmentRecord {
  const streams: StreamRecord[] = [...segment.streams].map(([outcome, stream]) => ({
    target,
    outcome,
    requests: stream.response.count,
    response: stream.response.encode(),
    service: stream.service.encode(),
    lag: stream.lag.encode(),
  }));
  return {
    name: segment.spec.name,
    measured: segment.spec.measured,
    fromUs: segment.spec.fromMs * 1000,
    toUs: segment.spec.toMs * 1000,
    requestedRatePerSecond: segment.spec.arrivalRatePerSecond,
    counts: segment.counts,
    streams,
    perSecond: segment.samples.perSecond(),
    tailEpisodes: segment.samples.tailEpisodes(),
    payload: segment.payload,
  };
}
