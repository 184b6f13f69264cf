/**
 * npm run verify:driver: does the paced driver tell the truth? It drives a server that records the kernel arrival and
 * the answer of each request, and the driver's figures have to agree with that record. Takes about 80 s; the machine
 * should be idle. Exit 1 where a check fails; 0, said aloud, where there is nothing to verify with.
 */
// @ts-nocheck

import { readFile } from 'node:fs/promises';
import { shareCores } from '../../src/platforms/local/cores.ts';
import { isMissing } from '../../src/record/measured.ts';
import { type DriveOptions, drive } from './drive.ts';
import {
  type Check,
  type Comparison,
  checkAccuracy,
  checkFreeze,
  compare,
  p50ErrorUs,
} from './ground-truth/acceptance.ts';
import { type BuiltServer, buildServer } from './ground-truth/build.ts';
import { type ServerOptions, startServer } from './ground-truth/server.ts';
import { keepMeasured } from './keepMeasured.ts';

const BODY_BYTES = 1000;
const RUNS = 5;
const ACCURACY_RATES = [200, 1000] as const;
const ACCURACY_SERVICE_US = 2000;
/** Enough that no request waits for a connection: 1,000/s of 2 ms need two on average. */
const ACCURACY_CONNECTIONS = 16;
const FREEZE_DURATION_MS = 20_000;

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

type Load = Pick<DriveOptions, 'ratePerSecond' | 'connections' | 'durationMs' | 'seed'>;

async function driveOnce(bench: Bench, load: Load, asked: Pick<ServerOptions, 'serviceUs' | 'freeze'>) {
  const server = await startServer(bench.built, { ...asked, bodyBytes: BODY_BYTES, core: bench.serverCore });
  try {
    const driver = await drive({
      ...load,
      host: server.host,
      port: server.port,
      bodyBytes: BODY_BYTES,
      warmUpMs: 1000,
      arrivals: 'constant',
      core: bench.driverCore,
    });
    return compare(load.ratePerSecond, driver, await server.finish());
  } catch (error) {
    // The drive's own failure is what matters; the server is stopped all the same.
    await server.finish().catch(() => undefined);
    throw error;
  }
}

/** The rates in turn, their order turned round each time, so that a drift of the machine meets both alike. */
async function accuracyRuns(bench: Bench): Promise<NamedRun[]> {
  const runs: NamedRun[] = [];
  for (let seed = 1; seed <= RUNS; seed++) {
    for (const ratePerSecond of seed % 2 === 1 ? ACCURACY_RATES : ACCURACY_RATES.toReversed()) {
      const load = { ratePerSecond, connections: ACCURACY_CONNECTIONS, durationMs: 4000, seed };
      const comparison = await driveOnce(bench, load, { serviceUs: ACCURACY_SERVICE_US });
      runs.push(printed({ name: `2 ms, ${ratePerSecond}/s`, comparison }));
    }
  }
  return runs;
}

async function freezeRun(bench: Bench): Promise<NamedRun> {
  const load = { ratePerSecond: 1000, connections: 5, durationMs: FREEZE_DURATION_MS, seed: 1 };
  const freeze = { forUs: 50_000, everyUs: 1_000_000 };
  const comparison = await driveOnce(bench, load, { serviceUs: 500, freeze });
  return printed({ name: '0.5 ms, 1000/s, freeze', comparison });
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
    us(driver.lagUs.p99),
    String(driver.unsent),
  ]);
  if (isMissing(sojournUs)) console.log(`  no record to compare with: ${sojournUs.missing}`);
  return run;
}

async function verify(bench: Bench): Promise<{ runs: readonly NamedRun[]; checks: readonly Check[] }> {
  printedRow(COLUMNS);
  const accuracy = await accuracyRuns(bench);
  const frozen = await freezeRun(bench);
  const byRate = ACCURACY_RATES.map((rate) => {
    const comparisons = accuracy.map((run) => run.comparison).filter((run) => run.arrivalRatePerSecond === rate);
    return checkAccuracy(`p50 error at ${rate}/s`, comparisons);
  });
  const freezes = checkFreeze(frozen.comparison, Math.floor(FREEZE_DURATION_MS / 1000) - 1);
  return { runs: [...accuracy, frozen], checks: [...byRate, ...freezes] };
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
    keepMeasured('driver', { runs, checks });
    if (checks.some((check) => !check.holds)) process.exitCode = 1;
  } finally {
    await built.remove();
  }
}

const skip = (reason: string) => console.log(`SKIPPED: the driver is NOT verified: ${reason}`);

await verifyIfPossible();
