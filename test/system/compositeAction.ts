import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const actionSchema = z.looseObject({
  inputs: z.record(z.string(), z.looseObject({ default: z.string() })),
  outputs: z.record(z.string(), z.looseObject({ value: z.string() })),
  runs: z.looseObject({
    using: z.literal('composite'),
    steps: z.array(
      z.strictObject({
        name: z.string(),
        id: z.string().exactOptional(),
        shell: z.literal('bash'),
        env: z.record(z.string(), z.string()).exactOptional(),
        run: z.string(),
      }),
    ),
  }),
});

interface ActionRun {
  /** Of the step that failed, or 0. */
  code: number;
  outputs: Record<string, string>;
  /** What the steps wrote to the job's summary. */
  summary: string;
  log: string;
}

interface ActionPlace {
  /** A checkout of the action. */
  action: string;
  /** The repository whose job it is: the steps' working directory. */
  workspace: string;
  /** A folder for what GitHub's runner keeps itself. */
  runner: string;
  env: Readonly<Record<string, string>>;
}

/** What of the action runs, where not all of it. */
interface ActionPart {
  /** Steps that need not run again, such as a build in a checkout that is built. */
  isLeftOut?: (step: string) => boolean;
  /** Outputs of steps that are left out, by the names that the action's expressions have for them. */
  given?: Readonly<Record<string, string>>;
}

/**
 * The steps of action.yml as GitHub's runner runs them: one after the other until one fails, each by `bash --noprofile
 * --norc -eo pipefail`, with outputs and summary in files and the expressions of `env` put in place before.
 */
export function runAction(
  place: ActionPlace,
  inputs: Readonly<Record<string, string>>,
  { isLeftOut = () => false, given = {} }: ActionPart = {},
): ActionRun {
  const action = actionSchema.parse(parse(readFileSync(path.join(place.action, 'action.yml'), 'utf8')));
  const unknown = Object.keys(inputs).filter((name) => !(name in action.inputs));
  if (unknown.length > 0) throw new Error(`the action has no input ${unknown.join(', ')}`);
  mkdirSync(place.runner, { recursive: true });
  const summaryFile = path.join(place.runner, 'summary.md');
  writeFileSync(summaryFile, '');
  const known: Record<string, string> = { ...given };
  for (const [name, { default: own }] of Object.entries(action.inputs)) known[`inputs.${name}`] = inputs[name] ?? own;
  let log = '';
  let code = 0;
  for (const [index, step] of action.runs.steps.entries()) {
    if (isLeftOut(step.name)) continue;
    const outputFile = path.join(place.runner, `output-${index}`);
    const script = path.join(place.runner, `step-${index}.sh`);
    writeFileSync(outputFile, '');
    writeFileSync(script, step.run);
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, filledIn(text, known)]));
    const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      cwd: place.workspace,
      encoding: 'utf8',
      env: {
        ...process.env,
        ...place.env,
        ...env,
        RUNNER_TEMP: place.runner,
        GITHUB_ACTION_PATH: place.action,
        GITHUB_OUTPUT: outputFile,
        GITHUB_STEP_SUMMARY: summaryFile,
      },
    });
    log += ran.stdout + ran.stderr;
    for (const line of readFileSync(outputFile, 'utf8').split('\n').filter(Boolean)) {
      const at = line.indexOf('=');
      known[`steps.${step.id}.outputs.${line.slice(0, at)}`] = line.slice(at + 1);
    }
    code = ran.status ?? 128;
    if (code !== 0) break;
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, filledIn(value, known)]);
  return { code, outputs: Object.fromEntries(outputs), summary: readFileSync(summaryFile, 'utf8'), log };
}

/** An expression that stands for nothing is empty, as GitHub has it; one of another kind than these has to be built first. */
function filledIn(text: string, known: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{ *([\w.-]+) *\}\}/g, (_, name: string) => {
    if (!/^(inputs|steps)\./.test(name)) throw new Error(`unknown expression ${name}`);
    return known[name] ?? '';
  });
}
