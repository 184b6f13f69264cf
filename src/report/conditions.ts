import type { RunAnalysis } from '../analysis/result.ts';
import { ratePerSecond } from '../analysis/rounding.ts';
import { listText } from '../analysis/wording.ts';

/** One row's conditions in one text; empty where nothing is to be said. */
export function conditionsText({ notMet, notStated }: { notMet: readonly string[]; notStated: readonly string[] }) {
  return [...notMet, ...unchecked(notStated)].join('; ');
}

const unchecked = (notStated: readonly string[]): string[] =>
  notStated.length === 0 ? [] : [`cannot be checked: ${notStated.join(', ')}`];

/**
 * The conditions of all budget lines, each told once with the treatments and rates that it is about: most lines of a set
 * share them. First those that are not met, then what could not be checked.
 */
export function conditionLines({ verdicts }: RunAnalysis): string[] {
  const told = (
    pick: (conditions: { notMet: readonly string[]; notStated: readonly string[] }) => readonly string[],
  ) => {
    const places = new Map<string, Set<string>>();
    for (const { treatment, arrivalRatePerSecond, conditions } of verdicts) {
      if (conditions === undefined) continue;
      for (const clause of pick(conditions)) {
        const where = places.get(clause) ?? new Set();
        places.set(clause, where.add(`${treatment} at ${ratePerSecond(arrivalRatePerSecond)}`));
      }
    }
    return [...places].map(([clause, where]) => `${clause} (${listText([...where])})`);
  };
  return [...told(({ notMet }) => notMet), ...told(({ notStated }) => unchecked(notStated))];
}
