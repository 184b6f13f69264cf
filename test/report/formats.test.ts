import { describe, expect, it } from 'vitest';
import { type Figure, intervalText, pointText } from '../../src/analysis/figure.ts';
import { isMissing, type Measured } from '../../src/record/measured.ts';
import { FORMAT_IDS, FORMATS, reportFormat } from '../../src/report/index.ts';
import { budgetRows, overheadRows, proxyCostRows } from '../../src/report/table.ts';
import { renderTerminal } from '../../src/report/terminal.ts';
import { hostile, VARIANTS, within } from './fixture.ts';
import { withoutFolds } from './folds.ts';

const inputs = { chartJs: '' };

function figuresOf(figures: readonly Measured<Figure>[]): string[] {
  return figures.flatMap((figure) => (isMissing(figure) ? [] : [`${pointText(figure)} (${intervalText(figure)})`]));
}

/** The rows of a CSV text by column name; cells with commas are quoted, and no cell here holds a quote or a line end. */
function parse(csv: string): Record<string, string>[] {
  const [names = [], ...rows] = csv
    .trimEnd()
    .split('\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,"]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
    );
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])));
}

/** A page or document as its reader sees it: without tags, on one line. */
function read(document: string): string {
  return document.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');
}

describe('formats', () => {
  const analysis = within();
  const latency = overheadRows(analysis);
  const figures = figuresOf([
    ...latency.map((row) => row.added),
    ...budgetRows(analysis).map((row) => row.measured),
    ...proxyCostRows(analysis).flatMap((row) => [row.cpu, row.memory]),
  ]);

  it.each(['html', 'md'] as const)('print each figure alike in %s', (id) => {
    const text = read(reportFormat(id).render(analysis, inputs));
    expect(figures.length).toBeGreaterThan(20);
    expect(figures.filter((figure) => !text.includes(figure))).toEqual([]);
  });

  it('print each figure alike in the terminal', () => {
    const text = read(renderTerminal(analysis, { colour: false })).replace(/[()]/g, '');
    expect(figures.map((figure) => figure.replace(/[()]/g, '')).filter((figure) => !text.includes(figure))).toEqual([]);
  });

  it('print each added latency alike in csv', () => {
    const rows = parse(FORMATS.csv.render(analysis)).filter((row) => row['treatment'] === 'envoy');
    const printed = rows.map((row) => [row['added_point_ms'], row['added_low_ms'], row['added_high_ms']]);
    expect(printed).toEqual(
      latency.map(({ added }) => (isMissing(added) ? ['', '', ''] : [added.point, added.low, added.high])),
    );
  });

  it.each(FORMAT_IDS)('render every variant as %s into a text that ends with a line end', (id) => {
    for (const make of Object.values(VARIANTS)) expect(reportFormat(id).render(make(), inputs).at(-1)).toBe('\n');
  });

  it('are written to files of their own', () => {
    expect(FORMAT_IDS.map((id) => reportFormat(id).fileName)).toEqual([
      'report.html',
      'summary.md',
      'percentiles.csv',
      'results.json',
      'junit.xml',
      'metrics.prom',
    ]);
  });

  it('show hostile text in Markdown as text: no tag, no broken row, no control character', () => {
    const markdown = FORMATS.md.render(hostile());
    const rowsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('|'));
    const cells = (line: string) => line.replaceAll('\\|', '').split('|').length;
    expect(withoutFolds(markdown).match(/[<>]|(?!\n)\p{Cc}|[\u202e]/gu)).toBeNull();
    expect(rowsOf(markdown).map(cells)).toEqual(rowsOf(FORMATS.md.render(within())).map(cells));
  });
});
