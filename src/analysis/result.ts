import type { Measured } from '../record/measured.ts';
import type { DeploymentRecord, RunRecord } from '../record/runRecord.ts';
import type { BudgetLine, Percentile, Scenario } from '../scenario/scenario.ts';
import type { TrialPurpose } from '../scenario/trial.ts';
import type { Contrast } from './contrastResult.ts';
import type {
  ApplicationsAdded,
  Bottleneck,
  CpuBalance,
  CpuModel,
  ProcessCost,
  SetUpFigures,
  SidecarFigures,
} from './costResult.ts';
import type { KneeAnalysis } from './kneeResult.ts';

export type { Contrast, ContrastAtPercentile, SidecarContrast } from './contrastResult.ts';
export type {
  ApplicationsAdded,
  Bottleneck,
  CpuBalance,
  CpuModel,
  ProcessCost,
  RoundLine,
  Saturation,
  SetUpFigures,
  SidecarFigures,
} from './costResult.ts';

import type { KnobTable } from './knobs.ts';

/** A point with its interval; never a bare number. The unit stands in the name of the field that holds it. */
export interface Estimate {
  point: number;
  low: number;
  high: number;
  /** Blocks it rests on. */
  n: number;
  /** Confidence that the interval really has for this n and rule for blocks, at least what was asked for, e.g. 0.969. */
  confidence: number;
  /**
   * How the interval was found; the t interval stands in where the signed-rank one cannot reach the confidence. `exact`:
   * nothing was estimated, low and high are the smallest and the largest value there is, and n counts deployments.
   */
  method?: 'signed-rank' | 't' | 'exact';
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
  /** It was measured by another tool: what that does not tell was not measured, and nothing is proven. */
  isImported?: true;
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

/** How far successive differences hang together: the interval takes them for independent. */
export interface LagOne {
  correlation: number;
  /** Independent differences stay within ± this 95 times in 100. */
  band: number;
}

export interface OverheadAtPercentile {
  percentile: Percentile;
  support: PercentileSupport;
  /** Treatment minus the block's baselines, typical block's shift, in µs. */
  addedUs: Measured<Estimate>;
  perBlock: readonly { block: number; addedUs: number }[];
  /** A true shift of this size would be told from 0 in 4 of 5 runs like this one, in µs; from the spread of its own blocks. */
  smallestEffectUs: Measured<number>;
  /** Correlation of each block's difference with the next one's. */
  lagOne: Measured<LagOne>;
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
  /** Services behind the first one; absent where there are none. */
  furtherServices?: number;
  throughClientProxy: Measured<number>;
  throughServerProxy: Measured<number>;
  handshakes: Measured<number>;
  plaintextTries: number;
  plaintextRefused: number;
  plaintextExpected: 'refused' | 'answered' | null;
  sentence: string;
}

/** A point of a percentile curve: share of requests at or below (0 to 1) and response time. */
export interface CurvePoint {
  quantile: number;
  /** Over all valid trials together. */
  responseUs: number;
  /** Of the single trials the fastest and the slowest here; absent where one has no request beyond, or there is one alone. */
  fastestTrialUs?: number;
  slowestTrialUs?: number;
}
export type Curve = readonly CurvePoint[];

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
  /** Pooled over all valid trials, in µs, for display beside tools that print a p95; no budget is judged on it. */
  pooledP95Us: Measured<number>;
  costs: readonly ProcessCost[];
  sidecar: SidecarFigures;
  /** Of the sent requests, those that were answered with the whole body, from 0 to 1. */
  successShare: Measured<Estimate>;
  setUp: SetUpFigures;
  balance: CpuBalance;
  /** The treatment's balance minus the baseline's; null for the baseline itself. */
  balanceAdded: CpuBalance | null;
  /** null for the baseline itself. */
  applicationsAdded: ApplicationsAdded | null;
  /** Of the CPU that all sidecars on the path take, the client's share, from 0 to 1. */
  clientShareOfSidecarCpu: Measured<Estimate>;
  bottleneck: Measured<Bottleneck>;
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
  contrasts: readonly Contrast[];
  noise: readonly NoiseAtPercentile[];
}

export type VerdictWord = 'within' | 'over' | 'inconclusive';

/** What fresh blocks say of a required line that the first ones put over. */
export interface Confirmation {
  state: 'confirmed' | 'refuted' | 'not-tried';
  /** From the fresh blocks alone. */
  estimate?: Estimate;
  because: string;
}

/** What a budget's figure was stated for, and cannot be taken for granted in this run. */
export interface ConditionsHeld {
  /** Each as a clause: `stated at 2,000/s, judged at 1,000/s`. */
  notMet: readonly string[];
  /** Conditions that the source leaves out, or that are not known of this run, and so could not be held against it. */
  notStated: readonly string[];
}

export interface BudgetVerdict {
  line: BudgetLine;
  treatment: string;
  load: number;
  arrivalRatePerSecond: number;
  /** In the unit of the line: µs, millicores or bytes, or a share from 0 to 1. */
  estimate: Measured<Estimate>;
  verdict: VerdictWord;
  betterThanDocumented: boolean;
  /** Only of a required line that was over at first. */
  confirmation?: Confirmation;
  because: string;
  /** The measurement itself cannot be trusted: nothing valid, a failed proof, or baselines that differ. */
  isInvalid?: true;
  /** Absent where the line states no conditions. */
  conditions?: ConditionsHeld;
}

export interface Conclusion {
  /** `unconfirmed`: over in one set of blocks, which no fresh ones have confirmed. */
  outcome: VerdictWord | 'unconfirmed' | 'no-budget' | 'not-comparable';
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
  /** Empty where fewer than three load points were measured. */
  cpuModels: readonly CpuModel[];
  gates: readonly GateOverview[];
  trials: readonly TrialVerdict[];
  knobs: KnobTable;
  /** null where the scenario searches no saturation. */
  knees: KneeAnalysis | null;
}
