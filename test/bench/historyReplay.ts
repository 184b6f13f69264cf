import { atOnePace, changePointsOf } from '../../src/history/changePoints.ts';
import { nameOf, type RunFigures } from '../../src/history/figures.ts';
import { judgeInOrder, type Limits, limitsBy, type RunState, sharedAmong } from '../../src/history/regression.ts';
import { isMissing, type Measured } from '../../src/record/measured.ts';
import { createRandom } from '../../src/scenario/random.ts';
import type { CampaignLine } from './historyCampaign.ts';

/** The judged quantities of one run, in an order that is the same for all runs of a campaign; with what its baseline took where that is known. */
export type RunValues = readonly (Measured<number> | { value: number; beside: number })[];

/** The quantity that the plant is to show in. */
const WATCHED = 'envoy at 500/s, added p50';

export interface ReplayRule {
  histories: number;
  /** Runs of a history, and the first one with the plant, from 1. */
  runs: number;
  plantedFrom: number;
  /** Successive runs that are drawn together, so that what neighbours have in common stays in common. */
  piece: number;
  /** An alarm this many runs after the plant still counts, the first planted one among them. */
  within: number;
  /** How far the found change may lie from the planted one. */
  nearBy: number;
  seed: number;
}

export const REPLAY: ReplayRule = {
  histories: 2000,
  runs: 45,
  plantedFrom: 31,
  piece: 5,
  within: 3,
  nearBy: 1,
  seed: 7,
};

/** In how many of the histories it was so. */
export interface Replayed {
  histories: number;
  /** Without the plant: a confirmed alarm on any quantity, on the watched one, and a first exceedance on any. */
  alarms: number;
  alarmsOfWatched: number;
  suspicions: number;
  /** With it: a confirmed alarm of the watched quantity in time, and its change point found near by. */
  found: number;
  changesNear: number;
  /** Without it: any change of level found in the watched quantity. */
  changesWithout: number;
}

export const namesOf = (runs: readonly RunFigures[]): string[] => [
  ...new Set(
    runs.flatMap(({ quantities }) =>
      quantities.filter(({ role, value }) => role === 'judged' && !isMissing(value)).map(nameOf),
    ),
  ),
];

export function valuesOf({ quantities }: RunFigures, names: readonly string[]): RunValues {
  return names.map((name) => {
    const figure = quantities.find((each) => nameOf(each) === name);
    if (figure === undefined) return { missing: 'not measured' };
    if (isMissing(figure.value)) return figure.value;
    if (figure.role !== 'judged') return { missing: 'coarse in this run' };
    const { point } = figure.value;
    return figure.beside === undefined ? point : { value: point, beside: figure.beside };
  });
}

/** What a replay takes of a campaign, with the names of its quantities. @throws where the watched one is not among them */
export function recordedIn(lines: readonly CampaignLine[]) {
  const names = namesOf(lines.map(({ figures }) => figures));
  const watched = names.indexOf(WATCHED);
  if (watched < 0) throw new Error(`the campaign holds no ${WATCHED}`);
  const values = (isPlanted: boolean) =>
    lines.filter(({ plantedUs }) => plantedUs > 0 === isPlanted).map(({ figures }) => valuesOf(figures, names));
  return { names, plain: values(false), planted: values(true), watched };
}

/** The same without what the baselines took: for a rule that looks at values alone. */
export const valuesAlone = (runs: readonly RunValues[]): RunValues[] =>
  runs.map((run) => run.map((value) => pointOf(value)));

/** Histories drawn in contiguous pieces of recorded runs, the ends joined (circular block bootstrap, Politis and Romano 1992). */
function drawn<T>(runs: readonly T[], count: number, { piece, random }: { piece: number; random: () => number }): T[] {
  const out: T[] = [];
  while (out.length < count) {
    const from = Math.floor(random() * runs.length);
    for (let next = 0; next < piece && out.length < count; next += 1) {
      const run = runs[(from + next) % runs.length];
      if (run !== undefined) out.push(run);
    }
  }
  return out;
}

/**
 * Plays the product's own rule over resampled histories.
 * @param watched place of the quantity that the plant is to show in
 */
export function replay(
  recorded: { plain: readonly RunValues[]; planted: readonly RunValues[]; watched: number },
  rule: ReplayRule = REPLAY,
): Replayed {
  const random = createRandom(rule.seed);
  const limits = limitsBy(sharedAmong(recorded.plain[0]?.length ?? 1));
  const { plain, planted, watched } = recorded;
  const sums = { alarms: 0, alarmsOfWatched: 0, suspicions: 0, found: 0, changesNear: 0, changesWithout: 0 };
  for (let history = 0; history < rule.histories; history += 1) {
    const quiet = drawn(plain, rule.runs, { piece: rule.piece, random });
    const states = quiet[0]?.map((_, quantity) => statesOf(quiet, quantity, limits)) ?? [];
    const has = (kinds: readonly RunState['kind'][]) => (own: readonly RunState[]) =>
      own.some(({ kind }) => kinds.includes(kind));
    if (states.some(has(['regressed']))) sums.alarms += 1;
    if (states.some(has(['regressed', 'suspected', 'refuted']))) sums.suspicions += 1;
    if (has(['regressed'])(states[watched] ?? [])) sums.alarmsOfWatched += 1;
    const start = rule.plantedFrom - 1;
    const changed = [
      ...drawn(plain, start, { piece: rule.piece, random }),
      ...drawn(planted, rule.runs - start, { piece: rule.piece, random }),
    ];
    const inTime = statesOf(changed.slice(0, start + rule.within), watched, limits);
    if (has(['regressed'])(inTime.slice(start))) sums.found += 1;
    const changes = changePointsOf(paced(changed, watched));
    if (changes.some(({ at }) => Math.abs(at - start) <= rule.nearBy)) sums.changesNear += 1;
    if (changePointsOf(paced(quiet, watched)).length > 0) sums.changesWithout += 1;
  }
  return { histories: rule.histories, ...sums };
}

function paced(runs: readonly RunValues[], quantity: number): number[] {
  const known = runs.flatMap((run) => {
    const value = pointOf(run[quantity]);
    return isMissing(value) ? [] : [{ value, beside: besideOf(run[quantity]) }];
  });
  return atOnePace(known);
}

const besideOf = (value: RunValues[number] | undefined): number | undefined =>
  typeof value === 'object' && 'beside' in value ? value.beside : undefined;

function statesOf(runs: readonly RunValues[], quantity: number, limits: Limits): RunState[] {
  const own = runs.map((run) => run[quantity]);
  return judgeInOrder(own.map(pointOf), limits, own.map(besideOf));
}

function pointOf(value: RunValues[number] | undefined): Measured<number> {
  if (value === undefined) return { missing: 'not measured' };
  return typeof value === 'object' && 'value' in value ? value.value : value;
}
