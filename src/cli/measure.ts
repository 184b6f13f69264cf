import { type AnalysedRun, analyseRun } from '../analysis/analyse.ts';
import { loadsToConfirm } from '../analysis/confirmation.ts';
import { reasonOf } from '../host/problems.ts';
import { withoutSecrets } from '../host/secrets.ts';
import type { CalibrationLoad, CreationLog, OpenPlatform } from '../platforms/platform.ts';
import { isMissing } from '../record/measured.ts';
import type { RunDirectory } from '../record/runDirectory.ts';
import { RUN_SCHEMA, type RunRecord } from '../record/runRecord.ts';
import { calibrationText } from '../report/calibration.ts';
import type { Emit } from '../run/events.ts';
import { walkPlan } from '../run/run.ts';
import { type ClockJump, watchWallClock } from '../run/wallClock.ts';
import type { LoadSpec } from '../scenario/scenario.ts';
import type { Plan } from '../scenario/trial.ts';
import type { CliContext } from './context.ts';
import { confirmationText } from './plan.ts';
import type { ReadScenario } from './scenarioFile.ts';
import { VERSION } from './version.ts';

const IDLE_METER_MS = 1000;

export interface Measuring {
  context: CliContext;
  source: ReadScenario;
  plan: Plan;
  open: OpenPlatform;
  ledger: Pick<CreationLog, 'mayBeLeft'>;
  directory: RunDirectory;
  runId: string;
  keep: boolean;
  emit: Emit;
}

/** Measures, and leaves a run record that says how it ended whatever happens. */
export async function measure(measuring: Measuring): Promise<void> {
  const { context, source, plan, open, ledger, directory, runId, keep } = measuring;
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
    ...(source.budgets === undefined ? {} : { budgetsFile: source.budgets.file, budgetsText: source.budgets.text }),
    ...(source.script === undefined ? {} : { scriptText: source.script }),
    seed: plan.seed,
    planDigest: plan.digest,
    platform: open.facts,
    environment: await open.environment(),
    idleNoise: await open.meterIdle(IDLE_METER_MS),
    calibration: await calibrated(open, source.scenario.load),
  };
  await directory.writeRun(record);
  if (!isMissing(record.idleNoise)) {
    const shares = record.idleNoise.perCore.map(
      ({ core, lostShare }) => `core ${core} ${(100 * lostShare).toFixed(1)} %`,
    );
    emit({ kind: 'said', text: `idle machine: the host takes ${shares.join(', ')} of the time` });
  }
  if (record.calibration !== undefined && !isMissing(record.calibration)) {
    emit({ kind: 'said', text: `the driver against an echo: ${calibrationText(record.calibration)}` });
  }
  let ended = { because: 'a bug or a fault of the machine', complete: false };
  try {
    const request = {
      host,
      runId,
      scenario: source.scenario,
      plan,
      platform: open,
      directory,
      ledger,
      emit,
      signal,
      keep,
      script: source.script,
      overAt: (measured: Pick<AnalysedRun, 'deployments' | 'trials'>) =>
        loadsToConfirm(analyseRun({ run: record, scenario: source.scenario, ...measured }).verdicts),
    };
    ended = { because: (await walkPlan(request)).stoppedBecause, complete: true };
  } catch (error) {
    ended = { because: signal.aborted ? 'interrupted' : reasonOf(error), complete: false };
    throw error;
  } finally {
    await events;
    if (unwritten !== undefined) streams.stderr(`events.jsonl is not complete: ${reasonOf(unwritten)}\n`);
    const jumps = clockJumps.length === 0 ? {} : { clockJumps };
    await directory
      .writeRun({ ...record, ...jumps, ended: { at: host.now().toISOString(), ...ended } })
      // It is the record of a run that was cut off then, which is what it is.
      .catch((error: unknown) => streams.stderr(`run.json does not say how the run ended: ${reasonOf(error)}\n`));
  }
}

async function calibrated(open: OpenPlatform, load: LoadSpec): Promise<NonNullable<RunRecord['calibration']>> {
  return load.driver === undefined
    ? open.calibrate(hardestLoad(load))
    : { missing: `${load.driver} is not calibrated` };
}

/** What every treatment is driven at, at the most. */
function hardestLoad({ arrivalRatesPerSecond, stages, connections, workers }: LoadSpec): CalibrationLoad {
  const peaks = stages?.flatMap(({ fromRatePerSecond, toRatePerSecond }) => [fromRatePerSecond, toRatePerSecond]);
  const ratePerSecond = Math.max(...(peaks ?? arrivalRatesPerSecond));
  return { ratePerSecond, connections, ...(workers === undefined ? {} : { workers }) };
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
  for (const text of confirmationText(plan)) emit({ kind: 'said', text });
}
