import { LatencyHistogram } from '../record/histogram.ts';
import { isMissing } from '../record/measured.ts';
import type { RunRecord } from '../record/runRecord.ts';
import { type SegmentRecord, TRIAL_SCHEMA, type TrialRecord } from '../record/trialRecord.ts';
import type { ResultsInput } from '../scenario/resultsSchema.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ImportedResult } from './imported.ts';

/** A result with its place in the run. */
export interface PlacedResult {
  block: number;
  position: number;
  cell: TrialRecord['spec']['cell'];
  /** As the results' file names it. */
  file: string;
}

/** The results' files in the order of the blocks; in each the baseline's are replicas 0 and 1. */
export function placesOf(results: ResultsInput, scenario: Scenario): PlacedResult[] {
  return results.blocks.flatMap(({ arrivalRate, trials }, index) => {
    const load = Math.max(0, scenario.load.arrivalRatesPerSecond.indexOf(arrivalRate ?? Number.NaN));
    return Object.entries(trials)
      .flatMap(([treatment, files]) =>
        [files]
          .flat()
          .map((file, replica) => ({ treatment, load, replica: replica === 1 ? (1 as const) : (0 as const), file })),
      )
      .map(({ file, ...cell }, position) => ({ block: index + 1, position, cell, file }));
  });
}

/** What every imported trial leaves open, whatever the tool. */
const NEVER_TOLD = [
  'whether the traffic went through the mesh, and under mutual TLS',
  'what the proxies took of CPU and memory',
  'how much the machine stalled while it was measured',
];

/**
 * Why a result cannot be of the load point that it is said to be of; undefined where it can.
 * Where its tool does not tell the rate, one that was not reached is left to the gates, which say so of that trial.
 */
export function unfitFor(result: ImportedResult, place: PlacedResult, { load }: Scenario): string | undefined {
  const rate = load.arrivalRatesPerSecond[place.cell.load];
  const { ratePerSecond, tool } = result;
  if (isMissing(ratePerSecond) || rate === undefined || ratePerSecond === rate) return undefined;
  return `${tool} was asked for ${ratePerSecond}/s, and the scenario says ${rate}/s`;
}

/** Beyond this, and beyond a request more or less, another rate was driven than the scenario says. */
const RATE_WITHIN = 0.01;

/** Where the tool does not tell what it was asked for, it was the scenario's rate, reached or not. */
function countsAt(result: ImportedResult, ratePerSecond: number): ImportedResult['counts'] {
  const { counts, seconds } = result;
  if (!isMissing(result.ratePerSecond)) return counts;
  const wanted = Math.round(ratePerSecond * seconds);
  const isReached = Math.abs(counts.scheduled - wanted) <= Math.max(1, RATE_WITHIN * wanted);
  return isReached ? counts : { ...counts, scheduled: wanted };
}

/** One result as a trial: what it does not say is missing there, each with the reason. */
export function trialOf(
  result: ImportedResult,
  place: PlacedResult,
  run: { runId: string; index: number; scenario: Scenario; importedAt: string },
): TrialRecord {
  const { load } = run.scenario;
  const missing = { missing: `${result.tool} does not tell it` };
  const lengthMs = Math.max(1, Math.round(result.seconds * 1000));
  const rate = isMissing(result.ratePerSecond)
    ? (load.arrivalRatesPerSecond[place.cell.load] ?? 0)
    : result.ratePerSecond;
  const segment = { name: 'window', fromMs: 0, toMs: lengthMs, arrivalRatePerSecond: rate, measured: true };
  return {
    schema: TRIAL_SCHEMA,
    runId: run.runId,
    origin: { kind: 'imported', tool: result.tool, cannotSay: [...result.cannotSay, ...NEVER_TOLD] },
    startedAt: isMissing(result.startedAt) ? run.importedAt : result.startedAt,
    spec: {
      index: run.index,
      cell: place.cell,
      block: place.block,
      position: place.position,
      deploymentId: `imported-${run.index}`,
      attempt: 1,
      purpose: 'measure',
      scheduleSeed: 0,
      segments: [segment],
      actions: [],
    },
    requested: {
      connections: load.connections,
      requestBytes: load.requestBytes,
      responseBytes: load.responseBytes,
      arrivals: load.arrivals,
      timeoutMs: load.timeoutMs,
    },
    clients: [
      {
        id: 'client',
        node: 'not told',
        driver: result.tool,
        model: 'open',
        clock: [],
        connections: { requested: isMissing(result.connections) ? load.connections : result.connections },
        segments: [segmentOf(result, { lengthUs: lengthMs * 1000, rate })],
        hiccups: missing,
        failures: [],
      },
    ],
    services: [],
    processes: [],
    machine: missing,
    hiccups: missing,
    counters: [],
    controls: [],
    events: [],
  };
}

function segmentOf(result: ImportedResult, { lengthUs, rate }: { lengthUs: number; rate: number }): SegmentRecord {
  const nothing = LatencyHistogram.create().encode();
  return {
    name: 'window',
    measured: true,
    fromUs: 0,
    toUs: lengthUs,
    requestedRatePerSecond: rate,
    counts: countsAt(result, rate),
    streams: result.streams.map(({ outcome, latencies }) => {
      const encoded = latencies.encode();
      return {
        target: 'service',
        outcome,
        requests: latencies.count,
        response: encoded,
        service: encoded,
        lag: nothing,
      };
    }),
    perSecond: [],
    tailEpisodes: { missing: `${result.tool} does not tell when each request was` },
    payload: { missing: `${result.tool} does not tell what the answers held` },
  };
}

/** What the record of a run says that was measured elsewhere. */
export function importedRun(of: {
  runId: string;
  tools: readonly string[];
  scenario: Scenario;
  startedAt: string;
  endedAt: string;
}): Pick<RunRecord, 'platform' | 'environment' | 'idleNoise' | 'startedAt' | 'ended' | 'seed' | 'planDigest'> {
  const tools = [...new Set(of.tools)].join(', ');
  const missing = { missing: `the results were imported: ${tools} does not tell it` };
  return {
    startedAt: of.startedAt,
    seed: 0,
    planDigest: 'imported',
    platform: {
      id: of.scenario.platform,
      mode: 'imported',
      refused: [],
      leavesOut: [],
      affinity: missing,
      details: { tool: tools },
    },
    environment: missing,
    idleNoise: missing,
    ended: { at: of.endedAt, because: `all results imported from ${tools}`, complete: true },
  };
}
