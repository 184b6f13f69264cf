import { isMissing, type Measured } from '../record/measured.ts';
import type { ClientRecord, TrialRecord } from '../record/trialRecord.ts';
import { askedRate } from './validity.ts';

/** What the clients of a trial did in one second, by the requests whose intended start lies in it. */
export interface Second {
  /** From the trial's first segment on. */
  second: number;
  isMeasured: boolean;
  sent: number;
  failed: number;
  p50Us: Measured<number>;
  p99Us: Measured<number>;
  maxUs: Measured<number>;
}

export interface TrialSeconds {
  trial: number;
  /** That a trial of a search was driven at; of others the scenario has it. */
  ratePerSecond?: number;
  seconds: readonly Second[];
}

/** The seconds of each trial, for a closer look; nothing is judged on them. */
export function secondsOf(trials: readonly TrialRecord[]): TrialSeconds[] {
  return trials.map((trial) => ({
    trial: trial.spec.index,
    ...(trial.spec.purpose === 'search' && { ratePerSecond: askedRate(trial) }),
    seconds: secondsOfTrial(trial),
  }));
}

function secondsOfTrial({ clients }: TrialRecord): Second[] {
  const bySecond = new Map<number, Second>();
  for (const client of clients) {
    for (const own of secondsOfClient(client)) {
      const known = bySecond.get(own.second);
      bySecond.set(own.second, known === undefined ? own : together(known, own));
    }
  }
  return [...bySecond.values()].sort((a, b) => a.second - b.second);
}

/** A segment counts its seconds from its own start. */
function secondsOfClient({ segments }: ClientRecord): Second[] {
  const startUs = Math.min(...segments.map(({ fromUs }) => fromUs));
  return segments.flatMap(({ fromUs, measured, perSecond }) => {
    const before = Math.round((fromUs - startUs) / 1e6);
    return perSecond.map(({ second, sent, failed, p50Us, p99Us, maxUs }) => ({
      second: before + second,
      isMeasured: measured,
      sent,
      failed,
      p50Us,
      p99Us,
      maxUs,
    }));
  });
}

const NOT_MERGED = { missing: 'several clients: percentiles of a second are not added up' };

function together(a: Second, b: Second): Second {
  return {
    second: a.second,
    isMeasured: a.isMeasured && b.isMeasured,
    sent: a.sent + b.sent,
    failed: a.failed + b.failed,
    p50Us: NOT_MERGED,
    p99Us: NOT_MERGED,
    maxUs: isMissing(a.maxUs) ? b.maxUs : isMissing(b.maxUs) ? a.maxUs : Math.max(a.maxUs, b.maxUs),
  };
}
