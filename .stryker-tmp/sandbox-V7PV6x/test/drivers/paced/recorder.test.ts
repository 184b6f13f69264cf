// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { createRecorder, type FinishedRequest } from '../../../src/drivers/paced/recorder.ts';
import { LatencyHistogram } from '../../../src/record/histogram.ts';

const SEGMENTS = [
  { name: 'warm-up', fromMs: 0, toMs: 1000, arrivalRatePerSecond: 10, measured: false },
  { name: 'measurement', fromMs: 1000, toMs: 3000, arrivalRatePerSecond: 20, measured: true },
];

const finished = (over: Partial<FinishedRequest>): FinishedRequest => ({
  intendedUs: 1_500_000,
  outcome: 'ok',
  responseUs: 700,
  serviceUs: 500,
  lagUs: 200,
  bodyBytes: 10,
  ...over,
});

const only = (encoded: string) => {
  const histogram = LatencyHistogram.decode(encoded);
  return { count: histogram.count, least: histogram.quantile(0), most: histogram.quantile(1) };
};

describe('the recorder', () => {
  it('counts a request in the segment of its intended start, whenever it ends', () => {
    const recorder = createRecorder(SEGMENTS, 10);
    for (const intendedUs of [0, 999_999, 1_000_000, 2_999_999]) {
      recorder.scheduled(intendedUs);
      recorder.sent(intendedUs);
      recorder.finished(finished({ intendedUs, responseUs: 5_000_000 }));
    }
    recorder.scheduled(2_500_000);
    recorder.unsent(2_500_000);
    expect(recorder.segments('h:1').map(({ name, counts }) => ({ name, ...counts }))).toEqual([
      { name: 'warm-up', scheduled: 2, sent: 2, completed: 2, failed: 0, unsent: 0 },
      { name: 'measurement', scheduled: 3, sent: 2, completed: 2, failed: 0, unsent: 1 },
    ]);
  });

  it('keeps a histogram of its own for each outcome, and none but the successful one before anything failed', () => {
    const recorder = createRecorder(SEGMENTS, 10);
    recorder.finished(finished({}));
    recorder.finished(finished({ outcome: 'timeout', responseUs: 900_000, serviceUs: 800_000, lagUs: 100_000 }));
    recorder.finished(finished({ outcome: 'timeout', responseUs: 900_000, serviceUs: 800_000, lagUs: 100_000 }));
    const [warmUp, measurement] = recorder.segments('h:1');
    expect(warmUp?.streams.map(({ outcome, requests }) => [outcome, requests])).toEqual([['ok', 0]]);
    const streams = measurement?.streams.map((stream) => ({
      ...stream,
      response: only(stream.response),
      service: only(stream.service),
      lag: only(stream.lag),
    }));
    expect(streams).toEqual([
      {
        target: 'h:1',
        outcome: 'ok',
        requests: 1,
        response: { count: 1, least: 700, most: 700 },
        service: { count: 1, least: 500, most: 500 },
        lag: { count: 1, least: 200, most: 200 },
      },
      {
        target: 'h:1',
        outcome: 'timeout',
        requests: 2,
        response: { count: 2, least: 899_584, most: 900_095 },
        service: { count: 2, least: 799_744, most: 800_255 },
        lag: { count: 2, least: 99_968, most: 100_031 },
      },
    ]);
  });

  it('counts bodies of answered requests only, and those of the wrong size', () => {
    const recorder = createRecorder(SEGMENTS, 10);
    recorder.finished(finished({}));
    recorder.finished(finished({ bodyBytes: 9 }));
    recorder.finished(finished({ outcome: 'status-5xx', bodyBytes: 100 }));
    const [, measurement] = recorder.segments('h:1');
    expect([measurement?.payload, measurement?.counts]).toEqual([
      { responses: 2, bodyBytes: 19, wrongSize: 1 },
      { scheduled: 0, sent: 0, completed: 2, failed: 1, unsent: 0 },
    ]);
  });

  it('says of each segment what was asked of it', () => {
    const described = createRecorder(SEGMENTS, 10)
      .segments('h:1')
      .map(({ name, measured, fromUs, toUs, requestedRatePerSecond, perSecond }) => {
        return { name, measured, fromUs, toUs, requestedRatePerSecond, seconds: perSecond.length };
      });
    expect(described).toEqual([
      { name: 'warm-up', measured: false, fromUs: 0, toUs: 1e6, requestedRatePerSecond: 10, seconds: 1 },
      { name: 'measurement', measured: true, fromUs: 1e6, toUs: 3e6, requestedRatePerSecond: 20, seconds: 2 },
    ]);
  });
});
