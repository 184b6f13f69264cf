import { mean } from '../analysis/stats/quantile.ts';
import { createRandom } from '../scenario/random.ts';

export interface ChangePoint {
  /** Place of the first value of the new level. */
  at: number;
  /** Share of the permutations, the data's own order among them, that divide at least as clearly. */
  p: number;
  /** Means of the stretches on both sides, up to the next change points. */
  before: number;
  after: number;
}

export interface DivisionRule {
  /** Values that a stretch has at least. */
  fewest: number;
  permutations: number;
  significance: number;
  seed: number;
}

/** 199 permutations resolve 0.005, and a stretch of three is the shortest whose spread says anything. */
export const DIVISION: DivisionRule = { fewest: 3, permutations: 199, significance: 0.01, seed: 1 };

/** A run's value, and what the baseline of the same run took where that is known. */
export interface PacedValue {
  value: number;
  beside: number | undefined;
}

/**
 * What the values would be, had the baseline taken in each run what it takes on average; a host that is slower for a
 * while is no change of what runs on it. As they are where a run does not tell its baseline's.
 */
export function atOnePace(runs: readonly PacedValue[]): number[] {
  const besides = runs.flatMap(({ beside }) => beside ?? []);
  const usual = mean(besides);
  if (usual === undefined || besides.length < runs.length) return runs.map(({ value }) => value);
  return runs.map(({ value, beside }) => (value * usual) / (beside ?? usual));
}

interface Division {
  at: number;
  statistic: number;
}

/**
 * E-divisive (Matteson and James, "A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data", Journal
 * of the American Statistical Association 109, 2014, section 2), for one dimension and the exponent α = 1.
 *
 * Each stretch is divided where the energy distance of its two sides, weighted by their sizes, is largest; the clearest
 * division over all stretches is kept where permutations within the stretches rarely reach it, and then the search goes
 * on. Distances enter as they are and not squared, for which a finite mean suffices, so that a few outliers neither hide
 * a change nor make one. It costs O(n²) for each permutation.
 * @returns the change points in their order; the same for the same values and rule
 */
export function changePointsOf(values: readonly number[], rule: DivisionRule = DIVISION): ChangePoint[] {
  const random = createRandom(rule.seed);
  const found: { at: number; p: number }[] = [];
  for (;;) {
    const cuts = [0, ...found.map(({ at }) => at).sort((a, b) => a - b), values.length];
    const stretches = cuts.slice(1).map((end, index) => values.slice(cuts[index], end));
    const best = clearest(stretches, rule.fewest);
    if (best === undefined) break;
    const p = permutationTest(stretches, best.statistic, { rule, random });
    if (p === undefined) break;
    found.push({ at: (cuts[best.stretch] ?? 0) + best.at, p });
  }
  return withMeans(found, values);
}

function withMeans(found: readonly { at: number; p: number }[], values: readonly number[]): ChangePoint[] {
  const ordered = found.toSorted((a, b) => a.at - b.at);
  return ordered.flatMap(({ at, p }, index) => {
    const before = mean(values.slice(ordered[index - 1]?.at ?? 0, at));
    const after = mean(values.slice(at, ordered[index + 1]?.at ?? values.length));
    return before === undefined || after === undefined ? [] : [{ at, p, before, after }];
  });
}

function clearest(
  stretches: readonly (readonly number[])[],
  fewest: number,
): (Division & { stretch: number }) | undefined {
  let best: (Division & { stretch: number }) | undefined;
  for (const [stretch, values] of stretches.entries()) {
    const division = divide(values, fewest);
    if (division === undefined || (best !== undefined && division.statistic <= best.statistic)) continue;
    best = { ...division, stretch };
  }
  return best;
}

/**
 * The p value of the clearest division; undefined where it is above the significance, which is known, and the rest of
 * the permutations spared, as soon as enough of them divide as clearly.
 */
function permutationTest(
  stretches: readonly (readonly number[])[],
  statistic: number,
  { rule, random }: { rule: DivisionRule; random: () => number },
): number | undefined {
  const all = rule.permutations + 1;
  let asClear = 1;
  for (let permutation = 0; permutation < rule.permutations; permutation += 1) {
    const shuffled = stretches.map((values) => permuted(values, random));
    const drawn = clearest(shuffled, rule.fewest);
    if (drawn !== undefined && drawn.statistic >= statistic) asClear += 1;
    if (asClear / all > rule.significance) return undefined;
  }
  return asClear / all;
}

/** Fisher and Yates. */
function permuted(values: readonly number[], random: () => number): number[] {
  const order = [...values];
  for (let left = order.length - 1; left > 0; left -= 1) {
    const other = Math.floor(random() * (left + 1));
    const [a, b] = [order[left], order[other]];
    if (a === undefined || b === undefined) continue;
    order[left] = b;
    order[other] = a;
  }
  return order;
}

/**
 * The place τ, over all ends κ, at which Q = nm/(n + m) · Ê of X = z₁…z_τ and Y = z_τ₊₁…z_κ is largest, where n and m are
 * their sizes and
 *
 * > Ê = 2/(nm) Σᵢⱼ|xᵢ − yⱼ| − 2/(n(n − 1)) Σᵢ<ₖ|xᵢ − xₖ| − 2/(m(m − 1)) Σⱼ<ₖ|yⱼ − yₖ|
 *
 * An end κ before the last value finds a level that comes back.
 * Sums of distances grow by one value at a time, so that all τ and κ together cost n²/2 distances.
 * @returns undefined for fewer than twice `fewest` values
 */
export function divide(values: readonly number[], fewest: number): Division | undefined {
  const size = values.length;
  const z = Float64Array.from(values);
  const at = (array: Float64Array, index: number): number => array[index] ?? 0;
  /** Distances within the first i values, and within those from i on up to the present end. */
  const before = new Float64Array(size + 1);
  const behind = new Float64Array(size + 1);
  let best: Division | undefined;
  for (let end = 1; end <= size; end += 1) {
    const newest = at(z, end - 1);
    let toNewest = 0;
    for (let from = end - 2; from >= 0; from -= 1) {
      toNewest += Math.abs(newest - at(z, from));
      behind[from] = at(behind, from) + toNewest;
    }
    before[end] = at(before, end - 1) + toNewest;
    for (let cut = fewest; cut <= end - fewest; cut += 1) {
      const m = end - cut;
      const across = at(before, end) - at(before, cut) - at(behind, cut);
      const within = (2 * at(before, cut)) / (cut * (cut - 1)) + (2 * at(behind, cut)) / (m * (m - 1));
      const statistic = ((cut * m) / end) * ((2 * across) / (cut * m) - within);
      if (best === undefined || statistic > best.statistic) best = { at: cut, statistic };
    }
  }
  return best;
}
