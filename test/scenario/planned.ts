import type { Scenario } from '../../src/scenario/scenario.ts';
import type { DeploymentSpec, Plan, TrialSpec, TrialSummary } from '../../src/scenario/trial.ts';

interface Shape {
  rates?: readonly number[];
  treatments?: readonly string[];
  blocks?: Scenario['blocks'];
  pilot?: 'highest';
}

/** A scenario with the given shape; the treatment called `none` is its baseline. */
export function scenarioWith({
  rates = [1000],
  treatments = ['none', 'envoy'],
  blocks = { min: 6, max: 6 },
  pilot,
}: Shape) {
  return {
    name: 'test',
    question: '',
    platform: 'local',
    treatments: treatments.map((name) => ({
      name,
      mesh: name === 'none' ? 'none' : 'envoy',
      settings: {},
      serviceTimeUs: 0,
    })),
    baseline: treatments.indexOf('none'),
    leftOut: [],
    notes: [],
    services: { topology: 'echo', address: 'service' },
    load: {
      protocol: 'http1',
      arrivals: 'poisson',
      arrivalRatesPerSecond: rates,
      connections: 16,
      requestBytes: 0,
      responseBytes: 1000,
      warmUpMs: 1000,
      durationMs: 4000,
      timeoutMs: 10_000,
      ...(pilot === undefined ? {} : { pilot }),
    },
    blocks,
    budgets: { name: 'none', lines: [] },
  } satisfies Scenario;
}

/** What a trial comes out as: its outcome, its p50, and whether it held its rate, as it does unless told. */
export type Finish = (trial: TrialSpec) => { outcome: TrialSummary['outcome']; p50Us?: number; heldRate?: boolean };

export const allValid: Finish = () => ({ outcome: 'valid', p50Us: 300 });

export interface Straight {
  done: TrialSummary[];
  trials: TrialSpec[];
  deployments: DeploymentSpec[];
  /** Every step, in short. */
  steps: string[];
  because: string;
}

/** Walks a plan from its first step to its stop; throws when it asks for what cannot be done. */
export function walk(plan: Plan, finish: Finish): Straight {
  const run: Straight = { done: [], trials: [], deployments: [], steps: [], because: '' };
  const live = new Set<string>();
  // Deploy, trial and retire for each trial there can be: a plan that asks for more is broken, and fails at once.
  const mostSteps = plan.worstCase().trials * 3 + 1;
  for (let count = 0; count < mostSteps; count += 1) {
    const step = plan.next(run.done, live);
    if (step.kind === 'stop') {
      if (live.size > 0) throw new Error(`stopped with ${[...live].join(', ')} live`);
      return { ...run, because: step.because };
    }
    if (step.kind === 'deploy') {
      if (live.size > 0) throw new Error(`deployed ${step.deployment.id} beside ${[...live].join(', ')}`);
      live.add(step.deployment.id);
      run.deployments.push(step.deployment);
      run.steps.push(`deploy ${step.deployment.id}`);
    } else if (step.kind === 'retire') {
      if (!live.delete(step.deploymentId)) throw new Error(`retired ${step.deploymentId}, which is not live`);
      run.steps.push(`retire ${step.deploymentId}`);
    } else {
      if (!live.has(step.trial.deploymentId)) throw new Error(`no ${step.trial.deploymentId} for the trial`);
      run.trials.push(step.trial);
      run.done.push(summaryOf(step.trial, finish));
      run.steps.push(`trial ${step.trial.index} ${step.trial.deploymentId}`);
    }
  }
  throw new Error('the plan does not end');
}

function summaryOf(trial: TrialSpec, finish: Finish): TrialSummary {
  const { outcome, p50Us, heldRate = true } = finish(trial);
  const { index, cell, block, attempt, purpose } = trial;
  const percentilesUs = p50Us === undefined ? {} : { p50: p50Us };
  return { index, cell, block, attempt, purpose, outcome, ratePerSecond: 1000, heldRate, percentilesUs };
}
