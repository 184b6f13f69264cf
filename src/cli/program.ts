import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { EXIT_CODES, machineFault, UserError } from '../host/problems.ts';
import type { CliContext } from './context.ts';
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

type AddCommand = (context: CliContext, done: (code: number) => void) => CommandUnknownOpts;

/** In the order of the help. A command is loaded when it is asked for: all of them together take a third of a second. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  run: async () => (await import('./run.ts')).runCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  plan: async () => (await import('./plan.ts')).planCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  fleet: async () => (await import('./fleet.ts')).fleetCommand,
  open: async () => (await import('./open.ts')).openCommand,
  compare: async () => (await import('./compare.ts')).compareCommand,
  history: async () => (await import('./history.ts')).historyCommand,
  accept: async () => (await import('./accept.ts')).acceptCommand,
  annotate: async () => (await import('./annotate.ts')).annotateCommand,
  export: async () => (await import('./export.ts')).exportCommand,
  import: async () => (await import('./import.ts')).importCommand,
  list: async () => (await import('./list.ts')).listCommand,
  schema: async () => (await import('./schema.ts')).schemaCommand,
  clean: async () => (await import('./clean.ts')).cleanCommand,
};

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
  for (const load of commandsFor(context.argv)) {
    const add = await load();
    program.addCommand(add(context, done).copyInheritedSettings(program));
  }
  try {
    await program.parseAsync(context.argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return codeOf(error, context);
  }
}

const ASKS_FOR_VERSION = new Set(['-V', '--version']);

/** The command that is asked for alone; all of them for the help, and to tell what was meant by a word that is none. */
function commandsFor([first = '']: readonly string[]): (() => Promise<AddCommand>)[] {
  if (ASKS_FOR_VERSION.has(first)) return [];
  const asked = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  return asked === undefined ? Object.values(COMMANDS) : [asked];
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
