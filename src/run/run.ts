import { judgeTrial, summariseTrials } from '../analysis/validity.ts';
import type { Host } from '../host/host.ts';
import { reasonOf, UserError } from '../host/problems.ts';
import type { CreationLog, Deployment, OpenPlatform } from '../platforms/platform.ts';
import { isMissing } from '../record/measured.ts';
import type { RunDirectory } from '../record/runDirectory.ts';
import type { DeploymentRecord } from '../record/runRecord.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { DeploymentSpec, Plan, TrialSpec, TrialSummary } from '../scenario/trial.ts';
import type { Emit } from './events.ts';
import { runTrial } from './trial.ts';

export interface RunRequest {
  host: Host;
  runId: string;
  scenario: Scenario;
  plan: Plan;
  platform: OpenPlatform;
  directory: RunDirectory;
  emit: Emit;
  signal: AbortSignal;
  ledger: Pick<CreationLog, 'mayBeLeft'>;
  /** Leave the last deployment up. */
  keep: boolean;
  /** Text of the script that is the load; undefined where there is none. */
  script: string | undefined;
  /** Load points at which what was measured puts a required line over: fresh blocks have to confirm that. */
  overAt(measured: { deployments: readonly DeploymentRecord[]; trials: readonly TrialRecord[] }): readonly number[];
}

export interface RunOutcome {
  deployments: readonly DeploymentRecord[];
  trials: readonly TrialRecord[];
  stoppedBecause: string;
}

/**
 * Walks the plan: asks for the next step, does it, records it. Whatever happens, everything that is up is taken down.
 * @throws UserError when something cannot be deployed (exit 3 before the first trial, 4 after it), when a trial cannot be
 * measured or something cannot be taken down (exit 4); an AbortError when `signal` was aborted
 */
export async function walkPlan(request: RunRequest): Promise<RunOutcome> {
  const { plan, directory, emit, signal } = request;
  const live = new Map<string, Deployment>();
  const deployments: DeploymentRecord[] = [];
  const trials: TrialRecord[] = [];
  let summaries: TrialSummary[] = [];

  /** Asked once, when the plan has measured what it wanted: what the fresh blocks show changes nothing of it. */
  let toConfirm: readonly number[] | undefined;
  const overOnceMeasured = () => {
    if (plan.next(summaries, new Set()).kind !== 'stop') return undefined;
    const over = request.overAt({ deployments, trials });
    if (over.length > 0) emit({ kind: 'said', text: 'a required line is over: fresh blocks follow to confirm it' });
    return over;
  };

  const retire = async (id: string) => {
    const problems = (await live.get(id)?.retire()) ?? [];
    live.delete(id);
    if (problems.length > 0) request.ledger.mayBeLeft();
    emit({ kind: 'retired', deploymentId: id, problems });
    return problems;
  };
  try {
    for (;;) {
      signal.throwIfAborted();
      toConfirm ??= overOnceMeasured();
      const step = plan.next(summaries, new Set(live.keys()), toConfirm);
      switch (step.kind) {
        case 'stop':
          emit({ kind: 'stopped', because: step.because });
          return { deployments, trials, stoppedBecause: step.because };
        case 'deploy': {
          emit({ kind: 'deploying', deploymentId: step.deployment.id });
          const deployment = await bringUp(request, step.deployment, trials.length);
          live.set(deployment.id, deployment);
          deployments.push(deployment.record);
          await directory.writeDeployment(deployment.record);
          emit({ kind: 'deployed', deploymentId: deployment.id, readyAfterMs: deployment.record.readyAfterMs });
          break;
        }
        case 'retire': {
          const after = request.keep ? plan.next(summaries, new Set(), toConfirm) : undefined;
          if (after?.kind === 'stop') {
            emit({ kind: 'stopped', because: after.because });
            return { deployments, trials, stoppedBecause: after.because };
          }
          const left = await retire(step.deploymentId);
          // What stays up takes its share of the machine from every trial that follows.
          if (left.length > 0) throw new UserError(`not taken down: ${left.join('; ')}`, { exitCode: 4 });
          break;
        }
        case 'trial': {
          const record = await measure(request, step.trial, live.get(step.trial.deploymentId));
          trials.push(record);
          summaries = summariseTrials({ deployments, trials });
          await keep(request, record, { deployments, trials, summaries });
          break;
        }
      }
    }
  } finally {
    for (const id of [...live.keys()].reverse()) {
      if (request.keep) {
        emit({ kind: 'said', text: `kept: ${id}` });
        continue;
      }
      await retire(id).catch((error: unknown) => {
        request.ledger.mayBeLeft();
        emit({ kind: 'retired', deploymentId: id, problems: [reasonOf(error)] });
      });
    }
  }
}

async function bringUp(request: RunRequest, spec: DeploymentSpec, trialsKept: number): Promise<Deployment> {
  try {
    return await request.platform.deploy(spec);
  } catch (error) {
    if (request.signal.aborted) throw error;
    // What stops a run before its first trial is refused; after it, it ends an incomplete run.
    if (error instanceof UserError && (error.exitCode !== 3 || trialsKept === 0)) throw error;
    throw new UserError(reasonOf(error), {
      exitCode: trialsKept === 0 ? 3 : 4,
      hint: trialsKept === 0 ? 'meshtax check tells what this machine can do' : 'the trials before it are kept',
      cause: error,
    });
  }
}

async function measure(request: RunRequest, spec: TrialSpec, deployment: Deployment | undefined): Promise<TrialRecord> {
  const { scenario, plan, emit, signal } = request;
  if (deployment === undefined) throw new Error(`the plan asked for a trial on ${spec.deploymentId}, which is not up`);
  const ratePerSecond = spec.segments.find(({ measured }) => measured)?.arrivalRatePerSecond ?? 0;
  emit({
    kind: 'trial-started',
    index: spec.index,
    atMost: plan.worstCase().trials,
    block: spec.block,
    treatment: spec.cell.treatment,
    ratePerSecond,
  });
  try {
    return await runTrial({ ...request, deployment, spec, load: scenario.load });
  } catch (error) {
    if (signal.aborted) throw error;
    const why = [...(await goneFrom(deployment)), reasonOf(error)].join('; ');
    throw new UserError(`trial ${spec.index} (${spec.cell.treatment}) could not be measured: ${why}`, {
      exitCode: 4,
      hint: 'the trials before it are kept and can be reported',
      cause: error,
    });
  }
}

/** What had ended by then is most often why: the rest of the error is what others saw of it. */
async function goneFrom(deployment: Deployment): Promise<string[]> {
  const ended = await deployment.restarts().catch((error: unknown) => ({ missing: reasonOf(error) }));
  return isMissing(ended) ? [] : ended.map(({ pod, container, reason }) => `${container} of pod ${pod}: ${reason}`);
}

async function keep(
  request: RunRequest,
  record: TrialRecord,
  known: { deployments: DeploymentRecord[]; trials: TrialRecord[]; summaries: TrialSummary[] },
): Promise<void> {
  const summary = known.summaries.find((entry) => entry.index === record.spec.index);
  if (summary === undefined) throw new Error(`trial ${record.spec.index} has no summary`);
  await request.directory.writeTrial(record, summary);
  const peers = known.trials.filter((trial) => trial.spec.block === record.spec.block);
  const deployment = known.deployments.find((entry) => entry.id === record.spec.deploymentId);
  const verdict = judgeTrial({ trial: record, deployment, peers });
  const failedGates = verdict.gates.filter((gate) => gate.answer === 'fail').map((gate) => gate.gate);
  request.emit({ kind: 'trial-finished', index: record.spec.index, summary, failedGates });
}
