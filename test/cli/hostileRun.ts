import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { FIGURES_FILE } from '../../src/history/figures.ts';
import { deploymentRecordSchema, runRecordSchema } from '../../src/record/runRecord.ts';
import { trialRecordSchema } from '../../src/record/trialRecord.ts';
import { FORMAT_IDS, reportFormat } from '../../src/report/index.ts';

export const EXAMPLE = path.resolve(import.meta.dirname, '../../reports/example');

/** A script that would leave a mark, in every way that HTML has to start one, and what breaks other formats. */
export const HOSTILE =
  '=1+1|`"\'></td></script><script>document.documentElement.dataset.pwned=1</script>' +
  '<img src=x onerror=document.documentElement.dataset.pwned=1><!--\u001b[2J\u202e\r\n# a heading';

export const REPORT_FILES = [...FORMAT_IDS.map((id) => reportFormat(id).fileName), FIGURES_FILE];

/** A copy of the recorded example run in a folder that must not exist yet. */
export function copyOfExample(folder: string): string {
  cpSync(EXAMPLE, folder, { recursive: true });
  for (const name of REPORT_FILES) writeFileSync(path.join(folder, name), 'before');
  return folder;
}

export function recordsOf(folder: string): { file: string; schema: z.ZodType }[] {
  const below = (sub: string, schema: z.ZodType) =>
    readdirSync(path.join(folder, sub)).map((name) => ({ file: path.join(folder, sub, name), schema }));
  return [
    { file: path.join(folder, 'run.json'), schema: runRecordSchema },
    ...below('deployments', deploymentRecordSchema),
    ...below('trials', trialRecordSchema),
  ];
}

/** What ties records together, and the scenario's text, which the parser judges. */
const TIES = new Set(['treatment', 'deploymentId', 'scenarioText', 'counter', 'what']);

/** Puts hostile text at every place of every record where the schema takes any text. @returns at how many places */
export function makeHostile(folder: string): number {
  let places = 0;
  for (const { file, schema } of recordsOf(folder)) {
    const record: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const isDeployment = path.basename(path.dirname(file)) === 'deployments';
    const visit = (value: unknown, key: string): unknown => {
      if (typeof value === 'string') return TIES.has(key) || (key === 'id' && isDeployment) ? value : HOSTILE;
      if (typeof value !== 'object' || value === null) return value;
      for (const [inner, held] of Object.entries(value)) {
        const before: unknown = Reflect.get(value, inner);
        Reflect.set(value, inner, visit(held, inner));
        if (typeof before !== 'string' || Reflect.get(value, inner) === before) continue;
        // A fixed word, a histogram: the schema sees to those.
        if (schema.safeParse(record).success) places += 1;
        else Reflect.set(value, inner, before);
      }
      return value;
    };
    writeFileSync(file, JSON.stringify(visit(record, '')));
  }
  return places;
}
