import { QUANTITIES, type QuantityId } from '../analysis/quantities.ts';
import { trimmed } from '../analysis/rounding.ts';
import { countOf } from '../analysis/wording.ts';
import { isMissing } from '../record/measured.ts';
import { nameOf } from './figures.ts';
import type { HistoryRun, LeftOut } from './order.ts';
import { limitAsked, type RunState } from './regression.ts';
import type { QuantitySeries, Series } from './series.ts';

export type HistoryOutcome = 'regression' | 'suspected' | 'not-judged' | 'steady';

export interface HistoryConclusion {
  outcome: HistoryOutcome;
  /** 1: a regression that a second run confirms; 4: suspected, or the newest run could not be judged. */
  exitCode: 0 | 1 | 4;
  /** One sentence, the first line of every format. */
  sentence: string;
}

const EXIT_CODES = { regression: 1, suspected: 4, 'not-judged': 4, steady: 0 } as const satisfies Record<
  HistoryOutcome,
  HistoryConclusion['exitCode']
>;
const WORST_FIRST: readonly HistoryOutcome[] = ['regression', 'suspected', 'not-judged', 'steady'];

interface Judged {
  runs: readonly HistoryRun[];
  series: readonly Series[];
  leftOut: readonly LeftOut[];
}

/**
 * The verdict on the newest run of each scenario, the worst of them first. What is older than the newest run decides
 * nothing: it was decided when it was new.
 */
export function concludeHistory({ runs, series, leftOut }: Judged): HistoryConclusion {
  const newer = newerUnread(runs, leftOut);
  const scenarios = [...new Set(runs.map(({ figures }) => figures.scenario))];
  const each = scenarios.flatMap((scenario) => {
    const newest = runs.findLast(({ figures }) => figures.scenario === scenario);
    const own = series.find((one) => newest !== undefined && one.runs.includes(newest));
    return newest === undefined || own === undefined ? [] : [concludeSeries(own, newest)];
  });
  const worst = WORST_FIRST.flatMap((outcome) => each.filter((one) => one.outcome === outcome))[0];
  if (worst === undefined) {
    return concluded('not-judged', 'Not judged: no run that is whole and finished is in this folder');
  }
  const isDecided = worst.outcome === 'regression' || worst.outcome === 'suspected';
  if (newer === undefined || isDecided) return worst;
  return concluded('not-judged', `Not judged: ${newer.folder} may be the newest run, and ${clauseOf(newer)}`);
}

const concluded = (outcome: HistoryOutcome, sentence: string): HistoryConclusion => ({
  outcome,
  exitCode: EXIT_CODES[outcome],
  sentence,
});

/** Folders carry the time at which their run began, so that one that could not be read still has a place. */
function newerUnread(runs: readonly HistoryRun[], leftOut: readonly LeftOut[]): LeftOut | undefined {
  const newest =
    runs
      .map(({ folder }) => folder)
      .toSorted()
      .at(-1) ?? '';
  const unread = leftOut.filter(({ kind }) => kind === 'unreadable' || kind === 'unfinished');
  return unread.filter(({ folder }) => folder > newest).toSorted((a, b) => (a.folder < b.folder ? 1 : -1))[0];
}

const clauseOf = ({ kind, because }: LeftOut): string =>
  kind === 'unreadable' ? `cannot be read: ${because}` : because;

function concludeSeries(series: Series, newest: HistoryRun): HistoryConclusion {
  const at = series.runs.indexOf(newest);
  const { runId } = newest.figures;
  const judged = series.quantities.flatMap((quantity) => {
    const state = quantity.states[at];
    return state === undefined ? [] : [{ quantity, state }];
  });
  const of = (kind: RunState['kind']) => judged.filter(({ state }) => state.kind === kind);
  const [regressed, suspected, collecting] = [of('regressed'), of('suspected'), of('collecting')];
  if (regressed[0] !== undefined) {
    const more = othersText(regressed.length - 1, 'regressed');
    return concluded('regression', `Regression: ${beyondText(regressed[0], at)}, confirmed by a second run${more}`);
  }
  if (suspected[0] !== undefined) {
    const more = othersText(suspected.length - 1, 'suspected');
    const next = 'run the scenario once more: a fresh run confirms or refutes it';
    return concluded('suspected', `Suspected, not confirmed: ${beyondText(suspected[0], at)}${more}; ${next}`);
  }
  const lost = of('missing').filter(({ quantity }) => hadALimit(quantity, at));
  if (lost[0] !== undefined) {
    const { quantity, state } = lost[0];
    const because = state.kind === 'missing' ? state.because : '';
    return concluded('not-judged', `Not judged: ${nameOf(quantity)} is missing in run ${runId}: ${because}`);
  }
  const usual = judged.length - collecting.length - of('missing').length;
  if (usual === 0) {
    const state = collecting[0]?.state;
    const before = state?.kind === 'collecting' ? `${state.because} came before` : 'no quantity was measured in';
    return concluded('not-judged', `Not judged yet: ${before} run ${runId} of ${series.scenario}`);
  }
  return concluded('steady', steadyText({ series, judged: usual, runId, at }));
}

function steadyText(of: { series: Series; judged: number; runId: string; at: number }): string {
  const lower = of.series.quantities.filter(({ states }) => states[of.at]?.kind === 'lower').map(nameOf);
  const some = lower.length > 3 ? `${lower.slice(0, 3).join('; ')}; and others` : lower.join('; ');
  const better = lower.length === 0 ? '' : `; lower than expected: ${some}`;
  const are = of.judged === 1 ? 'is' : 'are';
  return `No regression: ${quantitiesText(of.judged)} of run ${of.runId} of ${of.series.scenario} ${are} where the runs before lead to expect${better}`;
}

const quantitiesText = (count: number): string => `${count} ${count === 1 ? 'quantity' : 'quantities'}`;

const othersText = (count: number, how: string): string =>
  count === 0 ? '' : `, and ${quantitiesText(count)} more ${how}`;

/** Whether a value was to be expected here, since enough runs before have one. */
function hadALimit({ values, states }: QuantitySeries, at: number): boolean {
  const before = states.slice(0, at).findLast(({ kind }) => kind !== 'missing');
  return values.slice(0, at).some((value) => !isMissing(value)) && before !== undefined && before.kind !== 'collecting';
}

/** `envoy at 1,000/s, added p50 is 0.78 ms, above 0.68 ms, up to which 12 comparable runs lead to expect it` */
function beyondText({ quantity, state }: { quantity: QuantitySeries; state: RunState }, at: number): string {
  const value = quantity.values[at];
  if (!('limit' in state) || value === undefined || isMissing(value)) return nameOf(quantity);
  const { runs } = state.limit;
  const [is, limit] = apart(quantity.unit, value.point, limitAsked(state));
  return `${nameOf(quantity)} is ${is}, above ${limit}, up to which ${countOf(runs, 'comparable run')} lead to expect it`;
}

/** Two amounts with so many digits that the larger one reads larger. */
export function apart(unit: QuantityId, value: number, limit: number): [string, string] {
  const { unit: name, perUnit, decimals } = QUANTITIES[unit];
  const rounded = (amount: number, digits: number) => Number((amount / perUnit).toFixed(digits));
  let digits = Math.min(2, decimals);
  while (digits < decimals && rounded(value, digits) === rounded(limit, digits)) digits += 1;
  return [`${trimmed(rounded(value, digits))} ${name}`, `${trimmed(rounded(limit, digits))} ${name}`];
}
