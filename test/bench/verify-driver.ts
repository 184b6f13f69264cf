/**
 * npm run verify:driver: does the paced driver tell the truth? It drives a server that records the kernel arrival and
 * the answer of each request, and the driver's figures have to agree with that record. Takes about 7 minutes; the machine
 * has to be idle. `npm run verify:driver -- accuracy` (drift, freezes, arrivals) does one part and keeps nothing. Exit 1 where a check fails; 0, said aloud, where there is nothing to verify with.
 */
import { readFile } from 'node:fs/promises';
import { shareCores } from '../../src/platforms/local/cores.ts';
import { isMissing, type Measured } from '../../src/record/measured.ts';
import type { Arrivals } from '../../src/scenario/scenario.ts';
import { type DriveOptions, drive } from './drive.ts';
import {
  type Check,
  type Comparison,
  checkAccuracy,
  checkArrivals,
  checkDrift,
  checkFreeze,
  compare,
  p50ErrorUs,
} from './ground-truth/acceptance.ts';
import { type BuiltServer, buildServer } from './ground-truth/build.ts';
import { simulateFrozen } from './ground-truth/frozen.ts';
import { arrivalsNs, type GroundTruth, gapVariation } from './ground-truth/record.ts';
import { type ServerOptions, startServer } from './ground-truth/server.ts';
import { keepMeasured } from './keepMeasured.ts';

/** One of the parts by its name, for a look; then nothing is kept. */
const onlyPart = process.argv[2];
const BODY_BYTES = 1000;
const RUNS = 5;
const ACCURACY_RATES = [200, 1000] as const;
const ACCURACY_SERVICE_US = 2000;
/** Enough that no request waits for a connection: 1,000/s of 2 ms need two on average. */
const ACCURACY_CONNECTIONS = 16;
const DRIFT_SERVICES_US = [500, 520, 600, 700] as const;
const FREEZE_CONNECTIONS = [5, 16, 64] as const;
const FREEZE_DURATION_MS = 20_000;
const FREEZE = { forUs: 50_000, everyUs: 1_000_000 };
const FREEZE_SERVICE_US = 500;
/** What the way there and back takes beside the service time. */
const OVERHEAD_US = 60;
/** So many gaps that their variation, of a Poisson process, is told to within some 0.01. */
const ARRIVALS_DURATION_MS = 20_000;

/** What all drives share: the server, and a core each for it and for the driver. */
interface Bench {
  built: BuiltServer;
  serverCore: number;
  driverCore: number;
}

interface NamedRun {
  name: string;
  comparison: Comparison;
}

type Load = Pick<DriveOptions, 'ratePerSecond' | 'connections' | 'durationMs' | 'seed'> & { arrivals?: Arrivals };
type Asked = Pick<ServerOptions, 'serviceUs' | 'freeze'>;

async function driveOnce(
  bench: Bench,
  load: Load,
  asked: Asked,
): Promise<{ comparison: Comparison; truth: GroundTruth }> {
  const server = await startServer(bench.built, { ...asked, bodyBytes: BODY_BYTES, core: bench.serverCore });
  try {
    const driver = await drive({
      arrivals: 'constant',
      ...load,
      host: server.host,
      port: server.port,
      bodyBytes: BODY_BYTES,
      warmUpMs: 1000,
      core: bench.driverCore,
    });
    const truth = await server.finish();
    return { comparison: compare(load.ratePerSecond, driver, truth), truth };
  } catch (error) {
    // The drive's own failure is what matters; the server is stopped all the same.
    await server.finish().catch(() => undefined);
    throw error;
  }
}

interface Cell {
  name: string;
  load: Omit<Load, 'seed'>;
  asked: Asked;
}

/** The cells in turn, their order turned round each time, so that a drift of the machine meets all alike. */
async function runInTurn(bench: Bench, cells: readonly Cell[]): Promise<NamedRun[]> {
  const runs: NamedRun[] = [];
  for (let seed = 1; seed <= RUNS; seed++) {
    for (const { name, load, asked } of seed % 2 === 1 ? cells : cells.toReversed()) {
      runs.push(printed({ name, comparison: (await driveOnce(bench, { ...load, seed }, asked)).comparison }));
    }
  }
  return runs;
}

const named = (runs: readonly NamedRun[], wanted: string) =>
  runs.filter(({ name }) => name === wanted).map(({ comparison }) => comparison);

async function verifyAccuracy(bench: Bench): Promise<Verified> {
  const cells = ACCURACY_RATES.map((ratePerSecond): Cell => {
    const load = { ratePerSecond, connections: ACCURACY_CONNECTIONS, durationMs: 4000 };
    return { name: `2 ms, ${ratePerSecond}/s`, load, asked: { serviceUs: ACCURACY_SERVICE_US } };
  });
  const runs = await runInTurn(bench, cells);
  return { runs, checks: cells.map(({ name }) => checkAccuracy(`p50 error, ${name}`, named(runs, name))) };
}

async function verifyDrift(bench: Bench): Promise<Verified> {
  const nameOf = (serviceUs: number) => `${serviceUs / 1000} ms, 1000/s`;
  const cells = DRIFT_SERVICES_US.map((serviceUs): Cell => {
    const load = { ratePerSecond: 1000, connections: ACCURACY_CONNECTIONS, durationMs: 4000 };
    return { name: nameOf(serviceUs), load, asked: { serviceUs } };
  });
  const runs = await runInTurn(bench, cells);
  const byService = new Map(DRIFT_SERVICES_US.map((serviceUs) => [serviceUs, named(runs, nameOf(serviceUs))]));
  return { runs, checks: [checkDrift('drift of the p50 error over service times', byService)] };
}

