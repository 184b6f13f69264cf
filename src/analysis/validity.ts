import type { LatencyHistogram } from '../record/histogram.ts';
import type { DeploymentRecord } from '../record/runRecord.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import type { TrialSummary } from '../scenario/trial.ts';
import { type Gate, notMeasured } from './gates/gate.ts';
import { GATES } from './gates/index.ts';
import { supportedPercentiles } from './percentiles.ts';
import type { GateAnswer, GateOverview, GateResult, TrialVerdict } from './result.ts';
import { responseTimes } from './window.ts';

/** A trial with what the gates say of it and its response times. */
export interface JudgedTrial {
  record: TrialRecord;
  deployment: DeploymentRecord | undefined;
  verdict: TrialVerdict;
  /** Response times of the window in µs. */
  times: LatencyHistogram;
}

/** One trial with what its gates need beside it. */
export interface TrialInContext {
  trial: TrialRecord;
  /** undefined when its record is lost. */
  deployment: DeploymentRecord | undefined;
  /** The trials of the same block that are recorded so far, with or without this one. */
  peers: readonly TrialRecord[];
}

const meshedBy = (deployment: DeploymentRecord | undefined): boolean =>
  deployment !== undefined && deployment.mesh !== 'none';

/**
 * Asks every gate of one trial.
 *
 * A failed proof, or a required one that could not be measured, makes the trial `void`; any other failed gate, or a
 * required one that could not be measured, makes it `repeat`. A stall meter that is missing takes nothing away.
 * An imported trial is asked what its tool can tell, and broken by what failed alone: it can be compared, and never
 * judged, since nothing of it is proven.
 */
export function judgeTrial({ trial, deployment, peers }: TrialInContext): TrialVerdict {
  const { index, purpose, block, cell, attempt } = trial.spec;
  const context = { deployment, peers, isMeshed: meshedBy(deployment) };
  const { origin } = trial;
  const ask = (gate: Gate) =>
    origin.kind === 'imported' && !TOLD_BY_OTHERS.has(gate.id)
      ? notMeasured(`${origin.tool} does not tell it`)
      : gate.judge(trial, context);
  const isImported = origin.kind === 'imported';
  const judged = GATES.map((gate) => ({ gate, result: { gate: gate.id, ...ask(gate) } }));
  const broken = judged.filter(({ gate, result }) => isBroken(gate, result.answer, isImported));
  const outcome = broken.some(({ gate }) => gate.kind === 'proof') ? 'void' : broken.length > 0 ? 'repeat' : 'valid';
  const gates: GateResult[] = judged.map(({ result }) => result);
  const { treatment, replica, load } = cell;
  const verdict = { index, purpose, block, treatment, replica, load, attempt, outcome, gates } as const;
  return isImported ? { ...verdict, isImported } : verdict;
}

/** Gates that the counts of a load tool answer. */
const TOLD_BY_OTHERS = new Set(['rate-achieved', 'unsent', 'errors']);

function isBroken(gate: Gate, answer: GateAnswer, isImported: boolean): boolean {
  return answer === 'fail' || (answer === 'not-measured' && gate.required && !isImported);
}

const GATE_OF = new Map(GATES.map((gate) => [gate.id, gate]));

/** The answers that took a trial away, proofs among them or not; empty for a valid one. */
export function brokenGates(verdict: TrialVerdict): GateResult[] {
  return verdict.gates.filter(({ gate: id, answer }) => {
    const gate = GATE_OF.get(id);
    return gate !== undefined && isBroken(gate, answer, verdict.isImported === true);
  });
}

/** Whether every proof of a trial was given. */
export function isProven(verdict: TrialVerdict): boolean {
  if (verdict.isImported === true) return false;
  return brokenGates(verdict).every(({ gate }) => GATE_OF.get(gate)?.kind !== 'proof');
}

/** A late driver has not put on the rate that was asked for, however fast it was answered. */
const decidesRate = ({ id, kind }: Gate): boolean => kind === 'load' || id === 'lateness';

/** The answers that say that a trial did not hold its arrival rate; stalls of the machine and proofs are not among them. */
export function rateNotHeld(verdict: TrialVerdict): GateResult[] {
  return brokenGates(verdict).filter(({ gate: id }) => {
    const gate = GATE_OF.get(id);
    return gate !== undefined && decidesRate(gate);
  });
}

/** What was recorded so far, of a run that has ended or still goes on. */
export interface Recorded {
  deployments: readonly DeploymentRecord[];
  trials: readonly TrialRecord[];
}

/** Judges all trials, each beside those of its block. */
export function judgeTrials({ deployments, trials }: Recorded): JudgedTrial[] {
  const deploymentOf = new Map(deployments.map((deployment) => [deployment.id, deployment]));
  return trials.map((record) => {
    const deployment = deploymentOf.get(record.spec.deploymentId);
    const peers = trials.filter((peer) => peer.spec.block === record.spec.block);
    const verdict = judgeTrial({ trial: record, deployment, peers });
    return { record, deployment, verdict, times: responseTimes(record) };
  });
}

/**
 * What the plan decides on, in the trials' order. A trial's outcome may change while its block still grows, since the
 * stall gates compare it with the block's other trials; once the block is complete it is final.
 */
export function summariseTrials(recorded: Recorded): TrialSummary[] {
  return judgeTrials(recorded).map(({ record, verdict, times }) => ({
    index: record.spec.index,
    cell: record.spec.cell,
    block: record.spec.block,
    attempt: record.spec.attempt,
    purpose: record.spec.purpose,
    outcome: verdict.outcome,
    ratePerSecond: askedRate(record),
    heldRate: rateNotHeld(verdict).length === 0,
    percentilesUs: supportedPercentiles(times),
  }));
}

/** Arrival rate of a trial's window, in requests a second; 0 for one without a window. */
export function askedRate({ spec }: TrialRecord): number {
  return spec.segments.find(({ measured }) => measured)?.arrivalRatePerSecond ?? 0;
}

/** Each gate over all trials, with the detail of the worst one: failed, then not measured, then the largest value. */
export function overviewOfGates(verdicts: readonly TrialVerdict[]): GateOverview[] {
  const rank: Record<GateAnswer, number> = { fail: 0, 'not-measured': 1, pass: 2 };
  return GATES.map(({ judge: _, id, ...described }) => {
    const results = verdicts.flatMap((verdict) => verdict.gates.filter(({ gate }) => gate === id));
    const count = (answer: GateAnswer) => results.filter((result) => result.answer === answer).length;
    const [worst] = results.toSorted((a, b) => rank[a.answer] - rank[b.answer] || (b.value ?? 0) - (a.value ?? 0));
    return {
      gate: id,
      ...described,
      pass: count('pass'),
      fail: count('fail'),
      notMeasured: count('not-measured'),
      worst: worst?.detail ?? 'no trial was run',
    };
  });
}
