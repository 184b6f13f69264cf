import { Command } from '@commander-js/extra-typings';
import { analyseRun } from '../analysis/analyse.ts';
import { readRun } from '../record/runDirectory.ts';
import type { CliContext } from './context.ts';
import { printReport } from './rendered.ts';
import { parseAgain, readBudgets } from './scenarioFile.ts';

export function reportCommand(context: CliContext, done: (code: number) => void) {
  return new Command('report')
    .description('judge and render a recorded run again; needs neither cluster nor privileges')
    .argument('<run>', 'folder of the run')
    .option('--budgets <file>', 'judge against these budgets instead of the scenario’s')
    .option('--out <folder>', 'where the report files go (default: the run’s folder; with --budgets: nowhere)')
    .action(async (directory, options) => {
      const { host } = context;
      const recorded = await readRun(host, directory);
      const scenario = parseAgain(recorded.run);
      const budgets =
        options.budgets === undefined ? {} : { budgets: await readBudgets(host, options.budgets, scenario) };
      const analysis = analyseRun({ ...recorded, scenario, ...budgets });
      // The run's own report stays the one of its own budgets.
      const out = options.out ?? (options.budgets === undefined ? directory : undefined);
      done(await printReport(context, { analysis, out }));
    });
}
