import path from 'node:path';
import { analyseRun } from '../analysis/analyse.ts';
import { figuresOf, type RunFigures } from '../history/figures.ts';
import { readOneRun } from '../history/store.ts';
import type { Host } from '../host/host.ts';
import { readRun } from '../record/runDirectory.ts';
import { parseAgain } from './scenarioFile.ts';

/** The figures of a run from its records, as `meshtax report` would find them. @throws UserError (exit 2) */
export async function figuresFromRecords(host: Host, folder: string): Promise<RunFigures> {
  const recorded = await readRun(host, folder);
  return figuresOf(analyseRun({ ...recorded, scenario: parseAgain(recorded.run) }));
}

/** The figures of a run as a history reads them: from the small file where there is one, else from the records. @throws UserError (exit 2) */
export function figuresIn(host: Host, folder: string): Promise<RunFigures> {
  const whole = path.resolve(folder);
  const fromRecords = (records: string) => figuresFromRecords(host, records);
  return readOneRun({ host, directory: path.dirname(whole), fromRecords }, path.basename(whole));
}
