import { Command } from '@commander-js/extra-typings';
import { differenceText } from '../history/comparability.ts';
import { compareRuns } from '../history/comparison.ts';
import { renderComparison } from '../history/comparisonText.ts';
import { comparisonJson } from '../history/documents.ts';
import { UserError } from '../host/problems.ts';
import type { CliContext } from './context.ts';
import { figuresFromRecords } from './figuresFromRecords.ts';
import { told } from './told.ts';

const EXAMPLES = `
Examples:
  meshtax compare reports/BASE reports/HEAD
  meshtax compare reports/BASE reports/HEAD --allow-different-environment --json
`;

export function compareCommand(context: CliContext, done: (code: number) => void) {
  return new Command('compare')
    .description('put two recorded runs side by side, figures and environment; two runs alone are never a verdict')
    .argument('<base>', 'folder of a run')
    .argument('<head>', 'folder of a later run')
    .option('--allow-different-environment', 'compare them although their environments differ, and say so first')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (base, head, options) => {
      const { host, streams } = context;
      const comparison = compareRuns(await figuresFromRecords(host, base), await figuresFromRecords(host, head));
      const { obstacles } = comparison;
      if (comparison.base.runId === comparison.head.runId) {
        throw new UserError(`both folders hold run ${comparison.base.runId}`, {
          exitCode: 2,
          hint: 'name the folders of two runs',
        });
      }
      if (obstacles.length > 0 && options.allowDifferentEnvironment !== true) {
        throw new UserError(`these runs are not comparable: ${obstacles.map(differenceText).join('; ')}`, {
          exitCode: 2,
          hint: '--allow-different-environment puts them side by side all the same',
        });
      }
      for (const run of [comparison.base, comparison.head]) {
        if (!run.complete) streams.stderr(`${told(run.runId)} did not finish: it holds what was measured until then\n`);
      }
      streams.stdout(
        options.json === true ? comparisonJson(comparison) : renderComparison(comparison, { colour: streams.colour }),
      );
      done(comparison.conclusion.exitCode);
    });
}
