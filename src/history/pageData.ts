import { QUANTITIES } from '../analysis/quantities.ts';
import { isMissing } from '../record/measured.ts';
import { limitAsked } from './regression.ts';
import { isEverMeasured } from './rows.ts';
import type { QuantitySeries, Series } from './series.ts';

/** Runs that a page shows of each series: more make it too large to open; all of them stand in the JSON. */
export const SHOWN_RUNS = 120;

/** One quantity over the shown runs: x is the run's place in the whole series, from 1; y is in the unit that is printed. */
export interface RunsChart {
  id: string;
  title: string;
  unit: string;
  /** Place, point, low, high. */
  points: readonly (readonly [number, number, number, number])[];
  /** Places of runs that regressed, and that are suspected. */
  regressed: readonly number[];
  suspected: readonly number[];
  /** Up to where the newest run was expected; absent where it was not judged. */
  expected?: number;
  /** Places of the runs that a new level begins with. */
  changes: readonly number[];
}

/** The charts of a series' group of quantities, in the order of the table below them. */
export function runsCharts(series: Series, group: string, idPrefix: string): RunsChart[] {
  const from = Math.max(0, series.runs.length - SHOWN_RUNS);
  return quantitiesOf(series, group).map((quantity, index) =>
    runsChart(quantity, { series, from, id: `${idPrefix}-${index}` }),
  );
}

export const quantitiesOf = (series: Series, group: string): QuantitySeries[] =>
  series.quantities.filter((quantity) => quantity.group === group && isEverMeasured(quantity));

export const groupsOf = (series: Series): string[] => [
  ...new Set(series.quantities.filter(isEverMeasured).map(({ group }) => group)),
];

function runsChart(quantity: QuantitySeries, at: { series: Series; from: number; id: string }): RunsChart {
  const { series, from, id } = at;
  const { unit, perUnit } = QUANTITIES[quantity.unit];
  // Four digits are more than a screen shows; all of them would make the page a third larger.
  const printed = (value: number) => Number((value / perUnit).toPrecision(4));
  const places = (kind: string) => quantity.states.flatMap((state, index) => (state.kind === kind ? [index + 1] : []));
  const last = quantity.states.at(-1);
  const isShown = (place: number) => place > from;
  return {
    id,
    title: `${quantity.what}, ${quantity.group}, in ${unit}`,
    unit,
    points: quantity.values.flatMap((value, index) =>
      isMissing(value) || index < from
        ? []
        : [[index + 1, printed(value.point), printed(value.low), printed(value.high)] as const],
    ),
    regressed: places('regressed').filter(isShown),
    suspected: places('suspected').filter(isShown),
    ...(last !== undefined && 'limit' in last ? { expected: printed(limitAsked(last)) } : {}),
    changes: quantity.changes
      .map(({ runId }) => series.runs.findIndex(({ figures }) => figures.runId === runId) + 1)
      .filter(isShown),
  };
}
