import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { analyseRun } from '../analysis/analyse.ts';
import { summariseTrials } from '../analysis/validity.ts';
import { readFortio } from '../exchange/fortio.ts';
import { readHistogramLog } from '../exchange/histogramLogReader.ts';
import { type ImportedResult, UnfitResult } from '../exchange/imported.ts';
import { importedRun, placesOf, trialOf, unfitFor } from '../exchange/importRun.ts';
import { readK6 } from '../exchange/k6.ts';
import { reasonOf, UserError } from '../host/problems.ts';
import { withoutSecrets } from '../host/secrets.ts';
import { createRunDirectory } from '../record/runDirectory.ts';
import { RUN_SCHEMA, type RunRecord } from '../record/runRecord.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import { newRunId } from '../run/runId.ts';
import { parseResults } from '../scenario/parse.ts';
import type { ResultsInput } from '../scenario/resultsSchema.ts';
import type { CliContext } from './context.ts';
import { printReport } from './rendered.ts';
import { type ReadScenario, readInput, readScenario, wrong } from './scenarioFile.ts';
import { VERSION } from './version.ts';

/** A k6 CSV of a million requests has some 700 MB; what is larger is not a result to compare. */
const LARGEST_RESULT_BYTES = 512_000_000;

const EXAMPLE = `
A file of results names the tool, and the files by block and treatment:
  tool: fortio            # fortio (-json), k6 (--out csv, K6_CSV_TIME_FORMAT=unix_nano) or hlog (with unit: ns)
  blocks:
    - trials: { none: [none-1a.json, none-1b.json], istio: istio-1.json }
    - trials: { none: [none-2a.json, none-2b.json], istio: istio-2.json }

An import has figures with intervals, and no verdict: nobody proved that its traffic went through the mesh.
`;

export function importCommand(context: CliContext, done: (code: number) => void) {
  return new Command('import')
    .description('compare results of fortio, k6 or an HdrHistogram log as the blocks of a run')
    .argument('<scenario>', 'scenario file that says what was compared, under which load, and against which budgets')
    .argument('<results>', 'file that says which result is of which block and treatment')
    .option('--out <folder>', 'parent folder of the run', 'reports')
    .addHelpText('after', EXAMPLE)
    .action(async (scenarioFile, resultsFile, options) => {
      const source = await readScenario(context.host, scenarioFile);
      const text = await readInput(context.host, resultsFile, 'a file of results', 'meshtax import --help shows one');
      const parsed = parseResults(text, resultsFile, source.scenario);
      if (!parsed.ok) throw wrong(parsed.problems);
      const folder = path.dirname(resultsFile);
      done(await importResults(context, { source, results: parsed.results, folder, out: options.out }));
    });
}

interface Asked {
  source: ReadScenario;
  results: ResultsInput;
  /** That the results' paths are from. */
  folder: string;
  out: string;
}

async function importResults(context: CliContext, asked: Asked): Promise<number> {
  const { host } = context;
  const { source, results, folder, out } = asked;
  const { scenario } = source;
  const importedAt = host.now().toISOString();
  const runId = newRunId(host.now(), scenario.name, randomBytes(2).toString('hex'));
  const places = placesOf(results, scenario);
  const trials: TrialRecord[] = [];
  // Everything is read before anything is written: a damaged file leaves no half of a run.
  for (const [index, place] of places.entries()) {
    const file = path.resolve(folder, place.file);
    const result = await readResult(context, file, results);
    const unfit = unfitFor(result, place, scenario);
    if (unfit !== undefined) {
      throw new UserError(`${file}: ${unfit}`, {
        exitCode: 2,
        hint: 'correct load.arrivalRate, or name the right file',
      });
    }
    trials.push(trialOf(result, place, { runId, index: index + 1, scenario, importedAt }));
  }
  const started = trials.map(({ startedAt }) => startedAt).sort();
  const run: RunRecord = {
    schema: RUN_SCHEMA,
    runId,
    tool: { name: 'meshtax', version: VERSION },
    command: ['meshtax', ...context.argv.map(withoutSecrets)],
    scenarioFile: source.file,
    scenarioText: source.text,
    ...importedRun({
      runId,
      tools: trials.flatMap(({ origin }) => (origin.kind === 'imported' ? [origin.tool] : [])),
      scenario,
      startedAt: started[0] ?? importedAt,
      endedAt: lastEnd(trials) ?? importedAt,
    }),
  };
  const directory = await createRunDirectory(host, out, runId);
  await directory.writeRun(run);
  const summaries = summariseTrials({ deployments: [], trials });
  for (const [index, trial] of trials.entries()) {
    const summary = summaries[index];
    if (summary !== undefined) await directory.writeTrial(trial, summary);
  }
  const analysis = analyseRun({ run, scenario, deployments: [], trials });
  return printReport(context, { analysis, trials, out: directory.path });
}

async function readResult({ host }: CliContext, file: string, results: ResultsInput): Promise<ImportedResult> {
  try {
    const bytes = await host.readRegular(file, { atMostBytes: LARGEST_RESULT_BYTES, links: 'follow' });
    return parse(bytes.toString('utf8'), results);
  } catch (error) {
    const hint =
      error instanceof UnfitResult
        ? 'meshtax import --help says what is read'
        : 'its path is from the folder of the results file';
    throw new UserError(`${file}: ${reasonOf(error)}`, { exitCode: 2, hint, cause: error });
  }
}

function parse(text: string, { tool, unit, warmUp }: ResultsInput): ImportedResult {
  switch (tool) {
    case 'fortio':
      return readFortio(text);
    case 'k6':
      return readK6(text, { warmUpSeconds: (warmUp ?? 0) / 1e6 });
    case 'hlog':
      return readHistogramLog(text, { unit: unit ?? 'ns' });
  }
}

/** When the last of the results ended; undefined where one does not tell when it began. */
function lastEnd(trials: readonly TrialRecord[]): string | undefined {
  const ends = trials.map(({ startedAt, clients }) => {
    const us = Math.max(0, ...clients.flatMap(({ segments }) => segments.map(({ toUs }) => toUs)));
    return Date.parse(startedAt) + us / 1000;
  });
  const last = Math.max(...ends);
  return Number.isFinite(last) ? new Date(last).toISOString() : undefined;
}
