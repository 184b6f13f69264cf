import { isMissing } from '../record/measured.ts';
import type { RunRecord } from '../record/runRecord.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { BlocksAtLoad, LostBlock } from './blocks.ts';
import { weaknessOf } from './overhead.ts';
import type { LoadAnalysis } from './result.ts';
import { ratePerSecond } from './rounding.ts';
import { countOf, listText, msText, shareText } from './wording.ts';

/** What the caveats are drawn from. */
export interface Weighed {
  run: RunRecord;
  /** With the budgets that are judged. */
  scenario: Scenario;
  /** What the pilot left out, and why. */
  pilot: readonly string[];
  loads: readonly LoadAnalysis[];
  /** The blocks behind each load analysis, in the same order. */
  blocks: readonly BlocksAtLoad[];
}

/** What weakens the result, most important first, each in one sentence. */
export function caveatsOf({ run, scenario, pilot, loads, blocks }: Weighed): string[] {
  return [
    ...incomplete(run),
    ...pilot,
    // That nothing of an import is proven is said once, with what else it leaves open.
    ...(run.platform.mode === 'imported' ? [] : loads.flatMap(brokenProofs)),
    ...loads.flatMap(differingBaselines),
    ...loads.flatMap((load, index) => lostBlocks(load, blocks[index]?.lost ?? [])),
    ...leftOut(scenario),
    ...scenario.notes,
    ...weakPercentiles(loads),
    ...loads.flatMap(linkedBlocks),
    ...idleNoise(run),
    ...clockJumps(run),
    ...run.platform.leavesOut,
    ...singleDeployments(blocks),
    ...builds(loads),
  ];
}

/** A run that goes on, was killed, or ended before its plan was through. */
export function isIncomplete(run: RunRecord): boolean {
  return run.ended?.complete !== true;
}

function incomplete(run: RunRecord): string[] {
  if (!isIncomplete(run)) return [];
  return [
    run.ended === undefined
      ? 'the run did not come to its end: what is here is what was recorded until then'
      : `the run ended before its plan was through: ${run.ended.because}`,
  ];
}

function brokenProofs({ arrivalRatePerSecond, treatments }: LoadAnalysis): string[] {
  return treatments
    .filter(({ proof, validTrials }) => !proof.holds && (proof.sent > 0 || validTrials > 0))
    .map(({ treatment, proof }) => `${treatment} at ${ratePerSecond(arrivalRatePerSecond)}: ${proof.sentence}`);
}

function differingBaselines({ arrivalRatePerSecond, noise }: LoadAnalysis): string[] {
  const differing = noise.filter(({ holdsZero }) => holdsZero === false).map(({ percentile }) => percentile);
  if (differing.length === 0) return [];
  return [
    `at ${ratePerSecond(arrivalRatePerSecond)} the two baselines differ from each other at ${listText(differing)}: order or placement is broken, and the overhead there cannot be trusted`,
  ];
}

/** How many blocks went, and to which gates; what each of them measured is in the report's own table. */
function lostBlocks({ arrivalRatePerSecond, blocksRun }: LoadAnalysis, lost: readonly LostBlock[]): string[] {
  if (lost.length === 0) return [];
  const gates = [...new Set(lost.flatMap((block) => block.gates))];
  const to = gates.length === 0 ? 'not every trial was run' : `lost to ${listText(gates)}`;
  return [
    `${lost.length} of ${countOf(blocksRun, 'block')} at ${ratePerSecond(arrivalRatePerSecond)} carry no comparison: ${to}`,
  ];
}

/** A budget line for a treatment that was left out is never judged, which nobody should take for kept. */
function leftOut({ leftOut: treatments, budgets }: Scenario): string[] {
  return treatments.map(({ treatment, mesh, because }) => {
    const lines = budgets.lines.filter(({ for: whom }) => whom === undefined || whom === treatment || whom === mesh);
    const unjudged = lines.length === 0 ? '' : ', so that no budget line is judged for it';
    return `${treatment} is left out: ${because}${unjudged}`;
  });
}

