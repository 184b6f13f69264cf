import type { RunAnalysis, TrialVerdict } from '../../analysis/result.ts';
import { grouped, ratePerSecond } from '../../analysis/rounding.ts';
import type { Second, TrialSeconds } from '../../analysis/seconds.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import { trialText } from '../evidence.ts';
import { type Markup, markup } from './markup.ts';
import { section } from './parts.ts';

/** Sent and failed requests, then p50, p99 and the slowest in µs, null where the second has none; null where it is not recorded. */
type Row = readonly [number, number, number | null, number | null, number | null] | null;

/** The seconds of one trial as the page's script reads them. */
export interface TrialData {
  trial: number;
  label: string;
  /** How many of the rows, from the first on, are warm-up. */
  warmUp: number;
  /** One for each second from the first segment's start on. */
  rows: readonly Row[];
}

export interface SecondsData {
  shown: readonly TrialData[];
  /** Trials of the run that have seconds at all. */
  of: number;
}

/**
 * The seconds of as many trials as fit: first those that were not valid, then those with the slowest request.
 * @param roomBytes what the page has left for them
 */
export function secondsData(
  analysis: Pick<RunAnalysis, 'scenario' | 'trials'>,
  seconds: readonly TrialSeconds[],
  roomBytes: number,
): SecondsData {
  const verdicts = new Map(analysis.trials.map((verdict) => [verdict.index, verdict]));
  const all = seconds.flatMap((each) => {
    const verdict = verdicts.get(each.trial);
    if (verdict === undefined || each.seconds.length === 0) return [];
    return [{ data: trialData(analysis, verdict, each), rank: rankOf(verdict, each) }];
  });
  const shown: TrialData[] = [];
  let left = roomBytes;
  for (const { data } of all.toSorted((a, b) => b.rank - a.rank)) {
    left -= Buffer.byteLength(JSON.stringify(data)) + 1;
    if (left < 0) break;
    shown.push(data);
  }
  return { shown: shown.sort((a, b) => a.trial - b.trial), of: all.length };
}

function rankOf({ outcome }: TrialVerdict, { seconds }: TrialSeconds): number {
  if (outcome !== 'valid') return Number.POSITIVE_INFINITY;
  return Math.max(0, ...seconds.map(({ maxUs }) => (isMissing(maxUs) ? 0 : maxUs)));
}

function trialData(
  analysis: Pick<RunAnalysis, 'scenario'>,
  verdict: TrialVerdict,
  { trial, ratePerSecond: own, seconds }: TrialSeconds,
): TrialData {
  const rate = ratePerSecond(own ?? analysis.scenario.load.arrivalRatesPerSecond[verdict.load] ?? 0);
  const at = verdict.purpose === 'pilot' ? '' : ` at ${rate}`;
  const valid = verdict.outcome === 'valid' ? 'valid' : `not valid (${verdict.outcome})`;
  const rows: Row[] = [];
  for (const each of seconds) {
    while (rows.length < each.second) rows.push(null);
    rows.push(rowOf(each));
  }
  const firstMeasured = seconds.find(({ isMeasured }) => isMeasured)?.second ?? rows.length;
  return { trial, label: `${trialText(analysis, verdict)}${at}, ${valid}`, warmUp: firstMeasured, rows };
}

function rowOf({ sent, failed, p50Us, p99Us, maxUs }: Second): Row {
  const whole = (value: Measured<number>) => (isMissing(value) ? null : Math.round(value));
  return [sent, failed, whole(p50Us), whole(p99Us), whole(maxUs)];
}

/** Where a trial's seconds are drawn when they are asked for; nothing where no seconds were recorded. */
export function secondsSection({ shown, of }: SecondsData): Markup | undefined {
  if (of === 0) return undefined;
  const numbers = shown.map(({ trial }) => trial);
  const cut =
    shown.length === of
      ? undefined
      : markup`<p class="small">The page holds the seconds of ${grouped(shown.length)} of ${grouped(of)} trials: those that were not valid first, then those with the slowest request. The others are in the run’s folder, in trials/.</p>`;
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  return section({
    id: 'seconds',
    title: 'The seconds of a trial',
    lead: 'By the second in which requests were to start. Nothing is judged on these: a second is too short for a percentile to be more than a hint.',
    content: [
      cut,
      markup`<noscript><p>The seconds need scripts; the run’s folder has them in trials/.</p></noscript>`,
      shown.length === 0
        ? undefined
        : markup`<div id="seconds-view" hidden>
<p class="controls"><label for="seconds-trial">Trial</label> <input id="seconds-trial" type="number" inputmode="numeric" min="${first}" max="${last}" step="1" value="${first}"> <button type="button" id="seconds-before">Previous</button> <button type="button" id="seconds-after">Next</button></p>
<p id="seconds-label" role="status"></p>
<figure><figcaption>Response time in each second, ms</figcaption><div class="plot"><canvas id="seconds-chart" role="img" aria-label="Response time in each second of the trial; the table below holds the numbers"></canvas></div></figure>
<div id="seconds-table"></div></div>`,
    ],
  });
}
