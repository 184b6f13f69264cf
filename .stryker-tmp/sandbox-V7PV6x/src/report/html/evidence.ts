// @ts-nocheck
import type { RunAnalysis } from '../../analysis/result.ts';
import { isMissing } from '../../record/measured.ts';
import {
  buildRows,
  environmentFacts,
  gateRows,
  lostBlockRows,
  noiseRows,
  proofRows,
  runFacts,
  unfairTrials,
} from '../evidence.ts';
import { toneOf } from './charts.ts';
import { sensitivityTable } from './comparisons.ts';
import { type Markup, markup } from './markup.ts';
import { absent, badge, facts, figure, list, table, treatmentName } from './parts.ts';

/** The gates: whether the trials were a fair measurement at all. */
export function gateSection(analysis: RunAnalysis): Markup {
  const rows = gateRows(analysis).map((gate) => [
    markup`${gate.question}<span class="sub">${gate.gate}, about ${gate.kindText}${gate.required ? '' : ', not required'}</span>`,
    badge(gate.answer),
    markup`${gate.counts}`,
    markup`${gate.threshold}<span class="sub">${gate.reason}</span>`,
    markup`${gate.worst}${gate.answer.tone === 'good' ? undefined : markup`<span class="sub">What helps: ${gate.remedy}</span>`}`,
  ]);
  const columns = [
    { title: 'Question' },
    { title: 'Answer' },
    { title: 'Trials' },
    { title: 'Threshold and its reason' },
    { title: 'Worst trial' },
  ];
  return markup`<section><h2>Was it a fair measurement?</h2>
<p class="lead">Gates decide this before any verdict. A trial that fails one carries no comparison.</p>
${table({ caption: 'Gates over the whole run', columns, rows, stack: true })}
${lostBlocks(analysis)}${trials(analysis)}</section>`;
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
  const rows = unfairTrials(analysis).map(({ trial, what, gates }) => [
    markup`${trial.index}`,
    markup`${what}`,
    markup`${trial.outcome}`,
    markup`${gates}`,
  ]);
  if (rows.length === 0) return undefined;
  const columns = [{ title: 'Trial' }, { title: 'What' }, { title: 'Outcome' }, { title: 'Gates not passed' }];
  const caption = `${rows.length} of ${analysis.trials.length} trials`;
  return markup`<details><summary>Trials that were not valid</summary>${table({ caption, columns, rows, stack: true })}</details>`;
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
    { title: 'Holds 0' },
  ];
  return markup`<section><h2>Noise</h2>
<p class="lead">Each block measures the baseline twice. The two are the same thing, so their difference has to be none.</p>
${table({ caption: 'The baseline against itself', columns, rows, stack: true }) ?? markup`<p>No baseline was measured twice.</p>`}
${sensitivityTable(analysis)}</section>`;
}

/** That the requests went through the proxies, counted request by request. */
export function proofSection(analysis: RunAnalysis): Markup {
  const rows = proofRows(analysis).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment), `at ${row.rate}`),
    badge(row.answer),
    markup`${row.sentence}`,
  ]);
  const columns = [{ title: 'Treatment' }, { title: 'Answer' }, { title: 'Evidence' }];
  return markup`<section><h2>Proof</h2>
<p class="lead">A sidecar that traffic goes around costs nothing. So the service counts the requests that came through.</p>
${table({ caption: 'Did the traffic go through the proxies?', columns, rows, stack: true }) ?? markup`<p>No treatment has proxies: there is nothing to prove.</p>`}</section>`;
}

/** What ran, on what, and how to run it again. */
export function appendixSections(analysis: RunAnalysis): Markup {
  const { platform, scenarioText } = analysis.run;
  const builds = buildRows(analysis).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment)),
    markup`${row.build}`,
    markup`${row.settings}`,
    isMissing(row.proxyVersions) ? absent(row.proxyVersions.missing) : markup`${row.proxyVersions}`,
    markup`${row.deployments}`,
  ]);
  const columns = [
    { title: 'Treatment' },
    { title: 'Build' },
    { title: 'Settings' },
    { title: 'Proxy version' },
    { title: 'Deployments', number: true },
  ];
  const refused = platform.refused.map(({ mode, because }) => `Not as ${mode}: ${because}`);
  return markup`<section><h2>What ran</h2>${table({ caption: 'Treatments by what was deployed', columns, rows: builds, stack: true })}</section>
<section><h2>Where it ran</h2>${facts(environmentFacts(analysis))}${refused.length === 0 ? undefined : markup`<h3>Modes this machine refused</h3>${list(refused)}`}</section>
<section><h2>How to repeat it</h2>${facts(runFacts(analysis))}<h3>Scenario</h3><pre tabindex="0"><code>${scenarioText}</code></pre></section>
<section><h2>What it leaves out</h2>${platform.leavesOut.length === 0 ? markup`<p>The platform names nothing.</p>` : list(platform.leavesOut)}</section>`;
}
