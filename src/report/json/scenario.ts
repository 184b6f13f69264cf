import { z } from 'zod';
import { PROFILE_IDS } from '../../scenario/profiles/index.ts';
import { METHODS, TOPOLOGIES } from '../../scenario/scenario.ts';
import { meshSchema, platformSchema } from '../../scenario/treatmentSchema.ts';
import { budgetLine } from './judged.ts';
import { percentile } from './numbers.ts';

const treatment = z.strictObject({
  name: z.string(),
  mesh: meshSchema,
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  serviceTimeUs: z.number(),
  plantedCostUs: z.number().exactOptional(),
});

const target = z.strictObject({
  name: z.string(),
  weight: z.number(),
  method: z.enum(METHODS),
  headers: z.record(z.string(), z.string()),
  requestBytes: z.number(),
  responseBytes: z.number(),
});

const stage = z.strictObject({
  durationMs: z.number(),
  fromRatePerSecond: z.number(),
  toRatePerSecond: z.number(),
});

const load = z.strictObject({
  protocol: z.literal('http1'),
  arrivals: z.enum(['poisson', 'constant']),
  arrivalRatesPerSecond: z.array(z.number()),
  stages: z.array(stage).exactOptional(),
  connections: z.number(),
  requestsPerConnection: z.number().exactOptional(),
  driver: z.literal('k6').exactOptional(),
  script: z.string().exactOptional(),
  workers: z.number().exactOptional(),
  requestBytes: z.number(),
  responseBytes: z.number(),
  targets: z.array(target).exactOptional(),
  warmUpMs: z.number(),
  durationMs: z.number(),
  timeoutMs: z.number(),
  saturation: z.strictObject({ upToPerSecond: z.number(), within: z.number() }).exactOptional(),
  pilot: z.literal('highest').exactOptional(),
});

/** The scenario with every default filled in, in the units that the names end with. */
export const scenarioPart = z.strictObject({
  name: z.string(),
  question: z.string(),
  platform: platformSchema,
  profile: z.enum(PROFILE_IDS).exactOptional(),
  treatments: z.array(treatment),
  leftOut: z.array(z.strictObject({ treatment: z.string(), mesh: meshSchema, because: z.string() })),
  notes: z.array(z.string()),
  baseline: z.number().int(),
  services: z.strictObject({
    topology: z.enum(TOPOLOGIES),
    depth: z.number().exactOptional(),
    width: z.number().exactOptional(),
    address: z.enum(['service', 'pod-ip']),
    memoryLimitBytes: z.number().exactOptional(),
  }),
  load,
  blocks: z.strictObject({
    min: z.number().int(),
    max: z.number().int(),
    until: z.strictObject({ percentile, halfWidthUs: z.number() }).exactOptional(),
  }),
  budgets: z.strictObject({ name: z.string(), lines: z.array(budgetLine) }),
});
