// @ts-nocheck
import { Command } from '@commander-js/extra-typings';
import { UserError } from '../host/problems.ts';
import type { CleanReport } from '../platforms/platform.ts';
import { cleanLeftovers, forgetClusterRuns } from '../run/clean.ts';
import { readLedgers } from '../run/ledger.ts';
import type { CliContext } from './context.ts';
import { knownPlatform, loadPlatform } from './platformChoice.ts';
import { platformOptions } from './platformFlags.ts';
import { told } from './told.ts';

interface CleanOptions {
  platform: string;
  kubeconfig?: string | undefined;
  context?: string | undefined;
  run?: string | undefined;
  dryRun?: true | undefined;
}

export function cleanCommand(context: CliContext, done: (code: number) => void) {
  return new Command('clean')
    .description('remove what killed runs left behind, by their own ledgers and labels only')
    .option('--platform <id>', 'where to look: local, or kubernetes for what is left in a cluster', 'local')
    .option('--kubeconfig <file>', "the cluster's kubeconfig (default: kubectl's rules)")
    .option('--context <name>', 'a context of the kubeconfig')
    .option('--run <id>', 'in a cluster: this run too, although its ledger is not here')
    .option('--dry-run', 'print what would be removed')
    .addHelpText('after', '\nExamples:\n  meshtax clean --dry-run\n  meshtax clean --platform kubernetes\n')
    .action(async (options) => {
      const { streams } = context;
      const report = await clean(context, options);
      const verb = options.dryRun === true ? 'would remove' : 'removed';
      for (const thing of report.removed) streams.stdout(`${verb} ${told(thing)}\n`);
      for (const left of report.alive) streams.stderr(`left alone: ${told(left)}\n`);
      for (const problem of report.problems) streams.stderr(`not removed: ${told(problem)}\n`);
      if (report.removed.length === 0 && report.problems.length === 0) streams.stdout('nothing to remove\n');
      done(report.problems.length === 0 ? 0 : 4);
    });
}

async function clean({ host }: CliContext, options: CleanOptions): Promise<CleanReport> {
  const dryRun = options.dryRun === true;
  if (knownPlatform(options.platform) === 'local') {
    if (options.run === undefined) return cleanLeftovers(host, { dryRun });
    throw new UserError('--run is for what is left in a cluster', { exitCode: 2, hint: 'add --platform kubernetes' });
  }
  const platform = await loadPlatform(options.platform);
  const ledgers = await readLedgers(host);
  const report = await platform.clean?.({
    host,
    options: platformOptions(options),
    dryRun,
    runs: ledgers.map(({ owner, ownerAlive }) => ({ runId: owner.runId, alive: ownerAlive })),
    runId: options.run,
  });
  if (report === undefined) throw new UserError(`nothing to clean on platform ${options.platform}`, { exitCode: 2 });
  if (dryRun || report.problems.length > 0 || report.server === undefined) return report;
  return { ...report, removed: [...report.removed, ...(await forgetClusterRuns(host, report.server))] };
}
