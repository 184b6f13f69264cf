import { QUANTITIES, type QuantityId } from '../analysis/quantities.ts';
import { trimmed } from '../analysis/rounding.ts';
import { countOf } from '../analysis/wording.ts';
import { isMissing } from '../record/measured.ts';
import { nameOf } from './figures.ts';
import type { HistoryRun, LeftOut } from './order.ts';
import { limitAsked, type RunState } from './regression.ts';
import { COARSE, type QuantitySeries, type Series } from './series.ts';

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
  /** Of this scenario alone. */
  scenario?: string | undefined;
}

/** The newest run of each scenario, with the series that it stands in. */
export function newestOfEach({
  runs,
  series,
}: Pick<Judged, 'runs' | 'series'>): { series: Series; newest: HistoryRun }[] {
  const scenarios = [...new Set(runs.map(({ figures }) => figures.scenario))];
  return scenarios.flatMap((scenario) => {
    const newest = runs.findLast(({ figures }) => figures.scenario === scenario);
    const own = series.find((one) => newest !== undefined && one.runs.includes(newest));
    return newest === undefined || own === undefined ? [] : [{ series: own, newest }];
  });
}

/**
 * The verdict on the newest run of each scenario, the worst of them first. What is older than the newest run decides
 * nothing: it was decided when it was new.
 */
export function concludeHistory({ runs, series, leftOut, scenario }: Judged): HistoryConclusion {
  const newer = newerUnread(runs, leftOut, scenario);
  const each = newestOfEach({ runs, series }).map((one) => concludeSeries(one.series, one.newest));
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

/** The name of a run's folder: when it began, its scenario, and four characters by chance (src/run/runId.ts). */
const RUN_FOLDER = /^(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2})-(.*)-[^-]*$/;

/** A run that is newer than all that could be read, by the time in its name; other folders are not taken for runs. */
function newerUnread(
  runs: readonly HistoryRun[],
  leftOut: readonly LeftOut[],
  scenario: string | undefined,
): LeftOut | undefined {
  const starts = runs.map(({ figures }) => figures.startedAt.slice(0, 19).replaceAll(':', '-'));
  const newest = starts.toSorted().at(-1) ?? '';
  const unread = leftOut.flatMap((left) => {
    const [, began = '', of] = RUN_FOLDER.exec(left.folder) ?? [];
    const isAsked = scenario === undefined || of === undefined || of === scenario;
    if (left.kind === 'future') return isAsked ? [{ left, began }] : [];
    const isRun = left.kind === 'unreadable' || left.kind === 'unfinished';
    return isRun && isAsked && began > newest ? [{ left, began }] : [];
  });
  return unread.toSorted((a, b) => (a.began < b.began ? 1 : -1))[0]?.left;
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
  const [hidden] = of('missing').flatMap((each) => stillOpen(each, series, at));
  if (hidden !== undefined) return concluded('suspected', hidden);
  const lost = of('missing').filter(({ quantity, state }) => isLost(quantity, state, at));
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
  return concluded('steady', steadyText({ series, judged: usual, collecting: collecting.length, runId, at }));
}

interface JudgedQuantity {
  quantity: QuantitySeries;
  state: RunState;
}

/** What was above its limit when it was last measured stays open while it is not measured: a sentence, or nothing. */
function stillOpen({ quantity, state }: JudgedQuantity, { runs }: Series, at: number): string[] {
  const last = quantity.states.slice(0, at).findLastIndex(({ kind }) => kind !== 'missing');
  const kind = quantity.states[last]?.kind;
  if (kind !== 'suspected' && kind !== 'regressed') return [];
  const [then, now] = [runs[last], runs[at]].map((run) => run?.figures.runId);
  const because = state.kind === 'missing' ? state.because : '';
  return [
    `Suspected, not confirmed: ${nameOf(quantity)} was above its limit in run ${then}, and is missing in run ${now}: ${because}; run the scenario once more`,
  ];
}

/** What is slower together with its baseline is no regression, and is said. */
function slowedText({ series, at }: { series: Series; at: number }): string {
  const slowed = series.quantities.filter(({ states }) => states[at]?.kind === 'slowed').length;
  return slowed === 0
    ? ''
    : `; ${quantitiesText(slowed)} above ${slowed === 1 ? 'its limit' : 'their limits'} only as the baseline of the same run is slower: the machine was`;
}

function steadyText(of: { series: Series; judged: number; collecting: number; runId: string; at: number }): string {
  const lower = of.series.quantities.filter(({ states }) => states[of.at]?.kind === 'lower').map(nameOf);
  const some = lower.length > 3 ? `${lower.slice(0, 3).join('; ')}; and others` : lower.join('; ');
  const better = lower.length === 0 ? '' : `; lower than expected: ${some}`;
  const young =
    of.collecting === 0
      ? ''
      : `; ${quantitiesText(of.collecting)} more ${of.collecting === 1 ? 'has' : 'have'} too few runs to be judged`;
  const are = of.judged === 1 ? 'is' : 'are';
  return `No regression: ${quantitiesText(of.judged)} of run ${of.runId} of ${of.series.scenario} ${are} where the runs before lead to expect${better}${slowedText(of)}${young}`;
}

const quantitiesText = (count: number): string => `${count} ${count === 1 ? 'quantity' : 'quantities'}`;

const othersText = (count: number, how: string): string =>
  count === 0 ? '' : `, and ${quantitiesText(count)} more ${how}`;

/** Whether a value was to be expected here, since a run before has one; whether a percentile is coarse is chance. */
function isLost({ values }: QuantitySeries, state: RunState, at: number): boolean {
  if (state.kind === 'missing' && state.because === COARSE.missing) return false;
  return values.slice(0, at).some((value) => !isMissing(value));
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
