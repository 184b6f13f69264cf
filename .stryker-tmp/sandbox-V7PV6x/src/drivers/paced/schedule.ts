// @ts-nocheck
import { createRandom } from '../../scenario/random.ts';
import type { Arrivals } from '../../scenario/scenario.ts';
import type { SegmentSpec } from '../../scenario/trial.ts';

export interface ArrivalSchedule {
  /** The next intended start in µs from the trial's start; undefined when the last segment is over. */
  next(): number | undefined;
}

/**
 * Absolute arrival schedule over consecutive segments.
 *
 * The intended starts are the images of a process of rate 1 under the inverse of the cumulative rate
 * Λ(t) = ∫ rate: unit steps give a constant schedule, exponential steps a Poisson one (time change of a Poisson
 * process; Çinlar, Introduction to Stochastic Processes, ch. 4.7). Nothing is added up in wall-clock time, so nothing drifts.
 */
export function createSchedule(options: {
  segments: readonly SegmentSpec[];
  arrivals: Arrivals;
  seed: number;
}): ArrivalSchedule {
  const random = createRandom(options.seed);
  const step =
    options.arrivals === 'constant'
      ? () => 1
      : // 1 - u lies in (0, 1]: its logarithm is finite.
        () => -Math.log(1 - random());
  let segmentIndex = 0;
  let cumulativeAtSegment = 0;
  // A constant schedule starts half a step in: no request at the very first instant, and as many as rate × time.
  let cumulative = options.arrivals === 'constant' ? -0.5 : 0;
  return {
    next() {
      cumulative += step();
      for (; segmentIndex < options.segments.length; segmentIndex++) {
        const segment = options.segments[segmentIndex];
        if (segment === undefined) return undefined;
        const perUs = segment.arrivalRatePerSecond / 1e6;
        const fromUs = segment.fromMs * 1000;
        const cumulativeAtEnd = cumulativeAtSegment + perUs * (segment.toMs * 1000 - fromUs);
        if (cumulative < cumulativeAtEnd) return fromUs + (cumulative - cumulativeAtSegment) / perUs;
        cumulativeAtSegment = cumulativeAtEnd;
      }
      return undefined;
    },
  };
}
