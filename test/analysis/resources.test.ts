import { describe, expect, test } from 'vitest';
import { achievedRate, machineMillicores, processMillicores, sumOf, useOf } from '../../src/analysis/resources.ts';
import type { ProcessRecord, TrialRecord } from '../../src/record/trialRecord.ts';
import { trialFixture, windowOf } from './fixtures/trials.ts';

/** The fixture's window on the clock of the samples is from 71 s to 75 s; the first segment starts at 70 s. */
const FROM_US = 71_000_000;
const TO_US = 75_000_000;

const NO_WINDOW = { missing: 'the trial has no measurement window' };

type Reading = [atUs: number, cpuNs: number, rssBytes?: number];

function processOf(...readings: Reading[]): ProcessRecord {
  const [process] = trialFixture({ meshed: true }).processes;
  if (process === undefined) throw new Error('the fixture has no process');
  const samples = readings.map(([atUs, cpuNs, rssBytes = 1000]) => ({
    atUs,
    cpuNs,
    runDelayNs: 0,
    rssBytes,
    rssAnonBytes: rssBytes / 4,
    rssFileBytes: 0,
  }));
  return { ...process, samples };
}

function withoutWindow(): TrialRecord {
  const trial = trialFixture();
  for (const client of trial.clients) client.segments = [];
  return trial;
}

describe('CPU over the window', () => {
  const over = (...readings: Reading[]) => processMillicores(trialFixture(), processOf(...readings));

  test('is from the first sample at its start to the last up to 10 ms after its end', () => {
    expect(over([FROM_US - 1, 0], [FROM_US, 5e8], [TO_US + 10_000, 9.01e8], [TO_US + 10_001, 9e12])).toBe(100);
    expect(over([FROM_US, 0], [FROM_US + 2_000_000, 5e8], [TO_US + 10_001, 9e12])).toBe(250);
  });

  test('of a process that did nothing is 0', () => {
    expect(over([FROM_US, 7], [TO_US, 7])).toBe(0);
  });

  test.each<[string, Reading[]]>([
    ['no sample', [[FROM_US - 1, 0]]],
    ['one sample', [[FROM_US, 0]]],
    [
      'two samples of the same moment',
      [
        [FROM_US, 0],
        [FROM_US, 5e8],
      ],
    ],
  ])('cannot be told from %s in it', (_what, readings) => {
    expect(over(...readings)).toEqual({ missing: 'fewer than two samples in the window' });
  });

  test('cannot be told where it went backwards', () => {
    expect(over([FROM_US, 8], [TO_US, 7])).toEqual({
      missing: 'the CPU time went backwards: the process or one of its threads was replaced',
    });
  });

  test('cannot be told without a window, or without samples', () => {
    expect(processMillicores(withoutWindow(), processOf([FROM_US, 0], [TO_US, 1]))).toEqual(NO_WINDOW);
    const unread = { ...processOf(), samples: { missing: 'EACCES' } };
    expect(processMillicores(trialFixture(), unread)).toEqual({ missing: 'EACCES' });
  });

  test('of the machine is its busy time', () => {
    const trial = trialFixture();
    const reading = (atUs: number, busyNs: number) => ({ atUs, busyNs, stealNs: 0, irqNs: 0 });
    trial.machine = [reading(FROM_US, 1e9), reading(TO_US, 7e9)];
    expect(machineMillicores(trial)).toBe(1500);
    trial.machine = { missing: 'no /proc/stat' };
    expect(machineMillicores(trial)).toEqual({ missing: 'no /proc/stat' });
    expect(machineMillicores(withoutWindow())).toEqual(NO_WINDOW);
  });
});

describe('what processes took together', () => {
  test('is the sum of their CPU, and of the memory of each before, at most and after', () => {
    const trial = trialFixture();
    windowOf(trial).counts.completed = 2000;
    const processes = [
      processOf(
        [69_000_000, 0, 10],
        [69_999_999, 0, 20],
        [70_000_000, 0, 30],
        [FROM_US, 0, 90],
        [TO_US, 4e8, 80],
        [75_099_999, 4e8, 70],
        [75_100_000, 4e8, 60],
        [76_000_000, 4e8, 50],
      ),
      processOf([69_000_000, 0, 100], [FROM_US, 0, 100], [TO_US, 8e8, 900], [76_000_000, 8e8, 400]),
    ];
    expect(useOf(trial, processes)).toEqual({
      cpuMillicores: 300,
      // 2,000 requests in 4 s: 0.3 cores of 500/s are 0.6 ms each.
      cpuMsPerThousandRequests: 600,
      memoryIdleRssBytes: 120,
      memoryRssBytes: 990,
      memoryAnonBytes: 247.5,
      memoryAfterRssBytes: 460,
    });
  });

  test('of none is missing throughout', () => {
    const none = { missing: 'no such process was recorded' };
    expect(useOf(trialFixture(), [])).toEqual({
      cpuMillicores: none,
      cpuMsPerThousandRequests: none,
      memoryIdleRssBytes: none,
      memoryRssBytes: none,
      memoryAnonBytes: none,
      memoryAfterRssBytes: none,
    });
  });

  test('is missing with the reason of each where it was never sampled, or could not be', () => {
    const cpu = { missing: 'fewer than two samples in the window' };
    const never = { missing: 'the process was never sampled' };
    expect(useOf(trialFixture(), [processOf()])).toEqual({
      cpuMillicores: cpu,
      cpuMsPerThousandRequests: cpu,
      memoryIdleRssBytes: { missing: 'no sample before the load' },
      memoryRssBytes: never,
      memoryAnonBytes: never,
      memoryAfterRssBytes: { missing: 'no sample after the load' },
    });
    const unread = { missing: 'EACCES' };
    expect(useOf(trialFixture(), [{ ...processOf(), samples: unread }])).toEqual({
      cpuMillicores: unread,
      cpuMsPerThousandRequests: unread,
      memoryIdleRssBytes: unread,
      memoryRssBytes: unread,
      memoryAnonBytes: unread,
      memoryAfterRssBytes: unread,
    });
  });

  test('has no memory before a start that was not noted, nor after a window that is not there', () => {
    const trial = trialFixture();
    trial.events = [{ atUs: 99_000_000, what: 'something else' }];
    const process = processOf([1, 0], [FROM_US, 0], [TO_US, 1], [80_000_000, 2]);
    expect(useOf(trial, [process])).toMatchObject({
      memoryIdleRssBytes: { missing: 'no sample before the load' },
      memoryAfterRssBytes: { missing: 'the trial does not say when its first segment started' },
    });
    expect(useOf(withoutWindow(), [process])).toMatchObject({ memoryAfterRssBytes: NO_WINDOW });
  });

  test('has no CPU for a thousand requests where none was completed', () => {
    const trial = trialFixture();
    windowOf(trial).counts.completed = 0;
    expect(useOf(trial, [processOf([FROM_US, 0], [TO_US, 4e8])])).toMatchObject({
      cpuMillicores: 100,
      cpuMsPerThousandRequests: { missing: 'no request was completed in the window' },
    });
  });
});

test('a sum is missing as soon as one part is', () => {
  expect([sumOf([]), sumOf([1, 2]), sumOf([1, { missing: 'a' }, { missing: 'b' }])]).toEqual([0, 3, { missing: 'a' }]);
});

test('the achieved rate is what was completed over the length of the window', () => {
  const trial = trialFixture();
  windowOf(trial).counts.completed = 3000;
  expect(achievedRate(trial)).toBe(750);
  expect(achievedRate(withoutWindow())).toEqual(NO_WINDOW);
});
