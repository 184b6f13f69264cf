import { z } from 'zod';
import { budgetsSchema } from './budgetsSchema.ts';
import { duration, nameField, quantity, size, strict, whole } from './fields.ts';
import { PROFILE_IDS, profile } from './profiles/index.ts';
import { platformSchema, treatmentSchema } from './treatmentSchema.ts';
import { MOST_TREATMENTS } from './treatments.ts';
import { parseBytes, parsePrecision, parseRate, shown } from './units.ts';

/** Below this the inverted signed-rank test has no interval of 95 %: 1 - 2 / 2^5 is 93.75 %. */
const FEWEST_BLOCKS = 6;

/** Bytes of a request's or a response's body. */
const body = (description: string, example: string) =>
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

const loadSchema = strict(
  {
    protocol: z.enum(['http1']).meta({ description: 'the protocol between the services' }).default('http1'),
    arrivals: z
      .enum(['poisson', 'constant'])
      .meta({ description: 'how requests arrive: poisson, as from many independent users, or constant, evenly spaced' })
      .default('poisson'),
    arrivalRate: z
      .union([rate, z.array(rate).min(1).max(20)], {
        error: (issue) =>
          issue.input === undefined
            ? 'is missing: expected a rate such as 500/s'
            : `expected a rate such as 500/s, or a list of rates, got ${shown(issue.input)}`,
      })
      .meta({
        description: 'requests started per second: 500/s, or a list with a load point for each, [500/s, 1000/s]',
      }),
    pilot: z
      .enum(['highest'])
      .meta({
        description:
          'tries the arrival rates before the first block, from the highest down; only the first that every treatment holds is measured',
      })
      .optional(),
    connections: whole({ min: 1, max: 10_000 }, { description: 'connections kept open by the driver' }).default(16),
    requestsPerConnection: whole(
      { min: 1, max: 1_000_000 },
      {
        description: 'a connection is opened anew after this many requests; without it, it lives as long as the trial',
      },
    ).optional(),
    requestBytes: body('body of each request, with the unit: 0B', '0B').prefault('0B'),
    responseBytes: body('body of each response, with the unit: 1kB', '1kB').prefault('1kB'),
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

const servicesSchema = strict(
  {
    topology: z.enum(['echo']).meta({ description: 'the sample services: echo' }).default('echo'),
    address: z
      .enum(['service', 'pod-ip'])
      .meta({
        description:
          "how the client calls: by the Service's name or by the pod's address; it matters on kubernetes only, locally there is no Service and both are the pod's address",
      })
      .default('service'),
    memoryLimit: size(
      "memory of the sample service's container at most, on kubernetes only: 256Mi",
      '256Mi',
    ).optional(),
  },
  { description: 'the sample services' },
);

/** The scenario file as it is written; parsing it gives numbers in the units that the field parsers name. */
export const scenarioSchema = strict(
  {
    name: nameField({ description: 'what the run is called: lower-case letters, digits and hyphens' }),
    platform: platformSchema.default('local'),
    profile: z
      .enum(PROFILE_IDS)
      .meta({
        description: `settings of each mesh where a treatment has none of its own: ${PROFILE_IDS.map((id) => `${id}, ${profile(id).title}`).join('; or ')}`,
      })
      .optional(),
    treatments: z
      .array(treatmentSchema)
      .min(1)
      .max(MOST_TREATMENTS)
      .meta({ description: 'what is compared; the first with mesh: none is the baseline' }),
    services: servicesSchema.prefault({}),
    load: loadSchema,
    blocks: blocksSchema.prefault({}),
    budgets: budgetsSchema.optional(),
  },
  { description: 'a scenario has a name, treatments and a load; scenarios/quick-start.yaml is one' },
);

export type ScenarioInput = z.output<typeof scenarioSchema>;
