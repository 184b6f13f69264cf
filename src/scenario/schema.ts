import { z } from 'zod';
import { MESH_IDS, type MeshId, meshEntry } from '../meshes/index.ts';
import type { SettingSpec } from '../meshes/mesh.ts';
import { PLATFORM_IDS } from '../platforms/index.ts';
import { BUDGET_SET_IDS } from './budgetSets.ts';
import { nameField, quantity, strict, variants, whole } from './fields.ts';
import { PERCENTILES } from './scenario.ts';
import { parseBytes, parseDurationUs, parseMillicores, parsePrecision, parseRate, shown } from './units.ts';

const HOUR = { value: 3_600_000_000, words: '60m' };
/** Below this the inverted signed-rank test has no interval of 95 %: 1 - 2 / 2^5 is 93.75 %. */
const FEWEST_BLOCKS = 6;

/** A duration above 0, in us. */
const duration = (description: string, example: string) =>
  quantity(
    parseDurationUs,
    { expected: `a duration such as ${example}`, above: 0, atMost: HOUR },
    { description, examples: [example] },
  );

const size = (description: string, example: string) =>
  quantity(
    parseBytes,
    { expected: `a size such as ${example}`, atMost: { value: 16_000_000, words: '16MB' } },
    { description, examples: [example] },
  );

const rate = quantity(
  parseRate,
  { expected: 'a rate such as 500/s', above: 0, atMost: { value: 200_000, words: '200000/s' } },
  { description: 'requests started per second, with the unit: 500/s', examples: ['500/s'] },
);

function settingField(spec: SettingSpec): z.ZodType<string | number> {
  if (spec.kind === 'integer') {
    const description = `${spec.about}: ${spec.min} to ${spec.max}, ${spec.default} unless told`;
    return whole({ min: spec.min, max: spec.max }, { description }).default(spec.default);
  }
  const description = `${spec.about}: ${spec.options.join(' or ')}, ${spec.default} unless told`;
  return z.enum(spec.options).meta({ description }).default(spec.default);
}

function treatmentOf(mesh: MeshId) {
  const specs = Object.entries(meshEntry(mesh).settings);
  const settings: Record<string, z.ZodType<string | number>> = Object.fromEntries(
    specs.map(([key, spec]) => [key, settingField(spec)]),
  );
  const known = specs.length === 0 ? 'has no settings' : `has the settings ${specs.map(([key]) => key).join(', ')}`;
  return strict(
    {
      name: nameField({
        description: 'tells treatments of one mesh apart; the name of the mesh unless told',
      }).optional(),
      mesh: z.literal(mesh).meta({ description: meshEntry(mesh).title }),
      settings: strict(settings, { description: `${mesh} ${known}` }).prefault({}),
      serviceTime: quantity(
        parseDurationUs,
        { expected: 'a duration such as 300us', atMost: { value: 10_000_000, words: '10s' } },
        {
          description: 'CPU time that each request costs the sample service, with the unit: 300us',
          examples: ['300us'],
        },
      ).prefault('0us'),
    },
    { description: `a treatment: ${meshEntry(mesh).title}` },
  );
}

function nonEmpty<T>(items: readonly T[]): readonly [T, ...T[]] {
  const [first, ...rest] = items;
  if (first === undefined) throw new Error('a registry has no entries');
  return [first, ...rest];
}

const treatmentSchema = variants('mesh', MESH_IDS, nonEmpty(MESH_IDS.map(treatmentOf)));

export const platformSchema = z
  .enum(PLATFORM_IDS)
  .meta({ description: `where it is measured: ${PLATFORM_IDS.join(' or ')}` });

