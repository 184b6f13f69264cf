import { createReadStream } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { runCommand } from '../../host/processes.ts';
import type { DriveResult, Driver, DriveSpec } from '../driver.ts';
import { joinParts, type PacedPart } from '../paced/join.ts';
import { createK6CsvReader, type K6Samples } from './samples.ts';
import { k6Script, OVERHANG_MS } from './script.ts';
import { recordK6 } from './toRecord.ts';

/** From being started to its first request. */
const START_UP_MS = 400;
const KEPT_ERRORS = 2000;
const EXIT_AFTER_MS = 40_000;

/**
 * k6 as the driver: its constant arrival rate is open loop, its latencies count from the actual send. Against the same
 * server their p50 lies some 0.1 ms above that of the paced driver (docs/accuracy.md), and what k6 is late for, which is
 * added here, half a millisecond more (`lateness` of src/analysis/gates/machine.ts); alike for every treatment.
 */
export const k6Driver: Driver<PacedPart> = {
  drive: driveK6,
  join(spec, parts): DriveResult {
    const whole = joinParts(parts, { driver: 'k6', model: 'open' });
    if (spec.k6?.script === undefined) return whole;
    // What it asks for, and so what it is to get, is the script's own affair.
    const payload = { missing: "the load is the user's own script, whose bodies are not looked at" };
    return { ...whole, segments: whole.segments.map((segment) => ({ ...segment, payload })) };
  },
};

async function driveK6(spec: DriveSpec, clock: { nowUs(): number }): Promise<PacedPart> {
  const { k6 } = spec;
  if (k6 === undefined) throw new Error('this drive names no k6 binary');
  if (spec.actions.length > 0) throw new Error('the k6 driver knows no actions in mid-trial');
  if (spec.arrivals !== 'constant') throw new Error('k6 spaces arrivals evenly: it has no Poisson arrivals');
  if (spec.requestsPerConnection !== undefined) throw new Error('k6 keeps its connections as it likes');
  const directory = await mkdtemp(path.join(tmpdir(), 'meshtax-k6-'));
  // The agent's umask takes from all it makes what its owner needs to enter a folder.
  await chmod(directory, 0o700);
  try {
    const script = path.join(directory, 'load.ts');
    const csv = path.join(directory, 'samples.csv');
    await writeFile(script, k6.script ?? k6Script(spec));
    const waitMs = (spec.startAtUs - clock.nowUs()) / 1000 - START_UP_MS;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
    const wallAheadUs = (performance.timeOrigin + performance.now()) * 1000 - clock.nowUs();
    await runK6(spec, { binary: k6.binary, script, csv, directory });
    const samples = await readSamples(csv);
    return recordK6(spec, samples, wallAheadUs + spec.startAtUs);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function readSamples(csv: string): Promise<K6Samples> {
  const reader = createK6CsvReader();
  for await (const line of createInterface({ input: createReadStream(csv) })) reader.line(line);
  return reader.samples();
}

interface K6Files {
  binary: string;
  script: string;
  csv: string;
  directory: string;
}

/** @throws where k6 cannot be started, or ends with another code than 0 */
async function runK6(spec: DriveSpec, { binary, script, csv, directory }: K6Files): Promise<void> {
  const argv = ['run', '--quiet', '--no-usage-report', '--summary-mode=disabled', '--out', `csv=${csv}`, script];
  const lastMs = Math.max(...spec.segments.map(({ toMs }) => toMs));
  // It ends with this thread: a load that nobody listens to would go on into the next trial.
  const { code, signal, stderr } = await runCommand(['setpriv', '--pdeathsig', 'KILL', '--', binary, ...argv], {
    // k6 looks at its working directory, and the agent's user may have no access to where the run was started.
    directory,
    env: { HOME: directory, K6_CSV_TIME_FORMAT: 'unix_nano', ...toldToScripts(spec, lastMs) },
    timeoutMs: START_UP_MS + lastMs + EXIT_AFTER_MS,
  });
  if (code !== 0) throw new Error(`k6 ended with ${code ?? signal}: ${stderr.trim().slice(-KEPT_ERRORS)}`);
}

/** What a script of the user's own needs to know: it finds it in k6's __ENV. */
function toldToScripts(spec: DriveSpec, lastMs: number): Record<string, string> {
  const [first] = spec.requests;
  return {
    MESHTAX_URL: `http://${spec.target.host}:${spec.target.port}${first?.path ?? '/'}`,
    MESHTAX_HOST: spec.authority,
    MESHTAX_RATE: String(spec.segments[0]?.arrivalRatePerSecond ?? 0),
    MESHTAX_DURATION_MS: String(lastMs + OVERHANG_MS),
    MESHTAX_CONNECTIONS: String(spec.connections),
  };
}
