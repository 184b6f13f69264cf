import { z } from 'zod';
import { BUDGET_SET_IDS } from './budgetSets.ts';
import { cpu, duration, nameField, quantity, size, strict, variants, whole } from './fields.ts';
import { BUDGET_METRICS, type BudgetMetric, PERCENTILES } from './scenario.ts';
import { parseShare, shown } from './units.ts';

const percentile = z.enum(PERCENTILES).meta({ description: `a percentile: ${PERCENTILES.join(', ')}` });

const lineFields = {
  for: nameField({
    description: 'a mesh or the name of a treatment; without it, every treatment but the baseline',
  }).optional(),
  role: z
    .enum(['required', 'advisory'])
    .meta({ description: 'a required line decides the exit code, an advisory one is only reported' })
    .default('required'),
  source: z.string().min(1).max(200).meta({ description: 'where the figure comes from' }).optional(),
};

const noPercentile = z
  .never({ error: 'belongs to added-latency only; no other metric has percentiles' })
  .meta({ description: 'take the line away' })
  .optional();

/** The field of an amount: its description and an example. */
type Amount = typeof duration | typeof cpu | typeof size;

/** A documented range runs from `from` to `atMost`. */
function checkRange(line: { from?: number | undefined; atMost: number }, context: z.RefinementCtx): void {
  if (line.from === undefined || line.from < line.atMost) return;
  context.addIssue({ code: 'custom', path: ['from'], message: 'expected less than atMost, where the range ends' });
}

interface LineText {
  /** Of the line as a whole. */
  about: string;
  atMost: string;
  example: string;
}

function upperLimit(amount: Amount, { atMost, example }: LineText) {
  return {
    atMost: amount(`${atMost}: ${example}`, example),
    from: amount(
      `where a documented range begins that ends at atMost; less than this is better than documented: ${example}`,
      example,
    ).optional(),
  };
}

function lineOn<M extends BudgetMetric>(metric: M, amount: Amount, text: LineText) {
  const fields = { metric: z.literal(metric), percentile: noPercentile, ...upperLimit(amount, text), ...lineFields };
  return strict(fields, { description: text.about }).superRefine(checkRange);
}

const pods = whole(
  { min: 1, max: 1_000_000 },
  { description: 'pods of the fleet, each with one sidecar: 100 unless told' },
).default(100);

function fleetLine<M extends BudgetMetric>(metric: M, amount: Amount, text: LineText) {
  const fields = { metric: z.literal(metric), percentile: noPercentile, pods, ...upperLimit(amount, text) };
  return strict({ ...fields, ...lineFields }, { description: text.about }).superRefine(checkRange);
}

function reservedLine<M extends BudgetMetric>(metric: M, amount: Amount, text: LineText & { request: string }) {
  const fields = {
    metric: z.literal(metric),
    percentile: noPercentile,
    pods,
    request: amount(
      `taken as the request of a sidecar where those of the run have none, as on one machine: ${text.request}`,
      text.request,
    ).optional(),
    ...upperLimit(amount, text),
  };
  return strict({ ...fields, ...lineFields }, { description: text.about }).superRefine(checkRange);
}

const latencyLine = strict(
  {
    metric: z.literal('added-latency'),
    percentile,
    ...upperLimit(duration, { about: '', atMost: 'added at most, with the unit', example: '10ms' }),
    against: nameField({
      description: 'the treatment that it is added to, such as an older version; without it, the baseline',
    }).optional(),
    ...lineFields,
  },
  { description: 'a limit on the latency that a treatment adds to the baseline, or to another treatment' },
).superRefine(checkRange);

const successLine = strict(
  {
    metric: z.literal('success-rate'),
    percentile: noPercentile,
    atLeast: quantity(
      parseShare,
      { expected: 'a share such as 99.9%', above: 0, atMost: { value: 1, words: '100%' } },
      { description: 'share of the sent requests that are answered, at least: 99.9%', examples: ['99.9%'] },
    ),
    ...lineFields,
  },
  { description: 'a lower limit on the share of requests that are answered' },
);

const FLEET_CPU = { atMost: 'CPU of all sidecars together at most, in cores or millicores', example: '10' };
const FLEET_MEMORY = { atMost: 'memory of all sidecars together at most, with the unit', example: '12.5Gi' };
const SET_UP = { atMost: 'until a deployment is ready at most, with the unit', example: '2s' };

const budgetLineSchema = variants('metric', BUDGET_METRICS, [
  latencyLine,
  lineOn('proxy-cpu', cpu, {
    about: 'a limit on the CPU of one proxy',
    atMost: 'CPU of one proxy at most, in cores or millicores',
    example: '100m',
  }),
  lineOn('proxy-cpu-per-1000-rps', cpu, {
    about: 'a limit on the CPU of one proxy for each 1,000 requests a second',
    atMost: 'CPU of one proxy for each 1,000 requests a second at most, in cores or millicores',
    example: '200m',
  }),
  lineOn('proxy-memory', size, {
    about: 'a limit on the memory of one proxy',
    atMost: 'memory of one proxy at most, with the unit',
    example: '128Mi',
  }),
  reservedLine('fleet-cpu-reserved', cpu, {
    ...FLEET_CPU,
    about: 'a limit on the CPU that the sidecars of a fleet reserve',
    request: '100m',
  }),
  fleetLine('fleet-cpu-used', cpu, {
    ...FLEET_CPU,
    about: "a limit on the CPU that a fleet's sidecars use, each under the run's load",
  }),
  reservedLine('fleet-memory-reserved', size, {
    ...FLEET_MEMORY,
    about: 'a limit on the memory that the sidecars of a fleet reserve',
    request: '128Mi',
  }),
  fleetLine('fleet-memory-used', size, {
    ...FLEET_MEMORY,
    about: "a limit on the memory that a fleet's sidecars use, each under the run's load",
  }),
  successLine,
  lineOn('set-up-time', duration, { ...SET_UP, about: 'a limit on the time until a deployment is ready' }),
  lineOn('added-set-up-time', duration, {
    ...SET_UP,
    about: "a limit on what is added to the baseline's time until a deployment is ready",
  }),
]);

const setName = z.enum(BUDGET_SET_IDS).meta({ description: `a built-in set: ${BUDGET_SET_IDS.join(', ')}` });

export const budgetsSchema = z
  .union(
    [
      setName,
      z.array(budgetLineSchema).min(1).max(200),
      strict(
        { set: setName, advisory: z.array(percentile).min(1).max(PERCENTILES.length) },
        { description: 'a built-in set whose added-latency lines at some percentiles are advisory' },
      ),
    ],
    {
      error: (issue) =>
        `expected a built-in set, a list of lines, or a map with set and advisory, got ${shown(issue.input)}`,
    },
  )
  .meta({ description: `what the treatments have to keep: ${BUDGET_SET_IDS.join(', ')}, or lines of your own` });

export type BudgetsInput = z.output<typeof budgetsSchema>;
export type BudgetLineInput = z.output<typeof budgetLineSchema>;
