import { z } from 'zod';
import { budgetsSchema } from './budgetsSchema.ts';
import { nameField, quantity, size, strict, whole } from './fields.ts';
import { loadSchema } from './loadSchema.ts';
import { PROFILE_IDS, profile } from './profiles/index.ts';
import { TOPOLOGIES } from './scenario.ts';
import { platformSchema, treatmentSchema } from './treatmentSchema.ts';
import { MOST_TREATMENTS } from './treatments.ts';
import { parsePrecision, shown } from './units.ts';

/** Below this the inverted signed-rank test has no interval of 95 %: 1 - 2 / 2^5 is 93.75 %. */
const FEWEST_BLOCKS = 6;

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
    topology: z
      .enum(TOPOLOGIES)
      .meta({
        description:
          'the sample services: echo, one that answers; chain, each of which calls the next before it answers; fan-out, the first of which calls all others at once',
      })
      .default('echo'),
    depth: whole({ min: 2, max: 5 }, { description: 'services of a chain: 2 unless told' }).optional(),
    width: whole(
      { min: 2, max: 8 },
      { description: 'services that the first one of a fan-out calls: 2 unless told' },
    ).optional(),
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
