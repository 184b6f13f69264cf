import { describe, expect, test } from 'vitest';
import {
  connectionWaits,
  measuredSegments,
  sendingLag,
  sentInTrial,
  windowCounts,
  windowLengthUs,
  windowOnSampleClock,
} from '../../src/analysis/window.ts';
import { isMissing } from '../../src/record/measured.ts';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import { streamOf, trialFixture, windowOf } from './fixtures/trials.ts';

/** Two clients, the second with other counts and half a second behind the first. */
function twoClients(): TrialRecord {
  const trial = trialFixture();
  const [client] = trial.clients;
  if (client === undefined) throw new Error('the fixture has no client');
  const second = structuredClone(client);
  for (const segment of second.segments) {
    segment.fromUs += 500_000;
    segment.toUs += 500_000;
    segment.counts = { scheduled: 15, sent: 11, completed: 8, failed: 3, unsent: 4 };
  }
  trial.clients.push(second);
  return trial;
}

function withoutWindow(): TrialRecord {
  const trial = trialFixture();
  for (const client of trial.clients) client.segments = client.segments.filter(({ measured }) => !measured);
  return trial;
}

describe('the measurement window', () => {
  test('is the measured segments of all clients', () => {
    const trial = twoClients();
    expect(measuredSegments(trial).map(({ name }) => name)).toEqual(['window', 'window']);
    expect(windowCounts(trial)).toEqual({ scheduled: 4015, sent: 4011, completed: 4008, failed: 3, unsent: 4 });
  });

  test('of a trial without one counts nothing', () => {
    expect(windowCounts(withoutWindow())).toEqual({ scheduled: 0, sent: 0, completed: 0, failed: 0, unsent: 0 });
    expect(windowLengthUs(withoutWindow())).toBeUndefined();
    expect(windowOnSampleClock(withoutWindow())).toEqual({ missing: 'the trial has no measurement window' });
  });

  test('reaches from the first start to the last end', () => {
    expect(windowLengthUs(trialFixture())).toBe(4_000_000);
    expect(windowLengthUs(twoClients())).toBe(4_500_000);
  });

  test('is none where it ends as it starts', () => {
    const trial = trialFixture();
    windowOf(trial).toUs = windowOf(trial).fromUs;
    expect(windowLengthUs(trial)).toBeUndefined();
  });

  test('lies on the clock of the samples as far after the start as among the segments', () => {
    expect(windowOnSampleClock(trialFixture())).toEqual({ fromUs: 71_000_000, toUs: 75_000_000 });
    const late = trialFixture();
    for (const segment of late.clients[0]?.segments ?? []) {
      segment.fromUs += 300;
      segment.toUs += 300;
    }
    late.events.unshift({ atUs: 1, what: 'something else' });
    expect(windowOnSampleClock(late)).toEqual({ fromUs: 71_000_000, toUs: 75_000_000 });
    expect(windowOnSampleClock(twoClients())).toEqual({ fromUs: 71_000_000, toUs: 75_500_000 });
  });

  test('cannot be placed on that clock where the start was not noted', () => {
    const trial = trialFixture();
    trial.events = [{ atUs: 1, what: 'something else' }];
    expect(windowOnSampleClock(trial)).toEqual({ missing: 'the trial does not say when its first segment started' });
  });
});

test('the requests of a trial are those of all clients, warm-up included', () => {
  expect(sentInTrial(twoClients())).toBe(5022);
});

test('the waits for a connection are those of all requests of the window, and not known where one stream has none', () => {
  const trial = trialFixture();
  const answered = streamOf('ok', { count: 3, medianUs: 500, waitUs: 40 });
  const broken = streamOf('reset', { count: 1, medianUs: 500 });
  windowOf(trial).streams = [answered, broken];
  const told = connectionWaits(trial);
  if (isMissing(told)) throw new Error(told.missing);
  expect([told.requests, told.waits.count, told.waits.max]).toEqual([4, 3, 40]);
  const { wait: _, ...untold } = broken;
  windowOf(trial).streams = [answered, untold];
  expect(connectionWaits(trial)).toEqual({ missing: 'the driver does not tell waiting for a connection apart' });
});

test('the lag is that of all requests of the window, however they ended', () => {
  const trial = trialFixture();
  windowOf(trial).streams = [
    streamOf('ok', { count: 3, medianUs: 500, lagUs: 20 }),
    streamOf('reset', { count: 1, medianUs: 500, lagUs: 90 }),
  ];
  const lag = sendingLag(trial);
  expect([lag.count, lag.quantile(0.5), lag.max]).toEqual([4, 20, 90]);
});
