import type { Percentile, Treatment } from './scenario.ts';

/** What a trial is a repetition of. Replica 1 exists for the baseline only: the second, A/A, baseline of a block. */
export interface Cell {
  treatment: string;
  load: number;
  replica: 0 | 1;
}

export interface DeploymentSpec {
  /** Unique within a run: block, treatment, replica, attempt. */
  id: string;
  treatment: Treatment;
  /** As of the trials on it. */
  block: number;
}

export type TrialPurpose = 'measure' | 'pilot' | 'search' | 'confirm' | 'proof' | 'calibrate';

/** A stretch of the trial with its own histograms; offsets are from the trial's start. */
export interface SegmentSpec {
  name: string;
  fromMs: number;
  toMs: number;
  arrivalRatePerSecond: number;
  /** Where it ramps: the rate at its end, reached in a line. */
  toRatePerSecond?: number;
  measured: boolean;
}

/** Something done to the system in mid-trial. */
export interface TrialAction {
  atMs: number;
  what: string;
}

export interface TrialSpec {
  /** Position in the run, from 1; also the record's file name. */
  index: number;
  cell: Cell;
  /** 0 for a pilot, which stands before the first block. */
  block: number;
  /** Place within the block's order, from 0. */
  position: number;
  deploymentId: string;
  /** 1 for the first try of this cell in this block. */
  attempt: number;
  purpose: TrialPurpose;
  /** Seed of the arrival schedule: the same for all trials of a block. */
  scheduleSeed: number;
  segments: readonly SegmentSpec[];
  actions: readonly TrialAction[];
}

/** The part of a finished trial that the plan decides on. */
export interface TrialSummary {
  index: number;
  cell: Cell;
  block: number;
  attempt: number;
  purpose: TrialPurpose;
  /**
   * `valid`; `repeat`: the machine or the load failed a gate and a fresh try may pass;
   * `void`: a proof failed, which a repetition would only hide.
   */
  outcome: 'valid' | 'repeat' | 'void';
  /** Arrival rate of the window. */
  ratePerSecond: number;
  /** Whether driver and service kept up with the arrival rate, whatever the machine's stalls and the proofs say. */
  heldRate: boolean;
  /** Response-time percentiles in µs; absent where the trial has none. */
  percentilesUs: Readonly<Partial<Record<Percentile, number>>>;
}

export type Step =
  | { kind: 'deploy'; deployment: DeploymentSpec }
  | { kind: 'trial'; trial: TrialSpec }
  | { kind: 'retire'; deploymentId: string }
  | { kind: 'stop'; because: string };

/** A policy from what was found to the next step; it holds no state of its own. */
export interface Plan {
  seed: number;
  /** SHA-256 over scenario and seed: two runs with the same digest ask for the same trials in the same order. */
  digest: string;
  worstCase(): { trials: number; durationMs: number };
  /** What confirming an over can add to that; null where no required line can be over. */
  worstConfirmation(): { trials: number; durationMs: number } | null;
  /** What a pilot would try before the first block, in its order; each but the first only where no rate before it is held. */
  pilot(): readonly { load: number; cells: readonly Cell[] }[];
  /** The blocks in the order they would run, as far as it is known beforehand; with a pilot, as if it chose the first rate. */
  outline(): readonly { block: number; load: number; cells: readonly Cell[]; ifNeeded: boolean }[];
  /**
   * @param live ids of the deployments that are up now; after an interruption there are none
   * @param toConfirm load points whose measured blocks put a required line over: as many fresh blocks follow there
   */
  next(done: readonly TrialSummary[], live: ReadonlySet<string>, toConfirm?: readonly number[]): Step;
}
