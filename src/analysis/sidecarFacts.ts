import { isMissing, type Measured } from '../record/measured.ts';
import { budgetSet } from '../scenario/budgetSets.ts';
import type { BudgetMetric, Treatment } from '../scenario/scenario.ts';
import { hopsOf } from './costs.ts';
import { estimateOverBlocks, exactly } from './estimate.ts';
import type { CpuModel, Estimate, RoundLine, RunAnalysis, SidecarFigures, TreatmentAtLoad } from './result.ts';
import { mean } from './stats/quantile.ts';
import { failedProof } from './verdict.ts';
import { countOf } from './wording.ts';

/** What is set for one sidecar. */
export interface SetForSidecar {
  /** By the run's own deployments. */
  reserved: Measured<Estimate>;
  limit: Measured<Estimate>;
  /** What practitioners document as the typical request. */
  documented: Measured<Estimate>;
}

export interface SidecarAtLoad {
  ratePerSecond: number;
  usedCpuMillicores: Measured<Estimate>;
  /** The peak resident set. */
  usedMemoryBytes: Measured<Estimate>;
}

/** CPU of one sidecar between the lowest and the highest rate that was measured. */
export interface CpuLine {
  fromPerSecond: number;
  toPerSecond: number;
  perRound: readonly RoundLine[];
}

/** What is known of one sidecar of a treatment, proxy and agent together, as the mean over the pods that have one. */
export interface SidecarFacts {
  treatment: string;
  build: string;
  cpuMillicores: SetForSidecar;
  memoryBytes: SetForSidecar;
  emptyMemoryBytes: Measured<Estimate>;
  /** From the lowest rate to the highest. */
  loads: readonly SidecarAtLoad[];
  line: Measured<CpuLine>;
}

/** Of each treatment with sidecars, what a fleet of them can be projected from. */
export function sidecarFacts(analysis: RunAnalysis): SidecarFacts[] {
  return analysis.scenario.treatments
    .filter(({ mesh }) => mesh !== 'none')
    .map((treatment) => factsOf(analysis, treatment));
}

const NO_LOAD = { missing: 'no load point was measured' };

function factsOf(analysis: RunAnalysis, treatment: Treatment): SidecarFacts {
  const at = analysis.loads
    .toSorted((a, b) => a.arrivalRatePerSecond - b.arrivalRatePerSecond)
    .flatMap((load) => load.treatments.filter((each) => each.treatment === treatment.name));
  const loads = loadsOf(analysis, treatment.name);
  const set = (key: keyof SidecarFigures) => firstKnown(at.map(({ sidecar }) => sidecar[key]));
  return {
    treatment: treatment.name,
    build: at[0]?.build ?? 'never deployed',
    cpuMillicores: {
      reserved: set('reservedCpuMillicores'),
      limit: set('limitCpuMillicores'),
      documented: documentedRequest('fleet-cpu-reserved', treatment),
    },
    memoryBytes: {
      reserved: set('reservedMemoryBytes'),
      limit: set('limitMemoryBytes'),
      documented: documentedRequest('fleet-memory-reserved', treatment),
    },
    emptyMemoryBytes: set('emptyMemoryBytes'),
    loads,
    line: lineOf({ models: analysis.cpuModels, treatment: treatment.name, at, loads }),
  };
}

/** What is set is set alike at every load point; where one of them lacks it, another may have it. */
function firstKnown(values: readonly Measured<Estimate>[]): Measured<Estimate> {
  return values.find((value) => !isMissing(value)) ?? values[0] ?? NO_LOAD;
}

function loadsOf(analysis: RunAnalysis, treatment: string): SidecarAtLoad[] {
  const measuring = analysis.trials.filter(({ purpose }) => purpose === 'measure');
  return analysis.loads
    .flatMap(({ load, arrivalRatePerSecond: ratePerSecond, treatments }) => {
      const own = treatments.find((each) => each.treatment === treatment);
      if (own === undefined) return [];
      const unproven = failedProof(measuring, { treatment, load });
      const used = (estimate: Measured<Estimate>) => (unproven === undefined ? estimate : { missing: unproven });
      return [
        {
          ratePerSecond,
          usedCpuMillicores: used(own.sidecar.usedCpuMillicores),
          usedMemoryBytes: used(own.sidecar.usedMemoryBytes),
        },
      ];
    })
    .sort((a, b) => a.ratePerSecond - b.ratePerSecond);
}

/** The request of one sidecar behind the documented claim on 100 pods. */
function documentedRequest(metric: BudgetMetric, { mesh }: Treatment): Measured<Estimate> {
  const line = budgetSet('documented').lines.find((each) => each.metric === metric && each.for === mesh);
  const request = line?.assumedRequest;
  return request === undefined ? { missing: `nothing is documented for ${mesh}` } : exactly(request);
}

interface Lines {
  models: readonly CpuModel[];
  treatment: string;
  at: readonly TreatmentAtLoad[];
  loads: readonly SidecarAtLoad[];
}

/**
 * The mean sidecar's line, round by round. The mean of lines through the same rates is the line through the means.
 * Missing where it may not be used: fewer than three load points, a load point without a figure, or loads on no line.
 */
function lineOf({ models, treatment, at, loads }: Lines): Measured<CpuLine> {
  const own = models.filter((model) => model.treatment === treatment);
  if (own.length === 0) return { missing: `a line takes three load points, and this run has ${loads.length}` };
  const gap = loads.map(({ usedCpuMillicores }) => usedCpuMillicores).find(isMissing);
  if (gap !== undefined) return gap;
  const hops = hopsOf(at.flatMap(({ costs }) => costs.filter(({ role }) => role === 'proxy')));
  const lines = hops.flatMap((hop) => own.find((model) => model.hop === hop) ?? []);
  if (lines.length === 0 || lines.length < hops.length) {
    return { missing: 'a line is drawn for the sidecars of client and first service alone, and there are others' };
  }
  const bent = lines.find(({ lackOfFit }) => isMissing(lackOfFit) || !lackOfFit.isLine);
  if (bent !== undefined) {
    return isMissing(bent.lackOfFit)
      ? bent.lackOfFit
      : {
          missing: `the CPU of the ${bent.hop} sidecar does not lie on a line over the ${countOf(bent.loads, 'load')}`,
        };
  }
  const perRound = meanPerRound(lines);
  // Too few rounds have no interval, at whatever rate.
  const tried = estimateOverBlocks(perRound.map(({ idleMillicores }) => idleMillicores));
  if (isMissing(tried)) return tried;
  const rates = loads.map(({ ratePerSecond }) => ratePerSecond);
  return { fromPerSecond: Math.min(...rates), toPerSecond: Math.max(...rates), perRound };
}

/** Over the rounds in which each of the sidecars has a line. */
function meanPerRound(models: readonly CpuModel[]): RoundLine[] {
  const rounds = [...new Set(models.flatMap(({ perRound }) => perRound.map(({ round }) => round)))];
  return rounds.flatMap((round) => {
    const lines = models.flatMap(({ perRound }) => perRound.find((line) => line.round === round) ?? []);
    const idleMillicores = mean(lines.map((line) => line.idleMillicores));
    const millicoresPerThousandPerSecond = mean(lines.map((line) => line.millicoresPerThousandPerSecond));
    if (lines.length < models.length || idleMillicores === undefined || millicoresPerThousandPerSecond === undefined) {
      return [];
    }
    return [{ round, idleMillicores, millicoresPerThousandPerSecond }];
  });
}
