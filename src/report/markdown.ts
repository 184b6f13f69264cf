import { absentText, confidenceText, figureText, numberText } from '../analysis/figure.ts';
import type { RunAnalysis } from '../analysis/result.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import { bottleneckRows, contrastRows, cpuModelRows, sensitivityRows } from './comparisons.ts';
import { conditionsText } from './conditions.ts';
import { buildRows, environmentFacts, type Fact, gateRows, noiseRows, proofRows, runFacts } from './evidence.ts';
import { kneeRows } from './knees.ts';
import { cellLine, knobRows, knobSentences, profileText } from './knobs.ts';
import { outcomeBadge } from './labels.ts';
import { loadText } from './loadText.ts';
import { fitted } from './markdown/fit.ts';
import { fleetTable, meshlessList } from './markdown/fleet.ts';
import { bullets, escaped, opened, type Section, table, tablePart, textPart } from './markdown/layout.ts';
import { budgetRows, overheadRows, type PercentileRow, proxyCostRows } from './table.ts';

/**
 * The result for a pull request or a wiki: the verdict first, then the tables of the HTML report without its charts, the
 * longer ones folded up. It fits a comment whatever the run; where rows had to go, it says how many.
 */
export function renderMarkdown(analysis: RunAnalysis): string {
  const badge = outcomeBadge(analysis.conclusion);
  const { conclusion, scenario } = analysis;
  const intro = (longest: number) => [
    `# ${badge.sign} ${badge.text}`,
    `**${escaped(conclusion.sentence, longest)}**`,
    analysis.incomplete ? 'This run did not finish: it holds what was measured until then.' : '',
    `Scenario ${escaped(scenario.name, longest)}: ${escaped(scenario.question, longest)}`,
  ];
  return fitted(intro, [
    opened(bullets('What weakens this result', conclusion.caveats)),
    opened(budgetTable(analysis)),
    opened(kneeTable(analysis)),
    opened(overheadTable(analysis)),
    contrastTable(analysis),
    costTable(analysis),
    fleetTable(analysis),
    cpuModelTable(analysis),
    bottleneckTable(analysis),
    noiseTable(analysis),
    sensitivityTable(analysis),
    proofList(analysis),
    gateTable(analysis),
    knobSection(analysis),
    buildTable(analysis),
    facts('Environment', environmentFacts(analysis)),
    facts('How to repeat it', [{ label: 'Load', value: loadText(analysis) }, ...runFacts(analysis)]),
    bullets('What it leaves out', analysis.run.platform.leavesOut),
    meshlessList(analysis),
  ]);
}

/** Where there is no room for all lines, those that are kept are the first to go. */
function budgetTable(analysis: RunAnalysis): Section | undefined {
  const source = budgetRows(analysis);
  const rows = source.map((row) => [
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
    (index) => (source[index]?.verdict.tone === 'good' ? 2 : source[index]?.role === 'required' ? 0 : 1),
  );
}

function kneeTable(analysis: RunAnalysis): Section | undefined {
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

function overheadTable(analysis: RunAnalysis): Section | undefined {
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

function costTable(analysis: RunAnalysis): Section | undefined {
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

function noiseTable(analysis: RunAnalysis): Section | undefined {
  const rows = noiseRows(analysis).map((row) => [
    row.rate,
    row.percentile,
    figureText(row.difference),
    isMissing(row.holdsZero) ? absentText(row.holdsZero.missing) : row.holdsZero ? 'yes' : 'no',
  ]);
  return table(
    'Noise: the second baseline against the first',
    ['Load', 'Percentile', 'Difference (99 % interval)', 'Contains 0'],
    rows,
  );
}

function contrastTable(analysis: RunAnalysis): Section | undefined {
  const rows = contrastRows(analysis).map((row) => [
    `${row.to} minus ${row.from} at ${row.rate}`,
    row.what,
    figureText(row.difference),
    textOr(row.answer),
  ]);
  return table('Treatments against each other', ['Contrast', 'What', 'Difference (interval)', 'Answer'], rows);
}

function cpuModelTable(analysis: RunAnalysis): Section | undefined {
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

function bottleneckTable(analysis: RunAnalysis): Section | undefined {
  const rows = bottleneckRows(analysis).map((row) => [
    `${row.treatment} at ${row.rate}`,
    textOr(row.nearest),
    row.others,
  ]);
  return table('Bottleneck: what would give out first', ['Treatment', 'Nearest to its end', 'The others'], rows);
}

function sensitivityTable(analysis: RunAnalysis): Section | undefined {
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

function proofList(analysis: RunAnalysis): Section | undefined {
  return bullets(
    'Proof that the traffic went through the proxies',
    proofRows(analysis).map(
      (row) => `${row.answer.sign} ${row.treatment} at ${row.rate}, ${row.answer.text}: ${row.sentence}`,
    ),
  );
}

function gateTable(analysis: RunAnalysis): Section | undefined {
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
function knobSection(analysis: RunAnalysis): Section | undefined {
  const { treatments, leftUnlike } = analysis.knobs;
  if (treatments.length === 0) return undefined;
  const rows = knobRows(analysis).map(({ title, cells }) => [title, ...cells.map(cellLine)]);
  return {
    title: 'Are the treatments set alike?',
    isOpen: false,
    parts: [
      tablePart(['Setting', ...treatments], rows),
      textPart('paragraphs', [profileText(analysis), ...knobSentences(analysis)]),
      textPart(
        'list',
        leftUnlike.map((unlike) => `Left unlike by the profile: ${unlike}`),
      ),
    ],
  };
}

function buildTable(analysis: RunAnalysis): Section | undefined {
  const rows = buildRows(analysis).map((row) => [row.treatment, row.build, row.settings, row.deployments]);
  return table('What ran', ['Treatment', 'Build', 'Settings', 'Deployments'], rows);
}

function facts(title: string, rows: readonly Fact[]): Section | undefined {
  const lines = rows.map(({ label, value }) => `${label}: ${isMissing(value) ? absentText(value.missing) : value}`);
  return bullets(title, lines);
}
