/**
 * npm run verify:power: is a cost of known size found, and none where there is none? Twenty seeded quick starts with
 * costs planted beside the server's proxy (16 µs of CPU on each request, a tenth of what the proxy takes itself, and
 * 100 µs); the two baselines of each block are compared as two treatments are. Two runs before them give the prediction of
 * what the twenty will see. Takes 110 minutes; the machine has to be idle.
 *
 * Each planted cost has to be found in 16 of 20 runs or more: an effect that a run sees 9 times in 10 gives that with
 * probability 0.957, one that it sees half the time with 0.006. The baselines may differ in 4 runs or fewer: ten blocks
 * differ by chance in 4.9 of 100 runs, which passes with 0.998; a procedure that errs in 40 of 100 passes with 0.051, one
 * that errs in half of them with 0.006. `npm run verify:power -- 2` does two runs and keeps nothing.
 */
import { rmSync } from 'node:fs';
import { type AnalysedRun, analyseRun } from '../../src/analysis/analyse.ts';
import { blocksAtLoad } from '../../src/analysis/blocks.ts';
import { estimateOfShift } from '../../src/analysis/estimate.ts';
import { pairedAt } from '../../src/analysis/percentiles.ts';
import { type Prediction, predict } from '../../src/analysis/prediction.ts';
import type { Contrast, LoadAnalysis, RunAnalysis } from '../../src/analysis/result.ts';
import { smallestEffectOf } from '../../src/analysis/sensitivity.ts';
import { median } from '../../src/analysis/stats/quantile.ts';
import { judgeTrials } from '../../src/analysis/validity.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { isMissing, type Measured } from '../../src/record/measured.ts';
import { readRun } from '../../src/record/runDirectory.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { runCli, runFolder, workplace, writeScenario } from '../system/cli.ts';
import { keepMeasured } from './keepMeasured.ts';

const asked = Number(process.argv[2] ?? 20);
const PREDICTED_FROM = asked < 20 ? 1 : 2;
const FOUND_AT_LEAST = 16;
const DIFFERS_AT_MOST = 4;
const WITHIN_FACTOR = 1.5;
const SCENARIO = `# Is a planted cost found?
name: planted-cost
treatments:
  - mesh: none
  - { mesh: envoy, name: plain, settings: { mtls: strict, concurrency: 2 }, plantedCost: 0us }
  - { mesh: envoy, name: planted-16, settings: { mtls: strict, concurrency: 2 }, plantedCost: 16us }
  - { mesh: envoy, name: planted-100, settings: { mtls: strict, concurrency: 2 }, plantedCost: 100us }
load: { arrivals: poisson, arrivalRate: 1000/s, connections: 16, responseBytes: 1kB, warmUp: 1s, duration: 3s }
blocks: { min: 10, max: 12 }
`;

interface Interval {
  point: number;
  low: number;
  high: number;
  n: number;
}

/** One comparison of one run: what it found, block by block, and what it could have seen. */
interface Seen {
  estimate: Measured<Interval>;
  perBlock: readonly number[];
  smallestEffect: Measured<number>;
}

interface Found {
  seed: number;
  serverProxyMillicores: Measured<Interval>;
  cpu16: Seen;
  cpu100: Seen;
  latency16: Seen;
  latency100: Seen;
  againP50: Seen;
  againP90: Seen;
}

const parsed = parseScenario(SCENARIO, 'scenario.yaml');
if (!parsed.ok) throw new Error('the scenario of this script is wrong');
const scenario: Scenario = parsed.scenario;

interface Ran {
  analysis: RunAnalysis;
  /** Second minus first baseline of each comparable block. */
  again: Record<'p50' | 'p90', Seen>;
}

async function runOnce(seed: number): Promise<Ran> {
  const place = workplace();
  try {
    const args = ['run', writeScenario(place, SCENARIO), '--seed', String(seed), '--quiet'];
    const { code, stderr } = await runCli(place, args);
    const folder = runFolder(place);
    if (folder === undefined) throw new Error(`run ${seed} ended with ${code}: ${stderr}`);
    const recorded = { ...(await readRun(nodeHost(), folder)), scenario };
    return { analysis: analyseRun(recorded), again: baselinesOf(recorded) };
  } finally {
    rmSync(place.directory, { recursive: true });
  }
}

/** The baselines of each block as one treatment and another: the same estimate, asked for the same confidence. */
function baselinesOf(recorded: AnalysedRun): Ran['again'] {
  const judged = judgeTrials(recorded).filter(({ record }) => record.spec.purpose === 'measure');
  const { comparable } = blocksAtLoad(scenario, judged);
  const pairs = comparable.map(({ block, baselines: [from, to] }) => ({ block, from, to }));
  const seen = (percentile: 'p50' | 'p90'): Seen => {
    const perBlock = pairedAt(percentile, pairs).perBlock.map(({ differenceUs }) => differenceUs);
    return {
      estimate: estimateOfShift(perBlock, scenario.blocks),
      perBlock,
      smallestEffect: smallestEffectOf(perBlock),
    };
  };
  return { p50: seen('p50'), p90: seen('p90') };
}

function loadOf(analysis: RunAnalysis): LoadAnalysis {
  const [load] = analysis.loads;
  if (load === undefined) throw new Error(analysis.conclusion.sentence);
  return load;
}

function contrast(load: LoadAnalysis, from: string, to: string): Contrast {
  const found = load.contrasts.find((each) => each.from === from && each.to === to);
  if (found === undefined) throw new Error(`no contrast of ${to} and ${from}`);
  return found;
}

