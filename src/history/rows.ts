import { type Figure, figureOf, numberOf, numberText } from '../analysis/figure.ts';
import { QUANTITIES, type QuantityId } from '../analysis/quantities.ts';
import { countOf } from '../analysis/wording.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import type { Badge } from '../report/labels.ts';
import { differenceText } from './comparability.ts';
import { apart, type HistoryOutcome } from './conclusion.ts';
import type { History } from './history.ts';
import { limitAsked, type RunState } from './regression.ts';
import type { QuantitySeries, Series } from './series.ts';

/** What every format of a history prints, decided once. */

export const HISTORY_OUTCOMES = {
  regression: { tone: 'bad', sign: '✗', text: 'Regression' },
  suspected: { tone: 'open', sign: '?', text: 'Suspected, not confirmed' },
  'not-judged': { tone: 'open', sign: '?', text: 'Not judged' },
  steady: { tone: 'good', sign: '✓', text: 'No regression' },
} as const satisfies Record<HistoryOutcome, Badge>;

export const STATES = {
  missing: { tone: 'open', sign: '?', text: 'not measured' },
  collecting: { tone: 'neutral', sign: '•', text: 'not judged yet' },
  usual: { tone: 'good', sign: '✓', text: 'as expected' },
  lower: { tone: 'good', sign: '✓', text: 'lower' },
  slowed: { tone: 'neutral', sign: '•', text: 'slower machine' },
  suspected: { tone: 'open', sign: '?', text: 'suspected' },
  refuted: { tone: 'neutral', sign: '•', text: 'not confirmed' },
  regressed: { tone: 'bad', sign: '✗', text: 'regressed' },
} as const satisfies Record<RunState['kind'], Badge>;

/** A quantity in the newest run of a series. */
export interface NewestRow {
  group: string;
  what: string;
  value: Measured<Figure>;
  /** `up to 0.68 ms (31 runs)` */
  expected: Measured<string>;
  kind: RunState['kind'];
  state: Badge;
  /** The value against its limit, where it is above. */
  because: string | undefined;
}

/** The judged quantities of a series' newest run; those that no run of it has are left out. */
export function newestRows({ quantities, runs }: Series): NewestRow[] {
  const at = runs.length - 1;
  return quantities.filter(isEverMeasured).flatMap((quantity) => {
    const [value, state] = [quantity.values[at], quantity.states[at]];
    if (value === undefined || state === undefined) return [];
    const { group, what, unit } = quantity;
    return [
      {
        group,
        what,
        value: figureOf(unit, value),
        expected: expectedText(unit, state),
        kind: state.kind,
        state: STATES[state.kind],
        because: beyondText(quantity, at),
      },
    ];
  });
}

export const isEverMeasured = ({ values }: QuantitySeries): boolean => values.some((value) => !isMissing(value));

function expectedText(unit: QuantityId, state: RunState): Measured<string> {
  if (!('limit' in state)) return { missing: state.because };
  return `up to ${amountText(unit, limitAsked(state))} (${countOf(state.limit.runs, 'run')})`;
}

/** `0.784 ms, above 0.682 ms` of a value that is above its limit, or was. */
export function beyondText({ unit, values, states }: QuantitySeries, at: number): string | undefined {
  const [value, state] = [values[at], states[at]];
  if (value === undefined || isMissing(value) || state === undefined || !('limit' in state)) return undefined;
  const limit = limitAsked(state);
  if (value.point <= limit) return undefined;
  const beyond = apart(unit, value.point, limit).join(', above ');
  return state.kind === 'slowed' ? `${beyond}, but not relative to the baseline of the same run` : beyond;
}

/** `0.682 ms` */
export function amountText(unit: QuantityId, value: number): string {
  return numberText(numberOf(unit, value), QUANTITIES[unit].unit);
}

export interface ChangeRow {
  scenario: string;
  quantity: string;
  runId: string;
  /** `from 0.61 ms to 0.76 ms (+25 %)` */
  step: string;
  p: string;
}

/** Every change of level, the latest run's first. */
export function changeRows({ series, runs }: Pick<History, 'series' | 'runs'>): ChangeRow[] {
  const places = new Map(runs.map(({ figures }, index) => [figures.runId, index]));
  const rows = series.flatMap(({ scenario, quantities }) =>
    quantities.flatMap(({ group, what, unit, changes }) =>
      changes.map(({ runId, before, after, p }) => ({
        scenario,
        quantity: `${group}, ${what}`,
        runId,
        step: `from ${amountText(unit, before)} to ${amountText(unit, after)}${shareText(before, after)}`,
        p: `p = ${p.toFixed(3)}`,
      })),
    ),
  );
  return rows.sort((a, b) => (places.get(b.runId) ?? 0) - (places.get(a.runId) ?? 0));
}

function shareText(before: number, after: number): string {
  if (!(before > 0)) return '';
  const percent = Math.round((100 * (after - before)) / before);
  return ` (${percent > 0 ? '+' : ''}${percent} %)`;
}

/** `between A and B: CPU model: …, then …; Kernel: …, then …` */
export function breakTexts({ breaks }: Pick<History, 'breaks'>): string[] {
  return breaks.map(
    ({ scenario, before, after, fields }) =>
      `${scenario}, between ${before} and ${after}: ${fields.map(differenceText).join('; ')}`,
  );
}

/** Folders that are told by name before the rest are counted; all of them stand in the JSON. */
const NAMED_FOLDERS = 5;

/** What is in no series: each by its name and reason, folders with the same reason in one line. */
export function leftOutTexts({ leftOut }: Pick<History, 'leftOut'>): string[] {
  const byReason = new Map<string, string[]>();
  for (const { folder, because } of leftOut) {
    const folders = byReason.get(because) ?? [];
    folders.push(folder);
    byReason.set(because, folders);
  }
  return [...byReason].map(([because, folders]) => {
    const named = folders.slice(0, NAMED_FOLDERS).join(', ');
    const more = folders.length - NAMED_FOLDERS;
    return `${named}${more > 0 ? ` and ${countOf(more, 'more folder')}` : ''}: ${because}`;
  });
}

/** `from R on: "the new proxy does more" (accepted 2030-01-01)` */
export function baselineTexts({ series }: Pick<History, 'series'>): string[] {
  return series.flatMap(({ scenario, baselines }) =>
    baselines.map(
      ({ runId, because, at }) => `${scenario} from ${runId} on: "${because}" (accepted ${at.slice(0, 10)})`,
    ),
  );
}
