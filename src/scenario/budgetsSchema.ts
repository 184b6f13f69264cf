import { z } from 'zod';
import { BUDGET_SET_IDS } from './budgetSets.ts';
import { cpu, duration, nameField, size, strict, variants } from './fields.ts';
import { PERCENTILES } from './scenario.ts';
import { shown } from './units.ts';

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

/** Only a latency has percentiles here: CPU is a mean over the window, memory a peak. */
const noPercentile = z
  .never({ error: 'belongs to added-latency only; CPU and memory have no percentile' })
  .meta({ description: 'take the line away' })
  .optional();

const METRICS = ['added-latency', 'proxy-cpu', 'proxy-memory'] as const;

const budgetLineSchema = variants('metric', METRICS, [
  strict(
    {
      metric: z.literal('added-latency'),
      percentile,
      atMost: duration('added to the baseline at most, with the unit: 10ms', '10ms'),
      ...lineFields,
    },
    { description: 'a limit on the latency that a treatment adds to the baseline' },
  ),
  strict(
    {
      metric: z.literal('proxy-cpu'),
      percentile: noPercentile,
      atMost: cpu('CPU of one proxy at most, in cores or millicores: 100m', '100m'),
      ...lineFields,
    },
    { description: 'a limit on the CPU of one proxy' },
  ),
  strict(
    {
      metric: z.literal('proxy-memory'),
      percentile: noPercentile,
      atMost: size('memory of one proxy at most, with the unit: 128Mi', '128Mi'),
      ...lineFields,
    },
    { description: 'a limit on the memory of one proxy' },
  ),
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