/** The same weakness is told once, with the places where it holds. */
function weakPercentiles(loads: readonly LoadAnalysis[]): string[] {
  const places = new Map<string, string[]>();
  for (const { arrivalRatePerSecond, treatments, blocksValid } of loads) {
    if (blocksValid === 0) continue;
    for (const { treatment, isBaseline, overhead } of treatments) {
      for (const weakness of isBaseline ? [] : overhead.map(weaknessOf)) {
        if (weakness === undefined) continue;
        const known = places.get(weakness) ?? [];
        places.set(weakness, [...known, `${treatment} at ${ratePerSecond(arrivalRatePerSecond)}`]);
      }
    }
  }
  return [...places].map(([weakness, where]) => `${weakness} (${listText(where)})`);
}

/** Only blocks that follow each other up or down make an interval too narrow. */
function linkedBlocks({ arrivalRatePerSecond, treatments }: LoadAnalysis): string[] {
  return treatments.flatMap(({ treatment, overhead }) =>
    overhead.flatMap(({ percentile, lagOne }) => {
      if (isMissing(lagOne) || lagOne.correlation <= lagOne.band) return [];
      const figures = `lag-1 correlation ${lagOne.correlation.toFixed(2)}, independent blocks stay within ±${lagOne.band.toFixed(2)}`;
      return [
        `successive blocks of ${treatment} at ${ratePerSecond(arrivalRatePerSecond)} hang together at ${percentile} (${figures}): the interval there may be too narrow`,
      ];
    }),
  );
}

/** An idle machine that loses less than this has nothing that would show in a percentile. */
const QUIET_LOST_SHARE = 0.001;
const QUIET_LONGEST_US = 1000;

function idleNoise({ idleNoise: noise }: RunRecord): string[] {
  if (isMissing(noise)) return [`how much time the idle machine loses by itself is not known: ${noise.missing}`];
  const lost = Math.max(0, ...noise.perCore.map(({ lostShare }) => lostShare));
  const longest = Math.max(0, ...noise.perCore.map(({ longestUs }) => longestUs));
  if (lost < QUIET_LOST_SHARE && longest < QUIET_LONGEST_US) return [];
  return [
    `the host took up to ${shareText(lost)} of a core's time while nothing ran, in stalls of up to ${msText(longest)}: high percentiles hold these stalls too, and longer trials, more blocks or a quieter machine narrow their intervals`,
  ];
}

function clockJumps({ clockJumps: jumps = [] }: RunRecord): string[] {
  if (jumps.length === 0) return [];
  const by = listText(jumps.map(({ byMs }) => `${byMs > 0 ? '+' : ''}${Math.round(byMs / 1000)} s`));
  return [
    `the wall clock was set during the run (${by}): its time stamps cannot be compared with each other, while durations and latencies can, since they rest on the monotonic clock`,
  ];
}

/** An interval speaks only for what was repeated. */
function singleDeployments(blocks: readonly BlocksAtLoad[]): string[] {
  const deployments = new Map<string, Set<string>>();
  for (const trial of blocks.flatMap(({ comparable }) =>
    comparable.flatMap(({ treated, baselines }) => [...treated.values(), ...baselines]),
  )) {
    const { cell, deploymentId } = trial.record.spec;
    deployments.set(cell.treatment, (deployments.get(cell.treatment) ?? new Set()).add(deploymentId));
  }
  const single = [...deployments].filter(([, ids]) => ids.size === 1).map(([treatment]) => treatment);
  if (single.length === 0) return [];
  const [only] = single;
  return [
    single.length === 1
      ? `${only} was deployed once: its intervals speak for this deployment, not for the next one`
      : `each of ${listText(single.sort())} was deployed once: the intervals speak for these deployments, not for the next ones`,
  ];
}

/** A verdict names a treatment; what ran under that name is said by its build. */
function builds(loads: readonly LoadAnalysis[]): string[] {
  const told = loads.flatMap(({ treatments }) =>
    treatments.flatMap(({ treatment, build, proof }) => (proof.applies ? [`${treatment} here is ${build}`] : [])),
  );
  return [...new Set(told)];
}

/** What imported trials leave open, once for each tool. */
export function importedCaveats(trials: readonly TrialRecord[]): string[] {
  const openOf = new Map<string, Set<string>>();
  for (const { origin } of trials) {
    if (origin.kind !== 'imported') continue;
    const open = openOf.get(origin.tool) ?? new Set();
    for (const each of origin.cannotSay) open.add(each);
    openOf.set(origin.tool, open);
  }
  return [...openOf].map(([tool, open]) => `imported from ${tool}, which cannot say: ${[...open].join('; ')}`);
}
