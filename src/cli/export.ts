import path from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { analyseRun } from '../analysis/analyse.ts';
import { exportRun } from '../exchange/exportRun.ts';
import { reasonOf, UserError } from '../host/problems.ts';
import { readRun } from '../record/runDirectory.ts';
import type { CliContext } from './context.ts';
import { parseAgain } from './scenarioFile.ts';

export function exportCommand(context: CliContext, done: (code: number) => void) {
  const { host, streams } = context;
  return new Command('export')
    .description("write a run's latencies as HdrHistogram's tools read them: .hlog and .hgrm")
    .argument('<run>', 'folder of the run')
    .option('--out <folder>', 'where the files go (default: the folder export in that of the run)')
    .action(async (directory, options) => {
      const recorded = await readRun(host, directory);
      const analysis = analyseRun({ ...recorded, scenario: parseAgain(recorded.run) });
      const { files, leftOut } = exportRun(analysis, recorded.trials);
      for (const text of leftOut) streams.stderr(`left out: ${text}\n`);
      if (files.length === 0) {
        throw new UserError(`${directory}: there is no valid trial to export`, {
          exitCode: 4,
          hint: `meshtax report ${directory} says why`,
        });
      }
      const out = options.out ?? path.join(directory, 'export');
      try {
        await host.makeDirectory(out);
        for (const { name, text } of files) {
          await host.writeAtomically(path.join(out, name), text);
          streams.stdout(`${path.join(out, name)}\n`);
        }
      } catch (error) {
        throw new UserError(`the files could not be written: ${reasonOf(error)}`, {
          exitCode: 2,
          hint: 'name another folder with --out',
          cause: error,
        });
      }
      done(0);
    });
}