const loadSchema = strict(
  {
    protocol: z.enum(['http1']).meta({ description: 'the protocol between the services' }).default('http1'),
    arrivals: z
      .enum(['poisson', 'constant'])
      .meta({ description: 'how requests arrive: poisson, as from many independent users, or constant, evenly spaced' })
      .default('poisson'),
    arrivalRate: z
      .union([rate, z.array(rate).min(1).max(20)], {
        error: (issue) => (issue.input === undefined ? 'is missing: expected a rate such as 500/s' : undefined),
      })
      .meta({
        description: 'requests started per second: 500/s, or a list with a load point for each, [500/s, 1000/s]',
      }),
    connections: whole({ min: 1, max: 10_000 }, { description: 'connections kept open by the driver' }).default(16),
    requestsPerConnection: whole(
      { min: 1, max: 1_000_000 },
      {
        description: 'a connection is opened anew after this many requests; without it, it lives as long as the trial',
      },
    ).optional(),
    requestBytes: size('body of each request, with the unit: 0B', '0B').prefault('0B'),
    responseBytes: size('body of each response, with the unit: 1kB', '1kB').prefault('1kB'),
    warmUp: duration('driven, but not measured, with the unit: 1s', '1s').prefault('1s'),
    duration: duration('the measurement window, with the unit: 10s', '10s').prefault('10s'),
    timeout: duration('a request without an answer after this is a timeout, with the unit: 10s', '10s').prefault('10s'),
  },
  { description: 'what is driven at the services' },
);

const blocksSchema = strict(
  {
    min: z
      .int({
        error: (issue) =>
          issue.code === 'invalid_type' ? `expected a whole number, got ${shown(issue.input)}` : undefined,
      })
      .min(FEWEST_BLOCKS, {
        error: (issue) => `no exact 95 % interval exists below ${FEWEST_BLOCKS} blocks, got ${shown(issue.input)}`,
      })
      .max(1000)
      .meta({ description: `valid blocks wanted for each load point: ${FEWEST_BLOCKS} or more` })
      .default(FEWEST_BLOCKS),
    max: whole(
      { min: 1, max: 1000 },
      { description: 'blocks run for each load point at most: min or more' },
    ).optional(),
    until: quantity(
      parsePrecision,
      { expected: 'a precision such as p99 ± 0.5ms' },
      { description: 'the half-width wanted of the 95 % interval: p99 ± 0.5ms', examples: ['p50 ± 0.1ms'] },
    ).optional(),
  },
  { description: 'how often it is measured' },
);

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

const cpuLimit = z
  .union([z.string(), z.number()], {
    error: (issue) => `expected an amount of CPU such as 100m or 2, got ${shown(issue.input)}`,
  })
  .meta({ description: 'CPU of one proxy at most, in cores or millicores: 100m', examples: ['100m'] })
  .transform((value, context): number => {
    const parsed = parseMillicores(value);
    if (parsed.ok && parsed.value > 0) return parsed.value;
    context.addIssue({
      code: 'custom',
      message: parsed.ok ? `expected more than 0, got ${shown(value)}` : parsed.message,
    });
    return z.NEVER;
  });

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
    { metric: z.literal('proxy-cpu'), percentile: noPercentile, atMost: cpuLimit, ...lineFields },
    { description: 'a limit on the CPU of one proxy' },
  ),
  strict(
    {
      metric: z.literal('proxy-memory'),
      percentile: noPercentile,
      atMost: quantity(
        parseBytes,
        { expected: 'a size such as 128Mi', above: 0 },
        { description: 'memory of one proxy at most, with the unit: 128Mi', examples: ['128Mi'] },
      ),
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

/** The scenario file as it is written; parsing it gives numbers in the units that the field parsers name. */
export const scenarioSchema = strict(
  {
    name: nameField({ description: 'what the run is called: lower-case letters, digits and hyphens' }),
    platform: platformSchema.default('local'),
    treatments: z
      .array(treatmentSchema)
      .min(1)
      .max(32)
      .meta({ description: 'what is compared; the first with mesh: none is the baseline' }),
    services: strict(
      { topology: z.enum(['echo']).meta({ description: 'the sample services: echo' }).default('echo') },
      { description: 'the sample services' },
    ).prefault({}),
    load: loadSchema,
    blocks: blocksSchema.prefault({}),
    budgets: budgetsSchema.optional(),
  },
  { description: 'a scenario has a name, treatments and a load; scenarios/quick-start.yaml is one' },
);

export type ScenarioInput = z.output<typeof scenarioSchema>;
export type BudgetsInput = z.output<typeof budgetsSchema>;
