import type { RunAnalysis } from '../analysis/result.ts';
import { expositionText } from './metrics/exposition.ts';
import { confirmedFamily, gateFamily, loadFamilies, runFamilies, verdictFamily } from './metrics/run.ts';
import { costFamilies, kneeFamilies, latencyFamilies, treatmentFamilies } from './metrics/treatments.ts';
import { printable } from './text.ts';

/**
 * The conclusion as a comment, and the run in Prometheus' text format, for a Pushgateway or the node exporter's textfile collector: values in base units,
 * and without time stamps, which neither takes. Missing values are left out, and named in comments.
 */
export function renderMetrics(analysis: RunAnalysis): string {
  const metrics = expositionText([
    ...runFamilies(analysis),
    verdictFamily(analysis),
    confirmedFamily(analysis),
    ...loadFamilies(analysis),
    ...latencyFamilies(analysis),
    ...costFamilies(analysis),
    ...treatmentFamilies(analysis),
    ...kneeFamilies(analysis),
    gateFamily(analysis),
  ]);
  return `# conclusion: ${printable(analysis.conclusion.sentence)}\n\n${metrics}`;
}
