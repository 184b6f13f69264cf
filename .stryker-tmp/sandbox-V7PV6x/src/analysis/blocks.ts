// @ts-nocheck
import type { Scenario } from '../scenario/scenario.ts';
import { brokenGates, type JudgedTrial } from './validity.ts';

/** A block of which every cell has a valid trial: only such blocks carry a comparison. */
export interface ComparableBlock {
  block: number;
  /** Replica 0 of every treatment but the baseline, by treatment name. */
  treated: ReadonlyMap<string, JudgedTrial>;
  /** The two baselines, replica 0 and 1. */
  baselines: readonly [JudgedTrial, JudgedTrial];
}

/** A block that carries no comparison. */
export interface LostBlock {
  block: number;
  because: string;
  /** The gates that took it; empty where a trial was not run. */
  gates: readonly string[];
}

export interface BlocksAtLoad {
  run: number;
  comparable: readonly ComparableBlock[];
  lost: readonly LostBlock[];
}

/** Sorts the trials of one load point into blocks. The last attempt of a cell stands for it. */
export function blocksAtLoad(scenario: Scenario, trials: readonly JudgedTrial[]): BlocksAtLoad {
  const numbers = [...new Set(trials.map(({ record }) => record.spec.block))].sort((a, b) => a - b);
  const comparable: ComparableBlock[] = [];
  const lost: LostBlock[] = [];
  for (const block of numbers) {
    const found = comparableBlock(
      scenario,
      block,
      trials.filter(({ record }) => record.spec.block === block),
    );
    if ('because' in found) lost.push({ block, because: found.because, gates: found.gates });
    else comparable.push(found);
  }
  return { run: numbers.length, comparable, lost };
}

function comparableBlock(
  scenario: Scenario,
  block: number,
  trials: readonly JudgedTrial[],
): ComparableBlock | { because: string; gates: string[] } {
  const reasons: string[] = [];
  const gates = new Set<string>();
  const cell = (treatment: string, replica: 0 | 1): JudgedTrial | undefined => {
    const last = lastAttempt(trials, treatment, replica);
    if (last?.verdict.outcome === 'valid') return last;
    for (const { gate } of last === undefined ? [] : brokenGates(last.verdict)) gates.add(gate);
    reasons.push(last === undefined ? `${nameOf(treatment, replica)} was not run` : whyInvalid(last));
    return undefined;
  };
  const treated = new Map<string, JudgedTrial>();
  const baselines: JudgedTrial[] = [];
  for (const [index, { name }] of scenario.treatments.entries()) {
    const replicas = index === scenario.baseline ? ([0, 1] as const) : ([0] as const);
    for (const replica of replicas) {
      const trial = cell(name, replica);
      if (trial === undefined) continue;
      if (index === scenario.baseline) baselines.push(trial);
      else treated.set(name, trial);
    }
  }
  const [first, second] = baselines;
  if (reasons.length > 0 || first === undefined || second === undefined) {
    return { because: reasons.join('; '), gates: [...gates] };
  }
  return { block, treated, baselines: [first, second] };
}

function lastAttempt(trials: readonly JudgedTrial[], treatment: string, replica: 0 | 1): JudgedTrial | undefined {
  return trials
    .filter(({ record: { spec } }) => spec.cell.treatment === treatment && spec.cell.replica === replica)
    .toSorted((a, b) => a.record.spec.attempt - b.record.spec.attempt)
    .at(-1);
}

const nameOf = (treatment: string, replica: 0 | 1): string => (replica === 1 ? `${treatment} again` : treatment);

function whyInvalid({ verdict }: JudgedTrial): string {
  const gates = brokenGates(verdict).map(({ gate, detail }) => `${gate} (${detail})`);
  return `${nameOf(verdict.treatment, verdict.replica)}, trial ${verdict.index}: ${gates.join(', ')}`;
}
