import { describe, expect, it } from 'vitest';
import { makePlan } from '../../src/scenario/plan.ts';
import type { TrialSummary } from '../../src/scenario/trial.ts';
import { summaryOf } from '../record/records.ts';
import { allValid, scenarioWith, walk } from './planned.ts';

const NOBODY = new Set<string>();

/** Goes on with a plan that measured all it wanted, until it stops. */
function confirmed(plan: ReturnType<typeof makePlan>, measured: readonly TrialSummary[], loads: readonly number[]) {
  const done = [...measured];
  for (let count = 0; count < 200; count += 1) {
    const asked = plan.next(done, NOBODY, loads);
    if (asked.kind === 'stop') return { fresh: done.slice(measured.length), because: asked.because };
    if (asked.kind !== 'deploy') throw new Error(`asked for ${asked.kind}`);
    const step = plan.next(done, new Set([asked.deployment.id]), loads);
    if (step.kind !== 'trial') throw new Error(`asked for ${step.kind}`);
    done.push({ ...summaryOf({ spec: step.trial }), percentilesUs: { p50: 300 } });
  }
  throw new Error('never stopped');
}

describe('confirming an over', () => {
  it('takes as many fresh blocks as were valid, with numbers of their own', () => {
    const plan = makePlan(scenarioWith({ blocks: { min: 6, max: 8 } }), 5);
    const { fresh, because } = confirmed(plan, walk(plan, allValid).done, [0]);
    expect([...new Set(fresh.map(({ block }) => block))]).toEqual([9, 10, 11, 12, 13, 14]);
    expect(fresh.map(({ purpose }) => purpose)).toEqual(Array(18).fill('confirm'));
    expect(because).toBe('6 of 6 blocks valid at 1,000/s; to confirm what was over: 6 of 6 blocks valid at 1,000/s');
  });

  it('goes to the load points that are named only', () => {
    const plan = makePlan(scenarioWith({ rates: [500, 1000], blocks: { min: 6, max: 6 } }), 5);
    const { fresh } = confirmed(plan, walk(plan, allValid).done, [1]);
    expect(new Set(fresh.map(({ cell }) => cell.load))).toEqual(new Set([1]));
    expect(fresh).toHaveLength(18);
  });

  it('draws orders and schedules that the measured blocks did not have', () => {
    const scenario = scenarioWith({ blocks: { min: 6, max: 6 } });
    const plan = makePlan(scenario, 5);
    const { trials, done } = walk(plan, allValid);
    const step = plan.next(done, new Set(['b7-none-r0-a1']), [0]);
    const first = plan.next(done, NOBODY, [0]);
    expect(first.kind).toBe('deploy');
    const deployed = first.kind === 'deploy' ? first.deployment.id : '';
    const trial = plan.next(done, new Set([deployed]), [0]);
    expect(trial.kind === 'trial' && trials.some(({ scheduleSeed }) => scheduleSeed === trial.trial.scheduleSeed)).toBe(
      false,
    );
    expect(step.kind).not.toBe('stop');
  });

  it('is not begun before everything is measured, and stops at once where nothing is over', () => {
    const plan = makePlan(scenarioWith({}), 5);
    const { done } = walk(plan, allValid);
    const early = plan.next(done.slice(0, -1), NOBODY, [0]);
    expect(early.kind === 'deploy' && early.deployment.block).toBe(6);
    expect(plan.next(done, NOBODY, []).kind).toBe('stop');
  });

  it('is announced only where a required line could be over', () => {
    const line = { metric: 'proxy-cpu', atMost: 100, source: 'test' } as const;
    const withRole = (role: 'required' | 'advisory') => ({
      ...scenarioWith({ blocks: { min: 6, max: 8 } }),
      budgets: { name: 'inline', lines: [{ ...line, role }] },
    });
    expect(makePlan(withRole('advisory'), 1).worstConfirmation()).toBeNull();
    const plan = makePlan(withRole('required'), 1);
    expect(plan.worstConfirmation()).toEqual(plan.worstCase());
  });
});
