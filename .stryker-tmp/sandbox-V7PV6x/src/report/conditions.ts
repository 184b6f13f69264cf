// @ts-nocheck
import type { ConditionsHeld, RunAnalysis } from '../analysis/result.ts';
import { ratePerSecond } from '../analysis/rounding.ts';
import { listText } from '../analysis/wording.ts';

/** One row's conditions in one text; empty where nothing is to be said. */
export function conditionsText({ notMet, notStated }: ConditionsHeld): string {
  return [...notMet, ...unchecked(notStated)].join('; ');
}

const unchecked = (notStated: readonly string[]): string[] =>
  notStated.length === 0 ? [] : [`cannot be checked: ${notStated.join(', ')}`];

/**
 * The conditions of all budget lines, each told once with the treatments and rates that it is about, since most lines of a
 * set share them. First those that are not met, then what could not be checked.
 */
export function conditionLines({ verdicts }: RunAnalysis): string[] {
  const notMet = new Map<string, Set<string>>();
  const notStated = new Map<string, Set<string>>();
  for (const { treatment, arrivalRatePerSecond, conditions } of verdicts) {
    const place = `${treatment} at ${ratePerSecond(arrivalRatePerSecond)}`;
    for (const clause of conditions?.notMet ?? []) addTo(notMet, clause, place);
    for (const condition of conditions?.notStated ?? []) addTo(notStated, place, condition);
  }
  const places = new Map<string, Set<string>>();
  for (const [place, conditions] of notStated) {
    for (const clause of unchecked([...conditions])) addTo(places, clause, place);
  }
  return [...notMet, ...places].map(([clause, where]) => `${clause} (${listText([...where])})`);
}

function addTo(groups: Map<string, Set<string>>, key: string, item: string): void {
  groups.set(key, (groups.get(key) ?? new Set()).add(item));
}
