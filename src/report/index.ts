import type { RunAnalysis } from '../analysis/result.ts';
import type { TrialSeconds } from '../analysis/seconds.ts';
import { renderPercentilesCsv } from './csv.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderMetrics } from './metrics.ts';

/** What a format may need beside the analysis. */
interface RenderInputs {
  /** Source text of chart.js in its UMD build. */
  chartJs: string;
  /** The seconds of each trial; absent where the records are not at hand. */
  seconds?: readonly TrialSeconds[];
}

export interface ReportFormat {
  title: string;
  /** Name of the file within the run's directory. */
  fileName: string;
  render(analysis: RunAnalysis, inputs: RenderInputs): string;
}

/** Every format that is written to a file. Adding one is one file and one entry here. */
export const FORMATS = {
  html: { title: 'one page with charts, for people', fileName: 'report.html', render: renderHtml },
  md: { title: 'tables for a pull request or a wiki', fileName: 'summary.md', render: renderMarkdown },
  csv: {
    title: 'one row for each load, treatment and percentile',
    fileName: 'percentiles.csv',
    render: renderPercentilesCsv,
  },
  json: { title: 'the whole analysis at full precision', fileName: 'results.json', render: renderJson },
  junit: { title: 'one test case for each budget line, as JUnit XML', fileName: 'junit.xml', render: renderJunit },
  metrics: { title: 'key figures as Prometheus text', fileName: 'metrics.prom', render: renderMetrics },
} satisfies Record<string, ReportFormat>;

export type FormatId = keyof typeof FORMATS;
export const FORMAT_IDS = Object.keys(FORMATS) as readonly FormatId[];

export function reportFormat(id: FormatId): ReportFormat {
  return FORMATS[id];
}
