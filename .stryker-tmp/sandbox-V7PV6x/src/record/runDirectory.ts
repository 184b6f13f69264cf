// @ts-nocheck
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

/** A trial of an hour, the longest that there is, takes some 4 MB. */
const LARGEST_RECORD_BYTES = 64_000_000;
/** What a whole run may take, as it has to fit into memory. */
const LARGEST_RUN_BYTES = 512_000_000;

/**
 * Reads a run as far as it got. The folder may be anybody's: only regular files of a bounded size are read in it, and no
 * link out of it is followed.
 * @throws UserError (exit 2) naming the file where one is missing, damaged, of another kind or of another version
 */
export async function readRun(host: Host, directory: string): Promise<RecordedRun> {
  const reader: Reader = { host, bytesLeft: LARGEST_RUN_BYTES };
  const run = await readRecord(reader, path.join(directory, 'run.json'), runRecordSchema);
  const all = async <S extends z.ZodType>(sub: string, schema: S): Promise<z.infer<S>[]> => {
    const records: z.infer<S>[] = [];
    for (const file of await recordFiles(host, path.join(directory, sub))) {
      records.push(await readRecord(reader, file, schema));
    }
    return records;
  };
  return {
    run,
    deployments: await all('deployments', deploymentRecordSchema),
    trials: (await all('trials', trialRecordSchema)).sort((a, b) => a.spec.index - b.spec.index),
  };
}

interface Reader {
  host: Host;
  bytesLeft: number;
}

/** A run that was ended early may lack a folder; one that cannot be listed is no run without trials. */
async function recordFiles(host: Host, folder: string): Promise<string[]> {
  const link = await host.readLink(folder).catch(() => undefined);
  if (link !== undefined) throw unfit(folder, 'is a symbolic link, and not a folder', FOREIGN);
  if (!(await host.exists(folder))) return [];
  try {
    const names = await host.list(folder);
    return names.filter((name) => name.endsWith('.json')).map((name) => path.join(folder, name));
  } catch (error) {
    throw unfit(folder, reasonOf(error), FOREIGN, error);
  }
}

const FOREIGN = 'meshtax writes plain files and folders only: this one was changed by hand';
const LONGEST_REASON = 300;

function unfit(file: string, because: string, hint: string, cause?: unknown): UserError {
  const short = because.length > LONGEST_REASON ? `${because.slice(0, LONGEST_REASON)}...` : because;
  return new UserError(`${file}: ${short}`, { exitCode: 2, hint, cause });
}

async function readRecord<S extends z.ZodType>(reader: Reader, file: string, schema: S): Promise<z.infer<S>> {
  const value = await readJson(reader, file);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw unfit(
    file,
    `not a record of this version${place}: ${issue?.message ?? 'unknown reason'}`,
    'the run was made by another version of meshtax, or changed by hand',
    parsed.error,
  );
}

async function readJson(reader: Reader, file: string): Promise<unknown> {
  const text = await readBounded(reader, file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unfit(file, `not JSON: ${reasonOf(error)}`, 'the file is damaged; remove it to report without it', error);
  }
}

async function readBounded(reader: Reader, file: string): Promise<string> {
  const atMostBytes = Math.min(LARGEST_RECORD_BYTES, reader.bytesLeft);
  try {
    const bytes = await reader.host.readRegular(file, { atMostBytes, links: 'refuse' });
    reader.bytesLeft -= bytes.length;
    return bytes.toString('utf8');
  } catch (error) {
    const isThere = await reader.host.exists(file);
    const whole = atMostBytes < LARGEST_RECORD_BYTES ? ', the rest of the 512 MB that a run may have in all' : '';
    const hint = isThere ? FOREIGN : 'name the folder of a run, such as reports/RUN';
    throw unfit(file, `${reasonOf(error)}${whole}`, hint, error);
  }
}
