import path from 'node:path';
import type { z } from 'zod';
import type { Host } from '../host/host.ts';
import { reasonOf, UserError } from '../host/problems.ts';
import type { TrialSummary } from '../scenario/trial.ts';
import { type DeploymentRecord, deploymentRecordSchema, type RunRecord, runRecordSchema } from './runRecord.ts';
import { type TrialRecord, trialRecordSchema } from './trialRecord.ts';

/** The folder of one run: everything that was measured, each file whole the moment it is there. */
export interface RunDirectory {
  readonly path: string;
  writeRun(run: RunRecord): Promise<void>;
  writeDeployment(deployment: DeploymentRecord): Promise<void>;
  /** One file per trial, written atomically, and a line in summary.jsonl. */
  writeTrial(trial: TrialRecord, summary: TrialSummary): Promise<void>;
  event(event: object): Promise<void>;
  /** How many trials were written through this. */
  trialsWritten(): number;
  writeReport(fileName: string, text: string): Promise<string>;
}

export interface RecordedRun {
  run: RunRecord;
  deployments: DeploymentRecord[];
  trials: TrialRecord[];
}

/** Creates the folder of a new run below `parent`. @throws UserError (exit 2) where that cannot be done */
export async function createRunDirectory(host: Host, parent: string, runId: string): Promise<RunDirectory> {
  const directory = path.join(parent, runId);
  try {
    await host.makeDirectory(parent);
    await host.makeDirectory(directory, { mustBeNew: true });
    for (const sub of ['trials', 'deployments']) await host.makeDirectory(path.join(directory, sub));
  } catch (error) {
    throw new UserError(`the run's folder cannot be made: ${reasonOf(error)}`, {
      exitCode: 2,
      hint: 'name another parent folder with --out',
      cause: error,
    });
  }
  return openRunDirectory(host, directory);
}

export function openRunDirectory(host: Host, directory: string): RunDirectory {
  const at = (...parts: string[]) => path.join(directory, ...parts);
  const json = (value: object) => `${JSON.stringify(value, null, 1)}\n`;
  let trialsWritten = 0;
  return {
    path: directory,
    writeRun: (run) => host.writeAtomically(at('run.json'), json(run)),
    writeDeployment: (deployment) => host.writeAtomically(at('deployments', `${deployment.id}.json`), json(deployment)),
    async writeTrial(trial, summary) {
      await host.writeAtomically(at('trials', trialFile(trial.spec.index)), json(trial));
      trialsWritten += 1;
      await host.append(at('summary.jsonl'), `${JSON.stringify(summary)}\n`);
    },
    trialsWritten: () => trialsWritten,
    event: (event) => host.append(at('events.jsonl'), `${JSON.stringify(event)}\n`),
    async writeReport(fileName, text) {
      await host.writeAtomically(at(fileName), text);
      return at(fileName);
    },
  };
}

const trialFile = (index: number) => `${String(index).padStart(5, '0')}.json`;

/**
 * Reads a run as far as it got. @throws UserError (exit 2) naming the file where one is missing, damaged or of another
 * version
 */
export async function readRun(host: Host, directory: string): Promise<RecordedRun> {
  const run = await readRecord(host, path.join(directory, 'run.json'), runRecordSchema);
  const all = async <S extends z.ZodType>(sub: string, schema: S): Promise<z.infer<S>[]> => {
    const names = await namesIn(host, path.join(directory, sub));
    const records: z.infer<S>[] = [];
    for (const name of names.filter((file) => file.endsWith('.json'))) {
      records.push(await readRecord(host, path.join(directory, sub, name), schema));
    }
    return records;
  };
  return {
    run,
    deployments: await all('deployments', deploymentRecordSchema),
    trials: (await all('trials', trialRecordSchema)).sort((a, b) => a.spec.index - b.spec.index),
  };
}

/** None where the run did not come to it; a folder that cannot be looked into is not an empty one. */
async function namesIn(host: Host, folder: string): Promise<readonly string[]> {
  try {
    return await host.list(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UserError(`${folder}: ${reasonOf(error)}`, {
      exitCode: 2,
      hint: 'a run is reported whole or not at all: make the folder readable',
      cause: error,
    });
  }
}

async function readRecord<S extends z.ZodType>(host: Host, file: string, schema: S): Promise<z.infer<S>> {
  const wrong = (because: string, hint: string, cause: unknown) =>
    new UserError(`${file}: ${because}`, { exitCode: 2, hint, cause });
  let text: string;
  try {
    text = await host.readText(file);
  } catch (error) {
    throw wrong(reasonOf(error), 'name the folder of a run, such as reports/RUN', error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(`not JSON: ${reasonOf(error)}`, 'the file is damaged; remove it to report without it', error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw wrong(
    `not a record of this version${place}: ${issue?.message ?? 'unknown reason'}`,
    'the run was made by another version of meshtax, or changed by hand',
    parsed.error,
  );
}
