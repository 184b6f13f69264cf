import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import path from 'node:path';

const FOLDER = path.resolve(import.meta.dirname, '../../docs/measured');

/** Where a verify script of this name keeps what it measured. */
export const measuredFile = (name: string): string => path.join(FOLDER, `${name}.json`);

const indented = (record: object): string => JSON.stringify(record, null, 1);

export interface Machine {
  cpu: string;
  cores: number;
  kernel: string;
  node: string;
}

/** What this is measured on. */
export function machine(): Machine {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, kernel: release(), node: process.version };
}

/**
 * Keeps what a verify script measured, with the machine and the time, for the documents that quote it.
 * @param figures with an `at` of their own where most of them were measured earlier
 */
export function keepMeasured(name: string, figures: object, written = indented): { at: string } {
  const file = measuredFile(name);
  mkdirSync(path.dirname(file), { recursive: true });
  const record = { schema: `meshtax/verify-${name}@1`, at: new Date().toISOString(), machine: machine(), ...figures };
  writeFileSync(file, `${written(record)}\n`);
  return record;
}
