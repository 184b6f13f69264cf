import type { RunAnalysis } from '../../analysis/result.ts';
import { type Answer, budgetAnswers, contrastAnswers } from '../answers.ts';
import { type Markup, markup } from './markup.ts';
import { badge, folded } from './parts.ts';

/** More answers than this are folded up behind a line that says how many there are. */
const MOST_SHOWN = 10;

/** Under the headline: one sentence for each question. Nothing where the headline is the only answer there is. */
export function answerList(analysis: RunAnalysis): Markup | undefined {
  const budgets = budgetAnswers(analysis);
  const contrasts = contrastAnswers(analysis);
  if (budgets.length + contrasts.length === 0) return undefined;
  if (budgets.length === 1 && contrasts.length === 0) return undefined;
  return markup`<section id="answers"><h2>Answers</h2>${answers(budgets, 'required budget lines')}${answers(contrasts, 'contrasts between treatments')}</section>`;
}

function answers(all: readonly Answer[], what: string): Markup | undefined {
  if (all.length === 0) return undefined;
  const [shown, rest] = [all.slice(0, MOST_SHOWN), all.slice(MOST_SHOWN)];
  const more = rest.length === 0 ? undefined : folded(`${restText(rest)}, of ${all.length} ${what}`, listOf(rest));
  return markup`${listOf(shown)}${more}`;
}

function listOf(all: readonly Answer[]): Markup {
  const items = all.map(
    ({ badge: of, sentence }) =>
      markup`<li>${of.tone === 'neutral' ? undefined : badge(of)} <span>${sentence}</span></li>`,
  );
  return markup`<ul class="answers">${items}</ul>`;
}

/** What is folded up is told with its answers, so that nothing hides behind a number: `4 more: 1 inconclusive, 3 within`. */
function restText(rest: readonly Answer[]): string {
  const words = [...new Set(rest.map(({ badge: { text } }) => text))];
  const counts = words.map((word) => `${rest.filter(({ badge: { text } }) => text === word).length} ${word}`);
  return `${rest.length} more: ${counts.join(', ')}`;
}
