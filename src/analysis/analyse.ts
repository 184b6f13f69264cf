import type { DeploymentRecord, RunRecord } from '../record/runRecord.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import type { Scenario, Treatment } from '../scenario/scenario.ts';
import type { TrialPurpose } from '../scenario/trial.ts';
import { type BlocksAtLoad, blocksAtLoad } from './blocks.ts';
import { bottleneckOf } from './bottleneck.ts';
import { caveatsOf, importedCaveats, isIncomplete } from './caveats.ts';
import { concludeFrom, concludeFromKnees } from './conclusion.ts';
import { withConditions } from './conditions.ts';
import { withConfirmation } from './confirmation.ts';
import { contrastsOf } from './contrasts.ts';
import { balanceDifference, balanceOf, costsOf, meanOf, trialsPerBlock } from './costs.ts';
import { cpuModelsOf } from './cpuModel.ts';
import { kneesOf } from './knees.ts';
import { knobsOf } from './knobs.ts';
import { noiseOf } from './noise.ts';
import { applicationsAddedOf, clientShareOf } from './onPath.ts';
import { overheadsOf, pooledTimes } from './overhead.ts';
import { percentileCurve, pooledP95 } from './percentiles.ts';
import { chosenLoads } from './pilot.ts';
import { proofOf } from './proof.ts';
import { achievedRate } from './resources.ts';
import type { BudgetVerdict, LoadAnalysis, RunAnalysis, TreatmentAtLoad } from './result.ts';
import { setUpOf } from './setUp.ts';
import { sidecarOf } from './sidecar.ts';
import { successShareOf } from './success.ts';
import { type JudgedTrial, judgeTrials, overviewOfGates } from './validity.ts';
import { judgeBudgets } from './verdict.ts';

/** A run as it was recorded, complete or not. */
export interface AnalysedRun {
  run: RunRecord;
  scenario: Scenario;
  deployments: readonly DeploymentRecord[];
  trials: readonly TrialRecord[];
}

/**
 * From the records of a run to its verdicts: pure, so that a run can be judged again, also against other budgets.
 *
 * Only trials that measure enter; those that confirm are held against the lines that are over, and those of other
 * purposes are listed and judged, but carry no comparison. A load point of the scenario that has no trial yet is listed
 * without a valid block, so that it can never pass for a good one.
 * Load points that a pilot did not choose are neither analysed nor judged.
 * @throws where a histogram of a record cannot be decoded.
 */
export function analyseRun(recorded: AnalysedRun): RunAnalysis {
  const { scenario } = recorded;
  const judged = judgeTrials(recorded);
  const of = (purpose: TrialPurpose) => judged.filter(({ record: { spec } }) => spec.purpose === purpose);
  const [measuring, fresh, searching] = [of('measure'), of('confirm'), of('search')];
  const knees = kneesOf(recorded, judged);
  const chosen = chosenLoads(scenario, judged);
  const perLoad = analyseLoads({ run: recorded.run, scenario, loads: chosen.loads, judged: measuring });
  const loads = perLoad.map(({ analysis }) => analysis);
  const blocks = perLoad.map((load) => load.blocks);
  const measured = [...measuring, ...fresh].map(({ verdict }) => verdict);
  const judgedLines = judgeTwice({ run: recorded.run, scenario, first: { loads, judged: measuring }, fresh });
  const verdicts = judgedLines.map((verdict) => withConditions(verdict, recorded));
  const caveats = caveatsOf({
    run: recorded.run,
    scenario,
    pilot: chosen.caveats,
    loads,
    blocks,
  });
  const trials = judged.map(({ verdict }) => verdict);
  return {
    run: recorded.run,
    scenario,
    deployments: recorded.deployments,
    incomplete: isIncomplete(recorded.run),
    conclusion: {
      ...(knees === null ? concludeFrom(verdicts, loads, chosen.nothingBecause) : concludeFromKnees(knees)),
      caveats: [...importedCaveats(recorded.trials), ...caveats],
    },
    verdicts,
    loads,
    cpuModels: cpuModelsOf(scenario, blocks),
    // A pilot tries what may well be too much. Only where it is all there is do its failed gates speak of the run.
    gates: overviewOfGates(measured.length > 0 ? measured : trials),
    trials,
    knobs: knobsOf({ ...recorded, trials: [...measuring, ...searching].map(({ record }) => record) }),
    knees,
  };
}

