import { Command } from '@commander-js/extra-typings';
import { renderComparison } from '../history/comparisonText.ts';
import { comparisonJson } from '../history/documents.ts';
import { comparedRuns } from './comparison.ts';
import type { CliContext } from './context.ts';

const EXAMPLES = `
Examples:
  meshtax compare reports/BASE reports/HEAD
  meshtax compare reports/BASE reports/HEAD --html comparison.html
  meshtax compare reports/BASE reports/HEAD --allow-different-environment --json
`;

export function compareCommand(context: CliContext, done: (code: number) => void) {
  return new Command('compare')
    .description('put two recorded runs side by side, figures and environment; two runs alone are never a verdict')
    .argument('<base>', 'folder of a run')
    .argument('<head>', 'folder of a later run')
    .option('--allow-different-environment', 'compare them although their environments differ, and say so first')
    .option('--html <file>', 'also write a page that needs no network')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (base, head, options) => {
      const { streams } = context;
      const allowDifferentEnvironment = options.allowDifferentEnvironment === true;
      const comparison = await comparedRuns(context, {
        base,
        head,
        allowDifferentEnvironment,
        wayOut: '--allow-different-environment',
        html: options.html,
      });
      streams.stdout(
        options.json === true ? comparisonJson(comparison) : renderComparison(comparison, { colour: streams.colour }),
      );
      done(comparison.conclusion.exitCode);
    });
}
