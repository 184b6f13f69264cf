import { describe, expect, test } from 'vitest';
import { secondsOf } from '../../src/analysis/seconds.ts';
import { askedRate } from '../../src/analysis/validity.ts';
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

  test('of several clients stand in their order, each with its worst answer, and are measured where both are', () => {
    const record = trial();
    const [client] = record.clients;
    const [warmUp, window] = client?.segments ?? [];
    if (client === undefined || warmUp === undefined || window === undefined) throw new Error('no segments');
    // It begins a second later, so that its window is the other's second one.
    const late = {
      ...client,
      segments: [
        { ...warmUp, perSecond: [] },
        { ...window, perSecond: [second(1, 900)] },
      ],
    };
    const early = { ...client, segments: [{ ...warmUp, perSecond: [second(0, 700), second(2, 600)] }] };
    record.clients = [late, early];
    const found = secondsOf([record])[0]?.seconds.map((each) => [each.second, each.isMeasured, each.maxUs]);
    expect(found).toEqual([
      [0, false, 700],
      [2, false, 900],
    ]);
  });

  test('of a search are told with the rate that the trial was driven at, since the scenario has none', () => {
    const record = trial();
    const searching = { ...record, spec: { ...record.spec, purpose: 'search' as const } };
    expect(secondsOf([searching])[0]?.ratePerSecond).toBe(askedRate(record));
    expect(secondsOf([record])[0]).not.toHaveProperty('ratePerSecond');
  });

  test('are none where there was no client', () => {
    expect(secondsOf([{ ...trial(), clients: [] }])).toEqual([{ trial: 7, seconds: [] }]);
  });
});
