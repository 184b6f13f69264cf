import type { RunAnalysis } from '../../analysis/result.ts';
import { isMissing } from '../../record/measured.ts';
import { kneeRows } from '../knees.ts';
import { toneOf } from './charts.ts';
import { type Markup, markup } from './markup.ts';
import { absent, figure, section, table, treatmentName } from './parts.ts';

/** What a saturation search found; nothing where none was run. */
export function kneeSection(analysis: RunAnalysis): Markup | undefined {
  const rows = kneeRows(analysis).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment), row.build),
    figure(row.held),
    row.share === null ? markup`the baseline` : figure(row.share),
    isMissing(row.gaveOut) ? absent(row.gaveOut.missing) : markup`${row.gaveOut}`,
    markup`<span class="small">${row.searches}</span>`,
  ]);
  if (rows.length === 0) return undefined;
  const columns = [
    { title: 'Treatment' },
    { title: 'Highest rate held (interval)', number: true },
    { title: 'Share of the baseline’s', number: true },
    { title: 'What gave out above it' },
    { title: 'Each search' },
  ];
  return section({
    id: 'saturation',
    title: 'How much goes through',
    lead: 'In each block the arrival rate is raised until it is not held in two tries, then closed in on from both sides. Open loop at every rate.',
    content: table({ caption: 'Saturation of each treatment', columns, rows, stack: true }),
  });
}
