import path from 'node:path';
import type { FileStamp, Host } from '../host/host.ts';
import { reasonOf, UserError } from '../host/problems.ts';
import { RUN_SCHEMA } from '../record/runRecord.ts';
import { FIGURES_FILE, FIGURES_SCHEMA, figuresSchema, type RunFigures } from './figures.ts';
import type { HistoryRun, LeftOut } from './order.ts';
import type { OpenIndex } from './storeIndex.ts';

/** Figures of 100 treatments and loads take some 100 kB. */
const LARGEST_FIGURES_BYTES = 8_000_000;
const LARGEST_RUN_RECORD_BYTES = 64_000_000;
/** Folders that are looked at at the same time; each takes a file descriptor or two. */
const AT_ONCE = 64;

export interface StoredRun extends HistoryRun {
  /** Changes whenever the run's files do. */
  stamp: string;
}

/** A folder of runs, read as far as it can be. */
export interface Store {
  runs: readonly StoredRun[];
  leftOut: readonly LeftOut[];
  notes: readonly string[];
}

export interface StoreSource {
  host: Host;
  directory: string;
  /** The figures of a run that has no file of them, from its records. @throws where it cannot be read */
  fromRecords(folder: string): Promise<RunFigures>;
}

/** What a look at one folder found; `records`: its figures have to be made of its records, which takes a while. */
type Look =
  | { kind: 'run'; run: StoredRun }
  | { kind: 'left-out'; leftOut: LeftOut }
  | { kind: 'records'; stamp: string };

/**
 * Reads every run of a folder. There is nothing else to a store: whoever puts a run's folder there adds the run. What
 * cannot be read is named and hides nothing else.
 * @throws UserError (exit 2) where the folder itself cannot be listed
 */
export async function readStore(source: StoreSource, index: Pick<OpenIndex, 'figuresOf'>): Promise<Store> {
  const names = await folderNames(source);
  const runs: StoredRun[] = [];
  const leftOut: LeftOut[] = [];
  const notes: string[] = [];
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const some = names.slice(from, from + AT_ONCE);
    const looks = await Promise.all(some.map((folder) => lookAt(source, folder, { index, notes })));
    for (const [place, look] of looks.entries()) {
      if (look?.kind === 'run') runs.push(look.run);
      else if (look?.kind === 'left-out') leftOut.push(look.leftOut);
      // One after the other: the records of a run may take hundreds of megabytes.
      else if (look?.kind === 'records') await madeOfRecords(source, some[place] ?? '', look.stamp, { runs, leftOut });
    }
  }
  return { runs, leftOut, notes: notes.sort() };
}

/** The figures of one run's folder, wherever it lies. @throws UserError (exit 2) where there are none */
export async function readOneRun(source: StoreSource, folder: string): Promise<RunFigures> {
  const notes: string[] = [];
  const look = await lookAt(source, folder, { index: { figuresOf: () => undefined }, notes });
  if (look?.kind === 'run') return look.run.figures;
  if (look?.kind === 'records') return source.fromRecords(path.join(source.directory, folder));
  const because = look?.kind === 'left-out' ? look.leftOut.because : 'there is no such folder';
  throw new UserError(`${path.join(source.directory, folder)}: ${because}`, {
    exitCode: 2,
    hint: 'name the folder of a run that has finished, such as reports/RUN',
  });
}

async function folderNames({ host, directory }: StoreSource): Promise<readonly string[]> {
  try {
    return (await host.list(directory)).filter((name) => !name.startsWith('.'));
  } catch (error) {
    throw new UserError(`${directory}: ${reasonOf(error)}`, {
      exitCode: 2,
      hint: 'name the folder that runs land in, such as reports',
      cause: error,
    });
  }
}

