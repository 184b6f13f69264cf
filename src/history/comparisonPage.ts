import { figureOf } from '../analysis/figure.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import { htmlDocument } from '../report/html/document.ts';
import { type Markup, markup } from '../report/html/markup.ts';
import { absent, badge, figure, list, table } from '../report/html/parts.ts';
import { STYLE } from '../report/html/style.ts';
import { OUTCOMES } from '../report/labels.ts';
import type { FieldComparison } from './comparability.ts';
import type { QuantityComparison, RunComparison } from './comparison.ts';
import { changeText, FIELD_ANSWERS, presentIn, unlikeText } from './comparisonText.ts';

/** Two runs side by side as one page that needs no network, and no script either. */
export function renderComparisonPage(comparison: RunComparison, { version }: { version: string }): string {
  const { base, head, conclusion } = comparison;
  const unlike = unlikeText(comparison);
  const { present, left } = presentIn(comparison.quantities);
  const groups = [...new Set(present.map(({ group }) => group))];
  const body = markup`<header>
<p class="eyebrow">meshtax · two runs side by side</p>
${badge(OUTCOMES.inconclusive, 'large')}
<h1>${conclusion.sentence}</h1>
${unlike === undefined ? undefined : markup`<p class="notice">${unlike}</p>`}
<p>Base ${base.runId} (${base.scenario}), head ${head.runId} (${head.scenario}).</p>
</header>
<main>
<section><h2>What would settle it</h2>${list(conclusion.settledBy)}</section>
${groups.map((group) => quantitySection(group, present))}
${left === undefined ? undefined : markup`<p class="small">${left}</p>`}
${environmentSection(comparison.environment)}
</main>
<footer><p>Made by meshtax ${version} from the records of two runs.</p></footer>`;
  return htmlDocument({ title: `${base.runId} and ${head.runId}`, style: STYLE, scripts: [], body });
}

function quantitySection(group: string, quantities: readonly QuantityComparison[]): Markup {
  const rows = quantities
    .filter((each) => each.group === group)
    .map(({ what, unit, base, head, difference, share }) => [
      markup`${what}`,
      figure(figureOf(unit, base)),
      figure(figureOf(unit, head)),
      textCell(changeText(unit, difference, share)),
    ]);
  const columns = [
    { title: 'Quantity' },
    { title: 'Base', number: true },
    { title: 'Head', number: true },
    { title: 'Change, without an interval', number: true },
  ];
  return markup`<section><h2>${group}</h2>${table({ caption: group, columns, rows, stack: true })}</section>`;
}

function environmentSection(fields: readonly FieldComparison[]): Markup {
  const rows = fields.map(({ id, title, matters, answer, base, head }) => [
    markup`${title}${matters ? undefined : markup`<span class="sub">told only</span>`}`,
    // A digest says nothing to people.
    ...(id === 'scenario' ? [markup``, markup``] : [textCell(base), textCell(head)]),
    markup`${FIELD_ANSWERS[answer]}`,
  ]);
  const columns = [{ title: 'Field' }, { title: 'Base' }, { title: 'Head' }, { title: 'Answer' }];
  return markup`<section><h2>Environment</h2>
<p class="lead">Runs are compared only where every field agrees that is not marked as told only.</p>
${table({ caption: 'Environment, field by field', columns, rows, stack: true, alwaysOpen: true })}</section>`;
}

const textCell = (value: Measured<string>): Markup => (isMissing(value) ? absent(value.missing) : markup`${value}`);
