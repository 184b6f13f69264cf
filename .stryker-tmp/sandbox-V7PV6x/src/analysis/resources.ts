// @ts-nocheck
import { isMissing, type Measured } from '../record/measured.ts';
import { type ProcessRecord, START_EVENT, type TrialRecord } from '../record/trialRecord.ts';
import { type TimeSpan, windowCounts, windowLengthUs, windowOnSampleClock } from './window.ts';

/** The sample meant for the window's end is taken a moment after it; up to here it still counts as that. */
const END_TOLERANCE_US = 10_000;

/** Past this much after the window a sample speaks of what stays; the sample for its end is taken within a few ms. */
const AFTER_LOAD_US = 100_000;

/** What the processes of one role at one hop took in one trial. */
export interface ProcessUse {
  cpuMillicores: Measured<number>;
  cpuMsPerThousandRequests: Measured<number>;
  memoryIdleRssBytes: Measured<number>;
  memoryRssBytes: Measured<number>;
  memoryAnonBytes: Measured<number>;
  memoryAfterRssBytes: Measured<number>;
}

/**
 * CPU time over the window in millicores, from cumulative readings in ns.
 *
 * From the first sample at or after the window's start to the last at or before its end; nothing is interpolated, and
 * the divisor is the time between these two samples.
 */
function millicoresOver<T extends { atUs: number }>(
  samples: readonly T[],
  window: TimeSpan,
  cumulativeNs: (sample: T) => number,
): Measured<number> {
  const within = samples.filter(({ atUs }) => atUs >= window.fromUs && atUs <= window.toUs + END_TOLERANCE_US);
  const first = within.at(0);
  const last = within.at(-1);
  if (first === undefined || last === undefined || last.atUs <= first.atUs) {
    return { missing: 'fewer than two samples in the window' };
  }
  const spentNs = cumulativeNs(last) - cumulativeNs(first);
  if (spentNs < 0) return { missing: 'the CPU time went backwards: the process or one of its threads was replaced' };
  // One ns in a µs is a thousandth of a core.
  return spentNs / (last.atUs - first.atUs);
}

/** CPU of one process over the window, in millicores. */
export function processMillicores(trial: TrialRecord, process: ProcessRecord): Measured<number> {
  const window = windowOnSampleClock(trial);
  if (isMissing(window)) return window;
  if (isMissing(process.samples)) return process.samples;
  return millicoresOver(process.samples, window, ({ cpuNs }) => cpuNs);
}

/** Busy time of the whole machine over the window, in millicores. */
export function machineMillicores(trial: TrialRecord): Measured<number> {
  const window = windowOnSampleClock(trial);
  if (isMissing(window)) return window;
  if (isMissing(trial.machine)) return trial.machine;
  return millicoresOver(trial.machine, window, ({ busyNs }) => busyNs);
}

/** The highest of a process's readings; all samples count, since allocators keep what they reached in the warm-up. */
function peak(process: ProcessRecord, of: 'rssBytes' | 'rssAnonBytes'): Measured<number> {
  if (isMissing(process.samples)) return process.samples;
  if (process.samples.length === 0) return { missing: 'the process was never sampled' };
  return Math.max(...process.samples.map((sample) => sample[of]));
}

/** Resident set before the first request: the last reading before the first segment's start. */
function rssBeforeLoad(trial: TrialRecord, { samples }: ProcessRecord): Measured<number> {
  if (isMissing(samples)) return samples;
  const start = trial.events.find(({ what }) => what === START_EVENT);
  const before = start === undefined ? [] : samples.filter(({ atUs }) => atUs < start.atUs);
  return before.at(-1)?.rssBytes ?? { missing: 'no sample before the load' };
}

/** Resident set after the last answer: the first reading that is clearly past the window. */
function rssAfterLoad(trial: TrialRecord, { samples }: ProcessRecord): Measured<number> {
  if (isMissing(samples)) return samples;
  const window = windowOnSampleClock(trial);
  if (isMissing(window)) return window;
  const after = samples.find(({ atUs }) => atUs >= window.toUs + AFTER_LOAD_US);
  return after?.rssBytes ?? { missing: 'no sample after the load' };
}

/** The sum, or the reason of the first value that is missing: a partial sum would pass for a whole one. */
export function sumOf(values: readonly Measured<number>[]): Measured<number> {
  let sum = 0;
  for (const value of values) {
    if (isMissing(value)) return value;
    sum += value;
  }
  return sum;
}

/** What the processes given took together; memory is the sum of each one's peak resident set, whole and anonymous. */
export function useOf(trial: TrialRecord, processes: readonly ProcessRecord[]): ProcessUse {
  if (processes.length === 0) {
    const none = { missing: 'no such process was recorded' };
    return {
      cpuMillicores: none,
      cpuMsPerThousandRequests: none,
      memoryIdleRssBytes: none,
      memoryRssBytes: none,
      memoryAnonBytes: none,
      memoryAfterRssBytes: none,
    };
  }
  const cpuMillicores = sumOf(processes.map((process) => processMillicores(trial, process)));
  return {
    cpuMillicores,
    cpuMsPerThousandRequests: perThousandRequests(trial, cpuMillicores),
    memoryIdleRssBytes: sumOf(processes.map((process) => rssBeforeLoad(trial, process))),
    memoryRssBytes: sumOf(processes.map((process) => peak(process, 'rssBytes'))),
    memoryAnonBytes: sumOf(processes.map((process) => peak(process, 'rssAnonBytes'))),
    memoryAfterRssBytes: sumOf(processes.map((process) => rssAfterLoad(trial, process))),
  };
}

/** Millicores are CPU ms per second: divided by the completed requests per second they become CPU ms per request. */
function perThousandRequests(trial: TrialRecord, cpuMillicores: Measured<number>): Measured<number> {
  if (isMissing(cpuMillicores)) return cpuMillicores;
  const completedPerSecond = achievedRate(trial);
  if (isMissing(completedPerSecond)) return completedPerSecond;
  if (completedPerSecond === 0) return { missing: 'no request was completed in the window' };
  return (cpuMillicores / completedPerSecond) * 1000;
}

/** Requests completed per second of the window. */
export function achievedRate(trial: TrialRecord): Measured<number> {
  const lengthUs = windowLengthUs(trial);
  if (lengthUs === undefined) return { missing: 'the trial has no measurement window' };
  return windowCounts(trial).completed / (lengthUs / 1e6);
}
