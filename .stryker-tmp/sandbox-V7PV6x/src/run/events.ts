// @ts-nocheck
import type { TrialSummary } from '../scenario/trial.ts';

/** What happens in a run, for a person who watches and for events.jsonl. */
export type RunEvent =
  | { kind: 'said'; text: string }
  | { kind: 'deploying'; deploymentId: string }
  | { kind: 'deployed'; deploymentId: string; readyAfterMs: number }
  | { kind: 'trial-started'; index: number; atMost: number; block: number; treatment: string; ratePerSecond: number }
  | { kind: 'trial-finished'; index: number; summary: TrialSummary; failedGates: readonly string[] }
  | { kind: 'retired'; deploymentId: string; problems: readonly string[] }
  | { kind: 'stopped'; because: string };

export type Emit = (event: RunEvent) => void;
