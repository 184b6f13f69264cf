import { describe, expect, it } from 'vitest';
import { joinParts } from '../../../src/drivers/paced/join.ts';
import { createRecorder, type FinishedRequest, type Recorder } from '../../../src/drivers/paced/recorder.ts';
import { LatencyHistogram } from '../../../src/record/histogram.ts';

const SEGMENTS = [
  { name: 'warm-up', fromMs: 0, toMs: 1000, arrivalRatePerSecond: 10, measured: false },
  { name: 'measurement', fromMs: 1000, toMs: 3000, arrivalRatePerSecond: 20, measured: true },
];

const TARGETS = [{ name: 'h', bodyBytes: 10 }];

/** As a record has them, from one thread or several. */
function segmentsOf(...recorders: readonly Recorder[]) {
  const part = { connections: { requested: 1, open: 1, opened: 1 }, hiccups: { missing: 'not metered' }, failures: [] };
  return joinParts(
    recorders.map((recorder) => ({ ...part, segments: recorder.segments() })),
    {
      driver: 'paced',
      model: 'open',
    },
  ).segments;
}

const finished = (over: Partial<FinishedRequest>): FinishedRequest => ({
  intendedUs: 1_500_000,
  target: 0,
  outcome: 'ok',
  responseUs: 700,
  serviceUs: 500,
  lagUs: 200,
  waitUs: 0,
  bodyBytes: 10,
  ...over,
});

const only = (encoded: string) => {
  const histogram = LatencyHistogram.decode(encoded);
  return { count: histogram.count, least: histogram.quantile(0), most: histogram.quantile(1) };
};

