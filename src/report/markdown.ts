import { FLEET_PODS } from '../analysis/budgetQuantity.ts';
import { absentText, confidenceText, figureText, numberText } from '../analysis/figure.ts';
import type { RunAnalysis } from '../analysis/result.ts';
import { whenNotToMesh } from '../analysis/whenNotToMesh.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import { bottleneckRows, contrastRows, cpuModelRows, sensitivityRows } from './comparisons.ts';
import { conditionsText } from './conditions.ts';
import { buildRows, environmentFacts, type Fact, gateRows, noiseRows, proofRows, runFacts } from './evidence.ts';
import { documentedFleet, FLEET_COLUMNS, FLEET_KEYS, FLEET_KINDS, fleetAssumptions, fleetRows } from './fleet.ts';
import { kneeRows } from './knees.ts';
import { cellLine, knobRows, knobSentences, profileText } from './knobs.ts';
import { OUTCOMES } from './labels.ts';
import { loadText } from './loadText.ts';
import { budgetRows, overheadRows, type PercentileRow, proxyCostRows } from './table.ts';
import { printable } from './text.ts';

/** The result for a pull request or a wiki: the verdict first, then the tables of the HTML report without its charts. */
export function renderMarkdown(analysis: RunAnalysis): string {
  const badge = OUTCOMES[analysis.conclusion.outcome];
  const parts = [
    `# ${badge.sign} ${badge.text}`,
    `**${escaped(analysis.conclusion.sentence)}**`,
    analysis.incomplete ? 'This run did not finish: it holds what was measured until then.' : '',
    `Scenario ${escaped(analysis.scenario.name)}: ${escaped(analysis.scenario.question)}`,
    bullets('What weakens this result', analysis.conclusion.caveats),
    budgetTable(analysis),
    kneeTable(analysis),
    overheadTable(analysis),
    contrastTable(analysis),
    costTable(analysis),
    fleetTable(analysis),
    cpuModelTable(analysis),
    bottleneckTable(analysis),
    noiseTable(analysis),
    sensitivityTable(analysis),
    proofList(analysis),
    gateTable(analysis),
    knobParts(analysis),
    buildTable(analysis),
    facts('Environment', environmentFacts(analysis)),
    facts('How to repeat it', [{ label: 'Load', value: loadText(analysis) }, ...runFacts(analysis)]),
    bullets('What it leaves out', analysis.run.platform.leavesOut),
    meshlessList(analysis),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function budgetTable(analysis: RunAnalysis): string {
  const rows = budgetRows(analysis).map((row) => [
    `${row.verdict.sign} ${row.verdict.text}${row.betterThanDocumented ? ', better than documented' : ''}`,
    `${row.subject} ${row.limit}`,
    row.role,
    `${row.treatment} at ${row.rate}`,
    figureText(row.measured),
    row.because,
    conditionsText(row),
  ]);
  return table(
    `Budgets: ${analysis.scenario.budgets.name}`,
    ['Verdict', 'Budget', 'Role', 'Treatment', 'Measured', 'Because', 'Stated conditions'],
    rows,
  );
}

function kneeTable(analysis: RunAnalysis): string {
  const rows = kneeRows(analysis).map(({ treatment, held, share, gaveOut, searches }) => [
    treatment,
    figureText(held),
    share === null ? 'the baseline' : figureText(share),
    isMissing(gaveOut) ? absentText(gaveOut.missing) : gaveOut,
    searches,
  ]);
  const heads = ['Treatment', 'Highest rate held', 'Share of the baseline’s', 'What gave out above it', 'Each search'];
  return table('How much goes through', heads, rows);
}

function overheadTable(analysis: RunAnalysis): string {
  const source = overheadRows(analysis);
  const rows = source.map((row) => [
    `${row.treatment} at ${row.rate}`,
    row.build,
    percentileText(row),
    figureText(row.added),
    numberText(row.baselinePooled, 'ms'),
    numberText(row.pooled, 'ms'),
  ]);
  const confidence = confidenceText(source.map((row) => row.added));
  const titles = ['Treatment', 'Build', 'Percentile', 'Added (interval)', 'Baseline, pooled', 'Treatment, pooled'];
  return table(`Added latency${confidence === undefined ? '' : `, ${confidence}`}`, titles, rows);
}

function percentileText(row: PercentileRow): string {
  if (row.standing !== 'coarse') return row.note === undefined ? row.percentile : `${row.percentile}: ${row.note}`;
  return `${row.percentile}, coarse${row.note === undefined ? '' : `: ${row.note}`}`;
}

function costTable(analysis: RunAnalysis): string {
  const rows = proxyCostRows(analysis).map((row) => [
    `${row.treatment} at ${row.rate}`,
    `${row.hop} ${row.roleText}`,
    figureText(row.cpu),
    figureText(row.cpuPerThousandRequests),
    figureText(row.memory),
  ]);
  return table(
    'CPU and memory of each proxy',
    ['Treatment', 'Process', 'CPU', 'CPU time per 1,000 requests', 'Memory (RSS)'],
    rows,
  );
}

function fleetTable(analysis: RunAnalysis): string {
  if (analysis.knees !== null) return '';
  const projections = documentedFleet(analysis);
  if (projections.length === 0) return '';
  const rows = fleetRows(projections).map(({ treatment, rate, kind, figures }) => [
    `${treatment}, ${rate} through each`,
    FLEET_KINDS[kind].title,
    ...FLEET_KEYS.map((key) => figureText(figures[key])),
  ]);
  const titles = ['Treatment', 'What', ...FLEET_KEYS.map((key) => FLEET_COLUMNS[key])];
  const restsOn = fleetAssumptions(projections).map((sentence) => `- ${escaped(sentence)}`);
  return `${table(`Sidecars of ${FLEET_PODS} pods`, titles, rows)}\n\n${restsOn.join('\n')}`;
}

function meshlessList(analysis: RunAnalysis): string {
  if (analysis.knees !== null) return '';
  const lines = whenNotToMesh(analysis).map(
    ({ title, fromRun, onlyYou }) => `${title}: ${fromRun.join(' ')} Only you know: ${onlyYou}`,
  );
  return bullets('When not to mesh', lines);
}

function noiseTable(analysis: RunAnalysis): string {
  const rows = noiseRows(analysis).map((row) => [
    row.rate,
    row.percentile,
    figureText(row.difference),
    isMissing(row.holdsZero) ? absentText(row.holdsZero.missing) : row.holdsZero ? 'yes' : 'no',
  ]);
  return table(
    'Noise: the second baseline against the first',
    ['Load', 'Percentile', 'Difference (99 % interval)', 'Holds 0'],
    rows,
  );
}

function contrastTable(analysis: RunAnalysis): string {
  const rows = contrastRows(analysis).map((row) => [
    `${row.to} minus ${row.from} at ${row.rate}`,
    row.what,
    figureText(row.difference),
    textOr(row.answer),
  ]);
  return table('Treatments against each other', ['Contrast', 'What', 'Difference (interval)', 'Answer'], rows);
}

function cpuModelTable(analysis: RunAnalysis): string {
  const rows = cpuModelRows(analysis).map((row) => [
    `${row.treatment}, ${row.hop} sidecar`,
    figureText(row.idle),
    figureText(row.slope),
    textOr(row.line),
  ]);
  return table(
    'CPU of each sidecar over the load points',
    ['Sidecar', 'At no load', 'For each 1,000 requests a second', 'A line?'],
    rows,
  );
}

function bottleneckTable(analysis: RunAnalysis): string {
  const rows = bottleneckRows(analysis).map((row) => [
    `${row.treatment} at ${row.rate}`,
    textOr(row.nearest),
    row.others,
  ]);
  return table('Bottleneck: what would give out first', ['Treatment', 'Nearest to its end', 'The others'], rows);
}

function sensitivityTable(analysis: RunAnalysis): string {
  const rows = sensitivityRows(analysis).map((row) => [
    `${row.treatment} at ${row.rate}`,
    row.percentile,
    numberText(row.smallestEffect, 'ms'),
    textOr(row.lagOne),
  ]);
  return table(
    'What this run could see',
    ['Treatment', 'Percentile', 'Smallest effect that 4 of 5 such runs would see', 'Correlation of successive blocks'],
    rows,
  );
}

const textOr = (value: Measured<string>): string => (isMissing(value) ? absentText(value.missing) : value);

function proofList(analysis: RunAnalysis): string {
  return bullets(
    'Proof that the traffic went through the proxies',
    proofRows(analysis).map(
      (row) => `${row.answer.sign} ${row.treatment} at ${row.rate}, ${row.answer.text}: ${row.sentence}`,
    ),
  );
}

function gateTable(analysis: RunAnalysis): string {
  const rows = gateRows(analysis).map((row) => [
    `${row.answer.sign} ${row.answer.text}`,
    row.question,
    row.threshold,
    row.counts,
    row.worst,
  ]);
  return table('Was it a fair measurement?', ['Answer', 'Question', 'Threshold', 'Trials', 'Worst trial'], rows);
}

/** The table of what differs has a row for each knob, and without one the sentences stand alone. */
function knobParts(analysis: RunAnalysis): string {
  const { treatments, leftUnlike } = analysis.knobs;
  if (treatments.length === 0) return '';
  const rows = knobRows(analysis).map(({ title, cells }) => [title, ...cells.map(cellLine)]);
  const title = 'Are the treatments set alike?';
  const parts = [
    rows.length === 0 ? `## ${escaped(title)}` : table(title, ['Setting', ...treatments], rows),
    [profileText(analysis), ...knobSentences(analysis)].map(escaped).join('\n\n'),
    leftUnlike.map((unlike) => `- Left unlike by the profile: ${escaped(unlike)}`).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function buildTable(analysis: RunAnalysis): string {
  const rows = buildRows(analysis).map((row) => [row.treatment, row.build, row.settings, row.deployments]);
  return table('What ran', ['Treatment', 'Build', 'Settings', 'Deployments'], rows);
}

function facts(title: string, rows: readonly Fact[]): string {
  const lines = rows.map(({ label, value }) => `${label}: ${isMissing(value) ? absentText(value.missing) : value}`);
  return bullets(title, lines);
}

function table(title: string, titles: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = `| ${titles.map(() => '---').join(' | ')} |`;
  return [`## ${escaped(title)}`, '', line(titles), rule, ...rows.map(line)].join('\n');
}

function bullets(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return [`## ${escaped(title)}`, '', ...lines.map((line) => `- ${escaped(line)}`)].join('\n');
}

/** Text that Markdown shows as it is: one line, HTML written as entities, the characters of its syntax behind backslashes. */
function escaped(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|~#]/g, '\\$&');
}
