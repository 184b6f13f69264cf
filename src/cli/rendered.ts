import { createRequire } from 'node:module';
import path from 'node:path';
import type { RunAnalysis } from '../analysis/result.ts';
import type { Host } from '../host/host.ts';
import { openRunDirectory } from '../record/runDirectory.ts';
import { FORMATS } from '../report/index.ts';

/** Writes the report in every format. @returns the path of report.html */
export async function writeReports(host: Host, directory: string, analysis: RunAnalysis): Promise<string> {
  await host.makeDirectory(directory);
  const folder = openRunDirectory(host, directory);
  const chartJs = await host.readText(chartJsFile());
  let html = '';
  for (const [id, format] of Object.entries(FORMATS)) {
    const written = await folder.writeReport(format.fileName, format.render(analysis, { chartJs }));
    if (id === 'html') html = written;
  }
  return html;
}

/** The package's `exports` hide its browser bundle, which stands beside its entry point. */
function chartJsFile(): string {
  return path.join(path.dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.min.js');
}
