import { isMissing, type Measured, type Missing } from '../../record/measured.ts';
import type { SegmentRecord } from '../../record/trialRecord.ts';
import type { RecordedSamples } from './samples.ts';

type PerSecond = SegmentRecord['perSecond'][number];
type TailEpisodes = SegmentRecord['tailEpisodes'];

/** The samples of one segment from all threads that drove it. */
export function joinSamples(parts: readonly RecordedSamples[]): RecordedSamples {
  const [first, ...others] = parts;
  if (first === undefined) throw new Error('no samples to join');
  if (others.length === 0) return first;
  return {
    ...first,
    intended: concatenated(parts.map(({ intended }) => intended)),
    response: concatenated(parts.map(({ response }) => response)),
    beyondRoom: parts.reduce((sum, { beyondRoom }) => sum + beyondRoom, 0),
    sent: added(parts.map(({ sent }) => sent)),
    completed: added(parts.map(({ completed }) => completed)),
    failed: added(parts.map(({ failed }) => failed)),
  };
}

function concatenated(arrays: readonly Uint32Array[]): Uint32Array {
  const whole = new Uint32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}

function added(arrays: readonly Float64Array[]): Float64Array {
  const [first = new Float64Array(0)] = arrays;
  return first.map((_, index) => arrays.reduce((sum, array) => sum + (array[index] ?? 0), 0));
}

/** By second of the intended start: counts, and percentiles of the response times. */
export function perSecondOf(recorded: RecordedSamples): PerSecond[] {
  const seconds = recorded.sent.length;
  const samples = samplesOf(recorded);
  const bySecond = isMissing(samples) ? samples : sortedBySecond(recorded, seconds);
  return Array.from({ length: seconds }, (_, second) => ({
    second,
    sent: recorded.sent[second] ?? 0,
    completed: recorded.completed[second] ?? 0,
    failed: recorded.failed[second] ?? 0,
    ...spread(isMissing(bySecond) ? bySecond : (bySecond[second] ?? new Float64Array(0))),
  }));
}

/** Where some had no room, what is there does not speak for the segment. */
function samplesOf({ intended, response, beyondRoom }: RecordedSamples): Measured<Kept> {
  return beyondRoom > 0 ? { missing: `more than ${intended.length} requests in one segment` } : { intended, response };
}

interface Kept {
  intended: Uint32Array;
  response: Uint32Array;
}

function sortedBySecond({ fromUs, intended, response }: RecordedSamples, seconds: number): Float64Array[] {
  const lists = Array.from({ length: seconds }, (): number[] => []);
  for (const [index, intendedUs] of intended.entries()) {
    const second = Math.min(seconds - 1, Math.floor((intendedUs - fromUs) / 1e6));
    lists[second]?.push(response[index] ?? 0);
  }
  return lists.map((list) => Float64Array.from(list).sort());
}

function spread(sorted: Float64Array | Missing): Pick<PerSecond, 'p50Us' | 'p99Us' | 'maxUs'> {
  if (isMissing(sorted)) return { p50Us: sorted, p99Us: sorted, maxUs: sorted };
  const none: Missing = { missing: 'no request finished in this second' };
  const at = (q: number) => Math.round(sorted[rankOf(q, sorted.length)] ?? 0);
  return sorted.length === 0
    ? { p50Us: none, p99Us: none, maxUs: none }
    : { p50Us: at(0.5), p99Us: at(0.99), maxUs: at(1) };
}

/** Index of the nearest-rank quantile in a sorted list of `length`. */
const rankOf = (q: number, length: number) => Math.max(0, Math.ceil(q * length) - 1);

/** Into how many separate stretches of time the requests at or above each percentile fall. */
export function tailEpisodesOf(recorded: RecordedSamples): TailEpisodes {
  const samples = samplesOf(recorded);
  if (isMissing(samples)) return samples;
  if (samples.response.length === 0) return { missing: 'no request finished' };
  return {
    p50: episodes(samples, 0.5),
    p90: episodes(samples, 0.9),
    p99: episodes(samples, 0.99),
    p999: episodes(samples, 0.999),
  };
}

/**
 * How many separate stretches of time the requests at or above a quantile fall into: two of them are one episode
 * when the times from intended start to answer overlap, since then one stall can have made both slow.
 */
function episodes(samples: Kept, q: number): number {
  const { intended, response } = samples;
  const sorted = response.slice().sort();
  const threshold = sorted[rankOf(q, sorted.length)] ?? 0;
  const tail = [...response.keys()]
    .filter((i) => (response[i] ?? 0) >= threshold)
    .map((i) => ({ from: intended[i] ?? 0, to: (intended[i] ?? 0) + (response[i] ?? 0) }))
    .sort((a, b) => a.from - b.from);
  let count = 0;
  let reach = Number.NEGATIVE_INFINITY;
  for (const request of tail) {
    if (request.from > reach) count++;
    reach = Math.max(reach, request.to);
  }
  return count;
}
