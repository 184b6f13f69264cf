import { differenceText } from '../history/comparability.ts';
import { compareRuns, type RunComparison } from '../history/comparison.ts';
import { renderComparisonPage } from '../history/comparisonPage.ts';
import { UserError } from '../host/problems.ts';
import type { CliContext } from './context.ts';
import { figuresIn } from './figuresFromRecords.ts';
import { writePage } from './pageFile.ts';
import { told } from './told.ts';
import { VERSION } from './version.ts';

interface CompareOptions {
  /** Folders of the two runs. */
  base: string;
  head: string;
  allowDifferentEnvironment: boolean;
  /** How the two are put side by side all the same. */
  wayOut: string;
  /** A file for the comparison as a page; absent: none is written. */
  html?: string | undefined;
}

/**
 * Two recorded runs beside each other; says of a run that it did not finish.
 * @throws UserError (exit 2) where they are one run, or not comparable and that is not allowed
 */
export async function comparedRuns(context: CliContext, options: CompareOptions): Promise<RunComparison> {
  const { host, streams } = context;
  const comparison = compareRuns(await figuresIn(host, options.base), await figuresIn(host, options.head));
  const { base, head, obstacles } = comparison;
  if (base.runId === head.runId) {
    throw new UserError(`both folders hold run ${base.runId}`, { exitCode: 2, hint: 'name the folders of two runs' });
  }
  if (obstacles.length > 0 && !options.allowDifferentEnvironment) {
    throw new UserError(`these runs are not comparable: ${obstacles.map(differenceText).join('; ')}`, {
      exitCode: 2,
      hint: `${options.wayOut} puts them side by side all the same`,
    });
  }
  for (const run of [base, head]) {
    if (!run.complete) streams.stderr(`${told(run.runId)} did not finish: it holds what was measured until then\n`);
  }
  if (options.html !== undefined) {
    await writePage(context, options.html, renderComparisonPage(comparison, { version: VERSION }));
  }
  return comparison;
}