interface AtLoads {
  run: RunRecord;
  scenario: Scenario;
  loads: readonly number[];
  judged: readonly JudgedTrial[];
}

function analyseLoads({ run, scenario, loads, judged }: AtLoads): { blocks: BlocksAtLoad; analysis: LoadAnalysis }[] {
  return loads.map((load) => {
    const arrivalRatePerSecond = scenario.load.arrivalRatesPerSecond[load] ?? 0;
    const trials = judged.filter(({ record }) => record.spec.cell.load === load);
    const blocks = blocksAtLoad(scenario, trials);
    return { blocks, analysis: analyseLoad({ run, scenario, load, arrivalRatePerSecond, trials, blocks }) };
  });
}

/** The verdicts of the first blocks, and of the fresh ones on what was over in them. Neither set sees the other's trials. */
function judgeTwice(of: {
  run: RunRecord;
  scenario: Scenario;
  first: { loads: readonly LoadAnalysis[]; judged: readonly JudgedTrial[] };
  fresh: readonly JudgedTrial[];
}): BudgetVerdict[] {
  const { run, scenario, first, fresh } = of;
  const judge = (loads: readonly LoadAnalysis[], judged: readonly JudgedTrial[]) =>
    judgeBudgets({ scenario, lines: scenario.budgets.lines, loads, trials: judged.map(({ verdict }) => verdict) });
  const loads = [...new Set(fresh.map(({ record }) => record.spec.cell.load))];
  const again = analyseLoads({ run, scenario, loads, judged: fresh }).map(({ analysis }) => analysis);
  return withConfirmation(judge(first.loads, first.judged), judge(again, fresh));
}

interface LoadPoint {
  run: RunRecord;
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
    contrasts: contrastsOf(scenario, blocks.comparable),
    noise: noiseOf(blocks.comparable),
  };
}

function analyseTreatment(point: LoadPoint, treatment: Treatment, isBaseline: boolean): TreatmentAtLoad {
  const { scenario, blocks } = point;
  const of = (name: string) => point.trials.filter(({ record }) => record.spec.cell.treatment === name);
  const isValid = ({ verdict }: JudgedTrial) => verdict.outcome === 'valid';
  const own = of(treatment.name);
  const valid = own.filter(isValid);
  const baseline = scenario.treatments[scenario.baseline]?.name ?? '';
  const baselineValid = of(baseline).filter(isValid);
  const pooled = pooledTimes(valid);
  const compared = { treatment: treatment.name, isBaseline, blocks: blocks.comparable };
  const perBlock = trialsPerBlock(blocks.comparable, compared);
  const balance = balanceOf(valid);
  return {
    treatment: treatment.name,
    build: buildOf(own),
    isBaseline,
    validTrials: valid.length,
    requests: pooled.count,
    requestedRatePerSecond: point.arrivalRatePerSecond,
    achievedRatePerSecond: meanOf(valid.map(({ record }) => achievedRate(record))),
    overhead: overheadsOf({ ...compared, rule: scenario.blocks, valid, baselineValid }),
    curve: percentileCurve(
      pooled,
      valid.map(({ times }) => times),
    ),
    pooledP95Us: pooledP95(pooled),
    costs: costsOf(perBlock),
    sidecar: sidecarOf(perBlock, deploymentsOf(own)),
    successShare: successShareOf(own),
    setUp: setUpOf(point.trials, { treatment: treatment.name, baseline }),
    balance,
    balanceAdded: isBaseline ? null : balanceDifference(balance, balanceOf(baselineValid)),
    applicationsAdded: isBaseline ? null : applicationsAddedOf(blocks.comparable, treatment.name),
    clientShareOfSidecarCpu: clientShareOf(perBlock),
    bottleneck: bottleneckOf(point.run, valid),
    proof: proofOf(own, treatment.mesh !== 'none'),
  };
}

/** Each once, however many trials there were on it. */
function deploymentsOf(trials: readonly JudgedTrial[]): DeploymentRecord[] {
  return [...new Set(trials.flatMap(({ deployment }) => deployment ?? []))];
}

function buildOf(trials: readonly JudgedTrial[]): string {
  const [first] = trials;
  if (first?.record.origin.kind === 'imported') return `as ${first.record.origin.tool} measured it, not deployed here`;
  return trials.find(({ deployment }) => deployment !== undefined)?.deployment?.expectation.build ?? 'never deployed';
}
