import { createRequire } from 'node:module';
import path from 'node:path';
import type { RunAnalysis } from '../analysis/result.ts';
import { secondsOf } from '../analysis/seconds.ts';
import { FIGURES_FILE, figuresOf, figuresText } from '../history/figures.ts';
import type { Host } from '../host/host.ts';
import { machineFault, UserError } from '../host/problems.ts';
import { openRunDirectory } from '../record/runDirectory.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import { FORMATS } from '../report/index.ts';
import { renderTerminal } from '../report/terminal.ts';
import type { CliContext } from './context.ts';
import { tellError } from './told.ts';

/** An analysis with the records behind it, of which a page shows the seconds. */
interface Report {
  analysis: RunAnalysis;
  trials: readonly TrialRecord[];
  /** The folder that the report files go to; undefined: nowhere. */
  out: string | undefined;
}

/**
 * Prints the summary, and writes the report in every format where `out` names a folder. A report that cannot be written
 * is said: the summary is printed all the same.
 * @returns the exit code of the verdict, or 3 where it was to be 0 and the report could not be written
 */
export async function printReport(
  { host, streams }: Pick<CliContext, 'host' | 'streams'>,
  report: Report,
): Promise<number> {
  const { analysis, trials, out } = report;
  let reportPath: string | undefined;
  let fault: UserError | undefined;
  try {
    if (out !== undefined) reportPath = await writeReports(host, out, { analysis, trials });
  } catch (error) {
    fault = machineFault(error, 3);
    if (fault === undefined) throw error;
  }
  streams.stdout(
    renderTerminal(analysis, { colour: streams.colour, ...(reportPath === undefined ? {} : { reportPath }) }),
  );
  if (fault === undefined) return analysis.conclusion.exitCode;
  tellError(streams, new UserError(`the report could not be written: ${fault.message}`, fault));
  return analysis.conclusion.exitCode === 0 ? 3 : analysis.conclusion.exitCode;
}

/** Writes the report in every format, and the figures that a history reads. @returns the path of report.html */
async function writeReports(
  host: Host,
  directory: string,
  { analysis, trials }: Pick<Report, 'analysis' | 'trials'>,
): Promise<string> {
  await host.makeDirectory(directory);
  const folder = openRunDirectory(host, directory);
  const inputs = { chartJs: await host.readText(chartJsFile()), seconds: secondsOf(trials) };
  let html = '';
  for (const [id, format] of Object.entries(FORMATS)) {
    const written = await folder.writeReport(format.fileName, format.render(analysis, inputs));
    if (id === 'html') html = written;
  }
  await folder.writeReport(FIGURES_FILE, figuresText(figuresOf(analysis)));
  return html;
}

/** The package's `exports` hide its browser bundle, which stands beside its entry point. */
export function chartJsFile(): string {
  return path.join(path.dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.min.js');
}
