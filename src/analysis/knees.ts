import { isMissing, type Measured } from '../record/measured.ts';
import type { RunRecord } from '../record/runRecord.ts';
import type { Scenario, Treatment } from '../scenario/scenario.ts';
import { type Searched, searchOf } from '../scenario/search.ts';
import { bottleneckOf } from './bottleneck.ts';
import { estimateOverBlocks } from './estimate.ts';
import type { GaveOut, Knee, KneeAnalysis, KneeOfTreatment } from './kneeResult.ts';
import type { Estimate } from './result.ts';
import { ratePerSecond } from './rounding.ts';
import { askedRate, type JudgedTrial, rateNotHeld } from './validity.ts';

/** Gates that only the driver can fail: it was late, or the machine took its core. */
const OF_THE_DRIVER = new Set(['lateness', 'stalls-generator']);

/** What a saturation search found, from its recorded trials; null where the scenario searches nothing. */
export function kneesOf(
  { run, scenario }: { run: RunRecord; scenario: Scenario },
  judged: readonly JudgedTrial[],
): KneeAnalysis | null {
  const { saturation } = scenario.load;
  if (saturation === undefined) return null;
  const trials = judged.filter(({ record }) => record.spec.purpose === 'search');
  const found = scenario.treatments.map((treatment) => ({
    treatment,
    knees: kneesOfTreatment({ run, scenario, trials, treatment }),
  }));
  const baseline = heldPerBlock(found[scenario.baseline]?.knees ?? []);
  const treatments = found.map(({ treatment, knees }, index): KneeOfTreatment => {
    const isBaseline = index === scenario.baseline;
    const own = heldPerBlock(knees);
    const shares = [...own].flatMap(([block, held]) => {
      const of = baseline.get(block);
      return of === undefined ? [] : [held / of];
    });
    const doubt = doubtAbout(run, knees);
    return {
      treatment: treatment.name,
      isBaseline,
      build:
        trials.find(
          ({ record, deployment }) => record.spec.cell.treatment === treatment.name && deployment !== undefined,
        )?.deployment?.expectation.build ?? 'never deployed',
      knees,
      heldPerSecond: doubt ?? estimateOverBlocks([...own.values()]),
      shareOfBaseline: isBaseline
        ? null
        : (doubt ?? doubtAbout(run, found[scenario.baseline]?.knees ?? []) ?? estimateOverBlocks(shares)),
      gaveOut: mostOften(knees),
    };
  });
  return { within: saturation.within, treatments };
}

function kneesOfTreatment(of: {
  run: RunRecord;
  scenario: Scenario;
  trials: readonly JudgedTrial[];
  treatment: Treatment;
}): Knee[] {
  const { run, scenario, trials, treatment } = of;
  const searched = trials.map(searchedFrom);
  const own = trials.filter(({ record }) => record.spec.cell.treatment === treatment.name);
  const places = new Map(own.map(({ record: { spec } }) => [`${spec.block} ${spec.cell.replica}`, spec]));
  return [...places.values()].map(({ block, cell }): Knee => {
    const { replica } = cell;
    const state = searchOf(scenario, cell, block, searched);
    const unfinished = { missing: 'the search had not ended' };
    if (state?.kind !== 'end') {
      return { block, replica, heldPerSecond: unfinished, brokenPerSecond: unfinished, gaveOut: unfinished };
    }
    const { heldPerSecond, brokenPerSecond } = state;
    const notHeld = own.filter(
      ({ record }) =>
        record.spec.block === block && record.spec.cell.replica === replica && askedRate(record) === brokenPerSecond,
    );
    return {
      block,
      replica,
      heldPerSecond: heldPerSecond ?? { missing: 'no rate that was tried was held' },
      brokenPerSecond: brokenPerSecond ?? { missing: 'every rate that was tried was held' },
      gaveOut: gaveOutIn(run, notHeld),
    };
  });
}

function searchedFrom({ record, verdict }: JudgedTrial): Searched {
  const { block, cell } = record.spec;
  return { block, cell, ratePerSecond: askedRate(record), heldRate: rateNotHeld(verdict).length === 0 };
}

function gaveOutIn(run: RunRecord, notHeld: readonly JudgedTrial[]): Measured<GaveOut> {
  if (notHeld.length === 0) return { missing: 'nothing gave out' };
  const isDriver = notHeld.every(({ verdict }) => rateNotHeld(verdict).every(({ gate }) => OF_THE_DRIVER.has(gate)));
  if (isDriver) return { component: 'the load driver, which sent late' };
  const nearest = bottleneckOf(run, notHeld);
  return isMissing(nearest) ? nearest : { component: nearest.component, busyShare: nearest.busyShare };
}

/** The baseline's two searches of a block count as one, by their mean. */
function heldPerBlock(knees: readonly Knee[]): Map<number, number> {
  const held = new Map<number, number[]>();
  for (const { block, heldPerSecond } of knees) {
    if (!isMissing(heldPerSecond)) held.set(block, [...(held.get(block) ?? []), heldPerSecond]);
  }
  return new Map([...held].map(([block, rates]) => [block, rates.reduce((sum, rate) => sum + rate, 0) / rates.length]));
}

/** Why no knee of these can be claimed; undefined where one can. */
function doubtAbout(
  { platform }: RunRecord,
  knees: readonly Knee[],
): Extract<Measured<Estimate>, { missing: string }> | undefined {
  if (isMissing(platform.affinity)) {
    return {
      missing: `driver and system under test share cores, so that either may give out first (${platform.affinity.missing})`,
    };
  }
  const open = knees.find(
    ({ heldPerSecond, brokenPerSecond }) => !isMissing(heldPerSecond) && isMissing(brokenPerSecond),
  );
  if (open === undefined || isMissing(open.heldPerSecond)) return undefined;
  return {
    missing: `block ${open.block} held ${ratePerSecond(open.heldPerSecond)}, the highest that was tried: raise saturation.upTo`,
  };
}

function mostOften(knees: readonly Knee[]): Measured<string> {
  const counts = new Map<string, number>();
  for (const { gaveOut } of knees) {
    if (isMissing(gaveOut)) continue;
    counts.set(gaveOut.component, (counts.get(gaveOut.component) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (most === undefined)
    return knees.map(({ gaveOut }) => gaveOut).find(isMissing) ?? { missing: 'no search was run' };
  return `${most[0]} in ${most[1]} of ${knees.length} searches`;
}
