import type { DeploymentRecord, RunRecord } from '../record/runRecord.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import type { Scenario, Treatment } from '../scenario/scenario.ts';
import { type BlocksAtLoad, blocksAtLoad } from './blocks.ts';
import { caveatsOf, isIncomplete } from './caveats.ts';
import { concludeFrom } from './conclusion.ts';
import { balanceOf, costsOf, meanOf, trialsPerBlock } from './costs.ts';
import { knobsOf } from './knobs.ts';
import { noiseOf } from './noise.ts';
import { overheadsOf, pooledTimes } from './overhead.ts';
import { percentileCurve } from './percentiles.ts';
import { chosenLoads } from './pilot.ts';
import { proofOf } from './proof.ts';
import { achievedRate } from './resources.ts';
import type { LoadAnalysis, RunAnalysis, TreatmentAtLoad } from './result.ts';
import { type JudgedTrial, judgeTrials, overviewOfGates } from './validity.ts';
import { judgeBudgets } from './verdict.ts';

/** A run as it was recorded, complete or not. */
export interface AnalysedRun {
  run: RunRecord;
  scenario: Scenario;
  deployments: readonly DeploymentRecord[];
  trials: readonly TrialRecord[];
  /** Judged instead of the scenario's own budgets. */
  budgets?: Scenario['budgets'];
}

/**
 * From the records of a run to its verdicts: pure, so that a run can be judged again, also against other budgets.
 *
 * Only trials that measure enter; those of other purposes are listed and judged, but carry no comparison. A load point
 * of the scenario that has no trial yet is listed without a valid block, so that it can never pass for a good one.
 * Load points that a pilot did not choose are neither analysed nor judged.
 * @throws where a histogram of a record cannot be decoded.
 */
export function analyseRun(recorded: AnalysedRun): RunAnalysis {
  const scenario = { ...recorded.scenario, budgets: recorded.budgets ?? recorded.scenario.budgets };
  const judged = judgeTrials(recorded);
  const measuring = judged.filter(({ record: { spec } }) => spec.purpose === 'measure' || spec.purpose === 'confirm');
  const chosen = chosenLoads(scenario, judged);
  const perLoad = chosen.loads.map((load) => {
    const arrivalRatePerSecond = scenario.load.arrivalRatesPerSecond[load] ?? 0;
    const trials = measuring.filter(({ record }) => record.spec.cell.load === load);
    const blocks = blocksAtLoad(scenario, trials);
    return { blocks, analysis: analyseLoad({ scenario, load, arrivalRatePerSecond, trials, blocks }) };
  });
  const loads = perLoad.map(({ analysis }) => analysis);
  const measured = measuring.map(({ verdict }) => verdict);
  const verdicts = judgeBudgets({ scenario, lines: scenario.budgets.lines, loads, trials: measured });
  const caveats = caveatsOf({
    run: recorded.run,
    scenario,
    pilot: chosen.caveats,
    loads,
    blocks: perLoad.map(({ blocks }) => blocks),
  });
  const trials = judged.map(({ verdict }) => verdict);
  return {
    run: recorded.run,
    scenario,
    deployments: recorded.deployments,
    incomplete: isIncomplete(recorded.run),
    conclusion: { ...concludeFrom(verdicts, loads, chosen.nothingBecause), caveats },
    verdicts,
    loads,
    // A pilot tries what may well be too much. Only where it is all there is do its failed gates speak of the run.
    gates: overviewOfGates(measured.length > 0 ? measured : trials),
    trials,
    knobs: knobsOf({ ...recorded, trials: measuring.map(({ record }) => record) }),
  };
}

interface LoadPoint {
  scenario: Scenario;
  load: number;
  arrivalRatePerSecond: number;
  trials: readonly JudgedTrial[];
  blocks: BlocksAtLoad;
}

function analyseLoad(point: LoadPoint): LoadAnalysis {
  const { blocks, scenario } = point;
  return {
    load: point.load,
    arrivalRatePerSecond: point.arrivalRatePerSecond,
    blocksValid: blocks.comparable.length,
    blocksRun: blocks.run,
    blocksLost: blocks.lost.map(({ block, because }) => ({ block, because })),
    treatments: scenario.treatments.map((treatment, index) =>
      analyseTreatment(point, treatment, index === scenario.baseline),
    ),
    noise: noiseOf(blocks.comparable),
  };
}

function analyseTreatment(point: LoadPoint, treatment: Treatment, isBaseline: boolean): TreatmentAtLoad {
  const { scenario, blocks } = point;
  const of = (name: string | undefined) => point.trials.filter(({ record }) => record.spec.cell.treatment === name);
  const isValid = ({ verdict }: JudgedTrial) => verdict.outcome === 'valid';
  const own = of(treatment.name);
  const valid = own.filter(isValid);
  const baselineValid = of(scenario.treatments[scenario.baseline]?.name).filter(isValid);
  const pooled = pooledTimes(valid);
  const compared = { treatment: treatment.name, isBaseline, blocks: blocks.comparable };
  return {
    treatment: treatment.name,
    build: buildOf(own),
    isBaseline,
    validTrials: valid.length,
    requests: pooled.count,
    requestedRatePerSecond: point.arrivalRatePerSecond,
    achievedRatePerSecond: meanOf(valid.map(({ record }) => achievedRate(record))),
    overhead: overheadsOf({ ...compared, valid, baselineValid }),
    curve: percentileCurve(pooled),
    costs: costsOf(trialsPerBlock(blocks.comparable, compared)),
    balance: balanceOf(valid),
    proof: proofOf(own, treatment.mesh !== 'none'),
  };
}

function buildOf(trials: readonly JudgedTrial[]): string {
  return trials.find(({ deployment }) => deployment !== undefined)?.deployment?.expectation.build ?? 'never deployed';
}
