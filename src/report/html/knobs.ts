import type { RunAnalysis } from '../../analysis/result.ts';
import { knobRows, knobSentences, profileText } from '../knobs.ts';
import { type Markup, markup } from './markup.ts';
import { list, section, table } from './parts.ts';

/** How the treatments are set, and in what they differ: a difference here may be what the figures show. */
export function knobSection(analysis: RunAnalysis): Markup | undefined {
  const { treatments, leftUnlike } = analysis.knobs;
  if (treatments.length === 0) return undefined;
  const rows = knobRows(analysis).map(({ title, cells }) => [
    markup`${title}`,
    ...cells.map(({ value, basis }) => markup`${value}<span class="sub">${basis}</span>`),
  ]);
  const columns = [{ title: 'Setting' }, ...treatments.map((title) => ({ title }))];
  const caption = 'Settings that differ between the treatments';
  const unlike =
    leftUnlike.length === 0 ? undefined : markup`<h3>What the profile leaves unlike</h3>${list(leftUnlike)}`;
  return section({
    id: 'settings',
    title: 'Are the treatments set alike?',
    lead: `${profileText(analysis)} Observed is what was read from what ran; asked is what the scenario says.`,
    content: [
      table({ caption, columns, rows, stack: true }),
      knobSentences(analysis).map((sentence) => markup`<p>${sentence}</p>`),
      unlike,
    ],
  });
}
