import { z } from 'zod';
import { hopSchema } from './hop.ts';
import { measured } from './measuredSchema.ts';

export const RUN_SCHEMA = 'meshtax/run@1';
export const DEPLOYMENT_SCHEMA = 'meshtax/deployment@1';

/** What the machine is; two runs are comparable only where these agree. */
export const environmentSchema = z.strictObject({
  kernel: z.string(),
  cpuModel: measured(z.string()),
  cores: z.number().int().positive(),
  memoryBytes: z.number(),
  governor: measured(z.string()),
  cgroupVersion: measured(z.string()),
  irqTimeAccounting: measured(z.boolean()),
  virtualised: measured(z.boolean()),
  node: z.string(),
});

/** What the idle machine loses by itself, metered before the first trial. */
export const idleNoiseSchema = z.strictObject({
  seconds: z.number(),
  perCore: z.array(
    z.strictObject({
      core: z.number().int(),
      lostShare: z.number(),
      stallsOver1msPerSecond: z.number(),
      longestUs: z.number(),
    }),
  ),
});

/** What the driver is against an echo with nothing in between; times in µs. */
export const calibrationSchema = z.strictObject({
  ratePerSecond: z.number(),
  scheduled: z.number().int(),
  completed: z.number().int(),
  /** What the echo itself takes, by its own account, at p50. */
  echoUs: z.number(),
  /** From the intended start to the answer: what every response time holds at the least. */
  responseP50Us: z.number(),
  responseP99Us: z.number(),
  /** The p50 of the parts that the drive was cut into: how much it moves by itself. */
  leastP50Us: z.number(),
  mostP50Us: z.number(),
  /** From the intended start to the send. */
  lagP50Us: z.number(),
  lagP99Us: z.number(),
});

export const runRecordSchema = z.strictObject({
  schema: z.literal(RUN_SCHEMA),
  runId: z.string(),
  tool: z.strictObject({ name: z.literal('meshtax'), version: z.string() }),
  command: z.array(z.string()),
  startedAt: z.string(),
  scenarioFile: z.string(),
  scenarioText: z.string(),
  /** Budgets that the run was told to judge against instead of the scenario's: where they came from, and their text. */
  budgetsFile: z.string().exactOptional(),
  budgetsText: z.string().exactOptional(),
  /** The script that k6 drove, where the load is one. */
  scriptText: z.string().exactOptional(),
  seed: z.number(),
  planDigest: z.string(),
  platform: z.strictObject({
    id: z.enum(['local', 'kubernetes']),
    /** How the pods were made; runs of different modes are never compared. */
    mode: z.string(),
    refused: z.array(z.strictObject({ mode: z.string(), because: z.string() })),
    leavesOut: z.array(z.string()),
    affinity: measured(z.strictObject({ driver: z.array(z.number()), system: z.array(z.number()) })),
    details: z.record(z.string(), z.string()),
  }),
  /** Missing where the trials were imported. */
  environment: measured(environmentSchema),
  idleNoise: measured(idleNoiseSchema),
  /** Absent in older records. */
  calibration: measured(calibrationSchema).exactOptional(),
  /** How the wall clock was set during the run, against the monotonic one; absent where it was not. */
  clockJumps: z.array(z.strictObject({ at: z.string(), byMs: z.number() })).exactOptional(),
  /** Absent while the run goes on, and for ever after a run that was killed. */
  ended: z.strictObject({ at: z.string(), because: z.string(), complete: z.boolean() }).exactOptional(),
});

/** What has to hold for the traffic of a deployment to count as having gone through its mesh. */
export const expectationSchema = z.strictObject({
  /** What ran, named by its build; never a mesh's name for something that is not its release. */
  build: z.string(),
  hops: z.number().int(),
  peerIdentity: z.string().nullable(),
  /** Services behind the first one, each with the identity of the one that calls it; absent where there are none. */
  further: z.array(z.strictObject({ pod: hopSchema, peerIdentity: z.string().nullable() })).exactOptional(),
  plaintext: z.enum(['refused', 'answered']).nullable(),
  /** Status with which the mesh refuses plaintext, where it answers at all instead of cutting the connection. */
  refusalStatus: z.number().int().exactOptional(),
  concurrency: z.number().int().nullable(),
  /** Counters whose growth over a trial has to equal the requests sent. */
  requestCounters: z.array(z.strictObject({ hop: hopSchema, counter: z.string() })),
  /** Counters of the connections that each worker took; absent where the mesh's proxies tell none. */
  workerCounters: z
    .array(z.strictObject({ hop: hopSchema, worker: z.number().int(), counter: z.string() }))
    .exactOptional(),
  /** What the client's proxy counts of the connections that it opens towards the service; absent where it tells none. */
  wireCounters: z
    .array(
      z.strictObject({
        hop: hopSchema,
        what: z.enum(['connections', 'http1', 'http2']),
        counter: z.string(),
      }),
    )
    .exactOptional(),
  /** Counter of handshakes since the proxy started: has to be over 0 under mTLS, absent or 0 without. */
  handshakeCounter: z
    .strictObject({ hop: hopSchema, counter: z.string(), expected: z.enum(['some', 'none']) })
    .nullable(),
});

export const deploymentRecordSchema = z.strictObject({
  schema: z.literal(DEPLOYMENT_SCHEMA),
  id: z.string(),
  treatment: z.string(),
  mesh: z.string(),
  block: z.number().int(),
  startedAt: z.string(),
  readyAfterMs: z.number(),
  expectation: expectationSchema,
  pods: z.array(
    z.strictObject({
      name: z.string(),
      pid: measured(z.number()),
      networkNamespace: measured(z.string()),
      node: z.string().exactOptional(),
      namespace: z.string().exactOptional(),
      image: z.string().exactOptional(),
    }),
  ),
  proxies: z.array(
    z.strictObject({
      hop: hopSchema,
      pid: measured(z.number().int()),
      version: measured(z.string()),
      concurrencyAsked: z.number().int(),
      concurrencyEffective: measured(z.number().int()),
      configurationSha256: measured(z.string()),
      /** What the running proxy says of its own configuration, where it costs something; absent in older records. */
      effectiveConfiguration: measured(
        z.strictObject({ sha256: z.string(), differences: z.array(z.string()) }),
      ).exactOptional(),
      container: z.string().exactOptional(),
      /** An init container that goes on running, or an ordinary one. */
      native: z.boolean().exactOptional(),
      requests: z.record(z.string(), z.string()).exactOptional(),
      limits: z.record(z.string(), z.string()).exactOptional(),
    }),
  ),
});

export type RunRecord = z.infer<typeof runRecordSchema>;
export type Environment = z.infer<typeof environmentSchema>;
export type IdleNoise = z.infer<typeof idleNoiseSchema>;
export type Calibration = z.infer<typeof calibrationSchema>;
export type Expectation = z.infer<typeof expectationSchema>;
export type DeploymentRecord = z.infer<typeof deploymentRecordSchema>;
