import type { RunAnalysis } from './result.ts';

/** What an inconclusive required line does to the exit code. */
export const ON_INCONCLUSIVE = ['fail', 'pass'] as const;
export type OnInconclusive = (typeof ON_INCONCLUSIVE)[number];

/**
 * The analysis with the exit code that the user wants of an inconclusive run: with `pass` it is 0 where nothing but
 * required lines that cannot be decided stand against it, and the conclusion says so. The outcome stays inconclusive.
 *
 * An over that no fresh block was run for is not passed either: it is not what cannot be decided.
 * A run that is no fair measurement is never passed: one that did not finish, that has no valid block at a load point, a
 * failed proof, or baselines that differ from each other. Then the conclusion says why `pass` does not apply.
 */
export function withInconclusive(analysis: RunAnalysis, on: OnInconclusive): RunAnalysis {
  const { conclusion } = analysis;
  if (on === 'fail' || conclusion.exitCode !== 4) return analysis;
  const because = whyInvalid(analysis);
  const told =
    because === undefined
      ? 'exit code 0 all the same, as --on-inconclusive pass asks'
      : `--on-inconclusive pass does not apply, since ${because}`;
  return {
    ...analysis,
    conclusion: {
      ...conclusion,
      exitCode: because === undefined ? 0 : 4,
      sentence: `${conclusion.sentence}; ${told}`,
    },
  };
}

function whyInvalid({ incomplete, verdicts, loads, trials }: RunAnalysis): string | undefined {
  if (incomplete) return 'the run did not finish';
  if (loads.length === 0 || loads.some(({ blocksValid }) => blocksValid === 0)) return 'nothing valid was measured';
  if (trials.some(({ outcome, purpose }) => outcome === 'void' && purpose !== 'pilot')) return 'a proof failed';
  const lines = verdicts.filter(({ line }) => line.role === 'required');
  if (lines.some(({ verdict }) => verdict === 'over')) return 'a required line is over in the blocks that were run';
  const required = lines.filter(({ verdict }) => verdict === 'inconclusive');
  if (required.some(({ isInvalid }) => isInvalid)) return 'the measurement was not fair';
  return required.length > 0 ? undefined : 'no required line is what is inconclusive';
}
