import { budgetSubject } from '../analysis/budgetQuantity.ts';
import { type Figure, figureOf, limitText, numberOf } from '../analysis/figure.ts';
import { keyLoad } from '../analysis/keyLoad.ts';
import { BUDGET_QUANTITIES, QUANTITIES } from '../analysis/quantities.ts';
import type { LoadAnalysis, PercentileSupport, ProcessCost, RunAnalysis, TreatmentAtLoad } from '../analysis/result.ts';
import { bytesText, ratePerSecond } from '../analysis/rounding.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import { limitOf } from '../scenario/budgetLimit.ts';
import { type BudgetLine, PERCENTILES, type Percentile } from '../scenario/scenario.ts';
import { type Badge, ROLES, verdictBadge } from './labels.ts';

/** Which treatment at which load a row speaks of. */
interface RowSubject {
  load: number;
  rate: string;
  treatment: string;
  /** What really ran; printed wherever a treatment is introduced. */
  build: string;
  isBaseline: boolean;
}

export interface PercentileRow extends RowSubject {
  percentile: Percentile;
  /** undefined: nothing in the analysis says how well the tail carries it. */
  standing: PercentileSupport['standing'] | undefined;
  /** Why the percentile is coarse or absent, or what weakens it. */
  note: string | undefined;
  added: Measured<Figure>;
  /** In ms. */
  pooled: Measured<string>;
  /** In ms. */
  baselinePooled: Measured<string>;
}

const BASELINE_ADDS_NOTHING = { missing: 'the baseline is what others are compared with' };

/** One row for each load, treatment and percentile, the baseline's first within its load. */
export function percentileRows(analysis: RunAnalysis): PercentileRow[] {
  return analysis.loads.flatMap((load) =>
    treatmentsOf(load).flatMap((treatment) =>
      PERCENTILES.map((percentile) => percentileRow({ load, treatment, percentile })),
    ),
  );
}

/** The percentile rows of the treatments that have an overhead. */
export function overheadRows(analysis: RunAnalysis): PercentileRow[] {
  return percentileRows(analysis).filter((row) => !row.isBaseline);
}

function percentileRow(at: { load: LoadAnalysis; treatment: TreatmentAtLoad; percentile: Percentile }): PercentileRow {
  const { load, treatment, percentile } = at;
  const entry = treatment.overhead.find((each) => each.percentile === percentile);
  const absent = absence(entry?.support, treatment);
  return {
    ...subject(load, treatment),
    percentile,
    standing: entry?.support.standing,
    note: entry?.support.note,
    added: treatment.isBaseline
      ? BASELINE_ADDS_NOTHING
      : (absent ?? figureOf('latency', entry?.addedUs ?? NOT_ANALYSED)),
    pooled: absent ?? numberOf('latency', entry?.pooledUs ?? NOT_ANALYSED),
    // The treatment may have no valid trial, and the baseline all of them.
    baselinePooled:
      (entry?.support.standing === 'absent' && treatment.validTrials > 0 ? absent : undefined) ??
      numberOf('latency', entry?.baselinePooledUs ?? NOT_ANALYSED),
  };
}

const NOT_ANALYSED = { missing: 'the analysis holds no such percentile' };

/** A percentile that too few requests lie beyond is never printed, whatever else the analysis holds of it. */
export function absence(
  support: PercentileSupport | undefined,
  treatment: TreatmentAtLoad,
): { missing: string } | undefined {
  if (treatment.validTrials === 0) return { missing: 'no valid trial' };
  if (support?.standing !== 'absent') return undefined;
  return { missing: support.note ?? `only ${support.beyond} requests lie beyond it` };
}

export interface BudgetRow {
  subject: string;
  /** `at most 5 ms`, `at least 99.9 %` */
  limit: string;
  /** Where the documented range begins that the limit ends, if there is one. */
  documented: string | undefined;
  role: 'required' | 'advisory';
  source: string;
  treatment: string;
  build: string;
  rate: string;
  measured: Measured<Figure>;
  verdict: Badge;
  betterThanDocumented: boolean;
  because: string;
  /** The reason says what was assumed, and stands beside a verdict that is kept as well. */
  isAssuming: boolean;
  /** What the figure was stated for and this run does not meet; empty where everything is met, or nothing is stated. */
  notMet: readonly string[];
  /** Conditions that could not be held against the run. */
  notStated: readonly string[];
}

/** One row for each budget line, treatment and load, in the analysis' order. */
export function budgetRows(analysis: RunAnalysis): BudgetRow[] {
  return analysis.verdicts.map((entry) => {
    const quantity = BUDGET_QUANTITIES[entry.line.metric];
    const { line } = entry;
    const { side, value } = limitOf(line);
    return {
      subject: budgetSubject(line),
      limit: `${side} ${statedLimit(quantity, value)}`,
      documented: line.documentedFrom === undefined ? undefined : `from ${statedLimit(quantity, line.documentedFrom)}`,
      role: line.role,
      source: line.source,
      treatment: entry.treatment,
      build: buildOf(analysis, entry.treatment),
      rate: ratePerSecond(entry.arrivalRatePerSecond),
      measured: figureOf(quantity, entry.estimate, value),
      verdict: verdictBadge(entry),
      betterThanDocumented: entry.betterThanDocumented,
      because: entry.because,
      isAssuming: line.pods !== undefined,
      notMet: entry.conditions?.notMet ?? [],
      notStated: entry.conditions?.notStated ?? [],
    };
  });
}

