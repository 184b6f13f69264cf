import type { LatencyHistogram } from '../record/histogram.ts';
import type { Measured } from '../record/measured.ts';
import type { FailureClass } from '../record/trialRecord.ts';

/** What another tool's result says of one trial, in this product's terms; what it does not say is missing or listed. */
export interface ImportedResult {
  /** With its version where the result names it. */
  tool: string;
  /** ISO 8601; missing where the result does not say. */
  startedAt: Measured<string>;
  /** What it was asked for; missing where it does not say, or was asked for as much as goes. */
  ratePerSecond: Measured<number>;
  seconds: number;
  connections: Measured<number>;
  counts: { scheduled: number; sent: number; completed: number; failed: number; unsent: number };
  streams: { outcome: 'ok' | FailureClass; latencies: LatencyHistogram }[];
  /** Each a clause that goes with "it cannot say": what nobody can know from such a result. */
  cannotSay: string[];
}

/** A result that is not what it should be, in words. */
export class UnfitResult extends Error {}

/** Whole ranges of HTTP status codes as classes of failure. */
export function outcomeOfStatus(status: number): 'ok' | FailureClass {
  if (status >= 200 && status < 300) return 'ok';
  if (status >= 400 && status < 500) return 'status-4xx';
  if (status >= 500 && status < 600) return 'status-5xx';
  return status <= 0 ? 'reset' : 'status-other';
}
