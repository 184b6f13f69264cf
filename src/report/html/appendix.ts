import type { RunAnalysis } from '../../analysis/result.ts';
import { isMissing } from '../../record/measured.ts';
import { buildRows, environmentFacts, repeatCommand, runFacts } from '../evidence.ts';
import { toneOf } from './charts.ts';
import { type Markup, markup } from './markup.ts';
import { absent, facts, list, section, table, treatmentName } from './parts.ts';

/** What ran, and on what. */
export function environmentSection(analysis: RunAnalysis): Markup {
  const { platform } = analysis.run;
  const builds = buildRows(analysis).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment)),
    markup`${row.build}`,
    markup`${row.settings === '' ? 'none' : row.settings}`,
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
  return section({
    id: 'environment',
    title: 'What ran, and where',
    content: [
      table({ caption: 'Treatments by what was deployed', columns, rows: builds, stack: true }),
      markup`<h3>Environment</h3>${facts(environmentFacts(analysis))}`,
      refused.length === 0 ? undefined : markup`<h3>Modes this machine refused</h3>${list(refused)}`,
      markup`<h3>What it leaves out</h3>${platform.leavesOut.length === 0 ? markup`<p>The platform names nothing.</p>` : list(platform.leavesOut)}`,
    ],
  });
}

/** How to run it again: the command as it was typed, its seed, and every text that it read. */
export function repeatSection(analysis: RunAnalysis): Markup {
  const { scenarioText, budgetsFile, budgetsText, scriptText } = analysis.run;
  const command = repeatCommand(analysis);
  return section({
    id: 'repeat',
    title: 'How to repeat it',
    content: [
      facts(runFacts(analysis)),
      isMissing(command) ? undefined : textBlock('The command that draws the same order and arrivals', command),
      textBlock('Scenario', scenarioText),
      budgetsText === undefined ? undefined : textBlock(`Budgets, from ${budgetsFile ?? 'a file'}`, budgetsText),
      scriptText === undefined ? undefined : textBlock('Script of the driver', scriptText),
    ],
  });
}

function textBlock(title: string, text: string): Markup {
  return markup`<h3>${title}</h3><pre tabindex="0" role="group" aria-label="${title}"><code>${text}</code></pre>`;
}
