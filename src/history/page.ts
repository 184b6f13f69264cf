import { figureOf, intervalText } from '../analysis/figure.ts';
import { QUANTITIES } from '../analysis/quantities.ts';
import { countOf } from '../analysis/wording.ts';
import { isMissing } from '../record/measured.ts';
import { htmlDocument } from '../report/html/document.ts';
import { jsonForScript, type Markup, markup } from '../report/html/markup.ts';
import { absent, badge, figure, list, table } from '../report/html/parts.ts';
import { STYLE } from '../report/html/style.ts';
import type { History } from './history.ts';
import { groupsOf, quantitiesOf, type RunsChart, runsCharts, SHOWN_RUNS } from './pageData.ts';
import { HISTORY_SCRIPT, HISTORY_STYLE } from './pageScript.ts';
import { baselineTexts, breakTexts, changeRows, HISTORY_OUTCOMES, leftOutTexts, newestRows } from './rows.ts';
import type { QuantitySeries, Series } from './series.ts';

/**
 * A history as one page that needs no network, by the rules of the report's page: below every chart
 * stands a table of its numbers.
 * @param inputs.chartJs Source text of chart.js in its UMD build, which defines `Chart`.
 */
export function renderHistoryPage(history: History, inputs: { chartJs: string; version: string }): string {
  const { outcome, sentence } = history.conclusion;
  const charts = history.series.flatMap(chartsOf);
  const body = markup`<header>
<p class="eyebrow">meshtax · history of ${countOf(history.runs.length, 'run')}</p>
${badge(HISTORY_OUTCOMES[outcome], 'large')}
<h1>${sentence}</h1>
</header>
<main>
${texts('What weakens this history', history.notes)}
${history.series.map(newestSection)}
${changeSection(history)}
${texts('Where a series breaks', breakTexts(history), 'The environment changes on a field that has to agree. What lies on the two sides is not compared.')}
${texts('Accepted baselines', baselineTexts(history), 'From each on, a run is held against what followed it, and not against what came before.')}
<noscript><p class="notice">The charts need scripts. The tables hold the same numbers.</p></noscript>
${history.series.map(runsSection)}
${texts('In no series', leftOutTexts(history))}
</main>
<footer><p>Made by meshtax ${inputs.version}.</p></footer>`;
  return htmlDocument({
    title: `${HISTORY_OUTCOMES[outcome].text}: ${countOf(history.runs.length, 'run')}`,
    style: `${STYLE}${HISTORY_STYLE}`,
    scripts: [inputs.chartJs, HISTORY_SCRIPT],
    data: jsonForScript(charts),
    body,
  });
}

function texts(title: string, items: readonly string[], lead?: string): Markup | undefined {
  if (items.length === 0) return undefined;
  const above = lead === undefined ? undefined : markup`<p class="lead">${lead}</p>`;
  return markup`<section><h2>${title}</h2>${above}${list(items)}</section>`;
}

/** How the newest run of a series stands. */
function newestSection(series: Series): Markup {
  const newest = series.runs.at(-1)?.figures;
  const rows = newestRows(series).map((row) => [
    markup`${row.what}<span class="sub">${row.group}</span>`,
    figure(row.value),
    isMissing(row.expected) ? absent(row.expected.missing) : markup`${row.expected}`,
    markup`${badge(row.state)}${row.because === undefined ? undefined : markup`<span class="sub">${row.because}</span>`}`,
  ]);
  const columns = [
    { title: 'Quantity' },
    { title: 'Newest run (interval over its blocks)', number: true },
    { title: 'Expected by the runs before', number: true },
    { title: 'State' },
  ];
  return markup`<section><h2>${series.scenario}</h2>
<p class="lead">${countOf(series.runs.length, 'comparable run')}, the newest ${newest?.runId}. Expected: up to the 99 % prediction limit of the comparable runs before it, the 1 % shared among all quantities, and at least 5 % above their mean. One run above it is suspected, a second one after it confirms.</p>
${table({ caption: `Newest run of ${series.scenario}`, columns, rows, stack: true })}</section>`;
}

function changeSection(history: History): Markup | undefined {
  const rows = changeRows(history).map(({ scenario, quantity, runId, step, p }) => [
    markup`${runId}`,
    markup`${quantity}<span class="sub">${scenario}</span>`,
    markup`${step}`,
    markup`${p}`,
  ]);
  if (rows.length === 0) return undefined;
  const columns = [
    { title: 'First run of the new level' },
    { title: 'Quantity' },
    { title: 'Mean' },
    { title: 'Test' },
  ];
  return markup`<section><h2>Changes of level</h2>
<p class="lead">Found over the whole series by E-divisive, which takes no limit and no accepted run into account. Where each run tells what its own baseline took, the values are those at one pace of the machine. They explain, and decide nothing.</p>
${table({ caption: 'Changes of level, the latest first', columns, rows, stack: true })}</section>`;
}

const idOf = (seriesPlace: number, groupPlace: number): string => `runs-${seriesPlace}-${groupPlace}`;

function chartsOf(series: Series, place: number): RunsChart[] {
  return groupsOf(series).flatMap((group, index) => runsCharts(series, group, idOf(place, index)));
}

/** Every shown run of a series: charts, and the table that holds their numbers. */
function runsSection(series: Series, place: number): Markup {
  const hidden = Math.max(0, series.runs.length - SHOWN_RUNS);
  const left =
    hidden === 0
      ? ''
      : ` The ${SHOWN_RUNS} newest are shown; ${countOf(hidden, 'older one')} and all of these are in the output of --json.`;
  const parts = groupsOf(series).map((group, index) => {
    const charts = runsCharts(series, group, idOf(place, index)).map(
      ({ id, title }) =>
        markup`<figure><figcaption>${title}</figcaption><div class="plot"><canvas id="${id}" role="img" aria-label="${title}; the table below holds the numbers"></canvas></div></figure>`,
    );
    return markup`<h3>${group}</h3><div class="charts">${charts}</div>${runsTable(series, group)}`;
  });
  return markup`<section><h2>Run by run: ${series.scenario}</h2>
<p class="lead">Each point is a run, the band its interval over blocks, the dashed line what the newest run was expected to keep to, a dotted line a change of level.${left}</p>
${parts}</section>`;
}

function runsTable(series: Series, group: string): Markup {
  const quantities = quantitiesOf(series, group);
  const from = Math.max(0, series.runs.length - SHOWN_RUNS);
  const head = quantities.map(({ what, unit }) => markup`<th scope="col">${what}, ${QUANTITIES[unit].unit}</th>`);
  const rows = series.runs.slice(from).map(({ figures }, index) => {
    const cells = quantities.map((quantity) => markup`<td>${cell(quantity, from + index)}</td>`);
    return markup`<tr><th scope="row">${from + index + 1} <span class="quiet">${figures.runId}</span></th>${cells}</tr>`;
  });
  const caption = `${group}, run by run`;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="runs"><caption>${caption}</caption><thead><tr><th scope="col">Run</th>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** `0.61 (0.51 to 0.67)`, set off where it is above its limit. */
function cell(quantity: QuantitySeries, at: number): Markup {
  const value = figureOf(quantity.unit, quantity.values[at] ?? { missing: 'not measured' });
  if (isMissing(value)) return absent(value.missing);
  const text = value.isExact ? value.point : `${value.point} (${intervalText(value)})`;
  const kind = quantity.states[at]?.kind;
  if (kind === 'regressed') return markup`<strong>✗ ${text}</strong>`;
  return kind === 'suspected' ? markup`<em>? ${text}</em>` : markup`${text}`;
}
