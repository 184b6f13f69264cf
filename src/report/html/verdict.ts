import { ABSENT, confidenceText, type Figure, intervalText } from '../../analysis/figure.ts';
import type { ConditionsHeld, RunAnalysis } from '../../analysis/result.ts';
import { countOf } from '../../analysis/wording.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import { OUTCOMES } from '../labels.ts';
import { loadText } from '../loadText.ts';
import { budgetRows, type CostRow, type KeyFigures, keyFigures, type PercentileRow } from '../table.ts';
import { toneOf } from './charts.ts';
import { type Markup, markup } from './markup.ts';
import { badge, figure, list, table, treatmentName } from './parts.ts';

/** The top of the page: the verdict in one sentence, the few figures that carry it, and what weakens it. */
export function verdictHeader(analysis: RunAnalysis): Markup {
  const { conclusion, scenario, run } = analysis;
  const stopped = analysis.incomplete
    ? markup`<div class="notice"><p><strong>This run did not finish.</strong> The page holds what was measured until then.</p></div>`
    : undefined;
  return markup`<header>
<p class="eyebrow">meshtax · ${scenario.name} · ${run.startedAt.slice(0, 10)}</p>
${badge(OUTCOMES[conclusion.outcome], 'large')}
<h1>${conclusion.sentence}</h1>
<p class="lead">${scenario.question}<br><span class="small">${loadText(analysis)}</span></p>
${stopped}
${keyFigures(analysis).map((entry) => keyRow(analysis, entry))}
</header>`;
}

function keyRow(analysis: RunAnalysis, entry: KeyFigures): Markup {
  const highest = analysis.loads.length > 1 ? ', the highest load measured' : '';
  const figures = [...entry.latency.map((row) => row.added), ...entry.costs.flatMap((row) => [row.cpu, row.memory])];
  const confidence = confidenceText(figures);
  const intervals = confidence === undefined ? undefined : `Below each figure its interval: ${confidence}.`;
  return markup`<div class="key"><h2>${treatmentName(entry.treatment, toneOf(analysis, entry.treatment))} <span class="quiet">at ${entry.rate}${highest} · ${entry.build}</span></h2>
<ul class="cards">${entry.latency.map(latencyCard)}${costCard('CPU per proxy', entry.costs, 'cpu')}${costCard('Memory per proxy', entry.costs, 'memory')}</ul>
${intervals === undefined ? undefined : markup`<p class="small quiet">${intervals}</p>`}</div>`;
}

function latencyCard(row: PercentileRow): Markup {
  const coarse = row.standing === 'coarse' ? markup` <span class="tag">coarse</span>` : undefined;
  return markup`<li class="card"><span class="what">Added ${row.percentile}${coarse}</span>${cardValue(row.added)}</li>`;
}

function costCard(title: string, rows: readonly CostRow[], key: 'cpu' | 'memory'): Markup | undefined {
  if (rows.length === 0) return undefined;
  const hops = rows.map((row) => markup`<div><span class="hop">${row.hop}</span>${cardValue(row[key])}</div>`);
  return markup`<li class="card wide"><span class="what">${title}</span><div class="hops">${hops}</div></li>`;
}

function cardValue(value: Measured<Figure>): Markup {
  if (isMissing(value)) return markup`<span class="value">${ABSENT}</span><span class="range">${value.missing}</span>`;
  return markup`<span class="value">${value.point} <span class="unit">${value.unit}</span></span><span class="range">${intervalText(value)}</span>`;
}

export function caveatSection(analysis: RunAnalysis): Markup | undefined {
  const { caveats } = analysis.conclusion;
  return caveats.length === 0
    ? undefined
    : markup`<section><h2>What weakens this result</h2>${list(caveats)}</section>`;
}

/** What of a figure's conditions this run does not meet, in view; what nobody can check, folded up. */
function conditions({ notMet, notStated }: ConditionsHeld): Markup {
  const unmet = notMet.map((clause) => markup`<span class="sub"><strong>Not met</strong>: ${clause}</span>`);
  if (notStated.length === 0) return markup`${unmet}`;
  const title = `${countOf(notStated.length, 'condition')} cannot be checked`;
  return markup`${unmet}<details class="small"><summary>${title}</summary>${notStated.join(', ')}</details>`;
}

/** Each budget line with its verdict. */
export function budgetSection(analysis: RunAnalysis): Markup {
  const { budgets } = analysis.scenario;
  const rows = budgetRows(analysis).map((row) => [
    markup`${row.subject}<span class="sub">${row.role}, ${row.source}</span>`,
    markup`${row.limit}${row.documented === undefined ? undefined : markup`<span class="sub">documented: ${row.documented}</span>`}`,
    treatmentName(row.treatment, toneOf(analysis, row.treatment), `at ${row.rate}`),
    figure(row.measured),
    markup`${badge(row.verdict)}${row.betterThanDocumented ? markup`<span class="sub">better than documented</span>` : undefined}`,
    markup`<span class="small">${row.because}</span>${conditions(row)}`,
  ]);
  const columns = [
    { title: 'Budget' },
    { title: 'Limit', number: true },
    { title: 'Treatment' },
    { title: 'Measured (interval)', number: true },
    { title: 'Verdict' },
    { title: 'Because, and stated conditions' },
  ];
  return markup`<section><h2>Budgets</h2>
<p class="lead">Within: the whole interval keeps the budget. Over: the whole interval breaks it. Inconclusive: the interval holds the limit, or the measurement was not fair. Beside each verdict stands what the figure was stated for and this run does not meet.</p>
${table({ caption: `Budget set: ${budgets.name}`, columns, rows, stack: true }) ?? markup`<p>The scenario sets no budget.</p>`}</section>`;
}
