import type { Measured } from '../record/measured.ts';
import type { Estimate } from './result.ts';

/** What did not carry a rate. */
export interface GaveOut {
  component: string;
  /** From 0 to 1, of what it can use; absent for the driver, which gives out by being late. */
  busyShare?: number;
}

/** What one search of one treatment in one block found. */
export interface Knee {
  block: number;
  replica: 0 | 1;
  /** The highest arrival rate that was held. */
  heldPerSecond: Measured<number>;
  /** The lowest above it that was not, in two tries. */
  brokenPerSecond: Measured<number>;
  /** What was nearest to the end of its capacity, or late, at the rate that was not held. */
  gaveOut: Measured<GaveOut>;
}

export interface KneeOfTreatment {
  treatment: string;
  isBaseline: boolean;
  build: string;
  knees: readonly Knee[];
  /** The highest arrival rate that is held, in requests a second, over the blocks. */
  heldPerSecond: Measured<Estimate>;
  /** Block by block that of the baseline, as a share; null for the baseline itself. */
  shareOfBaseline: Measured<Estimate> | null;
  /** What gave out in most of the blocks. */
  gaveOut: Measured<string>;
}

/** A saturation search as a whole. */
export interface KneeAnalysis {
  /** How near held and not held were to come to each other, as a share. */
  within: number;
  treatments: readonly KneeOfTreatment[];
}
