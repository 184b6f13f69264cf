import { z } from 'zod';
import { QUANTITIES, type QuantityId } from '../analysis/quantities.ts';
import type { LoadAnalysis, RunAnalysis, TreatmentAtLoad } from '../analysis/result.ts';
import { ratePerSecond } from '../analysis/rounding.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import { measured } from '../record/measuredSchema.ts';
import { environmentOf } from './comparability.ts';

export const FIGURES_SCHEMA = 'meshtax/figures@1';
/** What a history reads of a run: a few kB, where the whole analysis takes hundreds. */
export const FIGURES_FILE = 'figures.json';

const estimateSchema = z.strictObject({
  point: z.number(),
  low: z.number(),
  high: z.number(),
  n: z.number().int(),
  confidence: z.number(),
  method: z.enum(['signed-rank', 't', 'exact']).exactOptional(),
});

/** One measured quantity of a run; its unit is the one that records and budgets use of it. */
const quantitySchema = z.strictObject({
  /** `envoy at 1,000/s`, or `new minus old at 1,000/s` */
  group: z.string(),
  /** `added p50`, `CPU of the client proxy` */
  what: z.string(),
  unit: z.enum(Object.keys(QUANTITIES) as QuantityId[]),
  /** `judged`: more of it is worse, and a history looks out for that; `told`: it stands beside. */
  role: z.enum(['judged', 'told']),
  value: measured(estimateSchema),
  /**
   * How slow the machine was: what the baseline of the same run took, in the quantity's unit. Of an added percentile the
   * baseline's own, of a proxy's CPU that of the baseline's services; absent where there is none.
   */
  beside: z.number().positive().exactOptional(),
});

export const figuresSchema = z.strictObject({
  schema: z.literal(FIGURES_SCHEMA),
  runId: z.string(),
  scenario: z.string(),
  startedAt: z.string(),
  endedAt: measured(z.string()),
  /** It came to its end by itself. */
  complete: z.boolean(),
  /** The largest step that the wall clock was set by during the run, in ms; absent where it was not set. */
  clockJumpMs: z.number().exactOptional(),
  outcome: z.string(),
  sentence: z.string(),
  environment: z.record(z.string(), measured(z.string())),
  quantities: z.array(quantitySchema),
});

export type RunFigures = z.infer<typeof figuresSchema>;
export type QuantityFigure = RunFigures['quantities'][number];
type Value = QuantityFigure['value'];

/** What a quantity is called wherever several runs stand beside each other; unique within a run. */
export const nameOf = ({ group, what }: Pick<QuantityFigure, 'group' | 'what'>): string => `${group}, ${what}`;

/** The figures of a run that another run's can be held against, with what the run was made on. */
export function figuresOf(analysis: RunAnalysis): RunFigures {
  const { run, scenario, conclusion } = analysis;
  const jumps = (run.clockJumps ?? []).map(({ byMs }) => byMs).sort((a, b) => Math.abs(b) - Math.abs(a));
  return {
    schema: FIGURES_SCHEMA,
    runId: run.runId,
    scenario: scenario.name,
    startedAt: run.startedAt,
    endedAt: run.ended?.at ?? { missing: 'the run did not end by itself' },
    complete: !analysis.incomplete,
    ...(jumps[0] === undefined ? {} : { clockJumpMs: jumps[0] }),
    outcome: conclusion.outcome,
    sentence: conclusion.sentence,
    environment: { ...environmentOf(analysis) },
    quantities: analysis.loads.flatMap(quantitiesOf),
  };
}

export function figuresText(figures: RunFigures): string {
  return `${JSON.stringify(figures, null, 1)}\n`;
}

function quantitiesOf(load: LoadAnalysis): QuantityFigure[] {
  const treated = load.treatments.filter(({ isBaseline }) => !isBaseline);
  return [...treated.flatMap((treatment) => ofTreatment(load, treatment)), ...contrastsOf(load)];
}

function ofTreatment(load: LoadAnalysis, treatment: TreatmentAtLoad): QuantityFigure[] {
  const group = `${treatment.treatment} at ${ratePerSecond(load.arrivalRatePerSecond)}`;
  const unfair = treatment.proof.applies && !treatment.proof.holds ? { missing: 'the proof failed' } : undefined;
  const quantity = (what: string, unit: QuantityId, value: Value, beside?: Measured<number>): QuantityFigure => ({
    group,
    what,
    unit,
    role: 'judged',
    value: unfair ?? finite(value),
    ...(beside !== undefined && !isMissing(beside) && beside > 0 && Number.isFinite(beside) ? { beside } : {}),
  });
  const added = treatment.overhead.map(({ percentile, support, addedUs, baselinePooledUs }): QuantityFigure => {
    const noise = load.noise.find((each) => each.percentile === percentile);
    const differ = noise?.holdsZero === false ? { missing: `the two baselines differ at ${percentile}` } : undefined;
    const own = quantity(`added ${percentile}`, 'latency', differ ?? addedUs, baselinePooledUs);
    // A coarse one rests on a handful of stalls, which the machine has more of on one day than on another.
    return support.standing === 'coarse' ? { ...own, role: 'told' } : own;
  });
  const plainCpu = load.treatments.find(({ isBaseline }) => isBaseline)?.balance.applications;
  const proxies = treatment.costs.filter(({ role }) => role === 'proxy' || role === 'proxy-agent');
  const costs = proxies.flatMap(({ role, hop, cpuMillicores, memoryRssBytes }) => {
    const of = `the ${hop} ${role === 'proxy' ? 'proxy' : 'proxy agent'}`;
    return [
      quantity(`CPU of ${of}`, 'cpu', cpuMillicores, plainCpu),
      quantity(`memory of ${of}`, 'memory', memoryRssBytes),
    ];
  });
  return [...added, ...costs];
}

/** One treatment minus another: that it grows may come from either, so that it is told beside what each adds. */
function contrastsOf(load: LoadAnalysis): QuantityFigure[] {
  return load.contrasts.flatMap(({ from, to, latency, sidecars }) => {
    const group = `${to} minus ${from} at ${ratePerSecond(load.arrivalRatePerSecond)}`;
    const told = { group, role: 'told' } as const;
    return [
      ...latency.map(({ percentile, differenceUs }) => ({
        ...told,
        what: percentile,
        unit: 'latency' as const,
        value: finite(differenceUs),
      })),
      ...sidecars.flatMap(({ hop, cpuMillicores, memoryRssBytes }) => [
        { ...told, what: `CPU of the ${hop} sidecar`, unit: 'cpu' as const, value: finite(cpuMillicores) },
        { ...told, what: `memory of the ${hop} sidecar`, unit: 'memory' as const, value: finite(memoryRssBytes) },
      ]),
    ];
  });
}

/** JSON has no word for a number that is not finite. */
function finite(value: Value): Value {
  if (isMissing(value)) return value;
  const { point, low, high } = value;
  return [point, low, high].every(Number.isFinite) ? value : { missing: 'no finite number came of the trials' };
}
