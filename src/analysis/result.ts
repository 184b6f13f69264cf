import type { Measured } from '../record/measured.ts';
import type { DeploymentRecord, RunRecord } from '../record/runRecord.ts';
import type { BudgetLine, Percentile, Scenario } from '../scenario/scenario.ts';
import type { TrialPurpose } from '../scenario/trial.ts';
import type { KnobTable } from './knobs.ts';

/** A point with its interval; never a bare number. The unit stands in the name of the field that holds it. */
export interface Estimate {
  point: number;
  low: number;
  high: number;
  /** Blocks it rests on. */
  n: number;
  /** Confidence that the interval really has for this n, at least what was asked for, e.g. 0.969. */
  confidence: number;
  /** How the interval was found; the t interval stands in where the signed-rank one cannot reach the confidence. */
  method?: 'signed-rank' | 't';
}

export type GateAnswer = 'pass' | 'fail' | 'not-measured';

/** One gate's answer for one trial. */
export interface GateResult {
  gate: string;
  answer: GateAnswer;
  /** The measured value against its threshold in words, or why it could not be measured. */
  detail: string;
  /** A number for sorting and for the spread over trials, in the gate's unit. */
  value?: number;
}

/** One gate over the whole run. */
export interface GateOverview {
  gate: string;
  question: string;
  threshold: string;
  reason: string;
  remedy: string;
  kind: 'machine' | 'load' | 'proof';
  required: boolean;
  pass: number;
  fail: number;
  notMeasured: number;
  /** The detail of the worst trial, failing ones first. */
  worst: string;
}

export interface TrialVerdict {
  index: number;
  purpose: TrialPurpose;
  block: number;
  treatment: string;
  replica: 0 | 1;
  load: number;
  attempt: number;
  outcome: 'valid' | 'repeat' | 'void';
  gates: readonly GateResult[];
}

/** How well the tail of a trial carries a percentile. */
export interface PercentileSupport {
  percentile: Percentile;
  /** Requests beyond the percentile in the smallest trial. */
  beyond: number;
  standing: 'reported' | 'coarse' | 'absent';
  /** Why it is coarse or absent, or "p99 rests on k stalls"; undefined when nothing weakens it. */
  note?: string;
}

export interface OverheadAtPercentile {
  percentile: Percentile;
  support: PercentileSupport;
  /** Treatment minus the block's baselines, typical block's shift, in µs. */
  addedUs: Measured<Estimate>;
  perBlock: readonly { block: number; addedUs: number }[];
  /** Pooled over all valid trials, for display. */
  pooledUs: Measured<number>;
  baselinePooledUs: Measured<number>;
}

export interface NoiseAtPercentile {
  percentile: Percentile;
  /** Second baseline minus first, 99 % interval, in µs. */
  differenceUs: Measured<Estimate>;
  /** false: order or placement is broken, and no overhead of this load can be trusted. */
  holdsZero: Measured<boolean>;
  /** Half-width of the 95 % interval of the same differences, in µs. */
  smallestEffectUs: Measured<number>;
}

export interface ProcessCost {
  role: 'proxy' | 'proxy-agent' | 'application' | 'driver';
  hop: 'client' | 'server';
  cpuMillicores: Measured<Estimate>;
  cpuMsPerThousandRequests: Measured<Estimate>;
  memoryRssBytes: Measured<Estimate>;
  memoryAnonBytes: Measured<Estimate>;
}

/** Where the machine's busy time went, in millicores, mean over the valid trials of a treatment. */
export interface CpuBalance {
  machine: Measured<number>;
  proxies: number;
  applications: number;
  driver: number;
  rest: Measured<number>;
}

export interface ProofSummary {
  /** False where the treatment has no proxies: nothing to prove. */
  applies: boolean;
  holds: boolean;
  sent: number;
  seenWithIdentity: Measured<number>;
  /** The first deployment's; `identities` tells how many there are. */
  identity: string | null;
  identities: number;
  throughClientProxy: Measured<number>;
  throughServerProxy: Measured<number>;
  handshakes: Measured<number>;
  plaintextTries: number;
  plaintextRefused: number;
  plaintextExpected: 'refused' | 'answered' | null;
  sentence: string;
}

/** Points of a percentile curve: share of requests at or below (0 to 1) and response time. */
export type Curve = readonly { quantile: number; responseUs: number }[];

export interface TreatmentAtLoad {
  treatment: string;
  build: string;
  isBaseline: boolean;
  validTrials: number;
  requests: number;
  requestedRatePerSecond: number;
  achievedRatePerSecond: Measured<number>;
  overhead: readonly OverheadAtPercentile[];
  curve: Curve;
  costs: readonly ProcessCost[];
  balance: CpuBalance;
  proof: ProofSummary;
}

export interface LoadAnalysis {
  load: number;
  arrivalRatePerSecond: number;
  blocksValid: number;
  blocksRun: number;
  /** Blocks that carry no comparison, with the gates that took them. */
  blocksLost: readonly { block: number; because: string }[];
  treatments: readonly TreatmentAtLoad[];
  noise: readonly NoiseAtPercentile[];
}

export type VerdictWord = 'within' | 'over' | 'inconclusive';

export interface BudgetVerdict {
  line: BudgetLine;
  treatment: string;
  load: number;
  arrivalRatePerSecond: number;
  /** In the unit of the line: µs, millicores or bytes. */
  estimate: Measured<Estimate>;
  verdict: VerdictWord;
  betterThanDocumented: boolean;
  because: string;
}

export interface Conclusion {
  outcome: VerdictWord | 'no-budget' | 'not-comparable';
  /** Exit code of design: 0 within, 1 over, 4 inconclusive or nothing valid. */
  exitCode: 0 | 1 | 4;
  /** One sentence, the first line of every report. */
  sentence: string;
  /** What weakens the result, most important first. */
  caveats: readonly string[];
}

export interface RunAnalysis {
  run: RunRecord;
  scenario: Scenario;
  deployments: readonly DeploymentRecord[];
  incomplete: boolean;
  conclusion: Conclusion;
  verdicts: readonly BudgetVerdict[];
  loads: readonly LoadAnalysis[];
  gates: readonly GateOverview[];
  trials: readonly TrialVerdict[];
  knobs: KnobTable;
}
