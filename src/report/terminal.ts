import { styleText } from 'node:util';
import { absentText, confidenceText, figureText, intervalText, numberText, pointText } from '../analysis/figure.ts';
import type { RunAnalysis } from '../analysis/result.ts';
import { isMissing } from '../record/measured.ts';
import { bottleneckRows, contrastRows, sensitivityRows } from './comparisons.ts';
import { conditionLines } from './conditions.ts';
import { noiseRows, proofRows } from './evidence.ts';
import { kneeRows } from './knees.ts';
import { cellLine, knobRows, profileText } from './knobs.ts';
import { type Badge, outcomeBadge } from './labels.ts';
import { budgetRows, overheadRows, type PercentileRow, proxyCostRows } from './table.ts';
import { padded, WIDTH, wrap } from './text.ts';

type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string;

const TONES = { good: 'green', bad: 'red', open: 'yellow', neutral: 'bold' } as const satisfies Record<
  Badge['tone'],
  Parameters<Paint>[0]
>;

export interface TerminalOptions {
  colour: boolean;
  /** Where the HTML report lies, named in the last line; absent: not named. */
  reportPath?: string;
}

/** The result for a terminal: the verdict first, no line wider than 80 columns, colour only where it is asked for. */
export function renderTerminal(analysis: RunAnalysis, options: TerminalOptions): string {
  // Whether the stream can show colour is the caller's knowledge, not to be looked up again here.
  const paint: Paint = (style, text) => (options.colour ? styleText(style, text, { validateStream: false }) : text);
  const sections = [
    headline(analysis, paint),
    knees(analysis, paint),
    addedLatency(analysis, paint),
    budgets(analysis, paint),
    contrasts(analysis, paint),
    conditions(analysis, paint),
    proxyCosts(analysis, paint),
    noise(analysis, paint),
    proof(analysis, paint),
    bottlenecks(analysis, paint),
    knobs(analysis, paint),
    caveats(analysis, paint),
    options.reportPath === undefined ? [] : wrap(`Full report: ${options.reportPath}`, WIDTH),
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headline(analysis: RunAnalysis, paint: Paint): string[] {
  const { runId, platform } = analysis.run;
  const badge = outcomeBadge(analysis.conclusion);
  const incomplete = analysis.incomplete
    ? wrap('This run did not finish: it holds what was measured until then.', WIDTH)
    : [];
  return [
    paint('bold', paint(TONES[badge.tone], `${badge.sign} ${badge.text}`)),
    ...wrap(analysis.conclusion.sentence, WIDTH).map((line) => paint('bold', line)),
    ...incomplete.map((line) => paint('yellow', line)),
    ...wrap(`Scenario ${analysis.scenario.name}, run ${runId}, ${platform.id} mode ${platform.mode}`, WIDTH).map(
      (line) => paint('dim', line),
    ),
    ...platform.refused
      .flatMap(({ mode, because }) => wrap(`Mode ${mode} was not used: ${because}`, WIDTH))
      .map((line) => paint('yellow', line)),
    ...platform.leavesOut.flatMap((left) => wrap(`Left out: ${left}`, WIDTH)).map((line) => paint('yellow', line)),
  ];
}

/** A section's heading with what holds for all of its lines; nothing where there are no lines. */
function section(title: string, lines: readonly string[], paint: Paint): string[] {
  if (lines.length === 0) return [];
  return [...wrap(title, WIDTH).map((line) => paint('bold', line)), ...lines];
}

function addedLatency(analysis: RunAnalysis, paint: Paint): string[] {
  const rows = overheadRows(analysis).filter((row) => row.percentile !== 'p999');
  const lines = rows.flatMap((row, index) => {
    const before = rows[index - 1];
    const same = before?.treatment === row.treatment && before.load === row.load;
    const introduced = same ? [] : wrap(`${row.treatment} at ${row.rate} [${row.build}]`, WIDTH, even('  '));
    return [...introduced, ...percentileLine(row)];
  });
  const confidence = confidenceText(rows.map((row) => row.added));
  return section(`Added latency${confidence === undefined ? '' : ` (interval: ${confidence})`}`, lines, paint);
}

function percentileLine(row: PercentileRow): string[] {
  const indent = { first: `    ${padded(row.percentile, 6)}`, rest: ' '.repeat(10) };
  if (isMissing(row.added)) return wrap(absentText(row.added.missing), WIDTH, indent);
  const note = row.standing === 'coarse' ? `coarse: ${row.note ?? 'few requests lie beyond it'}` : (row.note ?? '');
  const first = `${indent.first}${padded(pointText(row.added), 12)}${intervalText(row.added)}`;
  return note === '' ? [first] : wrap(note, WIDTH, { first: `${padded(first, 40)}  `, rest: ' '.repeat(42) });
}

function budgets(analysis: RunAnalysis, paint: Paint): string[] {
  const lines = budgetRows(analysis).flatMap((row) => {
    const role = row.role === 'advisory' ? ' (advisory)' : '';
    const better = row.betterThanDocumented ? ', better than documented' : '';
    const text = `${row.subject} ${row.limit}${role}: ${row.treatment} at ${row.rate}, ${figureText(row.measured)}${better}`;
    const sign = `${row.verdict.sign} ${padded(row.verdict.text, 13)}`;
    const [first = '', ...rest] = wrap(text, WIDTH, { first: ' '.repeat(17), rest: ' '.repeat(17) });
    const said =
      (row.verdict.tone === 'good' && !row.isAssuming) ||
      (isMissing(row.measured) && row.measured.missing === row.because);
    const because = said ? [] : wrap(row.because, WIDTH, even(' '.repeat(17)));
    return [`  ${paint(TONES[row.verdict.tone], sign)}${first.slice(17)}`, ...rest, ...because];
  });
  return section(`Budgets: ${analysis.scenario.budgets.name}`, lines, paint);
}

function conditions(analysis: RunAnalysis, paint: Paint): string[] {
  const lines = conditionLines(analysis).flatMap((line) => wrap(line, WIDTH, { first: '  - ', rest: '    ' }));
  return section('Stated conditions that the run does not meet, or that cannot be checked', lines, paint);
}

function proxyCosts(analysis: RunAnalysis, paint: Paint): string[] {
  const rows = proxyCostRows(analysis);
  const lines = rows.flatMap((row, index) => {
    const before = rows[index - 1];
    const same = before?.treatment === row.treatment && before.load === row.load;
    const achieved = isMissing(row.achieved) ? absentText(row.achieved.missing) : row.achieved;
    const introduced = same
      ? []
      : wrap(`${row.treatment} at ${row.rate}, achieved rate ${achieved}`, WIDTH, even('  '));
    const process = `    ${padded(`${row.hop} ${row.roleText}`, 20)}`;
    const rest = ' '.repeat(32);
    return [
      ...introduced,
      ...wrap(figureText(row.cpu), WIDTH, { first: `${process}CPU     `, rest }),
      ...wrap(figureText(row.memory), WIDTH, { first: `${' '.repeat(24)}memory  `, rest }),
    ];
  });
  return section('CPU and memory (RSS) of each proxy, at the rate named', lines, paint);
}

function noise(analysis: RunAnalysis, paint: Paint): string[] {
  const rows = noiseRows(analysis).filter((row) => row.percentile === 'p50' || row.percentile === 'p99');
  const lines = rows.flatMap((row) => {
    const verdict = isMissing(row.holdsZero)
      ? absentText(row.holdsZero.missing)
      : row.holdsZero
        ? 'contains 0'
        : 'does not contain 0: order or placement is broken';
    const text = isMissing(row.difference)
      ? absentText(row.difference.missing)
      : `${figureText(row.difference)}, ${verdict}`;
    return wrap(`${row.percentile} at ${row.rate}: ${text}`, WIDTH, { first: '  ', rest: '    ' });
  });
  const places = new Map<string, string[]>();
  for (const { treatment, rate, percentile, smallestEffect } of sensitivityRows(analysis)) {
    const place = `${treatment} at ${rate}`;
    places.set(place, [...(places.get(place) ?? []), `${numberText(smallestEffect, 'ms')} at ${percentile}`]);
  }
  const seen = [...places].flatMap(([place, effects]) =>
    wrap(`${place}: 4 of 5 such runs would see an effect of ${effects.join(', ')}`, WIDTH, {
      first: '  ',
      rest: '    ',
    }),
  );
  return section('Noise: the second baseline against the first', [...lines, ...seen], paint);
}

/** What a saturation search found. */
function knees(analysis: RunAnalysis, paint: Paint): string[] {
  const lines = kneeRows(analysis).flatMap(({ treatment, build, held, share, gaveOut }) => [
    ...wrap(`${treatment} [${build}]`, WIDTH, { first: '  ', rest: '    ' }),
    ...wrap(figureText(held), WIDTH, { first: '    held        ', rest: ' '.repeat(16) }),
    ...(share === null ? [] : wrap(figureText(share), WIDTH, { first: '    of baseline ', rest: ' '.repeat(16) })),
    ...wrap(isMissing(gaveOut) ? absentText(gaveOut.missing) : gaveOut, WIDTH, {
      first: '    gave out    ',
      rest: ' '.repeat(16),
    }),
  ]);
  return section('Highest arrival rate that is held', lines, paint);
}

/** Every treatment against every other, where there are several beside the baseline. */
function contrasts(analysis: RunAnalysis, paint: Paint): string[] {
  const rows = contrastRows(analysis);
  const lines = rows.flatMap((row, index) => {
    const before = rows[index - 1];
    const same = before?.to === row.to && before.from === row.from && before.rate === row.rate;
    const introduced = same ? [] : wrap(`${row.to} minus ${row.from} at ${row.rate}`, WIDTH, even('  '));
    const answer = isMissing(row.answer) ? '' : `: ${row.answer}`;
    const indent = { first: `    ${padded(row.what, 30)}`, rest: ' '.repeat(34) };
    return [...introduced, ...wrap(`${figureText(row.difference)}${answer}`, WIDTH, indent)];
  });
  return section('Treatments against each other', lines, paint);
}

function bottlenecks(analysis: RunAnalysis, paint: Paint): string[] {
  const lines = bottleneckRows(analysis).flatMap(({ treatment, rate, nearest, isBaseline }) => {
    if (isBaseline) return [];
    const text = `${treatment} at ${rate}: ${isMissing(nearest) ? absentText(nearest.missing) : nearest}`;
    return wrap(text, WIDTH, { first: '  ', rest: '    ' });
  });
  return section('Nearest to the end of its capacity', lines, paint);
}

function proof(analysis: RunAnalysis, paint: Paint): string[] {
  const lines = proofRows(analysis).flatMap((row) => {
    const text = `${row.answer.sign} ${row.treatment} at ${row.rate}, ${row.answer.text}: ${row.sentence}`;
    return wrap(text, WIDTH, { first: '  ', rest: '    ' });
  });
  return section('Proof that the traffic went through the proxies', lines, paint);
}

/** What differs, one line for each knob; the rest is in the reports. Nothing where there is nothing to compare. */
function knobs(analysis: RunAnalysis, paint: Paint): string[] {
  const { treatments, profile } = analysis.knobs;
  if (treatments.length < 2 && profile === null) return [];
  const rows = knobRows(analysis).map(({ title, cells }) => {
    const told = cells.map((cell, index) => `${treatments[index]} ${cellLine(cell)}`);
    return `${title}: ${told.join(', ')}`;
  });
  const all = [profileText(analysis), ...rows].flatMap((text) => wrap(text, WIDTH, { first: '  ', rest: '    ' }));
  return section(rows.length === 0 ? 'Settings' : 'Settings that differ between the treatments', all, paint);
}

function caveats(analysis: RunAnalysis, paint: Paint): string[] {
  // What the platform leaves out stands in the first lines already.
  const others = analysis.conclusion.caveats.filter((caveat) => !analysis.run.platform.leavesOut.includes(caveat));
  const lines = others.flatMap((caveat) => wrap(caveat, WIDTH, { first: '  - ', rest: '    ' }));
  return section('What weakens this result', lines, paint);
}

function even(indent: string): { first: string; rest: string } {
  return { first: indent, rest: indent };
}