/** @returns undefined for a plain file, which is no run's folder */
async function lookAt(
  source: StoreSource,
  folder: string,
  { index, notes }: { index: Pick<OpenIndex, 'figuresOf'>; notes: string[] },
): Promise<Look | undefined> {
  const { host, directory } = source;
  const leftOut = (kind: LeftOut['kind'], because: string): Look => ({
    kind: 'left-out',
    leftOut: { folder, kind, because },
  });
  try {
    const at = (name: string) => host.stamp(path.join(directory, folder, name));
    const itself = await host.stamp(path.join(directory, folder));
    if (itself?.kind === 'link') return leftOut('unreadable', 'is a symbolic link, and none is followed');
    if (itself?.kind !== 'directory') return undefined;
    const figures = await at(FIGURES_FILE);
    // With figures, the records are not looked at.
    const [run, trials] = figures === undefined ? await Promise.all([at('run.json'), at('trials')]) : [];
    if (figures === undefined && run === undefined) return await withoutRecord(source, folder);
    const stamp = [figures, run, trials].map(stampText).join(' ');
    const known = index.figuresOf(folder, stamp);
    if (known !== undefined) return { kind: 'run', run: { folder, stamp, figures: known } };
    const read = figures === undefined ? undefined : await readFigures(source, folder);
    if (read !== undefined && typeof read !== 'string') return { kind: 'run', run: { folder, stamp, figures: read } };
    if (read !== undefined) notes.push(`${folder}/${FIGURES_FILE} ${read}: the records are read instead`);
    const unfit = await whyUnfitRecord(source, folder);
    // Beside figures that cannot be read, records are read each time: the stamp knows nothing of them.
    if (unfit === undefined) return { kind: 'records', stamp: figures === undefined ? stamp : `${stamp} not read` };
    return leftOut(unfit.kind, unfit.because);
  } catch (error) {
    return leftOut('unreadable', reasonOf(error));
  }
}

const stampText = (stamp: FileStamp | undefined): string =>
  stamp === undefined ? '-' : `${stamp.kind} ${stamp.bytes} ${stamp.modifiedMs}`;

async function withoutRecord({ host, directory }: StoreSource, folder: string): Promise<Look> {
  const names = await host.list(path.join(directory, folder));
  const isRun = names.includes('trials') || names.includes('deployments');
  if (isRun) return { kind: 'left-out', leftOut: { folder, kind: 'unreadable', because: 'run.json is not there' } };
  const because = names.length === 0 ? 'an empty folder' : 'a folder without a run';
  return { kind: 'left-out', leftOut: { folder, kind: 'no-run', because } };
}

/** @returns the figures, or what is wrong with the file as a clause about it */
async function readFigures({ host, directory }: StoreSource, folder: string): Promise<RunFigures | string> {
  let value: unknown;
  try {
    const file = path.join(directory, folder, FIGURES_FILE);
    const bytes = await host.readRegular(file, { atMostBytes: LARGEST_FIGURES_BYTES, links: 'refuse' });
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return `is damaged (${reasonOf(error)})`;
  }
  const parsed = figuresSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const other = otherVersion(value, FIGURES_SCHEMA);
  const issue = parsed.error.issues[0];
  return other ?? `is not what this version writes, at ${issue?.path.join('.') ?? 'its top'}`;
}

/** What can be told of a record before all of the run is read: most of what is wrong with a run shows here. */
async function whyUnfitRecord(
  { host, directory }: StoreSource,
  folder: string,
): Promise<Pick<LeftOut, 'kind' | 'because'> | undefined> {
  const file = path.join(directory, folder, 'run.json');
  if (!(await host.exists(file))) return { kind: 'unreadable', because: 'run.json is not there' };
  let value: unknown;
  try {
    const bytes = await host.readRegular(file, { atMostBytes: LARGEST_RUN_RECORD_BYTES, links: 'refuse' });
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return { kind: 'unreadable', because: `run.json is damaged: ${reasonOf(error)}` };
  }
  const other = otherVersion(value, RUN_SCHEMA);
  if (other !== undefined) return { kind: 'unreadable', because: `run.json ${other}` };
  const isEnded = typeof value === 'object' && value !== null && 'ended' in value;
  return isEnded ? undefined : { kind: 'unfinished', because: 'the run was killed half-way, or still goes on' };
}

/** `is of a newer version (meshtax/run@2, where this one reads meshtax/run@1)`; undefined where the version is not what is wrong. */
function otherVersion(value: unknown, known: string): string | undefined {
  const told = typeof value === 'object' && value !== null && 'schema' in value ? String(value.schema) : '';
  const [name, own] = known.split('@');
  const [theirs, version] = told.slice(0, 100).split('@');
  if (theirs !== name || version === own) return undefined;
  const age = Number(version) > Number(own) ? 'a newer' : 'an older';
  return `is of ${age} version (${told.slice(0, 100)}, where this one reads ${known})`;
}

async function madeOfRecords(
  source: StoreSource,
  folder: string,
  stamp: string,
  { runs, leftOut }: { runs: StoredRun[]; leftOut: LeftOut[] },
): Promise<void> {
  try {
    runs.push({ folder, stamp, figures: await source.fromRecords(path.join(source.directory, folder)) });
  } catch (error) {
    leftOut.push({ folder, kind: 'unreadable', because: reasonOf(error) });
  }
}
