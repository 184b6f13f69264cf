import { Command } from '@commander-js/extra-typings';
import { analyseRun } from '../analysis/analyse.ts';
import { withInconclusive } from '../analysis/onInconclusive.ts';
import { readRun } from '../record/runDirectory.ts';
import { BUDGET_SET_IDS } from '../scenario/budgetSets.ts';
import type { CliContext } from './context.ts';
import { onInconclusive } from './onInconclusive.ts';
import { printReport } from './rendered.ts';
import { parseAgain, withBudgets } from './scenarioFile.ts';

export function reportCommand(context: CliContext, done: (code: number) => void) {
  return new Command('report')
    .description('judge and render a recorded run again; needs neither cluster nor privileges')
    .argument('<run>', 'folder of the run')
    .option('--budgets <set or file>', `judge against these: ${BUDGET_SET_IDS.join(', ')}, or a file`)
    .addOption(onInconclusive())
    .option('--out <folder>', 'where the report files go (default: the run’s folder; with --budgets: nowhere)')
    .action(async (directory, options) => {
      const recorded = await readRun(context.host, directory);
      const { run } = recorded;
      const own = { file: run.scenarioFile, text: run.scenarioText, scenario: parseAgain(run) };
      const { scenario } = options.budgets === undefined ? own : await withBudgets(context.host, own, options.budgets);
      const analysis = withInconclusive(analyseRun({ ...recorded, scenario }), options.onInconclusive);
      // The run's own report stays the one of its own budgets.
      const out = options.out ?? (options.budgets === undefined ? directory : undefined);
      done(await printReport(context, { analysis, trials: recorded.trials, out }));
    });
}
