import { describe, expect, test } from 'vitest';
import { secondsOf } from '../../src/analysis/seconds.ts';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import { trialFixture } from './fixtures/trials.ts';

const second = (number: number, maxUs: number) => ({
  second: number,
  sent: 10,
  completed: 9,
  failed: 1,
  p50Us: 100,
  p99Us: 200,
  maxUs,
});

/** A warm-up of one second and a window of two. */
function trial(): TrialRecord {
  const record = trialFixture({ index: 7 });
  const [client] = record.clients;
  const [segment] = client?.segments ?? [];
  if (client === undefined || segment === undefined) throw new Error('the fixture has no segment');
  client.segments = [
    { ...segment, measured: false, fromUs: 500, toUs: 1_000_500, perSecond: [second(0, 300)] },
    { ...segment, measured: true, fromUs: 1_000_500, toUs: 3_000_500, perSecond: [second(0, 400), second(1, 500)] },
  ];
  return record;
}

describe('the seconds of a trial', () => {
  test('count from its first segment on, warm-up and window apart', () => {
    const [found] = secondsOf([trial()]);
    expect(found?.trial).toBe(7);
    expect(found?.seconds.map((each) => [each.second, each.isMeasured, each.sent, each.failed, each.maxUs])).toEqual([
      [0, false, 10, 1, 300],
      [1, true, 10, 1, 400],
      [2, true, 10, 1, 500],
    ]);
  });

  test('of several clients are added up, but for percentiles', () => {
    const record = trial();
    const [client] = record.clients;
    if (client === undefined) throw new Error('the fixture has no client');
    record.clients = [client, structuredClone(client)];
    const missing = 'several clients: percentiles of a second are not added up';
    expect(secondsOf([record])[0]?.seconds[0]).toEqual({
      second: 0,
      isMeasured: false,
      sent: 20,
      failed: 2,
      p50Us: { missing },
      p99Us: { missing },
      maxUs: 300,
    });
  });

  test('are none where there was no client', () => {
    expect(secondsOf([{ ...trial(), clients: [] }])).toEqual([{ trial: 7, seconds: [] }]);
  });
});
