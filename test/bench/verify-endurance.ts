/**
 * npm run verify:endurance: ten minutes at 20,000 requests a second. The driver's memory may grow by less than 20 MB, and
 * its lag may show no trend. Needs an idle machine with two cores.
 *
 * Trend: Spearman's rank correlation of the lag's p50 with time over 20 segments of half a minute. Without a trend it lies
 * beyond ±0.57 in 1 of 100 runs (Kendall and Gibbons, table 2); a lag that grows steadily gives 1.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { shareCores } from '../../src/platforms/local/cores.ts';
import { LatencyHistogram } from '../../src/record/histogram.ts';
import { isMissing } from '../../src/record/measured.ts';
import type { SegmentSpec } from '../../src/scenario/trial.ts';
import { driveIn, driveSpec, inAgent } from './drive.ts';
import { buildServer } from './ground-truth/build.ts';
import { startFastServer } from './ground-truth/server.ts';
import { keepMeasured } from './keepMeasured.ts';

const RATE = 20_000;
const CONNECTIONS = 64;
const BODY_BYTES = 100;
const WARM_UP_MS = 2000;
const SEGMENT_MS = 30_000;
const SEGMENTS = 20;
const GROWTH_BELOW_MB = 20;
const CORRELATION_AT_MOST = 0.57;
const SAMPLE_EVERY_MS = 10_000;

function rssMb(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Number(kib) / 1024;
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** Spearman's rank correlation with the order of the values: Pearson's of the ranks. */
function trend(values: readonly number[]): number {
  const own = ranks(values);
  const middle = (values.length + 1) / 2;
  const products = own.reduce((sum, rank, i) => sum + (rank - middle) * (i + 1 - middle), 0);
  const squares = own.reduce((sum, rank) => sum + (rank - middle) ** 2, 0);
  const inOrder = values.reduce((sum, _, i) => sum + (i + 1 - middle) ** 2, 0);
  return squares === 0 ? 0 : products / Math.sqrt(squares * inOrder);
}

function segments(): SegmentSpec[] {
  const warmUp = { name: 'warm-up', fromMs: 0, toMs: WARM_UP_MS, arrivalRatePerSecond: RATE, measured: false };
  const parts = Array.from({ length: SEGMENTS }, (_, i): SegmentSpec => {
    const fromMs = WARM_UP_MS + i * SEGMENT_MS;
    return { name: `part ${i + 1}`, fromMs, toMs: fromMs + SEGMENT_MS, arrivalRatePerSecond: RATE, measured: true };
  });
  return [warmUp, ...parts];
}

async function verify(serverCore: number, driverCore: number): Promise<void> {
  const built = await buildServer();
  if (isMissing(built)) return skip(built.missing);
  const server = await startFastServer(built, { bodyBytes: BODY_BYTES, core: serverCore });
  try {
    const rss: number[] = [];
    const result = await inAgent(driverCore, async (agent) => {
      const sampling = setInterval(() => rss.push(rssMb(agent.child.pid)), SAMPLE_EVERY_MS);
      const options = {
        host: server.host,
        port: server.port,
        ratePerSecond: RATE,
        connections: CONNECTIONS,
        warmUpMs: WARM_UP_MS,
        durationMs: SEGMENTS * SEGMENT_MS,
        arrivals: 'poisson' as const,
        seed: 1,
        bodyBytes: BODY_BYTES,
        core: driverCore,
      };
      const spec = (startAtUs: number) => ({ ...driveSpec(options, startAtUs), segments: segments() });
      return driveIn(agent, spec, WARM_UP_MS + SEGMENTS * SEGMENT_MS).finally(() => clearInterval(sampling));
    });
    report(
      result.segments.filter(({ measured }) => measured),
      rss,
    );
  } finally {
    await server.finish();
    await built.remove();
  }
}

function report(parts: Awaited<ReturnType<typeof driveIn>>['segments'], rss: readonly number[]): void {
  const lag = parts.map(({ streams }) => {
    const histogram = LatencyHistogram.merged(streams.map((stream) => stream.lag));
    return { p50Us: histogram.quantile(0.5) ?? Number.NaN, p99Us: histogram.quantile(0.99) ?? Number.NaN };
  });
  const counts = parts.map(({ counts: each }) => each);
  const [scheduled, completed] = [
    counts.reduce((sum, each) => sum + each.scheduled, 0),
    counts.reduce((sum, each) => sum + each.completed, 0),
  ];
  // The first sample lies within the drive: what the driver takes once, it has taken by then.
  const growth = (rss.at(-1) ?? Number.NaN) - (rss[0] ?? Number.NaN);
  const correlation = trend(lag.map(({ p50Us }) => p50Us));
  const checks = [
    {
      what: `memory grows by less than ${GROWTH_BELOW_MB} MB`,
      found: `${growth.toFixed(1)} MB`,
      holds: growth < GROWTH_BELOW_MB,
    },
    {
      what: `no trend of the lag: rank correlation within ±${CORRELATION_AT_MOST}`,
      found: correlation.toFixed(2),
      holds: Math.abs(correlation) <= CORRELATION_AT_MOST,
    },
    {
      what: 'at least 99.9 % of the requests answered',
      found: `${completed} of ${scheduled}`,
      holds: completed >= 0.999 * scheduled,
    },
  ];
  for (const { p50Us, p99Us } of lag) console.log(`lag p50 ${p50Us} µs, p99 ${p99Us} µs`);
  for (const { what, found, holds } of checks) console.log(`${holds ? 'pass' : 'FAIL'}  ${what}: ${found}`);
  keepMeasured('endurance', { rate: RATE, connections: CONNECTIONS, rssMb: rss, lag, checks });
  if (checks.some(({ holds }) => !holds)) process.exitCode = 1;
}

const skip = (reason: string) => console.log(`SKIPPED: nothing was verified: ${reason}`);

const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
const cores = shareCores(/^Cpus_allowed_list:(.*)$/m.exec(status)?.[1] ?? '');
const [serverCore, driverCore] = isMissing(cores) ? [] : [cores.system[0], cores.driver[0]];
if (serverCore === undefined || driverCore === undefined) skip('driver and server need a core each');
else await verify(serverCore, driverCore);
