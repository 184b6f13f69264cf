// @ts-nocheck
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { AnalysedRun } from '../../src/analysis/analyse.ts';
import type { RecordedRun } from '../../src/record/runDirectory.ts';
import { deploymentRecordSchema, runRecordSchema } from '../../src/record/runRecord.ts';
import { trialRecordSchema } from '../../src/record/trialRecord.ts';
import { parseScenario } from '../../src/scenario/parse.ts';

/** Where a recorded campaign is kept: the records of a run as they were written, one a line, compressed. */
const folder = (name: string) => path.resolve(import.meta.dirname, '../../docs/measured', name);

export function keepCampaign(name: string, { run, deployments, trials }: RecordedRun): void {
  const lines = (records: readonly object[]) =>
    gzipSync(`${records.map((record) => JSON.stringify(record)).join('\n')}\n`, { level: 9 });
  writeFileSync(path.join(folder(name), 'run.json'), `${JSON.stringify(run, null, 1)}\n`);
  writeFileSync(path.join(folder(name), 'deployments.jsonl.gz'), lines(deployments));
  writeFileSync(path.join(folder(name), 'trials.jsonl.gz'), lines(trials));
}

export function readCampaign(name: string): AnalysedRun {
  const linesOf = (file: string): unknown[] =>
    gunzipSync(readFileSync(path.join(folder(name), file)))
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const run = runRecordSchema.parse(JSON.parse(readFileSync(path.join(folder(name), 'run.json'), 'utf8')));
  const parsed = parseScenario(run.scenarioText, run.scenarioFile);
  if (!parsed.ok) throw new Error(`the scenario of the campaign ${name} is not valid any more`);
  return {
    run,
    scenario: parsed.scenario,
    deployments: linesOf('deployments.jsonl.gz').map((record) => deploymentRecordSchema.parse(record)),
    trials: linesOf('trials.jsonl.gz').map((record) => trialRecordSchema.parse(record)),
  };
}
