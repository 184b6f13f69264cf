import { Command } from '@commander-js/extra-typings';
import { analyseRun } from '../analysis/analyse.ts';
import { withInconclusive } from '../analysis/onInconclusive.ts';
import { readRun } from '../record/runDirectory.ts';
import { renderAnnotations } from '../report/annotations.ts';
import type { CliContext } from './context.ts';
import { onInconclusive } from './onInconclusive.ts';
import { parseAgain } from './scenarioFile.ts';

export function annotateCommand(context: CliContext, done: (code: number) => void) {
  return new Command('annotate')
    .description("print a run's verdicts as GitHub's workflow commands, which a job shows as annotations; ends with 0")
    .argument('<run>', 'folder of the run')
    .addOption(onInconclusive())
    .action(async (directory, options) => {
      const recorded = await readRun(context.host, directory);
      const scenario = parseAgain(recorded.run);
      const analysis = withInconclusive(analyseRun({ ...recorded, scenario }), options.onInconclusive);
      context.streams.stdout(renderAnnotations(analysis));
      done(0);
    });
}
