import { LatencyHistogram } from '../../record/histogram.ts';
import type { FailureClass, Payload, SegmentRecord, StreamRecord } from '../../record/trialRecord.ts';
import type { SegmentSpec } from '../../scenario/trial.ts';
import { createSamples, MOST_SAMPLES, type RecordedSamples, type Samples } from './samples.ts';

/** Failures of a trial that are written down one by one; all of them are counted. */
export const KEPT_FAILURES = 10;

type Outcome = 'ok' | FailureClass;

interface Stream {
  target: string;
  outcome: Outcome;
  response: LatencyHistogram;
  service: LatencyHistogram;
  lag: LatencyHistogram;
  /** undefined until a request told whether it waited. */
  wait: LatencyHistogram | undefined;
}

interface OpenSegment {
  spec: SegmentSpec;
  /** By kind of request, and within it by outcome. */
  streams: Map<Outcome, Stream>[];
  samples: Samples;
  counts: SegmentRecord['counts'];
  payload: Required<Payload>;
}

/** What one thread recorded of a segment: plain data, since it crosses to another thread. */
export interface RecordedSegment {
  spec: SegmentSpec;
  streams: StreamRecord[];
  samples: RecordedSamples;
  counts: SegmentRecord['counts'];
  payload: Required<Payload>;
}

/** One request from its schedule to its end; times in µs, the intended start from the trial's start. */
export interface FinishedRequest {
  intendedUs: number;
  /** Index of the kind of request. */
  target: number;
  outcome: Outcome;
  responseUs: number;
  serviceUs: number;
  /** undefined in a closed loop, which has no intended start to be late for. */
  lagUs: number | undefined;
  /** How long no connection was free for it; undefined where the driver cannot tell. */
  waitUs: number | undefined;
  bodyBytes: number;
}

export interface Recorder {
  scheduled(intendedUs: number): void;
  sent(intendedUs: number): void;
  unsent(intendedUs: number): void;
  finished(request: FinishedRequest): void;
  segments(): RecordedSegment[];
}

/** A kind of request as the recorder knows it. */
export interface RecordedTarget {
  name: string;
  /** Of the body that each answer must have. */
  bodyBytes: number;
}

/**
 * Keeps whole histograms for each segment, kind of request and outcome. A request belongs to the segment of its intended start.
 * @param share of all arrivals that this recorder is to see
 */
export function createRecorder(
  segments: readonly SegmentSpec[],
  targets: readonly RecordedTarget[],
  share = 1,
): Recorder {
  const open = openSegments(segments, targets, share);
  const endsUs = open.map(({ spec }) => spec.toMs * 1000);
  // Asked three times for each request: no closure is made for it.
  const at = (intendedUs: number): OpenSegment | undefined => {
    let index = 0;
    while (index < open.length - 1 && intendedUs >= (endsUs[index] ?? 0)) index++;
    return open[index];
  };
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
      const target = targets[request.target];
      if (segment && target) finish(segment, request, target);
    },
    segments: () => open.map(closeSegment),
  };
}

/** Room for samples goes to what is measured first. */
function openSegments(specs: readonly SegmentSpec[], targets: readonly RecordedTarget[], share: number): OpenSegment[] {
  const samples = new Map<SegmentSpec, Samples>();
  let room = MOST_SAMPLES;
  for (const spec of specs.toSorted((a, b) => Number(b.measured) - Number(a.measured))) {
    const expected = (meanRate(spec) * share * (spec.toMs - spec.fromMs)) / 1000;
    const own = createSamples({ fromUs: spec.fromMs * 1000, toUs: spec.toMs * 1000, expected, atMost: room });
    samples.set(spec, own);
    room -= own.room;
  }
  return specs.flatMap((spec) => {
    const own = samples.get(spec);
    return own === undefined ? [] : openSegment(spec, targets, own);
  });
}

function openSegment(spec: SegmentSpec, targets: readonly RecordedTarget[], samples: Samples): OpenSegment {
  return {
    spec,
    // The stream of what succeeded is there before anything has.
    streams: targets.map(({ name }) => new Map([['ok', newStream(name, 'ok')]])),
    samples,
    counts: { scheduled: 0, sent: 0, completed: 0, failed: 0, unsent: 0 },
    payload: { responses: 0, bodyBytes: 0, expectedBytes: 0, wrongSize: 0 },
  };
}

/** Requests per second over the whole segment, which may be a ramp. */
export function meanRate({ arrivalRatePerSecond, toRatePerSecond }: SegmentSpec): number {
  return (arrivalRatePerSecond + (toRatePerSecond ?? arrivalRatePerSecond)) / 2;
}

function newStream(target: string, outcome: Outcome): Stream {
  const [response, service, lag] = [LatencyHistogram.create(), LatencyHistogram.create(), LatencyHistogram.create()];
  return { target, outcome, response, service, lag, wait: undefined };
}

function finish(segment: OpenSegment, request: FinishedRequest, target: RecordedTarget): void {
  const streams = segment.streams[request.target];
  let stream = streams?.get(request.outcome);
  if (stream === undefined) {
    stream = newStream(target.name, request.outcome);
    streams?.set(request.outcome, stream);
  }
  stream.response.record(request.responseUs);
  stream.service.record(request.serviceUs);
  if (request.lagUs !== undefined) stream.lag.record(request.lagUs);
  if (request.waitUs !== undefined) {
    stream.wait ??= LatencyHistogram.create();
    if (request.waitUs > 0) stream.wait.record(request.waitUs);
  }
  const ok = request.outcome === 'ok';
  segment.samples.finished(request.intendedUs, request.responseUs, ok);
  if (!ok) {
    segment.counts.failed++;
    return;
  }
  segment.counts.completed++;
  segment.payload.responses++;
  segment.payload.bodyBytes += request.bodyBytes;
  segment.payload.expectedBytes += target.bodyBytes;
  if (request.bodyBytes !== target.bodyBytes) segment.payload.wrongSize++;
}

function closeSegment({ spec, streams, samples, counts, payload }: OpenSegment): RecordedSegment {
  const closed = streams
    .flatMap((byOutcome) => [...byOutcome.values()])
    .map(
      (stream): StreamRecord => ({
        target: stream.target,
        outcome: stream.outcome,
        requests: stream.response.count,
        response: stream.response.encode(),
        service: stream.service.encode(),
        lag: stream.lag.encode(),
        ...(stream.wait === undefined ? {} : { wait: stream.wait.encode() }),
      }),
    );
  return { spec, streams: closed, samples: samples.recorded(), counts, payload };
}
