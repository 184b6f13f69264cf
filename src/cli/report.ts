import path from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { analyseRun } from '../analysis/analyse.ts';
import { type OnInconclusive, withInconclusive } from '../analysis/onInconclusive.ts';
import { renderComparison } from '../history/comparisonText.ts';
import type { Host } from '../host/host.ts';
import { UserError } from '../host/problems.ts';
import { readRun } from '../record/runDirectory.ts';
import { redacted } from '../report/redact.ts';
import { BUDGET_SET_IDS } from '../scenario/budgetSets.ts';
import { comparedRuns } from './comparison.ts';
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
    .option('--compare <base>', 'put an earlier run beside this one instead, as the page comparison.html')
    .option('--redact', 'put placeholders for names of hosts, users, clusters and namespaces, addresses and paths')
    .action(async (directory, options) => {
      if (options.compare !== undefined) {
        done(await reportComparison(context, directory, { ...options, compare: options.compare }));
        return;
      }
      if (options.redact === true) await refuseToReplace(context.host, options.out);
      const recorded = await readRun(context.host, directory);
      const { run } = recorded;
      const own = { file: run.scenarioFile, text: run.scenarioText, scenario: parseAgain(run) };
      const { scenario } = options.budgets === undefined ? own : await withBudgets(context.host, own, options.budgets);
      const judged = withInconclusive(analyseRun({ ...recorded, scenario }), options.onInconclusive);
      const analysis = options.redact === true ? redacted(judged, recorded.trials) : judged;
      // The run's own report stays the one of its own budgets.
      const out = options.out ?? (options.budgets === undefined ? directory : undefined);
      done(await printReport(context, { analysis, trials: recorded.trials, out }));
    });
}

interface ComparisonOptions {
  compare: string;
  out?: string | undefined;
  budgets?: string | undefined;
  redact?: true | undefined;
  onInconclusive: OnInconclusive;
}

async function reportComparison(context: CliContext, head: string, options: ComparisonOptions): Promise<number> {
  const other = [
    options.budgets === undefined ? [] : '--budgets',
    options.redact === true ? '--redact' : [],
    options.onInconclusive === 'pass' ? '--on-inconclusive' : [],
  ].flat()[0];
  if (other !== undefined) {
    throw new UserError(`--compare does not go with ${other}`, { exitCode: 2, hint: 'leave one of them out' });
  }
  const folder = options.out ?? head;
  await context.host.makeDirectory(folder);
  const comparison = await comparedRuns(context, {
    base: options.compare,
    head,
    allowDifferentEnvironment: false,
    wayOut: 'meshtax compare with --allow-different-environment',
    html: path.join(folder, 'comparison.html'),
  });
  context.streams.stdout(renderComparison(comparison, { colour: context.streams.colour }));
  return comparison.conclusion.exitCode;
}

/** A run's own report is never replaced by a redacted one, whatever its folder is called. */
async function refuseToReplace(host: Host, out: string | undefined): Promise<void> {
  const hint = 'name a folder of its own with --out';
  if (out === undefined) {
    throw new UserError("--redact needs --out: the run's own report stays as it is", { exitCode: 2, hint });
  }
  if (await host.exists(path.join(out, 'run.json'))) {
    const message = `${out}: is the folder of a run, whose own report is never replaced by a redacted one`;
    throw new UserError(message, { exitCode: 2, hint });
  }
}
