import type { RunAnalysis } from '../analysis/result.ts';
import type { TrialSeconds } from '../analysis/seconds.ts';
import { environmentSection, repeatSection } from './html/appendix.ts';
import { blocksSection } from './html/blocks.ts';
import { blocksCharts, costCharts, curveCharts, rateCharts } from './html/charts.ts';
import { contrastSection } from './html/comparisons.ts';
import { costSection } from './html/costs.ts';
import { htmlDocument } from './html/document.ts';
import { gateSection, noiseSection, proofSection } from './html/evidence.ts';
import { fleetSection } from './html/fleet.ts';
import { FLEET_SCRIPT } from './html/fleetScript.ts';
import { glossarySection } from './html/glossary.ts';
import { kneeSection } from './html/knees.ts';
import { knobSection } from './html/knobs.ts';
import { jsonForScript, type Markup, markup } from './html/markup.ts';
import { curveSection, overheadSection, rateSection } from './html/overhead.ts';
import { SCRIPT } from './html/script.ts';
import { secondsData, secondsSection } from './html/seconds.ts';
import { hopSection, serviceSection } from './html/services.ts';
import { STYLE } from './html/style.ts';
import { budgetSection, caveatSection, verdictHeader } from './html/verdict.ts';
import { outcomeBadge } from './labels.ts';

interface PageInputs {
  /** Source text of chart.js in its UMD build, which defines `Chart`. */
  chartJs: string;
  /** The seconds of each trial; absent where the records are not at hand. */
  seconds?: readonly TrialSeconds[];
}

/** A part of the page with its place in the list of contents; undefined where the run has nothing for it. */
type Part = readonly [id: string, label: string, content: Markup | undefined];

/** A page stays below 1 MB, so that it can be sent and opened anywhere. */
const MOST_BYTES = 1_000_000;
/** For the element around the seconds' data, the list of contents and the glossary. */
const RESERVED_BYTES = 20_000;
/** Seconds are a closer look, and not what the page is for. */
const MOST_BYTES_OF_SECONDS = 300_000;

/**
 * The report as one page that needs no network: style, charts and data stand in it. Its content security policy allows
 * these scripts and this style by their hashes and nothing else.
 *
 * The answers come first, then the budgets, then what they rest on. The seconds of trials take what room is left.
 */
export function renderHtml(analysis: RunAnalysis, inputs: PageInputs): string {
  const { chartJs } = inputs;
  const charts = chartsOf(analysis);
  const header = verdictHeader(analysis);
  const before = partsBefore(analysis);
  const after = partsAfter(analysis);
  const taken = [
    ...[chartJs, SCRIPT, FLEET_SCRIPT, STYLE, jsonForScript(charts).markup, header.markup],
    ...[...before, ...after].map(([, , content]) => content?.markup ?? ''),
  ].reduce((sum, text) => sum + Buffer.byteLength(text), RESERVED_BYTES);
  const room = Math.min(MOST_BYTES_OF_SECONDS, Math.max(0, MOST_BYTES - taken));
  const seconds = secondsData(analysis, inputs.seconds ?? [], room);
  const parts: Part[] = [...before, ['seconds', 'Seconds', secondsSection(seconds)], ...after];
  const all = markup`${header}${parts.map(([, , content]) => content)}`;
  const whole: Part[] = [...parts, ['glossary', 'Glossary', glossarySection(all)]];
  const data = jsonForScript({ charts, seconds: { shown: seconds.shown } });
  return page(analysis, { chartJs, header, parts: whole, data });
}

function chartsOf(analysis: RunAnalysis) {
  if (analysis.knees !== null) return [];
  return [
    ...curveCharts(analysis),
    ...analysis.loads.flatMap((load) => blocksCharts(analysis, load)),
    ...rateCharts(analysis),
    ...costCharts(analysis),
  ];
}

/** What a run at set rates measures; a saturation search has none of it. */
function partsBefore(analysis: RunAnalysis): Part[] {
  const caveats: Part = ['caveats', 'Caveats', caveatSection(analysis)];
  if (analysis.knees !== null) return [caveats, ['saturation', 'Saturation', kneeSection(analysis)]];
  return [
    caveats,
    ['budgets', 'Budgets', budgetSection(analysis)],
    ['latency', 'Latency', overheadSection(analysis)],
    ['contrasts', 'Contrasts', contrastSection(analysis)],
    ['percentiles', 'Percentiles', curveSection(analysis)],
    ['blocks', 'Blocks', blocksSection(analysis)],
    ['rates', 'Rates', rateSection(analysis)],
    ['costs', 'CPU and memory', costSection(analysis)],
    ['fleet', 'Fleet', fleetSection(analysis)],
  ];
}

function partsAfter(analysis: RunAnalysis): Part[] {
  const isSearch = analysis.knees !== null;
  return [
    ['hops', 'Sides', isSearch ? undefined : hopSection(analysis)],
    ['services', 'Service', isSearch ? undefined : serviceSection(analysis)],
    ['gates', 'Gates', gateSection(analysis)],
    ['noise', 'Noise', isSearch ? undefined : noiseSection(analysis)],
    ['settings', 'Settings', knobSection(analysis)],
    ['environment', 'Environment', environmentSection(analysis)],
    ['proof', 'Mutual TLS', isSearch ? undefined : proofSection(analysis)],
    ['repeat', 'Repeat', repeatSection(analysis)],
  ];
}

interface PageParts {
  chartJs: string;
  header: Markup;
  parts: readonly Part[];
  data: Markup;
}

function page(analysis: RunAnalysis, { chartJs, header, parts, data }: PageParts): string {
  const present = parts.filter(([, , content]) => content !== undefined);
  const links = present.map(([id, label]) => markup`<li><a href="#${id}">${label}</a></li>`);
  const body = markup`${header}
<nav aria-label="Contents"><ul>${links}</ul></nav>
<main>
${present.map(([, , content]) => markup`${content}\n`)}
</main>
<footer><p>Made by meshtax ${analysis.run.tool.version} from the records of run ${analysis.run.runId}.</p></footer>`;
  return htmlDocument({
    title: `${outcomeBadge(analysis.conclusion).text}: ${analysis.scenario.name}`,
    style: STYLE,
    scripts: [chartJs, SCRIPT, FLEET_SCRIPT],
    data,
    body,
  });
}
