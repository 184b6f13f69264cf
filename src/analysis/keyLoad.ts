import type { LoadAnalysis } from './result.ts';

/** The load point that stands for a run: the highest with a valid block, or the highest of all where none has one. */
export function keyLoad(loads: readonly LoadAnalysis[]): LoadAnalysis | undefined {
  const descending = loads.toSorted((a, b) => b.arrivalRatePerSecond - a.arrivalRatePerSecond);
  return descending.find(({ blocksValid }) => blocksValid > 0) ?? descending[0];
}
