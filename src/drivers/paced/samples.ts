/** 8 MB of samples for a drive; a longer one keeps its histograms, and says that the rest cannot be had. */
export const MOST_SAMPLES = 1 << 20;

/** What one thread kept of a segment: plain data, since it crosses to another thread. Times are in whole µs. */
export interface RecordedSamples {
  fromUs: number;
  toUs: number;
  /** Of each request that finished while there was room: its intended start, and its response time. */
  intended: Uint32Array;
  response: Uint32Array;
  /** Requests that finished when there was no room any more. */
  beyondRoom: number;
  /** By second of the intended start. */
  sent: Float64Array;
  completed: Float64Array;
  failed: Float64Array;
}

/** Each request's intended start and response time in a segment, for what a histogram forgets: the order in time. */
export interface Samples {
  sent(intendedUs: number): void;
  finished(intendedUs: number, responseUs: number, ok: boolean): void;
  /** For how many requests there is room. */
  readonly room: number;
  recorded(): RecordedSamples;
}

/** @param segment how many requests are expected in it, and for how many there is room at most; it ends within an hour */
export function createSamples(segment: { fromUs: number; toUs: number; expected: number; atMost?: number }): Samples {
  const { fromUs, toUs, expected, atMost = MOST_SAMPLES } = segment;
  // Poisson counts stay within six standard deviations of the expected one, but for one run in a billion.
  const wanted = Math.ceil(expected + 6 * Math.sqrt(expected) + 16);
  const capacity = Math.min(wanted, atMost);
  // 4 bytes hold the µs of 71 minutes: more than a trial, or an answer within it, can take.
  const intended = new Uint32Array(capacity);
  const response = new Uint32Array(capacity);
  const seconds = Math.max(1, Math.ceil((toUs - fromUs) / 1e6));
  const counts = {
    sent: new Float64Array(seconds),
    completed: new Float64Array(seconds),
    failed: new Float64Array(seconds),
  };
  let kept = 0;
  let beyondRoom = 0;
  const bump = (of: Float64Array, intendedUs: number) => {
    const second = Math.min(seconds - 1, Math.floor((intendedUs - fromUs) / 1e6));
    of[second] = (of[second] ?? 0) + 1;
  };
  return {
    room: capacity,
    sent: (intendedUs) => bump(counts.sent, intendedUs),
    finished(intendedUs, responseUs, ok) {
      bump(ok ? counts.completed : counts.failed, intendedUs);
      if (kept === capacity) {
        beyondRoom++;
        return;
      }
      intended[kept] = Math.round(intendedUs);
      response[kept] = Math.round(responseUs);
      kept++;
    },
    recorded: () => ({
      fromUs,
      toUs,
      intended: intended.slice(0, kept),
      response: response.slice(0, kept),
      beyondRoom,
      ...counts,
    }),
  };
}
