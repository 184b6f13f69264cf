/**
 * npm run verify:difference: does the tool find a difference of known size, and none where there is none? Twenty seeded
 * runs of two treatments whose services differ by 0.30 ms; the truth of each run is what its services recorded.
 * Takes about 20 minutes; the machine should be idle.
 *
 * Twenty intervals of 96.9 % (six blocks) hold the truth at least 17 times with probability 0.997 when the method is
 * right; one whose intervals hold it 80 % of the time would pass with probability 0.41, one of 60 % with 0.016.
 */
// @ts-nocheck

import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { signedRankInterval } from '../../src/analysis/stats/interval.ts';
import { median } from '../../src/analysis/stats/quantile.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { LatencyHistogram } from '../../src/record/histogram.ts';
import { isMissing } from '../../src/record/measured.ts';
import { type RecordedRun, readRun } from '../../src/record/runDirectory.ts';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { runCli, runFolder, workplace } from '../system/cli.ts';
import { keepMeasured } from './keepMeasured.ts';

const RUNS = 20;
const HOLDS_AT_LEAST = 17;
const MEDIAN_ERROR_AT_MOST_US = 20;
const SCENARIO = `# Is a difference of 0.30 ms of service found, and none where there is none?
name: known-difference
treatments:
  - mesh: none
  - mesh: none
    name: slower
    serviceTime: 300us
load: { arrivals: constant, arrivalRate: 500/s, connections: 16, warmUp: 200ms, duration: 1s }
blocks: { min: 6, max: 10 }
`;

interface Found {
  seed: number;
  truthUs: number;
  added: { point: number; low: number; high: number };
  again: { point: number; low: number; high: number };
}

/** What a trial's service recorded as its own p50, in µs. */
function servedP50(trial: TrialRecord): number {
  const tally = trial.services[0]?.tally;
  const text = tally === undefined || isMissing(tally) ? undefined : tally.serviceTime;
  const p50 = text === undefined ? undefined : LatencyHistogram.decode(text).quantile(0.5);
  if (p50 === undefined) throw new Error(`trial ${trial.spec.index} has no record of its service`);
  return p50;
}

function evaluate(seed: number, recorded: RecordedRun): Found {
  const parsed = parseScenario(SCENARIO, 'scenario.yaml');
  if (!parsed.ok) throw new Error('the scenario of this script is wrong');
  const analysis = analyseRun({ ...recorded, scenario: parsed.scenario });
  const [load] = analysis.loads;
  const p50 = load?.treatments
    .find((treatment) => treatment.treatment === 'slower')
    ?.overhead.find((overhead) => overhead.percentile === 'p50');
  if (p50 === undefined || isMissing(p50.addedUs)) {
    throw new Error(`run ${seed} has no estimate: ${JSON.stringify(p50?.addedUs ?? analysis.conclusion.sentence)}`);
  }
  const valid = new Set(analysis.trials.filter((trial) => trial.outcome === 'valid').map((trial) => trial.index));
  const trials = recorded.trials.filter((trial) => valid.has(trial.spec.index));
  const served = (treatment: string) =>
    median(trials.filter((trial) => trial.spec.cell.treatment === treatment).map(servedP50)) ?? Number.NaN;
  const noise = signedRankInterval(replicaDifferences(trials), 0.95);
  if ('missing' in noise) throw new Error(`run ${seed}: ${noise.missing}`);
  return { seed, truthUs: served('slower') - served('none'), added: p50.addedUs, again: noise };
}

/** Second baseline minus first, p50 of the response time in µs, for each block that has both. */
function replicaDifferences(trials: readonly TrialRecord[]): number[] {
  const p50 = (trial: TrialRecord | undefined) => {
    const stream = trial?.clients[0]?.segments.find(({ measured }) => measured)?.streams[0];
    return stream === undefined ? undefined : LatencyHistogram.decode(stream.response).quantile(0.5);
  };
  const blocks = [...new Set(trials.map((trial) => trial.spec.block))];
  return blocks.flatMap((block) => {
    const replica = (wanted: 0 | 1) =>
      p50(
        trials.find(
          ({ spec }) => spec.block === block && spec.cell.treatment === 'none' && spec.cell.replica === wanted,
        ),
      );
    const [first, second] = [replica(0), replica(1)];
    return first === undefined || second === undefined ? [] : [second - first];
  });
}

async function runOnce(seed: number): Promise<Found> {
  const place = workplace();
  try {
    const file = path.join(place.directory, 'scenario.yaml');
    writeFileSync(file, SCENARIO);
    const { code, stderr } = await runCli(place, ['run', file, '--seed', String(seed), '--quiet']);
    if (code !== 0) throw new Error(`run ${seed} ended with ${code}: ${stderr}`);
    return evaluate(seed, await readRun(nodeHost(), runFolder(place) ?? ''));
  } finally {
    rmSync(place.directory, { recursive: true });
  }
}

const holds = (interval: { low: number; high: number }, value: number) =>
  interval.low <= value && value <= interval.high;
const shown = ({ point, low, high }: Found['added']) => `${point.toFixed(0)} (${low.toFixed(0)} to ${high.toFixed(0)})`;

const found: Found[] = [];
for (let seed = 1; seed <= RUNS; seed++) {
  try {
    const run = await runOnce(seed);
    found.push(run);
    console.log(`seed ${seed}: truth ${run.truthUs} µs, added ${shown(run.added)}, baseline again ${shown(run.again)}`);
  } catch (error) {
    // A run without an estimate counts as one whose interval does not hold the truth.
    console.log(`seed ${seed}: ${(error as Error).message}`);
  }
}
const medianErrorUs = median(found.map((run) => Math.abs(run.added.point - run.truthUs))) ?? Number.POSITIVE_INFINITY;
const checks = [
  {
    what: `median error ≤ ${MEDIAN_ERROR_AT_MOST_US} µs`,
    value: medianErrorUs,
    ok: medianErrorUs <= MEDIAN_ERROR_AT_MOST_US,
  },
  ...[
    {
      what: 'intervals that hold the known difference',
      count: found.filter((run) => holds(run.added, run.truthUs)).length,
    },
    {
      what: 'intervals of baseline against baseline that hold 0',
      count: found.filter((run) => holds(run.again, 0)).length,
    },
  ].map(({ what, count }) => ({
    what: `${what} ≥ ${HOLDS_AT_LEAST} of ${RUNS}`,
    value: count,
    ok: count >= HOLDS_AT_LEAST,
  })),
];
for (const { what, value, ok } of checks) console.log(`${ok ? 'pass' : 'FAIL'}  ${what}: ${value}`);
keepMeasured('difference', { runs: found, checks });
process.exit(checks.every(({ ok }) => ok) ? 0 : 1);
