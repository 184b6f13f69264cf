// @ts-nocheck
import { isMissing, type Measured, type Missing } from '../../record/measured.ts';
import type { SegmentRecord } from '../../record/trialRecord.ts';

/** 16 MB of samples; a longer segment keeps its histograms, and says that the rest cannot be had. */
const MOST_SAMPLES = 1 << 20;

type PerSecond = SegmentRecord['perSecond'][number];
type TailEpisodes = SegmentRecord['tailEpisodes'];

/** Each request's intended start and response time in a segment, for what a histogram forgets: the order in time. */
export interface Samples {
  sent(intendedUs: number): void;
  finished(intendedUs: number, responseUs: number, ok: boolean): void;
  perSecond(): PerSecond[];
  tailEpisodes(): TailEpisodes;
}

export function createSamples(segment: { fromUs: number; toUs: number; expected: number }): Samples {
  // Poisson counts stay within six standard deviations of the expected one, but for one run in a billion.
  const wanted = Math.ceil(segment.expected + 6 * Math.sqrt(segment.expected) + 16);
  const capacity = Math.min(wanted, MOST_SAMPLES);
  const intended = new Float64Array(capacity);
  const response = new Float64Array(capacity);
  const seconds = Math.max(1, Math.ceil((segment.toUs - segment.fromUs) / 1e6));
  const counts = {
    sent: new Float64Array(seconds),
    completed: new Float64Array(seconds),
    failed: new Float64Array(seconds),
  };
  let kept = 0;
  let offered = 0;
  const secondOf = (intendedUs: number) => Math.min(seconds - 1, Math.floor((intendedUs - segment.fromUs) / 1e6));
  const bump = (of: Float64Array, index: number) => {
    of[index] = (of[index] ?? 0) + 1;
  };
  const all = (): Measured<{ intended: Float64Array; response: Float64Array }> =>
    offered > capacity
      ? { missing: `more than ${capacity} requests in one segment` }
      : { intended: intended.subarray(0, kept), response: response.subarray(0, kept) };
  return {
    sent: (intendedUs) => bump(counts.sent, secondOf(intendedUs)),
    finished(intendedUs, responseUs, ok) {
      bump(ok ? counts.completed : counts.failed, secondOf(intendedUs));
      offered++;
      if (kept === capacity) return;
      intended[kept] = intendedUs;
      response[kept] = responseUs;
      kept++;
    },
    perSecond() {
      const samples = all();
      return Array.from({ length: seconds }, (_, second) => ({
        second,
        sent: counts.sent[second] ?? 0,
        completed: counts.completed[second] ?? 0,
        failed: counts.failed[second] ?? 0,
        ...spread(samples, (at) => secondOf(at) === second),
      }));
    },
    tailEpisodes() {
      const samples = all();
      if (isMissing(samples)) return samples;
      if (kept === 0) return { missing: 'no request finished' };
      return {
        p50: episodes(samples, 0.5),
        p90: episodes(samples, 0.9),
        p99: episodes(samples, 0.99),
        p999: episodes(samples, 0.999),
      };
    },
  };
}

type Kept = { intended: Float64Array; response: Float64Array };

function spread(
  samples: Measured<Kept>,
  belongs: (intendedUs: number) => boolean,
): Pick<PerSecond, 'p50Us' | 'p99Us' | 'maxUs'> {
  if (isMissing(samples)) return { p50Us: samples, p99Us: samples, maxUs: samples };
  const sorted = samples.response.filter((_, i) => belongs(samples.intended[i] ?? -1)).sort();
  const none: Missing = { missing: 'no request finished in this second' };
  const at = (q: number) => Math.round(sorted[rankOf(q, sorted.length)] ?? 0);
  return sorted.length === 0
    ? { p50Us: none, p99Us: none, maxUs: none }
    : { p50Us: at(0.5), p99Us: at(0.99), maxUs: at(1) };
}

/** Index of the nearest-rank quantile in a sorted list of `length`. */
const rankOf = (q: number, length: number) => Math.max(0, Math.ceil(q * length) - 1);

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