function evaluate(seed: number, { analysis, again }: Ran): Found {
  const load = loadOf(analysis);
  const against = (to: string) => contrast(load, 'plain', to);
  const cpu = (to: string): Seen => {
    const server = against(to).sidecars.find(({ hop }) => hop === 'server');
    if (server === undefined) throw new Error('no server sidecar');
    const { cpuMillicores, cpuPerBlock, smallestCpuEffectMillicores } = server;
    return { estimate: cpuMillicores, perBlock: cpuPerBlock, smallestEffect: smallestCpuEffectMillicores };
  };
  const latency = (to: string): Seen => {
    const p50 = against(to).latency.find(({ percentile }) => percentile === 'p50');
    if (p50 === undefined) throw new Error('no p50');
    const perBlock = p50.perBlock.map(({ differenceUs }) => differenceUs);
    return { estimate: p50.differenceUs, perBlock, smallestEffect: p50.smallestEffectUs };
  };
  const plain = load.treatments.find(({ treatment }) => treatment === 'plain');
  const proxy = plain?.costs.find(({ role, hop }) => role === 'proxy' && hop === 'server');
  return {
    seed,
    serverProxyMillicores: proxy?.cpuMillicores ?? { missing: 'no server proxy' },
    cpu16: cpu('planted-16'),
    cpu100: cpu('planted-100'),
    latency16: latency('planted-16'),
    latency100: latency('planted-100'),
    againP50: again.p50,
    againP90: again.p90,
  };
}

const isAbove0 = ({ estimate }: Seen) => !isMissing(estimate) && estimate.low > 0;
const leavesOut0 = ({ estimate }: Seen) => !isMissing(estimate) && (estimate.low > 0 || estimate.high < 0);
const shown = ({ estimate }: Seen) =>
  isMissing(estimate)
    ? `— (${estimate.missing})`
    : `${estimate.point.toFixed(1)} (${estimate.low.toFixed(1)} to ${estimate.high.toFixed(1)})`;

const pilots: RunAnalysis[] = [];
for (let seed = 1001; seed <= 1000 + PREDICTED_FROM; seed++) pilots.push((await runOnce(seed)).analysis);
const predictions = predict(scenario, pilots);

/** What the runs before predict against what the twenty runs could see, each by its median. */
function comparePrediction(what: string, of: Pick<Prediction, 'comparison' | 'quantity'>, seen: readonly Seen[]) {
  const predicted = predictions.find(
    ({ comparison, quantity }) => comparison === of.comparison && quantity === of.quantity,
  );
  const effect = predicted?.smallestEffect ?? { missing: 'not predicted' };
  const observed = median(seen.flatMap(({ smallestEffect }) => (isMissing(smallestEffect) ? [] : [smallestEffect])));
  if (isMissing(effect) || observed === undefined) return { what, predicted: effect, observed, ratio: Number.NaN };
  const ratio = observed / effect.withMin;
  const near = seen.filter(
    ({ smallestEffect }) =>
      !isMissing(smallestEffect) && Math.abs(Math.log(smallestEffect / effect.withMin)) <= Math.log(WITHIN_FACTOR),
  ).length;
  return { what, predicted: effect.withMin, observed, ratio, runsWithinTheFactor: near };
}

const found: Found[] = [];
for (let seed = 1; seed <= asked; seed++) {
  try {
    const run = evaluate(seed, await runOnce(seed));
    found.push(run);
    console.log(
      `seed ${seed}: CPU +16: ${shown(run.cpu16)}; p50 +100: ${shown(run.latency100)}; again p50: ${shown(run.againP50)}`,
    );
  } catch (error) {
    // A run without an estimate counts as one that found nothing.
    console.log(`seed ${seed}: ${(error as Error).message}`);
  }
}
const counted = (what: string, count: number, ok: boolean) => ({ what, value: count, ok });
const cpuFound = found.filter(({ cpu16 }) => isAbove0(cpu16)).length;
const latencyFound = found.filter(({ latency100 }) => isAbove0(latency100)).length;
const differing = found.filter(({ againP50 }) => leavesOut0(againP50)).length;
const compared = [
  comparePrediction(
    'p50 of planted-100',
    { comparison: 'planted-100 minus plain', quantity: 'p50' },
    found.map(({ latency100 }) => latency100),
  ),
  comparePrediction(
    'CPU of planted-16',
    { comparison: 'planted-16 minus plain', quantity: 'server sidecar CPU' },
    found.map(({ cpu16 }) => cpu16),
  ),
];
const checks = [
  counted(`CPU of 16 µs a request found in ≥ ${FOUND_AT_LEAST} of ${asked}`, cpuFound, cpuFound >= FOUND_AT_LEAST),
  counted(`p50 of 100 µs found in ≥ ${FOUND_AT_LEAST} of ${asked}`, latencyFound, latencyFound >= FOUND_AT_LEAST),
  counted(`the two baselines differ in ≤ ${DIFFERS_AT_MOST} of ${asked}`, differing, differing <= DIFFERS_AT_MOST),
  ...compared.map(({ what, ratio }) =>
    counted(
      `smallest visible effect, ${what}: observed within a factor ${WITHIN_FACTOR} of the predicted`,
      Number(ratio.toFixed(3)),
      Math.abs(Math.log(ratio)) <= Math.log(WITHIN_FACTOR),
    ),
  ),
];
for (const { what, value, ok } of checks) console.log(`${ok ? 'pass' : 'FAIL'}  ${what}: ${value}`);
if (asked >= 20) keepMeasured('power', { scenario: SCENARIO, predictions, compared, runs: found, checks });
process.exit(checks.every(({ ok }) => ok) ? 0 : 1);
