// @ts-nocheck
import type { DeploymentRecord } from '../../record/runRecord.ts';
import type { TrialRecord } from '../../record/trialRecord.ts';
import type { GateAnswer } from '../result.ts';

export interface GateContext {
  /** What the trial's traffic went through; undefined when its record is lost. */
  deployment: DeploymentRecord | undefined;
  /** The trials of the same block that are recorded so far; whether the trial itself is among them does not matter. */
  peers: readonly TrialRecord[];
  /** Whether the treatment puts a mesh in the path. */
  isMeshed: boolean;
}

export interface Judgement {
  answer: GateAnswer;
  detail: string;
  /** The larger, the worse: for finding the worst trial and for the spread over trials. */
  value?: number;
}

/** One question to a trial that has to be answered well before its numbers count. */
export interface Gate {
  id: string;
  question: string;
  threshold: string;
  /** Why the threshold is where it is. */
  reason: string;
  /** What to do when it fails. */
  remedy: string;
  /** `machine` and `load`: a fresh try may pass. `proof`: the traffic did not go as its treatment says. */
  kind: 'machine' | 'load' | 'proof';
  /** Whether a trial counts only where this could be measured. */
  required: boolean;
  judge(trial: TrialRecord, context: GateContext): Judgement;
}

/** pass or fail, with the measured value against its threshold in words. */
export function answered(isPassed: boolean, detail: string, value?: number): Judgement {
  return { answer: isPassed ? 'pass' : 'fail', detail, ...(value !== undefined && { value }) };
}

export function notMeasured(reason: string): Judgement {
  return { answer: 'not-measured', detail: reason };
}

export const NO_DEPLOYMENT = "the record of the trial's deployment is missing";
