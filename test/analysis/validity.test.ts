import { describe, expect, test } from 'vitest';
import {
  brokenGates,
  isProven,
  judgeTrial,
  judgeTrials,
  overviewOfGates,
  rateNotHeld,
  summariseTrials,
} from '../../src/analysis/validity.ts';
import { isMissing } from '../../src/record/measured.ts';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import { runFixture } from './fixtures/runs.ts';
import { scene } from './fixtures/scene.ts';
import { payloadOf, trialFixture, windowOf } from './fixtures/trials.ts';

function loseTime(trial: TrialRecord | undefined, share: number): void {
  if (trial === undefined || isMissing(trial.hiccups)) throw new Error('the fixture has no meter');
  trial.hiccups.lostUs = share * trial.hiccups.windowUs;
}

describe('summariseTrials', () => {
  test('gives the plan what it decides on, percentiles only where enough requests carry them', () => {
    const { deployments, trials } = runFixture({ blocks: 1 });
    const [, meshed] = trials;
    if (meshed === undefined) throw new Error('no trial');
    payloadOf(windowOf(meshed)).wrongSize = 1;
    meshed.spec.attempt = 2;
    expect(summariseTrials({ deployments, trials })).toEqual([
      {
        index: 1,
        cell: { treatment: 'none', load: 0, replica: 0 },
        block: 1,
        attempt: 1,
        purpose: 'measure',
        outcome: 'valid',
        ratePerSecond: 1000,
        heldRate: true,
        percentilesUs: { p50: 400, p90: 560, p99: 596 },
      },
      {
        index: 2,
        cell: { treatment: 'envoy', load: 0, replica: 0 },
        block: 1,
        attempt: 2,
        purpose: 'measure',
        outcome: 'repeat',
        ratePerSecond: 1000,
        heldRate: false,
        percentilesUs: { p50: 900, p90: 1260, p99: 1341 },
      },
      {
        index: 3,
        cell: { treatment: 'none', load: 0, replica: 1 },
        block: 1,
        attempt: 1,
        purpose: 'measure',
        outcome: 'valid',
        ratePerSecond: 1000,
        heldRate: true,
        percentilesUs: { p50: 396, p90: 554, p99: 590 },
      },
    ]);
  });

  test('compares a trial with its own block only, and again when the block has grown', () => {
    const { deployments, trials } = runFixture({ blocks: 2 });
    loseTime(trials[0], 0.045);
    for (const trial of trials.slice(1)) loseTime(trial, 0.005);
    for (const trial of trials.slice(3)) loseTime(trial, 0.045);
    const outcomes = (count: number) =>
      summariseTrials({ deployments, trials: trials.slice(0, count) }).map(({ outcome }) => outcome);
    expect(outcomes(1)).toEqual(['valid']);
    expect(outcomes(3)).toEqual(['repeat', 'valid', 'valid']);
    expect(outcomes(6)).toEqual(['repeat', 'valid', 'valid', 'valid', 'valid', 'valid']);
  });

  test('tells whether the rate was held: by the gates of the load and the driver’s lateness, not by stalls or proofs', () => {
    const held = (change: (trial: TrialRecord) => void) => {
      const { deployments, trials } = runFixture({ blocks: 1 });
      const [trial] = trials;
      if (trial === undefined) throw new Error('no trial');
      change(trial);
      const { outcome, heldRate } = summariseTrials({ deployments, trials })[0] ?? {};
      return [outcome, heldRate];
    };
    expect(held((trial) => loseTime(trial, 0.5))).toEqual(['repeat', true]);
    expect(held((trial) => trial.counters.push({ hop: 'client', before: {}, after: {} }))).toEqual(['void', true]);
    expect(held((trial) => Object.assign(windowOf(trial).counts, { unsent: 1 }))).toEqual(['repeat', false]);
    expect(held((trial) => Object.assign(windowOf(trial), { streams: [] }))).toEqual(['repeat', false]);
  });

  test('is void for a trial whose deployment is not recorded', () => {
    const { trials } = runFixture({ blocks: 1 });
    expect(summariseTrials({ deployments: [], trials }).map(({ outcome }) => outcome)).toEqual([
      'void',
      'void',
      'void',
    ]);
  });
});

