import { Command, CommanderError } from '@commander-js/extra-typings';
import { EXIT_CODES, machineFault, UserError } from '../host/problems.ts';
import { acceptCommand } from './accept.ts';
import { checkCommand } from './check.ts';
import { cleanCommand } from './clean.ts';
import { compareCommand } from './compare.ts';
import type { CliContext } from './context.ts';
import { exportCommand } from './export.ts';
import { fleetCommand } from './fleet.ts';
import { historyCommand } from './history.ts';
import { importCommand } from './import.ts';
import { listCommand } from './list.ts';
import { openCommand } from './open.ts';
import { planCommand } from './plan.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { schemaCommand } from './schema.ts';
import { tellError, told } from './told.ts';
import { VERSION } from './version.ts';

const EXAMPLES = `
Examples:
  meshtax run                                  measure a sidecar pair on this machine (3 minutes)
  meshtax run scenarios/mesh-comparison.yaml   answer another scenario's question
  meshtax plan scenarios/self-check.yaml       print what would run, and touch nothing
  meshtax check                                print what this machine can measure
  meshtax report RUN --budgets istio-1.24      judge a recorded run against other budgets
  meshtax fleet RUN --pods 200                 project its cost to the sidecars of 200 pods
  meshtax report RUN --redact --out FOLDER     a report without names, addresses and paths
  meshtax history reports                      did the newest run get worse than those before it?

Exit codes:
${EXIT_CODES.map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`).join('\n')}
`;

const COMMANDS = [
  runCommand,
  checkCommand,
  planCommand,
  reportCommand,
  fleetCommand,
  openCommand,
  compareCommand,
  historyCommand,
  acceptCommand,
  exportCommand,
  importCommand,
  listCommand,
  schemaCommand,
  cleanCommand,
];

/** Runs one command. @returns the exit code; nothing below this line exits the process */
export async function runCli(context: CliContext): Promise<number> {
  const { streams } = context;
  let exitCode = 0;
  const program = new Command('meshtax')
    .description('What does a service mesh sidecar cost my traffic, and does it fit my budget?')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: streams.stdout, writeErr: (text) => streams.stderr(told(text)) })
    .showHelpAfterError('(meshtax --help prints all commands, and examples)')
    .addHelpText('after', EXAMPLES);
  const done = (code: number) => {
    exitCode = code;
  };
  for (const add of COMMANDS) {
    program.addCommand(add(context, done).copyInheritedSettings(program));
  }
  try {
    await program.parseAsync(context.argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return codeOf(error, context);
  }
}

function codeOf(error: unknown, { streams, signal }: CliContext): number {
  if (error instanceof CommanderError) {
    // Help and version end as errors of code 0; everything else that the parser throws is wrong usage.
    return error.exitCode === 0 ? 0 : 2;
  }
  if (signal.aborted) return 130;
  const known = error instanceof UserError ? error : machineFault(error, 3);
  if (known !== undefined) {
    tellError(streams, known);
    return known.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  streams.stderr(`This is a bug in meshtax ${VERSION}; please report it with these lines:\n${told(stack)}\n`);
  return 70;
}
