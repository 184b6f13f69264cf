import { z } from 'zod';
import { isHistogram } from './encodedHistogram.ts';
import { hopSchema } from './hop.ts';
import type { Missing } from './measured.ts';
import { measured } from './measuredSchema.ts';

export const TRIAL_SCHEMA = 'meshtax/trial@1';

/** The event that ties the segments' own time to the clock of the samples. */
export const START_EVENT = 'start of the first segment';

const count = z.number().int().nonnegative();
/** An HDR histogram of integer µs: HdrHistogram's V2 encoding, compressed, base64. */
const histogram = z.string().refine(isHistogram, 'not a histogram of integer µs in the V2 encoding');

export const FAILURE_CLASSES = [
  'refused',
  'reset',
  'closed',
  'timeout',
  'tls',
  'protocol',
  'status-4xx',
  'status-5xx',
  'status-other',
  'short-body',
  'unreachable',
  'no-free-port',
  'no-descriptor',
  'name-not-found',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

const streamSchema = z.strictObject({
  target: z.string(),
  outcome: z.enum(['ok', ...FAILURE_CLASSES]),
  requests: count,
  /** From the intended start to the last byte; for a timeout, the limit it was censored at. */
  response: histogram,
  /** From the actual send to the last byte. */
  service: histogram,
  /** From the intended start, or from when a connection was free for it where none was, to the actual send. */
  lag: histogram,
  /**
   * From the intended start until a connection was free, of the requests that found none. Absent in older records, whose
   * lag holds it, and where the driver cannot tell.
   */
  wait: histogram.exactOptional(),
});

const segmentSchema = z.strictObject({
  name: z.string(),
  measured: z.boolean(),
  fromUs: z.number(),
  toUs: z.number(),
  requestedRatePerSecond: z.number(),
  counts: z.strictObject({ scheduled: count, sent: count, completed: count, failed: count, unsent: count }),
  streams: z.array(streamSchema),
  /** By second of the intended start; percentiles are response times. */
  perSecond: z.array(
    z.strictObject({
      second: count,
      sent: count,
      completed: count,
      failed: count,
      p50Us: measured(z.number()),
      p99Us: measured(z.number()),
      maxUs: measured(z.number()),
    }),
  ),
  /** Into how many separate stretches of time the requests at or above a percentile fall. */
  tailEpisodes: measured(z.strictObject({ p50: count, p90: count, p99: count, p999: count })),
  payload: measured(
    z.strictObject({
      responses: count,
      bodyBytes: count,
      /** What all their bodies were to have; absent in older records, where every answer was to have the same. */
      expectedBytes: count.exactOptional(),
      wrongSize: count,
    }),
  ),
});

/** How much time a meter found missing while it should have been running. */
const hiccupsSchema = z.strictObject({
  where: z.enum(['generator', 'system']),
  meter: z.string(),
  thresholdUs: z.number(),
  windowUs: z.number(),
  lostUs: z.number(),
  longestUs: z.number(),
  stalls: count,
});

const clientSchema = z.strictObject({
  id: z.string(),
  node: z.string(),
  driver: z.string(),
  model: z.enum(['open', 'closed']),
  /** The agent's monotonic clock against the runner's, both in µs, with the time the question took. */
  clock: z.array(z.strictObject({ runnerUs: z.number(), agentUs: z.number(), roundTripUs: z.number() })),
  connections: z.strictObject({
    requested: count,
    /** At the drive's end, and over all of it; absent where the driver does not tell. */
    open: count.exactOptional(),
    opened: count.exactOptional(),
    /** How often one could not be opened, by class of failure; absent where all could. */
    failedDials: z.record(z.string(), count).exactOptional(),
  }),
  segments: z.array(segmentSchema),
  hiccups: measured(hiccupsSchema),
  /** The first failures as the driver saw them. */
  failures: z.array(z.record(z.string(), z.unknown())),
});

const processSchema = z.strictObject({
  role: z.enum(['proxy', 'proxy-agent', 'application', 'driver']),
  plane: z.enum(['data', 'control', 'none']),
  hop: hopSchema,
  pod: z.string(),
  container: z.string(),
  node: z.string(),
  pid: count,
  source: z.string(),
  tier: z.string(),
  /** How the CPU limits that it runs under held it back, cumulative; absent where nobody looked. */
  throttling: measured(
    z.array(z.strictObject({ atUs: z.number(), periods: count, throttledPeriods: count, throttledNs: z.number() })),
  ).exactOptional(),
  samples: measured(
    z.array(
      z.strictObject({
        atUs: z.number(),
        cpuNs: z.number(),
        runDelayNs: z.number(),
        rssBytes: z.number(),
        rssAnonBytes: z.number(),
        rssFileBytes: z.number(),
      }),
    ),
  ),
});

const tallySchema = z.strictObject({
  requests: count,
  /** Peer identity from the header that the server's proxy sets; null: the request carried none. */
  byIdentity: z.array(z.strictObject({ identity: z.string().nullable(), attempt: count.nullable(), requests: count })),
  peers: z.array(z.strictObject({ address: z.string(), connections: count })),
  requestBodyBytes: count,
  responseBodyBytes: count,
  malformed: count,
  /** The longest time in which the service's loop did not turn, its asked service time left out; absent in older records. */
  longestPauseUs: count.exactOptional(),
  /** From the request's last byte read to the response's write, as the service saw it. */
  serviceTime: histogram,
});

const countersSchema = z.strictObject({
  hop: hopSchema,
  /** null: the proxy answered and has no such counter yet. */
  before: measured(z.record(z.string(), z.number().nullable())),
  after: measured(z.record(z.string(), z.number().nullable())),
});

const controlSchema = z.strictObject({
  claim: z.enum(['plaintext-refused', 'plaintext-answered']),
  observed: measured(z.union([z.strictObject({ refused: z.string() }), z.strictObject({ status: z.number() })])),
  /** Requests of the control that the service counted. */
  reachedService: measured(count),
});

export const trialRecordSchema = z.strictObject({
  schema: z.literal(TRIAL_SCHEMA),
  runId: z.string(),
  origin: z.union([
    z.strictObject({ kind: z.literal('measured') }),
    z.strictObject({ kind: z.literal('imported'), tool: z.string(), cannotSay: z.array(z.string()) }),
  ]),
  startedAt: z.string(),
  spec: z.strictObject({
    index: count,
    cell: z.strictObject({ treatment: z.string(), load: z.number(), replica: z.union([z.literal(0), z.literal(1)]) }),
    block: count,
    position: count,
    deploymentId: z.string(),
    attempt: count,
    purpose: z.enum(['measure', 'pilot', 'search', 'confirm', 'proof', 'calibrate']),
    scheduleSeed: z.number(),
    segments: z.array(
      z.strictObject({
        name: z.string(),
        fromMs: z.number(),
        toMs: z.number(),
        arrivalRatePerSecond: z.number(),
        toRatePerSecond: z.number().exactOptional(),
        measured: z.boolean(),
      }),
    ),
    actions: z.array(z.strictObject({ atMs: z.number(), what: z.string() })),
  }),
  requested: z.strictObject({
    connections: count,
    requestBytes: count,
    responseBytes: count,
    arrivals: z.enum(['poisson', 'constant']),
    timeoutMs: z.number(),
  }),
  clients: z.array(clientSchema),
  services: z.array(z.strictObject({ pod: z.string(), tally: measured(tallySchema) })),
  processes: z.array(processSchema),
  machine: measured(
    z.array(z.strictObject({ atUs: z.number(), busyNs: z.number(), stealNs: z.number(), irqNs: z.number() })),
  ),
  hiccups: measured(hiccupsSchema),
  counters: z.array(countersSchema),
  controls: z.array(controlSchema),
  /** Containers or processes that ended or were started again during the trial; absent in older records. */
  restarts: measured(
    z.array(z.strictObject({ pod: z.string(), container: z.string(), count, reason: z.string() })),
  ).exactOptional(),
  events: z.array(z.strictObject({ atUs: z.number(), what: z.string() })),
});

export type TrialRecord = z.infer<typeof trialRecordSchema>;
export type ClientRecord = z.infer<typeof clientSchema>;
export type SegmentRecord = z.infer<typeof segmentSchema>;
/** What the answers' bodies came to, where the driver looked at them. */
export type Payload = Exclude<SegmentRecord['payload'], Missing>;
export type StreamRecord = z.infer<typeof streamSchema>;
export type ProcessRecord = z.infer<typeof processSchema>;
export type Hiccups = z.infer<typeof hiccupsSchema>;
export type ServiceTally = z.infer<typeof tallySchema>;
export type HopCounters = z.infer<typeof countersSchema>;
/** What ended or was started again during a trial. */
export type Restarts = Exclude<NonNullable<TrialRecord['restarts']>, Missing>;
export type ControlRecord = z.infer<typeof controlSchema>;
