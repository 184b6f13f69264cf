// @ts-nocheck
import { isMissing } from '../record/measured.ts';
import type { BudgetVerdict, Confirmation } from './result.ts';
import { rangeText } from './verdictText.ts';
import { countOf } from './wording.ts';

/**
 * Verdicts with what fresh blocks say of each required line that is over.
 *
 * A wholly over interval comes about by chance about once in forty lines that are kept; that it happens twice, in blocks
 * that share no trial, about once in 1,600. An over that fresh blocks do not repeat is inconclusive; one that was not
 * tried again stays over, and is not enough to fail a run.
 * @param fresh verdicts on the same lines from the confirming blocks alone; none where there are no such blocks
 */
export function withConfirmation(verdicts: readonly BudgetVerdict[], fresh: readonly BudgetVerdict[]): BudgetVerdict[] {
  return verdicts.map((first) => {
    if (first.verdict !== 'over' || first.line.role !== 'required') return first;
    const again = fresh.find((each) => isSameLine(each, first));
    const confirmation = confirmationOf(again);
    if (confirmation.state !== 'refuted') {
      return { ...first, confirmation, because: `${first.because}; ${confirmation.because}` };
    }
    return {
      ...first,
      confirmation,
      verdict: 'inconclusive',
      because: `${first.because}, but ${confirmation.because}`,
    };
  });
}

const isSameLine = (a: BudgetVerdict, b: BudgetVerdict): boolean =>
  a.line === b.line && a.treatment === b.treatment && a.load === b.load;

function confirmationOf(again: BudgetVerdict | undefined): Confirmation {
  if (again === undefined) return { state: 'not-tried', because: 'no fresh blocks were run to confirm it' };
  const { estimate, verdict } = again;
  if (isMissing(estimate)) return { state: 'refuted', because: `the fresh blocks do not tell: ${again.because}` };
  const range = `${countOf(estimate.n, 'fresh block')}: ${rangeText(again.line, estimate)}`;
  if (verdict === 'over') return { state: 'confirmed', estimate, because: `confirmed by ${range}` };
  return { state: 'refuted', estimate, because: `not confirmed by ${range}` };
}

/** Load points at which a required line is over and was not tried again: those that fresh blocks are wanted at. */
export function loadsToConfirm(verdicts: readonly BudgetVerdict[]): number[] {
  const open = verdicts.filter(({ confirmation }) => confirmation?.state === 'not-tried');
  return [...new Set(open.map(({ load }) => load))].sort((a, b) => a - b);
}
