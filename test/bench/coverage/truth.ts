import { createRandom } from '../../../src/scenario/random.ts';
import type { Centre } from '../candidates/candidate.ts';
import { blocksOf, differenceOf, drawFrom, EFFECT_US, type World } from './worlds.ts';

/** What the methods are held to in a world, in µs. */
export interface Truth {
  centres: Readonly<Record<Centre, number>>;
  /** Standard deviation of a block's difference: the unit of all widths. */
  spreadUs: number;
}

const PAIRS = 2_000_000;
/** Where the centres are known, only the spread is simulated. */
const PAIRS_FOR_SPREAD = 200_000;

function middle(values: Float64Array): number {
  return values.sort()[Math.floor(values.length / 2)] ?? Number.NaN;
}

/**
 * The centres of a world's block difference d: its mean, which is the true shift in every world since the noise of
 * treatment and baseline has the same mean; its median; and its pseudomedian, the median of (d + d') / 2 over independent
 * pairs. Where d is spread evenly about the shift all three are the shift; elsewhere they come from two million seeded
 * pairs, each d the first block of a run of its own, with an error of about a thousandth of the spread.
 * @param most pairs, for a rougher truth in less time
 */
export function truthOf(world: World, seed: number, most = PAIRS): Truth {
  const draw = drawFrom(createRandom(seed));
  const pairs = world.isSymmetric ? Math.min(most, PAIRS_FOR_SPREAD) : most;
  const single = new Float64Array(pairs);
  const paired = new Float64Array(pairs);
  let squares = 0;
  for (let at = 0; at < pairs; at += 1) {
    const own = differenceOf(blocksOf(world, draw)());
    single[at] = own;
    paired[at] = (own + differenceOf(blocksOf(world, draw)())) / 2;
    squares += (own - EFFECT_US) ** 2;
  }
  const spreadUs = Math.sqrt(squares / pairs);
  if (world.isSymmetric) return { centres: { mean: EFFECT_US, median: EFFECT_US, pseudomedian: EFFECT_US }, spreadUs };
  return { centres: { mean: EFFECT_US, median: middle(single), pseudomedian: middle(paired) }, spreadUs };
}
