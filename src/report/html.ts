import { createHash } from 'node:crypto';
import type { RunAnalysis } from '../analysis/result.ts';
import { blocksCharts, costCharts, curveCharts } from './html/charts.ts';
import { contrastSection } from './html/comparisons.ts';
import { appendixSections, gateSection, noiseSection, proofSection } from './html/evidence.ts';
import { kneeSection } from './html/knees.ts';
import { knobSection } from './html/knobs.ts';
import { jsonForScript, type Markup, markup, trustedText } from './html/markup.ts';
import { blocksSection, costSection, curveSection, overheadSection } from './html/overhead.ts';
import { SCRIPT } from './html/script.ts';
import { STYLE } from './html/style.ts';
import { budgetSection, caveatSection, verdictHeader } from './html/verdict.ts';
import { OUTCOMES } from './labels.ts';

/**
 * The report as one page that needs no network: style, charts and data stand in it. Its content security policy allows
 * these scripts and this style by their hashes and nothing else.
 *
 * @param inputs.chartJs Source text of chart.js in its UMD build, which defines `Chart`.
 */
/** What a run at set rates measures; a saturation search has none of it. */
function latencySections(analysis: RunAnalysis): Markup {
  return markup`${budgetSection(analysis)}
${overheadSection(analysis)}
${contrastSection(analysis)}
<noscript><p class="notice">The charts need scripts. The tables hold the same numbers.</p></noscript>
${curveSection(analysis)}
${blocksSection(analysis)}
${costSection(analysis)}`;
}

function noiseAndProof(analysis: RunAnalysis): Markup {
  return markup`${noiseSection(analysis)}
${proofSection(analysis)}`;
}

export function renderHtml(analysis: RunAnalysis, inputs: { chartJs: string }): string {
  const chartJs = insideScript(inputs.chartJs);
  const specs = [
    ...curveCharts(analysis),
    ...analysis.loads.flatMap((load) => blocksCharts(analysis, load)),
    ...costCharts(analysis),
  ];
  const policy = [
    "default-src 'none'",
    `script-src ${sourceHash(chartJs)} ${sourceHash(SCRIPT)}`,
    `style-src ${sourceHash(STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${OUTCOMES[analysis.conclusion.outcome].text}: ${analysis.scenario.name}</title>
<style>${trustedText(STYLE)}</style>
</head>
<body>
${verdictHeader(analysis)}
<main>
${caveatSection(analysis)}
${analysis.knees === null ? latencySections(analysis) : kneeSection(analysis)}
${gateSection(analysis)}
${analysis.knees === null ? noiseAndProof(analysis) : undefined}
${knobSection(analysis)}
${appendixSections(analysis)}
</main>
<footer><p>Made by meshtax ${analysis.run.tool.version} from the records of run ${analysis.run.runId}.</p></footer>
<script type="application/json" id="chart-data">${jsonForScript(specs)}</script>
<script>${trustedText(chartJs)}</script>
<script>${trustedText(SCRIPT)}</script>
</body>
</html>
`.markup;
}

/**
 * Library text as it can stand in a script element: with the line ends that an HTML parser makes of it, since the hash
 * is taken over those; without a character sequence that ends the element; and without the reference to a source map,
 * which a browser would fetch.
 */
export function insideScript(source: string): string {
  return source
    .replace(/\r\n?/g, '\n')
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
    .replace(/<(?=\/script|!--)/gi, '\\x3c');
}

/** A source expression of a content security policy (CSP3, section 2.3.1). */
export function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}
