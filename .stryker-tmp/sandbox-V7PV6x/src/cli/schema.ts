// @ts-nocheck
import { Command } from '@commander-js/extra-typings';
import { scenarioJsonSchema } from '../scenario/parse.ts';
import type { CliContext } from './context.ts';

export function schemaCommand(context: CliContext, done: (code: number) => void) {
  return new Command('schema')
    .description('print the JSON Schema of a scenario, with which an editor completes and checks it')
    .action(() => {
      context.streams.stdout(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
      done(0);
    });
}
