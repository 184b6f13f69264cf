import { Command } from '@commander-js/extra-typings';
import { cleanLeftovers } from '../run/clean.ts';
import type { CliContext } from './context.ts';

export function cleanCommand(context: CliContext, done: (code: number) => void) {
  return new Command('clean')
    .description('remove what killed runs left behind, by their own ledgers and labels only')
    .option('--dry-run', 'print what would be removed')
    .action(async (options) => {
      const { host, streams } = context;
      const dryRun = options.dryRun === true;
      const report = await cleanLeftovers(host, { dryRun });
      for (const thing of report.removed) streams.stdout(`${dryRun ? 'would remove' : 'removed'} ${thing}\n`);
      for (const run of report.alive) streams.stderr(`left alone, still running: ${run}\n`);
      for (const problem of report.problems) streams.stderr(`not removed: ${problem}\n`);
      if (report.removed.length === 0 && report.problems.length === 0) streams.stdout('nothing to remove\n');
      done(report.problems.length === 0 ? 0 : 4);
    });
}