/**
 * A limit in the unit of the measurement beside it. A memory that its source gives in whole MB is no round number of MiB:
 * its own words stand behind it, `57.22 MiB (60 MB)`.
 */
function statedLimit(quantity: (typeof BUDGET_QUANTITIES)[BudgetLine['metric']], value: number): string {
  const text = limitText(quantity, value);
  if (quantity !== 'memory' && quantity !== 'fleetMemory') return text;
  return value % QUANTITIES.memory.perUnit !== 0 && value % 1_000_000 === 0 ? `${text} (${bytesText(value)})` : text;
}

export interface CostRow extends RowSubject {
  role: Exclude<ProcessCost['role'], 'driver'>;
  roleText: string;
  hop: ProcessCost['hop'];
  achieved: Measured<string>;
  cpu: Measured<Figure>;
  cpuPerThousandRequests: Measured<Figure>;
  memoryIdle: Measured<Figure>;
  /** The peak. */
  memory: Measured<Figure>;
  memoryAnon: Measured<Figure>;
  memoryAfter: Measured<Figure>;
}

/** What each process costs beside the traffic. The load driver is left out: its CPU is never a cost. */
export function costRows(analysis: RunAnalysis): CostRow[] {
  return analysis.loads.flatMap((load) =>
    treatmentsOf(load).flatMap((treatment) =>
      treatment.costs.flatMap((cost) => (cost.role === 'driver' ? [] : [costRow(load, treatment, cost, cost.role)])),
    ),
  );
}

/** The cost rows of proxies and their agents: what the mesh adds. */
export function proxyCostRows(analysis: RunAnalysis): CostRow[] {
  return costRows(analysis).filter((row) => row.role !== 'application');
}

function costRow(load: LoadAnalysis, treatment: TreatmentAtLoad, cost: ProcessCost, role: CostRow['role']): CostRow {
  const { achievedRatePerSecond } = treatment;
  return {
    ...subject(load, treatment),
    role,
    roleText: ROLES[role],
    hop: cost.hop,
    achieved: isMissing(achievedRatePerSecond) ? achievedRatePerSecond : ratePerSecond(achievedRatePerSecond),
    cpu: figureOf('cpu', cost.cpuMillicores),
    cpuPerThousandRequests: figureOf('cpuPerThousandRequests', cost.cpuMsPerThousandRequests),
    memoryIdle: figureOf('memory', cost.memoryIdleRssBytes),
    memory: figureOf('memory', cost.memoryRssBytes),
    memoryAnon: figureOf('memory', cost.memoryAnonBytes),
    memoryAfter: figureOf('memory', cost.memoryAfterRssBytes),
  };
}

/** The few figures that stand at the top of a report, for one treatment. */
export interface KeyFigures extends RowSubject {
  latency: readonly PercentileRow[];
  costs: readonly CostRow[];
}

const KEY_PERCENTILES: readonly Percentile[] = ['p50', 'p90', 'p99'];

/** For each treatment, its figures at the highest load that has a valid block; at the highest load where none has. */
export function keyFigures(analysis: RunAnalysis): KeyFigures[] {
  const chosen = keyLoad(analysis.loads);
  if (chosen === undefined) return [];
  const latency = overheadRows(analysis).filter((row) => row.load === chosen.load);
  const costs = costRows(analysis).filter((row) => row.load === chosen.load && row.role === 'proxy');
  return treatmentsOf(chosen)
    .filter((treatment) => !treatment.isBaseline)
    .map((treatment) => ({
      ...subject(chosen, treatment),
      latency: latency.filter(
        (row) => row.treatment === treatment.treatment && KEY_PERCENTILES.includes(row.percentile),
      ),
      costs: costs.filter((row) => row.treatment === treatment.treatment),
    }));
}

/** Names of the treatments in the scenario's order, the baseline first: a treatment's place decides its colour. */
export function treatmentOrder(analysis: RunAnalysis): string[] {
  const { treatments, baseline } = analysis.scenario;
  const name = treatments[baseline]?.name;
  return [
    ...(name === undefined ? [] : [name]),
    ...treatments.map((each) => each.name).filter((each) => each !== name),
  ];
}

/** Build label of a treatment; the treatment's own name stands in where nothing of it ran. */
function buildOf(analysis: RunAnalysis, treatment: string): string {
  const found = analysis.loads.flatMap((load) => load.treatments).find((entry) => entry.treatment === treatment);
  return found?.build ?? treatment;
}

function treatmentsOf(load: LoadAnalysis): TreatmentAtLoad[] {
  return load.treatments.toSorted((a, b) => Number(b.isBaseline) - Number(a.isBaseline));
}

function subject(load: LoadAnalysis, treatment: TreatmentAtLoad): RowSubject {
  return {
    load: load.load,
    rate: ratePerSecond(load.arrivalRatePerSecond),
    treatment: treatment.treatment,
    build: treatment.build,
    isBaseline: treatment.isBaseline,
  };
}
