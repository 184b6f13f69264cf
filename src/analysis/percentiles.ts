import type { LatencyHistogram } from '../record/histogram.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import { PERCENTILES, type Percentile } from '../scenario/scenario.ts';
import type { Curve, CurvePoint, PercentileSupport } from './result.ts';
import { grouped } from './rounding.ts';
import { measuredSegments } from './window.ts';
import { countOf } from './wording.ts';

/** Requests of a thousand that lie beyond: whole numbers, since 1 - 0.9 is not 0.1 in binary. */
const BEYOND_PER_THOUSAND: Readonly<Record<Percentile, number>> = { p50: 500, p90: 100, p99: 10, p999: 1 };

/** From this many requests beyond a percentile on, it is reported as it is. */
const REPORTED_FROM = 100;
/** Below this many, one request more or less moves it at will: it is not given. */
const COARSE_FROM = 25;
/** With fewer separate stretches of time in the tail, the percentile is the story of single stalls. */
const EPISODES_FROM = 10;

/** How many of `count` requests lie beyond a percentile. */
export function requestsBeyond(count: number, percentile: Percentile): number {
  return Math.floor((count * BEYOND_PER_THOUSAND[percentile]) / 1000);
}

/** The share of requests at or below a percentile, e.g. 0.99 for p99. */
function shareOf(percentile: Percentile): number {
  return (1000 - BEYOND_PER_THOUSAND[percentile]) / 1000;
}

/** The percentile in µs; undefined where too few requests lie beyond it. */
export function supportedPercentile(times: LatencyHistogram, percentile: Percentile): number | undefined {
  return requestsBeyond(times.count, percentile) < COARSE_FROM ? undefined : times.quantile(shareOf(percentile));
}

/** All percentiles in µs that a histogram of response times carries. */
export function supportedPercentiles(times: LatencyHistogram): Partial<Record<Percentile, number>> {
  const found: Partial<Record<Percentile, number>> = {};
  for (const percentile of PERCENTILES) {
    const value = supportedPercentile(times, percentile);
    if (value !== undefined) found[percentile] = value;
  }
  return found;
}

/** As much of the requests lies beyond p95, which other tools print and no verdict rests on. */
const BEYOND_P95 = 0.05;

/** p95 of pooled times in µs; missing where too few requests lie beyond it. */
export function pooledP95(times: LatencyHistogram): Measured<number> {
  const value = times.quantile(1 - BEYOND_P95);
  if (value === undefined) return { missing: 'no valid trial' };
  if (Math.floor(times.count * BEYOND_P95) >= COARSE_FROM) return value;
  return {
    missing: `needs ${countOf(COARSE_FROM / BEYOND_P95, 'request')}, all valid trials have ${grouped(times.count)}`,
  };
}

/** A trial with the response times of its window. */
export interface TimedTrial {
  record: TrialRecord;
  times: LatencyHistogram;
}

/** A percentile's support, of which an absent one always says why. */
export type SupportFound = PercentileSupport &
  ({ standing: 'absent'; note: string } | { standing: 'reported' | 'coarse' });

/** How well the tails of these trials carry a percentile: the smallest trial decides, since each enters the result. */
export function percentileSupport(percentile: Percentile, trials: readonly TimedTrial[]): SupportFound {
  if (trials.length === 0) return { percentile, beyond: 0, standing: 'absent', note: 'no valid trial' };
  const smallest = Math.min(...trials.map(({ times }) => times.count));
  const beyond = requestsBeyond(smallest, percentile);
  if (beyond < COARSE_FROM) {
    const needed = (COARSE_FROM * 1000) / BEYOND_PER_THOUSAND[percentile];
    const note = `needs ${countOf(needed, 'request')} in each trial, the smallest has ${grouped(smallest)}`;
    return { percentile, beyond, standing: 'absent', note };
  }
  const standing = beyond < REPORTED_FROM ? 'coarse' : 'reported';
  const notes = [
    ...(standing === 'coarse' ? [`only ${beyond} requests of the smallest trial lie beyond ${percentile}`] : []),
    ...episodeNotes(percentile, trials),
  ];
  return { percentile, beyond, standing, ...(notes.length > 0 && { note: notes.join('; ') }) };
}

/** Segments and clients of one trial are added up: each has met its stalls by itself. */
function episodeNotes(percentile: Percentile, trials: readonly TimedTrial[]): string[] {
  let fewest = Number.POSITIVE_INFINITY;
  for (const { record } of trials) {
    let episodes = 0;
    for (const { tailEpisodes } of measuredSegments(record)) {
      if (isMissing(tailEpisodes)) {
        return [`on how many separate stalls ${percentile} rests is not known: ${tailEpisodes.missing}`];
      }
      episodes += tailEpisodes[percentile];
    }
    fewest = Math.min(fewest, episodes);
  }
  return fewest < EPISODES_FROM
    ? [`${percentile} rests on ${countOf(fewest, 'stall')} in the trial with the fewest`]
    : [];
}

/**
 * The percentile curve: ten points for each tenfold of the tail, as far as at least one request lies beyond.
 *
 * Even steps of log(1 - q) show the tail as wide as the body.
 * @param times of all valid trials together
 * @param trials of each, for their spread
 */
export function percentileCurve(times: LatencyHistogram, trials: readonly LatencyHistogram[] = []): Curve {
  const points: CurvePoint[] = [];
  for (let step = 0; ; step += 1) {
    const tail = 10 ** (-step / 10);
    const responseUs = times.quantile(1 - tail);
    if (responseUs === undefined || times.count * tail < 1) return points;
    points.push({ quantile: 1 - tail, responseUs, ...trialsAt(tail, trials) });
  }
}

function trialsAt(tail: number, trials: readonly LatencyHistogram[]): Omit<CurvePoint, 'quantile' | 'responseUs'> {
  if (trials.length < 2 || trials.some(({ count }) => count * tail < 1)) return {};
  const values = trials.flatMap((times) => times.quantile(1 - tail) ?? []);
  return { fastestTrialUs: Math.min(...values), slowestTrialUs: Math.max(...values) };
}

/** Two trials of one block that are held against each other. */
export interface Paired<T extends TimedTrial> {
  block: number;
  from: T;
  to: T;
}

/** `to` minus `from` at a percentile, per block in µs, with how well both sides carry it; no block where they do not. */
export function pairedAt(
  percentile: Percentile,
  pairs: readonly Paired<TimedTrial>[],
): { support: SupportFound; perBlock: { block: number; differenceUs: number }[] } {
  const support = percentileSupport(
    percentile,
    pairs.flatMap(({ from, to }) => [from, to]),
  );
  if (support.standing === 'absent') return { support, perBlock: [] };
  const perBlock = pairs.flatMap(({ block, from, to }) => {
    const before = supportedPercentile(from.times, percentile);
    const after = supportedPercentile(to.times, percentile);
    return before === undefined || after === undefined ? [] : [{ block, differenceUs: after - before }];
  });
  return { support, perBlock };
}
