import { z } from 'zod';
import { LatencyHistogram } from '../record/histogram.ts';
import type { Measured } from '../record/measured.ts';
import { type ImportedResult, outcomeOfStatus, UnfitResult } from './imported.ts';

/** Beyond this no latency of a load test lies; a file that says so is damaged. */
const LONGEST_SECONDS = 3600;
const count = z.number().int().nonnegative();

/** The parts of fortio's JSON that are read; durations in s, but for the whole run's, which is in ns. */
const schema = z.object({
  Version: z.string().optional(),
  StartTime: z.string().optional(),
  RequestedQPS: z.union([z.string(), z.number()]),
  RequestedDuration: z.string().optional(),
  Resolution: z.number().positive().optional(),
  ActualDuration: z.number().positive(),
  NumThreads: count,
  DurationHistogram: z.object({
    Count: count,
    Data: z
      .array(
        z.object({
          Start: z.number().min(0).max(LONGEST_SECONDS),
          End: z.number().min(0).max(LONGEST_SECONDS),
          Count: count,
        }),
      )
      .nullable(),
  }),
  RetCodes: z.record(z.string(), count),
});

/**
 * A result of `fortio load -json`.
 * Its latencies are kept in buckets: each is taken to lie in the middle of its own.
 * @throws UnfitResult where the text is not one
 */
export function readFortio(text: string): ImportedResult {
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UnfitResult(`not a result of fortio's: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}`);
  }
  const { Version, StartTime, RequestedQPS, RequestedDuration, Resolution } = parsed.data;
  const { ActualDuration, NumThreads, DurationHistogram, RetCodes } = parsed.data;
  const seconds = ActualDuration / 1e9;
  const rate = Number(RequestedQPS);
  const answered = Object.entries(RetCodes).map(([code, requests]) => ({
    outcome: outcomeOfStatus(Number(code)),
    requests,
  }));
  const completed = sumOf(answered.filter(({ outcome }) => outcome === 'ok'));
  const sent = sumOf(answered);
  const isRate = Number.isFinite(rate) && rate > 0;
  return {
    tool: `fortio${Version === undefined ? '' : ` ${Version}`}`,
    startedAt: instantOf(StartTime),
    ratePerSecond: isRate ? rate : { missing: `fortio was asked for ${RequestedQPS} requests a second` },
    seconds,
    connections: NumThreads,
    counts: {
      // The actual duration holds the wait for the last answer as well.
      scheduled: isRate ? Math.round(rate * (secondsOf(RequestedDuration) ?? seconds)) : sent,
      sent,
      completed,
      failed: sent - completed,
      unsent: 0,
    },
    // fortio keeps one histogram of all answers; it says how many failed, and not how long those took.
    streams: [{ outcome: 'ok', latencies: histogramOf(DurationHistogram.Data ?? []) }],
    cannotSay: [
      'how long a request waited before it was sent: its latencies count from the actual send',
      `a latency more finely than its buckets${Resolution === undefined ? '' : `, of ${Resolution * 1000} ms and more`}`,
      ...(sent > completed ? ['how long failed requests took: they are among the latencies'] : []),
    ],
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnfitResult(`not JSON: ${(error as Error).message}`);
  }
}

const sumOf = (parts: readonly { requests: number }[]) => parts.reduce((sum, { requests }) => sum + requests, 0);

interface Bucket {
  Start: number;
  End: number;
  Count: number;
}

function histogramOf(buckets: readonly Bucket[]): LatencyHistogram {
  const latencies = LatencyHistogram.create();
  for (const { Start, End, Count } of buckets) latencies.recordMany(((Start + End) / 2) * 1e6, Count);
  return latencies;
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** Seconds of a duration as Go writes it, such as 1m30s; undefined for anything else, such as a count of calls. */
function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d+(?:\.\d+)?(?:h|m|s|ms|us|µs|ns))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0);
}

/** In UTC: fortio writes the time of its own zone, with the offset. */
function instantOf(text: string | undefined): Measured<string> {
  if (text === undefined) return { missing: 'the result does not say when it began' };
  const ms = Date.parse(text);
  return Number.isNaN(ms)
    ? { missing: `the result began at ${text}, which is no instant` }
    : new Date(ms).toISOString();
}
