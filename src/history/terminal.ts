import { styleText } from 'node:util';
import { figureText } from '../analysis/figure.ts';
import { countOf } from '../analysis/wording.ts';
import { isMissing } from '../record/measured.ts';
import type { Badge } from '../report/labels.ts';
import { padded, WIDTH, wrap } from '../report/text.ts';
import type { History } from './history.ts';
import {
  baselineTexts,
  breakTexts,
  changeRows,
  HISTORY_OUTCOMES,
  leftOutTexts,
  type NewestRow,
  newestRows,
} from './rows.ts';
import type { Series } from './series.ts';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';
type Paint = (style: Style, text: string) => string;

const TONES = { good: 'green', bad: 'red', open: 'yellow', neutral: 'dim' } as const satisfies Record<
  Badge['tone'],
  Style
>;

/** The history for a terminal: the verdict first, no line wider than 80 columns. */
export function renderHistory(history: History, options: { colour: boolean }): string {
  const paint: Paint = (style, text) => (options.colour ? styleText(style, text, { validateStream: false }) : text);
  const badge = HISTORY_OUTCOMES[history.conclusion.outcome];
  const head = [
    paint('bold', paint(TONES[badge.tone], `${badge.sign} ${badge.text}`)),
    ...wrap(history.conclusion.sentence, WIDTH).map((line) => paint('bold', line)),
  ];
  const parts = [
    head,
    ...history.series.map((series) => seriesPart(series, paint)),
    changes(history, paint),
    bullets('Where a series breaks, since its environment changes', breakTexts(history), paint),
    bullets('Accepted baselines', baselineTexts(history), paint),
    bullets('In no series', leftOutTexts(history), paint),
    bullets('What weakens this history', history.notes, paint),
  ];
  const filled = parts.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function heading(title: string, paint: Paint): string[] {
  return wrap(title, WIDTH).map((line) => paint('bold', line));
}

function seriesPart(series: Series, paint: Paint): string[] {
  const [first, last] = [series.runs[0]?.figures, series.runs.at(-1)?.figures];
  const span = `${series.scenario}: ${countOf(series.runs.length, 'comparable run')}, ${first?.startedAt.slice(0, 10)} to ${last?.startedAt.slice(0, 10)}`;
  const rows = newestRows(series);
  const lines = rows.flatMap((row, index) => {
    const introduced = rows[index - 1]?.group === row.group ? [] : wrap(row.group, WIDTH, { first: '  ', rest: '  ' });
    return [...introduced, ...rowLines(row, paint)];
  });
  return [...heading(span, paint), ...wrap(`newest: ${last?.runId}`, WIDTH, { first: '  ', rest: '    ' }), ...lines];
}

function rowLines(row: NewestRow, paint: Paint): string[] {
  const sign = `${row.state.sign} ${padded(row.state.text, 15)}`;
  const indent = ' '.repeat(21);
  const expected = isMissing(row.expected) ? row.expected.missing : `expected ${row.expected}`;
  const value = figureText(row.value);
  const told = isMissing(row.value) ? value : `${value}, ${row.because ?? expected}`;
  const [first = '', ...rest] = wrap(`${row.what}: ${told}`, WIDTH, { first: indent, rest: `${indent}  ` });
  return [`    ${paint(TONES[row.state.tone], sign)}${first.slice(indent.length)}`, ...rest];
}

function changes(history: History, paint: Paint): string[] {
  const rows = changeRows(history);
  if (rows.length === 0) return [];
  const lines = rows.flatMap(({ quantity, runId, step, p }) =>
    wrap(`${runId}: ${quantity} ${step}, ${p}`, WIDTH, { first: '  - ', rest: '    ' }),
  );
  const pace = 'Where each run tells what its own baseline took: in values at one pace of the machine.';
  const told = wrap(pace, WIDTH, { first: '  ', rest: '  ' });
  return [...heading('Changes of level, each by the run that it begins with', paint), ...told, ...lines];
}

function bullets(title: string, items: readonly string[], paint: Paint): string[] {
  if (items.length === 0) return [];
  return [...heading(title, paint), ...items.flatMap((item) => wrap(item, WIDTH, { first: '  - ', rest: '    ' }))];
}
