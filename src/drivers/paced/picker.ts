import { createRandom, deriveSeed } from '../../scenario/random.ts';

/** Apart from the arrivals' own stream, so that the kinds of requests do not shift the arrivals. */
const TARGETS_STREAM = 1;

/** Draws the index of a kind of request by weight, the same sequence for the same seed; of one kind nothing is drawn. */
export function createPicker(weights: readonly number[], seed: number): () => number {
  if (weights.length === 1) return () => 0;
  const random = createRandom(deriveSeed(seed, TARGETS_STREAM, 0));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return () => {
    let left = random() * whole;
    for (const [index, weight] of weights.entries()) {
      left -= weight;
      if (left < 0) return index;
    }
    return weights.length - 1;
  };
}