describe('the recorder', () => {
  it('counts a request in the segment of its intended start, whenever it ends', () => {
    const recorder = createRecorder(SEGMENTS, TARGETS);
    for (const intendedUs of [0, 999_999, 1_000_000, 2_999_999]) {
      recorder.scheduled(intendedUs);
      recorder.sent(intendedUs);
      recorder.finished(finished({ intendedUs, responseUs: 5_000_000 }));
    }
    recorder.scheduled(2_500_000);
    recorder.unsent(2_500_000);
    expect(segmentsOf(recorder).map(({ name, counts }) => ({ name, ...counts }))).toEqual([
      { name: 'warm-up', scheduled: 2, sent: 2, completed: 2, failed: 0, unsent: 0 },
      { name: 'measurement', scheduled: 3, sent: 2, completed: 2, failed: 0, unsent: 1 },
    ]);
  });

  it('keeps a histogram of its own for each outcome, and none but the successful one before anything failed', () => {
    const recorder = createRecorder(SEGMENTS, TARGETS);
    recorder.finished(finished({}));
    recorder.finished(finished({ outcome: 'timeout', responseUs: 900_000, serviceUs: 800_000, lagUs: 100_000 }));
    recorder.finished(finished({ outcome: 'timeout', responseUs: 900_000, serviceUs: 800_000, lagUs: 100_000 }));
    const [warmUp, measurement] = segmentsOf(recorder);
    expect(warmUp?.streams.map(({ outcome, requests }) => [outcome, requests])).toEqual([['ok', 0]]);
    const streams = measurement?.streams.map((stream) => ({
      ...stream,
      response: only(stream.response),
      service: only(stream.service),
      lag: only(stream.lag),
      wait: only(stream.wait ?? ''),
    }));
    expect(streams).toEqual([
      {
        target: 'h',
        outcome: 'ok',
        requests: 1,
        response: { count: 1, least: 700, most: 700 },
        service: { count: 1, least: 500, most: 500 },
        lag: { count: 1, least: 200, most: 200 },
        wait: { count: 0, least: undefined, most: undefined },
      },
      {
        target: 'h',
        outcome: 'timeout',
        requests: 2,
        response: { count: 2, least: 899_584, most: 900_095 },
        service: { count: 2, least: 799_744, most: 800_255 },
        lag: { count: 2, least: 99_968, most: 100_031 },
        wait: { count: 0, least: undefined, most: undefined },
      },
    ]);
  });

  it('keeps the waits for a connection of those that waited, and none where the driver does not tell them', () => {
    const told = createRecorder(SEGMENTS, TARGETS);
    for (const waitUs of [0, 30, 40]) told.finished(finished({ waitUs }));
    const untold = createRecorder(SEGMENTS, TARGETS);
    untold.finished(finished({ waitUs: undefined }));
    const waitOf = (...recorders: readonly Recorder[]) => segmentsOf(...recorders)[1]?.streams[0]?.wait;
    expect(only(waitOf(told) ?? '')).toEqual({ count: 2, least: 30, most: 40 });
    expect(waitOf(untold)).toBeUndefined();
    expect(waitOf(told, untold)).toBeUndefined();
    expect(only(waitOf(told, createRecorder(SEGMENTS, TARGETS)) ?? '').count).toBe(2);
  });

  it('counts bodies of answered requests only, and those of the wrong size', () => {
    const recorder = createRecorder(SEGMENTS, TARGETS);
    recorder.finished(finished({}));
    recorder.finished(finished({ bodyBytes: 9 }));
    recorder.finished(finished({ outcome: 'status-5xx', bodyBytes: 100 }));
    const [, measurement] = segmentsOf(recorder);
    expect([measurement?.payload, measurement?.counts]).toEqual([
      { responses: 2, bodyBytes: 19, expectedBytes: 20, wrongSize: 1 },
      { scheduled: 0, sent: 0, completed: 2, failed: 1, unsent: 0 },
    ]);
  });

  it('says of each segment what was asked of it', () => {
    const described = segmentsOf(createRecorder(SEGMENTS, TARGETS)).map(
      ({ name, measured, fromUs, toUs, requestedRatePerSecond, perSecond }) => {
        return { name, measured, fromUs, toUs, requestedRatePerSecond, seconds: perSecond.length };
      },
    );
    expect(described).toEqual([
      { name: 'warm-up', measured: false, fromUs: 0, toUs: 1e6, requestedRatePerSecond: 10, seconds: 1 },
      { name: 'measurement', measured: true, fromUs: 1e6, toUs: 3e6, requestedRatePerSecond: 20, seconds: 2 },
    ]);
  });

  it('keeps kinds of requests apart, each with the size of its own answers', () => {
    const recorder = createRecorder(SEGMENTS, [...TARGETS, { name: 'large', bodyBytes: 1000 }]);
    recorder.finished(finished({}));
    recorder.finished(finished({ target: 1, bodyBytes: 1000, responseUs: 900 }));
    recorder.finished(finished({ target: 1, bodyBytes: 10 }));
    const [, measurement] = segmentsOf(recorder);
    expect(measurement?.streams.map(({ target, outcome, requests }) => [target, outcome, requests])).toEqual([
      ['h', 'ok', 1],
      ['large', 'ok', 2],
    ]);
    expect(measurement?.payload).toEqual({ responses: 3, bodyBytes: 1020, expectedBytes: 2010, wrongSize: 1 });
  });
});

describe('what several threads recorded', () => {
  it('is together what one would have recorded', () => {
    const requests = Array.from({ length: 40 }, (_, i) =>
      finished({
        intendedUs: 1_000_000 + i * 40_000,
        responseUs: 300 + 37 * ((i * 7) % 40),
        outcome: i % 9 === 4 ? 'timeout' : 'ok',
      }),
    );
    const into = (recorders: readonly Recorder[]) => {
      for (const [i, request] of requests.entries()) {
        const recorder = recorders[i % recorders.length];
        recorder?.scheduled(request.intendedUs);
        recorder?.sent(request.intendedUs);
        recorder?.finished(request);
      }
      return segmentsOf(...recorders).map((segment) => ({
        ...segment,
        streams: segment.streams.map((stream) => ({
          ...stream,
          response: only(stream.response),
          service: '',
          lag: '',
          wait: '',
        })),
      }));
    };
    const recorder = (share: number) => createRecorder(SEGMENTS, TARGETS, share);
    expect(into([recorder(1 / 3), recorder(1 / 3), recorder(1 / 3)])).toEqual(into([recorder(1)]));
  });
});
