import { Command } from '@commander-js/extra-typings';
import { resultsJsonSchema } from '../report/json/document.ts';
import { scenarioJsonSchema } from '../scenario/parse.ts';
import type { CliContext } from './context.ts';

export function schemaCommand(context: CliContext, done: (code: number) => void) {
  return new Command('schema')
    .description('print the JSON Schema of a scenario, with which an editor completes and checks it')
    .option('--results', 'print that of results.json instead, for programs that read runs')
    .action(({ results }) => {
      const schema = results === true ? resultsJsonSchema() : scenarioJsonSchema();
      context.streams.stdout(`${JSON.stringify(schema, null, 2)}\n`);
      done(0);
    });
}