async function verifyFreezes(bench: Bench): Promise<Verified> {
  const runs: NamedRun[] = [];
  const checks: Check[] = [];
  for (const connections of FREEZE_CONNECTIONS) {
    const load = { ratePerSecond: 1000, connections, durationMs: FREEZE_DURATION_MS, seed: 1 };
    const { comparison } = await driveOnce(bench, load, { serviceUs: FREEZE_SERVICE_US, freeze: FREEZE });
    runs.push(printed({ name: `freeze, ${connections} connections`, comparison }));
    const sorted = simulateFrozen(
      { serviceUs: FREEZE_SERVICE_US, freezeUs: FREEZE.forUs, freezeEveryUs: FREEZE.everyUs, overheadUs: OVERHEAD_US },
      { ratePerSecond: 1000, connections, seconds: FREEZE_DURATION_MS / 1000 },
    );
    const simulatedP99Us = sorted[Math.ceil(0.99 * sorted.length) - 1] ?? Number.NaN;
    const freezesAtLeast = Math.floor(FREEZE_DURATION_MS / 1000) - 1;
    const name = `p99 of a frozen server, ${connections} connections`;
    checks.push(checkFreeze(name, comparison, { simulatedP99Us, freezesAtLeast }));
  }
  return { runs, checks };
}

const ARRIVALS_WANTED = {
  constant: { atLeast: 0, atMost: 0.3, rateWithin: 0.01 },
  poisson: { atLeast: 0.95, atMost: 1.05, rateWithin: 0.01 },
} as const;

async function verifyArrivals(bench: Bench): Promise<Verified> {
  const runs: NamedRun[] = [];
  const checks: Check[] = [];
  for (const arrivals of ['constant', 'poisson'] as const) {
    const load = { ratePerSecond: 1000, connections: 64, durationMs: ARRIVALS_DURATION_MS, seed: 3, arrivals };
    const { comparison, truth } = await driveOnce(bench, load, { serviceUs: 0 });
    runs.push(printed({ name: `${arrivals} arrivals`, comparison }));
    const arrived = arrivalsNs({ ...truth, requests: truth.requests.slice(-comparison.driver.sent) });
    const variation = isMissing(arrived) ? arrived : gapVariation(arrived);
    // Of 20,000 Poisson arrivals the number itself varies by 0.7 %: what has to arrive is what the schedule holds.
    const asked = (comparison.driver.scheduled * 1000) / ARRIVALS_DURATION_MS;
    const ratePerSecond = { asked, arrived: rateOf(arrived) };
    checks.push(
      checkArrivals(`${arrivals} arrivals at the server`, {
        variation,
        ratePerSecond,
        wanted: ARRIVALS_WANTED[arrivals],
      }),
    );
  }
  return { runs, checks };
}

function rateOf(arrivals: Measured<readonly number[]>): Measured<number> {
  if (isMissing(arrivals)) return arrivals;
  const [first, last] = [arrivals[0], arrivals.at(-1)];
  if (first === undefined || last === undefined || last <= first) return { missing: 'too few arrivals' };
  return ((arrivals.length - 1) * 1e9) / (last - first);
}

interface Verified {
  runs: readonly NamedRun[];
  checks: readonly Check[];
}

const COLUMNS = [
  'server, arrival rate',
  'p50: record',
  'driver',
  'error',
  'p99: record',
  'response',
  'service',
  'lag',
  'unsent',
];

const printedRow = (cells: readonly string[]) =>
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(24) : cell.padStart(12))).join(''));

function printed(run: NamedRun): NamedRun {
  const { driver, sojournUs } = run.comparison;
  const error = p50ErrorUs(run.comparison);
  const us = (value: number) => `${Math.round(value)} µs`;
  printedRow([
    run.name,
    isMissing(sojournUs) ? '—' : us(sojournUs.p50),
    us(driver.responseUs.p50),
    isMissing(error) ? '—' : us(error),
    isMissing(sojournUs) ? '—' : us(sojournUs.p99),
    us(driver.responseUs.p99),
    us(driver.serviceUs.p99),
    isMissing(driver.lagUs) ? '—' : us(driver.lagUs.p99),
    String(driver.unsent),
  ]);
  if (isMissing(sojournUs)) console.log(`  no record to compare with: ${sojournUs.missing}`);
  return run;
}

const PARTS = { accuracy: verifyAccuracy, drift: verifyDrift, freezes: verifyFreezes, arrivals: verifyArrivals };

async function verify(bench: Bench): Promise<Verified> {
  printedRow(COLUMNS);
  const parts: Verified[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    if (onlyPart === undefined || onlyPart === name) parts.push(await part(bench));
  }
  return { runs: parts.flatMap(({ runs }) => runs), checks: parts.flatMap(({ checks }) => checks) };
}

async function verifyIfPossible(): Promise<void> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const cores = shareCores(/^Cpus_allowed_list:(.*)$/m.exec(status)?.[1] ?? '');
  if (isMissing(cores)) return skip(cores.missing);
  const [serverCore] = cores.system;
  const [driverCore] = cores.driver;
  if (serverCore === undefined || driverCore === undefined) return skip('driver and server need a core each');
  const built = await buildServer();
  if (isMissing(built)) return skip(built.missing);
  try {
    const { runs, checks } = await verify({ built, serverCore, driverCore });
    console.log('');
    for (const check of checks) {
      console.log(`${check.holds ? 'pass' : 'FAIL'}  ${check.name}: ${check.found}, wanted ${check.limit}`);
    }
    if (onlyPart === undefined) keepMeasured('driver', { runs, checks });
    if (checks.some((check) => !check.holds)) process.exitCode = 1;
  } finally {
    await built.remove();
  }
}

const skip = (reason: string) => console.log(`SKIPPED: the driver is NOT verified: ${reason}`);

await verifyIfPossible();
