import path from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { BASELINES_FILE, keepBaseline } from '../history/baselines.ts';
import { unknownMachine } from '../history/comparability.ts';
import { RULE } from '../history/regression.ts';
import { UserError } from '../host/problems.ts';
import type { CliContext } from './context.ts';
import { figuresIn } from './figuresFromRecords.ts';
import { told } from './told.ts';

export function acceptCommand(context: CliContext, done: (code: number) => void) {
  return new Command('accept')
    .description('take what a run shows as the new usual: later runs are held against it and what follows')
    .argument('<run>', 'folder of the run, within the folder of its history')
    .requiredOption('--because <reason>', 'why; kept with it, and printed with every history')
    .action(async (run, options) => {
      const { host, streams } = context;
      const directory = path.dirname(path.resolve(run));
      const figures = await figuresIn(host, run);
      const unfit = figures.complete ? unknownMachine(figures.environment) : 'it did not finish';
      if (unfit !== undefined) {
        throw new UserError(`${figures.runId} cannot begin a baseline: ${unfit}`, {
          exitCode: 2,
          hint: 'accept a run that finished',
        });
      }
      await keepBaseline(host, directory, { runId: figures.runId, because: options.because });
      streams.stdout(
        `${told(figures.runId)} begins a new baseline, kept in ${told(path.join(shownAs(run, directory), BASELINES_FILE))}\n` +
          `runs are judged again from ${RULE.fewestRuns} comparable ones on, this one among them\n`,
      );
      done(0);
    });
}

/** Relative where the run was named so, also where it was named as the current folder. */
const shownAs = (run: string, directory: string): string =>
  path.isAbsolute(run) ? directory : path.relative('', directory) || '.';
