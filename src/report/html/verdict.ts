import { ABSENT, confidenceText, type Figure, intervalText } from '../../analysis/figure.ts';
import type { RunAnalysis } from '../../analysis/result.ts';
import { listText } from '../../analysis/wording.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import { provenanceText } from '../answers.ts';
import { type BudgetGroup, groupedBudgets } from '../budgetGroups.ts';
import { outcomeBadge } from '../labels.ts';
import { loadText } from '../loadText.ts';
import { comparedText, nextStep } from '../nextStep.ts';
import { type BudgetRow, type CostRow, type KeyFigures, keyFigures, type PercentileRow } from '../table.ts';
import { answerList } from './answers.ts';
import { toneOf } from './charts.ts';
import { type Markup, markup } from './markup.ts';
import { badge, figure, list, section, table, treatmentName } from './parts.ts';

/** The top of the page: the verdict in one sentence, an answer to each question, and the few figures that carry them. */
export function verdictHeader(analysis: RunAnalysis): Markup {
  const { conclusion, scenario, run } = analysis;
  const stopped = analysis.incomplete
    ? markup`<div class="notice"><p><strong>This run did not finish.</strong> The page holds what was measured until then.</p></div>`
    : undefined;
  return markup`<header>
<p class="eyebrow">meshtax · ${scenario.name} · ${run.startedAt.slice(0, 10)}</p>
${badge(outcomeBadge(conclusion), 'large')}
<h1>${conclusion.sentence}</h1>
<p class="lead">${scenario.question}</p>
${stopped}
${answerList(analysis)}
<p>${comparedText(analysis)}</p>
<p class="small quiet">${provenanceText(analysis)} Load: ${loadText(analysis)}.</p>
${keyFigures(analysis).map((entry) => keyRow(analysis, entry))}
<p class="next"><strong>What next?</strong> ${nextStep(analysis)}</p>
</header>`;
}

function keyRow(analysis: RunAnalysis, entry: KeyFigures): Markup {
  const own = analysis.loads.find(({ load }) => load === entry.load)?.arrivalRatePerSecond;
  const most = Math.max(...analysis.loads.map((load) => load.arrivalRatePerSecond));
  const which = own === most ? ', the highest load measured' : ', the highest load with a valid block';
  const highest = analysis.loads.length > 1 ? which : '';
  const figures = [...entry.latency.map((row) => row.added), ...entry.costs.flatMap((row) => [row.cpu, row.memory])];
  const confidence = confidenceText(figures);
  const intervals =
    confidence === undefined
      ? undefined
      : `Below each figure its interval: ${confidence}. Added latency is that of all proxies on the path together.`;
  return markup`<div class="key"><h2>${treatmentName(entry.treatment, toneOf(analysis, entry.treatment))} <span class="quiet">at ${entry.rate}${highest} · ${entry.build}</span></h2>
<ul class="cards">${entry.latency.map(latencyCard)}${costCard('CPU used per proxy', entry.costs, 'cpu')}${costCard('Memory used per proxy', entry.costs, 'memory')}</ul>
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
  if (caveats.length === 0) return undefined;
  return section({ id: 'caveats', title: 'What weakens this result', content: list(caveats) });
}

/** Each budget line with its verdicts: required lines first. */
export function budgetSection(analysis: RunAnalysis): Markup {
  const { budgets } = analysis.scenario;
  const { groups, conditions } = groupedBudgets(analysis);
  const rows = groups.map((group) => [
    markup`${group.subject}<span class="sub">${group.role}, ${group.source}</span>`,
    markup`${group.limit}${group.documented === undefined ? undefined : markup`<span class="sub">documented: ${group.documented}</span>`}`,
    verdictList(analysis, group.verdicts),
    markup`<span class="small">${conditionsIn(group)}</span>`,
  ]);
  const columns = [
    { title: 'Budget' },
    { title: 'Limit' },
    { title: 'Verdict, with what was measured (interval)' },
    { title: 'Stated conditions that this run does not meet, by number' },
  ];
  const shown = table({ caption: `Budget set: ${budgets.name}`, columns, rows, stack: true, alwaysOpen: true });
  return section({
    id: 'budgets',
    title: 'Budgets',
    lead: 'Within: the whole interval keeps the budget. Over: the whole interval breaks it. Inconclusive: the limit lies inside the interval, or too few blocks were a fair measurement.',
    content: shown === undefined ? markup`<p>The scenario sets no budget.</p>` : [shown, conditionList(conditions)],
  });
}

function verdictList(analysis: RunAnalysis, verdicts: readonly BudgetRow[]): Markup {
  const items = verdicts.map((row) => {
    const better = row.betterThanDocumented ? ', better than documented' : '';
    return markup`<li>${badge(row.verdict)} ${treatmentName(row.treatment, toneOf(analysis, row.treatment))} at ${row.rate}: ${figure(row.measured)}${better}${reason(row)}</li>`;
  });
  return markup`<ul class="verdicts">${items}</ul>`;
}

/** A verdict that is kept needs no reason, unless it rests on an assumption; a dash has its reason with it. */
function reason(row: BudgetRow): Markup | undefined {
  const isSaid = isMissing(row.measured) && row.measured.missing === row.because;
  if (isSaid || (row.verdict.tone === 'good' && !row.isAssuming)) return undefined;
  return markup`<span class="sub">${row.because}</span>`;
}

function conditionsIn({ notMet, notStated }: BudgetGroup): string {
  const parts = [
    ...(notMet.length === 0 ? [] : [`not met: ${listText(notMet.map(String))}`]),
    ...(notStated.length === 0 ? [] : [`cannot be checked: ${listText(notStated.map(String))}`]),
  ];
  return parts.length === 0 ? 'none' : parts.join('; ');
}

function conditionList(conditions: readonly string[]): Markup | undefined {
  if (conditions.length === 0) return undefined;
  return markup`<h3>What these figures were stated for, and this run does not meet or cannot show</h3><ol>${conditions.map((clause) => markup`<li>${clause}</li>`)}</ol>`;
}