describe('a verdict on a trial', () => {
  const saying = (...gates: [gate: string, answer: 'pass' | 'fail' | 'not-measured'][]) => ({
    ...judgeTrial(scene()),
    gates: gates.map(([gate, answer]) => ({ gate, answer, detail: `${gate} ${answer}` })),
  });
  const idsOf = (gates: readonly { gate: string }[]) => gates.map(({ gate }) => gate);

  test('says what the trial was of', () => {
    const trial = trialFixture({ index: 7, block: 3, load: 2, replica: 1, attempt: 4 });
    const { gates: _, ...verdict } = judgeTrial({ trial, deployment: undefined, peers: [] });
    expect(verdict).toEqual({
      index: 7,
      purpose: 'measure',
      block: 3,
      treatment: 'none',
      replica: 1,
      load: 2,
      attempt: 4,
      outcome: 'void',
    });
  });

  test('is broken by what failed, and by what is required and was not measured', () => {
    const verdict = saying(
      ['errors', 'fail'],
      ['unsent', 'not-measured'],
      ['steal', 'not-measured'],
      ['stalls-system', 'fail'],
      ['lateness', 'fail'],
      ['attempts', 'pass'],
      ['of another version', 'fail'],
    );
    expect(idsOf(brokenGates(verdict))).toEqual(['errors', 'unsent', 'stalls-system', 'lateness']);
    expect(idsOf(rateNotHeld(verdict))).toEqual(['errors', 'unsent', 'lateness']);
    expect(isProven(verdict)).toBe(true);
  });

  test('is proven where no proof is broken', () => {
    expect(isProven(saying(['attempts', 'pass'], ['configuration', 'not-measured']))).toBe(true);
    expect(isProven(saying(['attempts', 'not-measured']))).toBe(false);
    expect(isProven(saying(['errors', 'fail'], ['configuration', 'fail']))).toBe(false);
  });

  test('comes with the trial’s deployment and the response times of its window', () => {
    const { deployments, trials } = runFixture({ blocks: 1 });
    const judged = judgeTrials({ deployments, trials });
    expect(judged.map(({ record, deployment, times }) => [record.spec.index, deployment?.id, times.count])).toEqual([
      [1, 'b1-none-r0-a1', 4000],
      [2, 'b1-envoy-r0-a1', 4000],
      [3, 'b1-none-r1-a1', 4000],
    ]);
  });
});

describe('the overview of a gate', () => {
  const gateOf = (verdicts: Parameters<typeof overviewOfGates>[0], id: string) => {
    const { pass, fail, notMeasured, worst } = overviewOfGates(verdicts).find(({ gate }) => gate === id) ?? {};
    return { pass, fail, notMeasured, worst };
  };
  const verdict = (index: number, answer: 'pass' | 'fail' | 'not-measured', value?: number) => ({
    index,
    purpose: 'measure' as const,
    block: 1,
    treatment: 'none',
    replica: 0 as const,
    load: 0,
    attempt: 1,
    outcome: 'valid' as const,
    gates: [{ gate: 'errors', answer, detail: `trial ${index}`, ...(value !== undefined && { value }) }],
  });

  test('counts the answers and tells the worst trial: failed first, then not measured, then the largest value', () => {
    const all = [verdict(1, 'pass', 0.9), verdict(2, 'not-measured'), verdict(3, 'fail', 0.1), verdict(4, 'fail', 0.2)];
    expect(gateOf(all, 'errors')).toEqual({ pass: 1, fail: 2, notMeasured: 1, worst: 'trial 4' });
    expect(gateOf(all.slice(0, 2), 'errors').worst).toBe('trial 2');
    expect(gateOf([verdict(5, 'pass', 0), verdict(6, 'pass', 0.01)], 'errors').worst).toBe('trial 6');
  });

  test('has the words of its gate', () => {
    expect(overviewOfGates([]).find(({ gate }) => gate === 'unsent')).toEqual({
      gate: 'unsent',
      question: 'Was every scheduled request sent?',
      threshold: 'no unsent request in the window',
      reason:
        'A request that is left out is one that would have waited: leaving it out hides exactly the slow ones (coordinated omission).',
      remedy: 'Raise the number of connections, lower the arrival rate, or lengthen the timeout.',
      kind: 'load',
      required: true,
      pass: 0,
      fail: 0,
      notMeasured: 0,
      worst: 'no trial was run',
    });
  });

  test('is of that gate alone', () => {
    const two = verdict(1, 'fail', 0.5);
    const other = { gate: 'payload', answer: 'pass' as const, detail: 'all whole', value: 0 };
    expect(gateOf([{ ...two, gates: [...two.gates, other] }], 'payload')).toEqual({
      pass: 1,
      fail: 0,
      notMeasured: 0,
      worst: 'all whole',
    });
  });

  test('takes a value that is not there for none', () => {
    expect(gateOf([verdict(1, 'pass'), verdict(2, 'pass', 0.1)], 'errors').worst).toBe('trial 2');
    expect(gateOf([verdict(1, 'pass', 0.1), verdict(2, 'pass')], 'errors').worst).toBe('trial 1');
  });

  test('of a run without trials counts nothing', () => {
    expect(gateOf([], 'errors')).toEqual({ pass: 0, fail: 0, notMeasured: 0, worst: 'no trial was run' });
  });
});
