import { createRandom } from '../../scenario/random.ts';
import type { Arrivals } from '../../scenario/scenario.ts';
import type { SegmentSpec } from '../../scenario/trial.ts';
import type { Share } from '../driver.ts';
import { createPicker } from './picker.ts';

export interface ArrivalSchedule {
  /** The next intended start in µs from the trial's start; undefined when the last segment is over. */
  next(): number | undefined;
  /** Index of the kind of request that the arrival given last is. */
  target(): number;
}

export interface ScheduleSpec {
  segments: readonly SegmentSpec[];
  arrivals: Arrivals;
  seed: number;
  /** Of each kind of request; absent: there is one kind. */
  weights?: readonly number[];
  /** Absent: all arrivals. */
  share?: Share;
}

/**
 * Absolute arrival schedule over consecutive segments.
 *
 * The intended starts are the images of a process of rate 1 under the inverse of the cumulative rate
 * Λ(t) = ∫ rate: unit steps give a constant schedule, exponential steps a Poisson one (time change of a Poisson
 * process; Çinlar, Introduction to Stochastic Processes, ch. 4.7). Nothing is added up in wall-clock time, so nothing drifts.
 * Threads that share a schedule each draw all of it and take their own arrivals: together they give exactly the whole.
 */
export function createSchedule({ segments, arrivals, seed, weights = [1], share }: ScheduleSpec): ArrivalSchedule {
  const arrive = arrivalsOver(segments, stepsOf(arrivals, seed));
  const pick = createPicker(weights, seed);
  const { index, of } = share ?? { index: 0, of: 1 };
  let count = -1;
  let target = 0;
  return {
    next() {
      let atUs: number | undefined;
      do {
        atUs = arrive();
        count++;
        target = pick();
      } while (atUs !== undefined && count % of !== index);
      return atUs;
    },
    target: () => target,
  };
}

interface Steps {
  first: number;
  step(): number;
}

function stepsOf(arrivals: Arrivals, seed: number): Steps {
  // A constant schedule starts half a step in: no request at the very first instant, and as many as rate × time.
  if (arrivals === 'constant') return { first: -0.5, step: () => 1 };
  const random = createRandom(seed);
  // 1 - u lies in (0, 1]: its logarithm is finite.
  return { first: 0, step: () => -Math.log(1 - random()) };
}

function arrivalsOver(segments: readonly SegmentSpec[], { first, step }: Steps): () => number | undefined {
  const parts = segments.map(cumulativeOf);
  let segmentIndex = 0;
  let cumulativeAtSegment = 0;
  let cumulative = first;
  return () => {
    cumulative += step();
    for (; segmentIndex < parts.length; segmentIndex++) {
      const own = parts[segmentIndex];
      if (own === undefined) return undefined;
      if (cumulative < cumulativeAtSegment + own.whole) return own.whenUs(cumulative - cumulativeAtSegment);
      cumulativeAtSegment += own.whole;
    }
    return undefined;
  };
}

/**
 * The cumulative rate of a segment whose rate goes from a to b in a line: Λ(t) = at + (b − a)t²/2T. Its inverse is
 * written as 2c / (a + √(a² + 2(b − a)c/T)), which is c/a where the rate stays the same and loses no digits near it.
 */
function cumulativeOf(segment: SegmentSpec): { whole: number; whenUs(count: number): number } {
  const fromUs = segment.fromMs * 1000;
  const lengthUs = segment.toMs * 1000 - fromUs;
  const a = segment.arrivalRatePerSecond / 1e6;
  const b = (segment.toRatePerSecond ?? segment.arrivalRatePerSecond) / 1e6;
  const slope = lengthUs > 0 ? (b - a) / lengthUs : 0;
  return {
    whole: ((a + b) / 2) * lengthUs,
    whenUs: (count) => {
      if (slope === 0) return fromUs + count / a;
      // The root is of a rate at some instant, squared: rounding alone can bring it below 0.
      return fromUs + (2 * count) / (a + Math.sqrt(Math.max(0, a * a + 2 * slope * count)));
    },
  };
}
