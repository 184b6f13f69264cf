import type { RunAnalysis } from '../../analysis/result.ts';
import { isMissing } from '../../record/measured.ts';
import { gateRows, lostBlockRows, noiseRows, proofRows, unfairTrials } from '../evidence.ts';
import { toneOf } from './charts.ts';
import { sensitivityTable } from './comparisons.ts';
import { type Markup, markup } from './markup.ts';
import { absent, badge, figure, folded, section, table, treatmentName } from './parts.ts';

/** The gates: whether the trials were a fair measurement at all. */
export function gateSection(analysis: RunAnalysis): Markup {
  const rows = gateRows(analysis).map((gate) => [
    markup`${gate.question}<span class="sub">${gate.gate}, about ${gate.kindText}${gate.required ? '' : ', not required'}</span>`,
    badge(gate.answer),
    markup`${gate.counts}`,
    markup`${gate.threshold}<details class="small"><summary>Why this threshold</summary>${gate.reason}</details>`,
    markup`${gate.worst}${gate.answer.tone === 'good' ? undefined : markup`<span class="sub">What helps: ${gate.remedy}</span>`}`,
  ]);
  const columns = [
    { title: 'Question' },
    { title: 'Answer' },
    { title: 'Trials' },
    { title: 'Threshold and its reason' },
    { title: 'Worst trial' },
  ];
  return section({
    id: 'gates',
    title: 'Was it a fair measurement?',
    lead: 'Gates decide this before any verdict. A trial that fails one carries no comparison.',
    content: [
      table({ caption: 'Gates over the whole run', columns, rows, stack: true, alwaysOpen: true }),
      lostBlocks(analysis),
      trials(analysis),
    ],
  });
}

function lostBlocks(analysis: RunAnalysis): Markup | undefined {
  const rows = lostBlockRows(analysis).map((row) => [
    markup`${row.blocks}`,
    markup`${row.rate}`,
    markup`${row.because}`,
  ]);
  return table({
    caption: 'Blocks that carry no comparison',
    columns: [{ title: 'Blocks' }, { title: 'Arrival rate' }, { title: 'Because' }],
    rows,
    stack: true,
  });
}

function trials(analysis: RunAnalysis): Markup | undefined {
  const rows = unfairTrials(analysis)
    .toSorted((a, b) => Number(b.trial.outcome === 'void') - Number(a.trial.outcome === 'void'))
    .map(({ trial, what, gates }) => [
      markup`${trial.index}`,
      markup`${what}`,
      markup`${trial.outcome}`,
      markup`${gates}`,
    ]);
  const columns = [{ title: 'Trial' }, { title: 'What' }, { title: 'Outcome' }, { title: 'Gates not passed' }];
  const caption = `Trials that were not valid, ${rows.length} of ${analysis.trials.length}`;
  const shown = table({ caption, columns, rows, stack: true, alwaysOpen: true });
  return shown === undefined ? undefined : folded(caption, shown);
}

/** The run measured against itself: what a difference has to exceed to be seen. */
export function noiseSection(analysis: RunAnalysis): Markup {
  const rows = noiseRows(analysis).map((row) => [
    markup`${row.percentile} at ${row.rate}`,
    figure(row.difference),
    isMissing(row.holdsZero)
      ? absent(row.holdsZero.missing)
      : row.holdsZero
        ? markup`yes`
        : markup`<strong>no</strong>: order or placement is broken`,
  ]);
  const columns = [
    { title: 'Percentile' },
    { title: 'Second baseline minus first (99 % interval)', number: true },
    { title: 'Contains 0' },
  ];
  return section({
    id: 'noise',
    title: 'Noise',
    lead: 'Each block measures the baseline twice. The two are the same thing, so their difference has to be none.',
    content: [
      table({ caption: 'The baseline against itself', columns, rows, stack: true }) ??
        markup`<p>No baseline was measured twice.</p>`,
      sensitivityTable(analysis),
    ],
  });
}

/** That the requests went through the proxies, counted request by request. */
export function proofSection(analysis: RunAnalysis): Markup {
  const rows = proofRows(analysis).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment), `at ${row.rate}`),
    badge(row.answer),
    markup`${row.sentence}`,
  ]);
  const columns = [{ title: 'Treatment' }, { title: 'Answer' }, { title: 'Evidence' }];
  return section({
    id: 'proof',
    title: 'Evidence of mutual TLS',
    lead: 'A sidecar that traffic goes around costs nothing. So the service counts the requests that came through, and with whose identity.',
    content:
      table({ caption: 'Did the traffic go through the proxies?', columns, rows, stack: true }) ??
      markup`<p>No treatment has proxies: there is nothing to prove.</p>`,
  });
}
