import { z } from 'zod';
import { hopSchema } from '../../record/hop.ts';
import { measured } from '../../record/measuredSchema.ts';
import { computed, count, estimate, percentile } from './numbers.ts';

const support = z
  .strictObject({
    percentile,
    beyond: computed.meta({ description: 'requests beyond the percentile in the smallest trial' }),
    standing: z.enum(['reported', 'coarse', 'absent']),
    note: z.string().exactOptional(),
  })
  .meta({ id: 'support', description: 'how well the tail of a trial carries a percentile' });

const lagOne = z.strictObject({ correlation: computed, band: computed });

const overhead = z
  .strictObject({
    percentile,
    support,
    addedUs: measured(estimate),
    perBlock: z.array(z.strictObject({ block: count, addedUs: computed })),
    smallestEffectUs: computed,
    lagOne: measured(lagOne),
    pooledUs: computed,
    baselinePooledUs: computed,
  })
  .meta({ id: 'overhead', description: 'what a treatment adds at a percentile, in µs' });

const noise = z.strictObject({ percentile, differenceUs: measured(estimate), holdsZero: measured(z.boolean()) });

const processCost = z
  .strictObject({
    role: z.enum(['proxy', 'proxy-agent', 'application', 'driver']),
    hop: hopSchema,
    cpuMillicores: measured(estimate),
    cpuMsPerThousandRequests: measured(estimate),
    memoryIdleRssBytes: measured(estimate),
    memoryRssBytes: measured(estimate).meta({ description: 'the peak over warm-up and window' }),
    memoryAnonBytes: measured(estimate),
    memoryAfterRssBytes: measured(estimate),
  })
  .meta({ id: 'processCost' });

const sidecar = z
  .strictObject({
    usedCpuMillicores: measured(estimate),
    usedMemoryBytes: measured(estimate),
    reservedCpuMillicores: measured(estimate),
    reservedMemoryBytes: measured(estimate),
    limitCpuMillicores: measured(estimate),
    limitMemoryBytes: measured(estimate),
    emptyMemoryBytes: measured(estimate),
  })
  .meta({ description: 'of one sidecar, proxy and agent together, in the mean over the pods that have one' });

const balance = z
  .strictObject({
    machine: computed,
    proxies: computed,
    applications: computed,
    driver: computed,
    rest: computed,
  })
  .meta({ id: 'balance', description: "where the machine's busy time went, in millicores" });

const bottleneck = z.strictObject({
  component: z.string(),
  busyShare: computed,
  others: z.array(z.strictObject({ component: z.string(), busyShare: computed })),
});

const proof = z.strictObject({
  applies: z.boolean(),
  holds: z.boolean(),
  sent: count,
  seenWithIdentity: computed,
  identity: z.string().nullable(),
  identities: count,
  furtherServices: count.exactOptional(),
  throughClientProxy: computed,
  throughServerProxy: computed,
  handshakes: computed,
  plaintextTries: count,
  plaintextRefused: count,
  plaintextExpected: z.enum(['refused', 'answered']).nullable(),
  sentence: z.string(),
});

const treatmentAtLoad = z
  .strictObject({
    treatment: z.string(),
    build: z.string().meta({ description: 'what really ran' }),
    isBaseline: z.boolean(),
    validTrials: count,
    requests: count,
    requestedRatePerSecond: computed,
    achievedRatePerSecond: computed,
    overhead: z.array(overhead),
    curve: z.array(
      z.strictObject({
        quantile: computed,
        responseUs: computed,
        fastestTrialUs: computed.exactOptional(),
        slowestTrialUs: computed.exactOptional(),
      }),
    ),
    pooledP95Us: computed,
    costs: z.array(processCost),
    sidecar,
    successShare: measured(estimate),
    setUp: z.strictObject({ takenUs: measured(estimate), addedUs: measured(estimate) }),
    balance,
    balanceAdded: balance.nullable(),
    applicationsAdded: z
      .strictObject({ cpuMillicores: measured(estimate), cpuMsPerThousandRequests: measured(estimate) })
      .nullable(),
    clientShareOfSidecarCpu: measured(estimate),
    bottleneck: measured(bottleneck),
    proof,
  })
  .meta({ id: 'treatmentAtLoad' });

const contrast = z
  .strictObject({
    from: z.string(),
    to: z.string(),
    latency: z.array(
      z.strictObject({
        percentile,
        support,
        differenceUs: measured(estimate),
        perBlock: z.array(z.strictObject({ block: count, differenceUs: computed })),
        smallestEffectUs: computed,
      }),
    ),
    sidecars: z.array(
      z.strictObject({
        hop: z.enum(['client', 'server']),
        cpuMillicores: measured(estimate),
        cpuPerBlock: z.array(computed),
        smallestCpuEffectMillicores: computed,
        memoryRssBytes: measured(estimate),
      }),
    ),
  })
  .meta({ description: 'one treatment against another, to minus from' });

export const loadAnalysis = z.strictObject({
  load: count,
  arrivalRatePerSecond: z.number(),
  blocksValid: count,
  blocksRun: count,
  blocksLost: z.array(z.strictObject({ block: count, because: z.string() })),
  treatments: z.array(treatmentAtLoad),
  contrasts: z.array(contrast),
  noise: z.array(noise),
});

/** CPU of each sidecar over the load points. */
export const cpuModel = z.strictObject({
  treatment: z.string(),
  hop: z.enum(['client', 'server']),
  loads: count,
  idleMillicores: measured(estimate),
  millicoresPerThousandPerSecond: measured(estimate),
  perRound: z.array(
    z.strictObject({ round: count, idleMillicores: computed, millicoresPerThousandPerSecond: computed }),
  ),
  lackOfFit: measured(z.strictObject({ f: computed, p: computed, isLine: z.boolean() })),
});

/** What a saturation search found. */
export const kneeAnalysis = z.strictObject({
  within: z.number(),
  treatments: z.array(
    z.strictObject({
      treatment: z.string(),
      isBaseline: z.boolean(),
      build: z.string(),
      knees: z.array(
        z.strictObject({
          block: count,
          replica: z.union([z.literal(0), z.literal(1)]),
          heldPerSecond: computed,
          brokenPerSecond: computed,
          gaveOut: measured(z.strictObject({ component: z.string(), busyShare: z.number().exactOptional() })),
        }),
      ),
      heldPerSecond: measured(estimate),
      shareOfBaseline: measured(estimate).nullable(),
      gaveOut: measured(z.string()),
    }),
  ),
});
