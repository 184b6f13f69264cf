import type { MeshId } from '../meshes/index.ts';
import type { PlatformId } from '../platforms/index.ts';
import type { ProfileId } from './profiles/index.ts';
import type { StatedConditions } from './statedConditions.ts';

/** A mesh's settings after parsing; which keys exist depends on the mesh. */
export type MeshSettings = Readonly<Record<string, string | number | boolean>>;

/** What varies between the trials of a block. */
export interface Treatment {
  /** Unique within the scenario; defaults to the mesh's id. */
  name: string;
  mesh: MeshId;
  settings: MeshSettings;
  /** CPU time each request costs the sample service on top of answering, in µs. */
  serviceTimeUs: number;
  /** CPU time that a pass-through beside the server's proxy spends on each request, in µs; absent: there is none. */
  plantedCostUs?: number;
}

export type Arrivals = 'poisson' | 'constant';

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export type Method = (typeof METHODS)[number];

/** A kind of request. */
export interface TargetSpec {
  name: string;
  /** How often it is drawn beside the others. */
  weight: number;
  method: Method;
  headers: Readonly<Record<string, string>>;
  requestBytes: number;
  /** Body that each answer must have. */
  responseBytes: number;
}

/** A part of the window in which the rate goes in a line from one to another. */
export interface StageSpec {
  durationMs: number;
  fromRatePerSecond: number;
  toRatePerSecond: number;
}

export interface LoadSpec {
  protocol: 'http1';
  arrivals: Arrivals;
  /** One load point for each rate; with stages one, their mean over the window. */
  arrivalRatesPerSecond: readonly number[];
  /** What the window is made of; absent: the rate stays the same. */
  stages?: readonly StageSpec[];
  connections: number;
  /** A connection is closed and opened anew after this many requests; absent: it lives as long as the trial. */
  requestsPerConnection?: number;
  /** Who drives; absent: the product's own open-loop driver. */
  driver?: 'k6';
  /** Path of a script for k6 that is the load, as the scenario's file names it; absent: one that is made from the load. */
  script?: string;
  /** Threads of the driver; absent: one. */
  workers?: number;
  /** Of every kind of request that says nothing else. */
  requestBytes: number;
  responseBytes: number;
  /** Kinds of requests, drawn by weight; absent: a GET, or a POST with a body, of the sizes above. */
  targets?: readonly TargetSpec[];
  warmUpMs: number;
  durationMs: number;
  /** A request without an answer after this time is a timeout, and counts at this limit in the upper tail. */
  timeoutMs: number;
  /** The highest rate that each treatment holds is searched for, from the arrival rate on; nothing else is measured. */
  saturation?: { upToPerSecond: number; within: number };
  /** The rates are tried from the highest down before the first block; the first that every treatment holds is measured. */
  pilot?: 'highest';
}

export const TOPOLOGIES = ['echo', 'chain', 'fan-out'] as const;

export interface ServicesSpec {
  /** echo: one service; chain: each calls the next; fan-out: the first calls all others at once. */
  topology: (typeof TOPOLOGIES)[number];
  /** Services of a chain. */
  depth?: number;
  /** Services that the first one of a fan-out calls. */
  width?: number;
  /** What the client calls; it makes a difference in a cluster only. */
  address: 'service' | 'pod-ip';
  /** Of the sample service's container, in a cluster only; absent: no limit. */
  memoryLimitBytes?: number;
}

/** A treatment of the file that is for another platform than the one that is measured on. */
export interface LeftOut {
  treatment: string;
  mesh: MeshId;
  /** A clause about the treatment: "it is measured on ... only". */
  because: string;
}

export const PERCENTILES = ['p50', 'p90', 'p99', 'p999'] as const;
export type Percentile = (typeof PERCENTILES)[number];

export interface BlocksSpec {
  min: number;
  max: number;
  /** Wanted half-width of the 95 % interval of the added latency; absent: stop after `min` valid blocks. */
  until?: { percentile: Percentile; halfWidthUs: number };
}

export const BUDGET_METRICS = [
  'added-latency',
  'proxy-cpu',
  'proxy-cpu-per-1000-rps',
  'proxy-memory',
  'fleet-cpu-reserved',
  'fleet-cpu-used',
  'fleet-memory-reserved',
  'fleet-memory-used',
  'success-rate',
  'set-up-time',
  'added-set-up-time',
] as const;
export type BudgetMetric = (typeof BUDGET_METRICS)[number];

/**
 * One line that a treatment has to keep. Its limit is `atMost`, or `atLeast` of a success rate, never both; each amount is
 * in the metric's own unit: µs, millicores or bytes, and of a success rate a share from 0 to 1.
 */
export interface BudgetLine {
  metric: BudgetMetric;
  percentile?: Percentile;
  atMost?: number;
  atLeast?: number;
  /** Lower end of a documented range, in the same unit: an interval wholly below it is better than documented. */
  documentedFrom?: number;
  /** Pods of the fleet that a fleet's line is about; each has one sidecar. */
  pods?: number;
  /** What a sidecar of a fleet is taken to reserve where those of the run reserve nothing. */
  assumedRequest?: number;
  /** Mesh id or treatment name; absent: every treatment but the baseline. */
  for?: string;
  /** Treatment that an added latency is held against; absent: the baseline. */
  against?: string;
  role: 'required' | 'advisory';
  /** Where the figure comes from, and whose it is. */
  source: string;
  /** What the figure was stated for; absent where it is the user's own. */
  conditions?: StatedConditions;
}

export interface Scenario {
  name: string;
  /** The comment that opens the file: the question that the scenario answers. */
  question: string;
  /** Where it is measured: what the command line says, or else the file. */
  platform: PlatformId;
  /** Where the treatments' settings come from that are not their own; absent: from each mesh's own entry. */
  profile?: ProfileId;
  /** Those that are measured on this platform. */
  treatments: readonly Treatment[];
  leftOut: readonly LeftOut[];
  /** What is known beforehand to weaken the result, each in one sentence. */
  notes: readonly string[];
  /** Index of the baseline within `treatments`: the first with `mesh: none`. */
  baseline: number;
  services: ServicesSpec;
  load: LoadSpec;
  blocks: BlocksSpec;
  budgets: { name: string; lines: readonly BudgetLine[] };
}
