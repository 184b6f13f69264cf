// @ts-nocheck
import { loadsInPlay, type NotHeld, type PilotState, pilotState, type Tried } from '../scenario/pilot.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { ratePerSecond } from './rounding.ts';
import { type JudgedTrial, rateNotHeld } from './validity.ts';
import { listText } from './wording.ts';

/** Which load points are measured, and what a report has to say of the others. */
export interface Chosen {
  /** Indices into the scenario's arrival rates; none where a pilot has not chosen. */
  loads: readonly number[];
  /** Why there is no load point; undefined where there is one. */
  nothingBecause: string | undefined;
  /** Why the other load points were not measured, each in one sentence. */
  caveats: readonly string[];
}

/** What the pilot chose, from its recorded trials; without a pilot, every load point. */
export function chosenLoads(scenario: Scenario, judged: readonly JudgedTrial[]): Chosen {
  const tried = judged.map(triedFrom);
  const loads = loadsInPlay(scenario, tried);
  if (scenario.load.pilot === undefined) return { loads, nothingBecause: undefined, caveats: [] };
  const state = pilotState(scenario, tried);
  const rateOf = (load: number) => ratePerSecond(scenario.load.arrivalRatesPerSecond[load] ?? 0);
  const higher = state.notHeld.map((each) => givenUp(each, rateOf(each.load), judged));
  return { loads, nothingBecause: nothingBecause(state), caveats: [...higher, ...notNeeded(scenario, state)] };
}

function triedFrom({ record: { spec }, verdict }: JudgedTrial): Tried {
  const { index, cell, attempt, purpose } = spec;
  return { index, cell, attempt, purpose, heldRate: rateNotHeld(verdict).length === 0 };
}

function nothingBecause({ kind }: PilotState): string | undefined {
  if (kind === 'trial') return 'the pilot had not found the rate to measure yet';
  return kind === 'none' ? 'the pilot found no rate that every treatment holds' : undefined;
}

function givenUp({ treatment, trial }: NotHeld, rate: string, judged: readonly JudgedTrial[]): string {
  const verdict = judged.find(({ record }) => record.spec.index === trial)?.verdict;
  const gates = verdict === undefined ? [] : rateNotHeld(verdict).map(({ gate, detail }) => `${gate}: ${detail}`);
  return `${rate} was not measured: in the pilot ${treatment} did not hold it (trial ${trial}, ${gates.join('; ')})`;
}

function notNeeded({ load }: Scenario, state: PilotState): string[] {
  if (state.kind !== 'chosen') return [];
  const chosen = load.arrivalRatesPerSecond[state.load] ?? 0;
  const lower = load.arrivalRatesPerSecond.filter((rate) => rate < chosen).sort((a, b) => a - b);
  if (lower.length === 0) return [];
  const were = lower.length === 1 ? 'was' : 'were';
  return [
    `${listText(lower.map(ratePerSecond))} ${were} not needed: ${ratePerSecond(chosen)} is the highest rate that every treatment held in the pilot, and the only one measured`,
  ];
}
