import { z } from 'zod';
import { measured } from '../../record/measuredSchema.ts';
import { PROFILE_IDS } from '../../scenario/profiles/index.ts';
import { BUDGET_METRICS } from '../../scenario/scenario.ts';
import { meshSchema } from '../../scenario/treatmentSchema.ts';
import type { TrialPurpose } from '../../scenario/trial.ts';
import { computed, count, estimate, percentile } from './numbers.ts';

const notStated = z.literal('not stated');

const statedConditions = z.strictObject({
  mesh: z.strictObject({ id: meshSchema, title: z.string(), version: z.string() }),
  hardware: z.enum(['bare metal', 'not stated']),
  arrivalRatePerSecond: z.union([z.number(), notStated]),
  payloadBytes: z.union([z.number(), notStated]),
  sidecarsOnPath: z.union([z.number(), notStated]),
  workers: z.union([z.number(), notStated]),
  connections: z.union([z.number(), notStated]),
  mutualTls: z.enum(['on', 'not stated']),
  source: z.string(),
  date: z.string(),
});

export const budgetLine = z
  .strictObject({
    metric: z.enum(BUDGET_METRICS),
    percentile: percentile.exactOptional(),
    atMost: z.number().exactOptional(),
    atLeast: z.number().exactOptional(),
    documentedFrom: z.number().exactOptional(),
    pods: z.number().exactOptional(),
    assumedRequest: z.number().exactOptional(),
    for: z.string().exactOptional(),
    against: z.string().exactOptional(),
    role: z.enum(['required', 'advisory']),
    source: z.string(),
    conditions: statedConditions.exactOptional(),
  })
  .meta({
    id: 'budgetLine',
    description: 'limits are in µs, millicores or bytes, and of a success rate a share from 0 to 1',
  });

const verdictWord = z.enum(['within', 'over', 'inconclusive']);

export const budgetVerdict = z.strictObject({
  line: budgetLine,
  treatment: z.string(),
  load: count,
  arrivalRatePerSecond: z.number(),
  estimate: measured(estimate).meta({ description: "in the unit of the line's limit" }),
  verdict: verdictWord,
  betterThanDocumented: z.boolean(),
  confirmation: z
    .strictObject({
      state: z.enum(['confirmed', 'refuted', 'not-tried']),
      estimate: estimate.exactOptional(),
      because: z.string(),
    })
    .exactOptional(),
  because: z.string(),
  isInvalid: z.literal(true).exactOptional(),
  conditions: z.strictObject({ notMet: z.array(z.string()), notStated: z.array(z.string()) }).exactOptional(),
});

export const conclusion = z.strictObject({
  outcome: z.enum(['within', 'over', 'inconclusive', 'unconfirmed', 'no-budget', 'not-comparable']),
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(4)]),
  sentence: z.string(),
  caveats: z.array(z.string()).meta({ description: 'what weakens the result, most important first' }),
});

export const gateOverview = z.strictObject({
  gate: z.string(),
  question: z.string(),
  threshold: z.string(),
  reason: z.string(),
  remedy: z.string(),
  kind: z.enum(['machine', 'load', 'proof']),
  required: z.boolean(),
  pass: count,
  fail: count,
  notMeasured: count,
  worst: z.string(),
});

const PURPOSES = [
  'measure',
  'pilot',
  'search',
  'confirm',
  'proof',
  'calibrate',
] as const satisfies readonly TrialPurpose[];

const gateResult = z
  .strictObject({
    gate: z.string(),
    answer: z.enum(['pass', 'fail', 'not-measured']),
    detail: z.string(),
    value: computed.exactOptional(),
  })
  .meta({ id: 'gateResult' });

export const trialVerdict = z.strictObject({
  index: count,
  purpose: z.enum(PURPOSES),
  block: count,
  treatment: z.string(),
  replica: z.union([z.literal(0), z.literal(1)]),
  load: count,
  attempt: count,
  outcome: z.enum(['valid', 'repeat', 'void']),
  gates: z.array(gateResult),
  isImported: z.literal(true).exactOptional(),
});

const knob = z
  .strictObject({
    title: z.string(),
    cells: z.array(
      z.strictObject({
        treatment: z.string(),
        value: measured(
          z.strictObject({
            text: z.string(),
            basis: z.enum(['observed', 'asked']),
            range: z.strictObject({ least: computed, most: computed }).exactOptional(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'knob' });

/** How the treatments with proxies are set. */
export const knobTable = z.strictObject({
  profile: z.strictObject({ id: z.enum(PROFILE_IDS), title: z.string() }).nullable(),
  treatments: z.array(z.string()),
  differing: z.array(knob),
  alike: z.array(knob),
  notKnown: z.array(knob),
  leftUnlike: z.array(z.string()),
});
