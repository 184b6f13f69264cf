import { isMissing, type Measured } from '../record/measured.ts';
import type { DeploymentRecord, RunRecord } from '../record/runRecord.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import { type ProfileId, profile } from '../scenario/profiles/index.ts';
import type { Scenario, Treatment } from '../scenario/scenario.ts';
import { costsOnPurpose, KNOBS, type KnobSource, type KnobValue, remainingSettings, type Seen } from './knobValues.ts';

/** One knob over the treatments, in their order. */
export interface Knob {
  title: string;
  cells: readonly { treatment: string; value: Measured<KnobValue> }[];
}

/** How the treatments with proxies are set, and in what they differ. */
export interface KnobTable {
  /** null: each treatment has its own settings, and the rest as its mesh's entry has it. */
  profile: { id: ProfileId; title: string } | null;
  /** Those with proxies. */
  treatments: readonly string[];
  differing: readonly Knob[];
  /** Known of each treatment, and the same. */
  alike: readonly Knob[];
  /** Not known of each treatment, and where it is known the same. */
  notKnown: readonly Knob[];
  /** What stays unlike under the profile, and why, for the meshes that were measured. */
  leftUnlike: readonly string[];
}

/** What the table rests on. */
export interface KnobEvidence {
  run: RunRecord;
  scenario: Scenario;
  deployments: readonly DeploymentRecord[];
  /** Those that measure. */
  trials: readonly TrialRecord[];
}

/**
 * Compares the settings of the treatments that have proxies, each by what was observed of it, and else by what was asked.
 * Counts that are made anew in each trial differ where no number lies in the ranges of both treatments.
 */
export function knobsOf({ run, scenario, deployments, trials }: KnobEvidence): KnobTable {
  const treatments = scenario.treatments.filter(({ mesh }) => mesh !== 'none');
  const seen = treatments.map((treatment) => seenOf(treatment, { run, scenario, deployments, trials }));
  const sources = [...KNOBS, ...costsOnPurpose(treatments), ...remainingSettings(treatments)];
  const knobs = sources.map((source) => knobOf(source, seen));
  const isDiffering = (knob: Knob) => differs(knownOf(knob));
  const isKnown = ({ cells }: Knob) => cells.every(({ value }) => !isMissing(value));
  return {
    profile: scenario.profile === undefined ? null : { id: scenario.profile, title: profile(scenario.profile).title },
    treatments: treatments.map(({ name }) => name),
    differing: knobs.filter(isDiffering),
    alike: knobs.filter((knob) => !isDiffering(knob) && isKnown(knob)),
    notKnown: knobs.filter((knob) => !isDiffering(knob) && !isKnown(knob)),
    leftUnlike: leftUnlike(scenario.profile, treatments),
  };
}

function seenOf(treatment: Treatment, { run, scenario, deployments, trials }: KnobEvidence): Seen {
  const own = deployments.filter((each) => each.treatment === treatment.name);
  return {
    treatment,
    run,
    load: scenario.load,
    trials: trials
      .filter(({ spec }) => spec.cell.treatment === treatment.name)
      .map((trial) => ({ trial, deployment: own.find(({ id }) => id === trial.spec.deploymentId) })),
    proxies: own.flatMap(({ proxies }) => proxies),
  };
}

function knobOf({ title, read }: KnobSource, seen: readonly Seen[]): Knob {
  return { title, cells: seen.map((each) => ({ treatment: each.treatment.name, value: read(each) })) };
}

function knownOf({ cells }: Knob): KnobValue[] {
  return cells.flatMap(({ value }) => (isMissing(value) ? [] : [value]));
}

/** Ranges that share a number may be of the same thing; texts have to be the same. */
function differs(values: readonly KnobValue[]): boolean {
  const ranges = values.flatMap(({ range }) => (range === undefined ? [] : [range]));
  if (ranges.length === values.length) {
    return Math.max(...ranges.map(({ least }) => least)) > Math.min(...ranges.map(({ most }) => most));
  }
  return new Set(values.map(({ text }) => text)).size > 1;
}

function leftUnlike(id: ProfileId | undefined, treatments: readonly Treatment[]): string[] {
  if (id === undefined) return [];
  return profile(id)
    .leavesUnlike.filter(({ mesh }) => treatments.some((treatment) => treatment.mesh === mesh))
    .map(({ mesh, because }) => `${mesh}: ${because}`);
}
