import type { QuantityId } from '../analysis/quantities.ts';
import type { Estimate } from '../analysis/result.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import type { Baseline } from './baselines.ts';
import { atOnePace, type ChangePoint } from './changePoints.ts';
import { type FieldComparison, obstacles } from './comparability.ts';
import { nameOf, type QuantityFigure } from './figures.ts';
import { type HistoryRun, seriesKey } from './order.ts';
import { judgeInOrder, type Limits, limitsBy, type RunState, sharedAmong } from './regression.ts';

/** A change of level, by the run that it begins with. */
export interface NamedChange extends ChangePoint {
  runId: string;
}

/** One quantity over the runs of a series. */
export interface QuantitySeries {
  group: string;
  what: string;
  unit: QuantityId;
  role: 'judged' | 'told';
  /** One for each run, in their order. */
  values: readonly Measured<Estimate>[];
  /** As many; of a told quantity none. */
  states: readonly RunState[];
  changes: readonly NamedChange[];
}

/** Runs of one scenario that may be compared with each other, in the order in which they began. */
export interface Series {
  scenario: string;
  runs: readonly HistoryRun[];
  /** The accepted ones, each with its place among the runs; from each on, what came before is not asked any more. */
  baselines: readonly (Baseline & { place: number })[];
  quantities: readonly QuantitySeries[];
}

/** Two runs of one scenario, one after the other, that must not be compared. */
export interface SeriesBreak {
  scenario: string;
  before: string;
  after: string;
  fields: readonly FieldComparison[];
}

/** Finds the changes of level in values; passed in, since whoever calls may know the answer already. */
export type FindChanges = (values: readonly number[]) => readonly ChangePoint[];

const NOT_IN_THIS_RUN = { missing: 'the run has no such quantity' };
/** Of a quantity that other runs carry well enough to be judged. */
export const COARSE = { missing: 'coarse in this run: it rests on too few requests to be judged' };

/**
 * The runs parted into series: by scenario and by every field of the environment that has to agree. Runs of a machine
 * that comes back later go on with the series that they left.
 */
export function seriesOf(
  runs: readonly HistoryRun[],
  baselines: readonly Baseline[],
  findChanges: FindChanges,
): Series[] {
  const groups = new Map<string, HistoryRun[]>();
  for (const run of runs) {
    const key = seriesKey(run);
    const own = groups.get(key) ?? [];
    own.push(run);
    groups.set(key, own);
  }
  return [...groups.values()].map((own) => oneSeries(own, baselines, findChanges));
}

interface Within {
  runs: readonly HistoryRun[];
  starts: readonly number[];
  findChanges: FindChanges;
  limits: Limits;
}

function oneSeries(runs: readonly HistoryRun[], all: readonly Baseline[], findChanges: FindChanges): Series {
  const places = new Map(runs.map(({ figures }, index) => [figures.runId, index]));
  // Accepted twice, the last reason counts.
  const byRun = new Map(all.map((baseline) => [baseline.runId, baseline]));
  const baselines = [...byRun.values()]
    .flatMap((baseline) => {
      const place = places.get(baseline.runId);
      return place === undefined ? [] : [{ ...baseline, place }];
    })
    .sort((a, b) => a.place - b.place);
  const starts = baselines.map(({ place }) => place);
  const columns = columnsOf(runs);
  const judgedOnes = columns.filter(({ isEverJudged }) => isEverJudged);
  const limits = limitsBy(sharedAmong(judgedOnes.length));
  return {
    scenario: runs[0]?.figures.scenario ?? '',
    runs,
    baselines,
    quantities: columns.map((column) => quantitySeries(column, { runs, starts, findChanges, limits })),
  };
}

/** One quantity over the runs; a place is empty where its run has no such quantity. */
interface Column extends Pick<QuantitySeries, 'group' | 'what' | 'unit' | 'role'> {
  figures: (QuantityFigure | undefined)[];
  /** Any run has a value of it that is judged: of as many a run can be suspected. */
  isEverJudged: boolean;
}

/**
 * Every quantity that any run has, in the order of the run that has it first. It is judged where any run carries it well
 * enough: whether a percentile is coarse hangs on the smallest trial, and may turn from run to run.
 */
function columnsOf(runs: readonly HistoryRun[]): Column[] {
  const found = new Map<string, Column>();
  for (const [at, run] of runs.entries()) {
    for (const figure of run.figures.quantities) {
      const { group, what, unit, role } = figure;
      const name = nameOf(figure);
      let column = found.get(name);
      if (column === undefined) {
        column = { group, what, unit, role, isEverJudged: false, figures: Array(runs.length).fill(undefined) };
        found.set(name, column);
      }
      column.figures[at] = figure;
      column.unit = unit;
      if (role === 'judged') column.role = role;
      if (role === 'judged' && !isMissing(figure.value)) column.isEverJudged = true;
    }
  }
  return [...found.values()];
}

function quantitySeries({ figures, isEverJudged: _, ...of }: Column, within: Within): QuantitySeries {
  const { runs, starts, findChanges, limits } = within;
  const values = figures.map((figure) => {
    if (figure === undefined) return NOT_IN_THIS_RUN;
    return of.role === 'judged' && figure.role === 'told' && !isMissing(figure.value) ? COARSE : figure.value;
  });
  const points = values.map((value) => (isMissing(value) ? value : value.point));
  const besides = figures.map((figure) => figure?.beside);
  const known = points.flatMap((value, place) => (isMissing(value) ? [] : [{ value, beside: besides[place], place }]));
  const changes = findChanges(atOnePace(known)).flatMap((change) => {
    const run = runs[known[change.at]?.place ?? -1];
    return run === undefined ? [] : [{ ...change, runId: run.figures.runId }];
  });
  const states = of.role === 'judged' ? judged(points, besides, { starts, limits }) : [];
  return { ...of, values, states, changes };
}

/** From each accepted run on, the values before it are not asked any more. */
function judged(
  points: readonly Measured<number>[],
  besides: readonly (number | undefined)[],
  { starts, limits }: Pick<Within, 'starts' | 'limits'>,
): RunState[] {
  const cuts = [0, ...starts.filter((start) => start > 0), points.length];
  return cuts
    .slice(1)
    .flatMap((end, index) => judgeInOrder(points.slice(cuts[index], end), limits, besides.slice(cuts[index], end)));
}

/** Where the environment of a scenario's runs changes, with the fields that did. */
export function breaksOf(runs: readonly HistoryRun[]): SeriesBreak[] {
  const last = new Map<string, HistoryRun>();
  const breaks: SeriesBreak[] = [];
  for (const run of runs) {
    const { scenario, runId, environment } = run.figures;
    const before = last.get(scenario);
    const fields = before === undefined ? [] : obstacles(before.figures.environment, environment);
    if (before !== undefined && fields.length > 0) {
      breaks.push({ scenario, before: before.figures.runId, after: runId, fields });
    }
    last.set(scenario, run);
  }
  return breaks;
}
