import { describe, expect, it } from 'vitest';
import { numberOf } from '../../src/analysis/figure.ts';
import { isMissing } from '../../src/record/measured.ts';
import { blocksCharts, costCharts, curveCharts, rateCharts } from '../../src/report/html/charts.ts';
import { renderHtml } from '../../src/report/html.ts';
import { within } from './fixture.ts';

const analysis = within();
const html = renderHtml(analysis, { chartJs: '' });

/** The cells of the tables of one section, as a reader sees them. */
function cellsOf(section: string): string[] {
  const [, rest = ''] = html.split(`<section id="${section}">`);
  const [own = ''] = rest.split('</section>');
  return [...own.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell = '']) =>
    cell
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

const missingIn = (cells: readonly string[], texts: readonly string[]) =>
  texts.filter((text) => !cells.some((cell) => cell.includes(text)));

describe('the table beside a chart', () => {
  it('has every bar of CPU and memory, with its interval', () => {
    const texts = costCharts(analysis).flatMap(({ bars }) => bars.map(({ text }) => text));
    expect(texts.length).toBeGreaterThan(6);
    expect(missingIn(cellsOf('costs'), texts)).toEqual([]);
  });

  it('has every estimate over the rate, with its interval', () => {
    const texts = rateCharts(analysis).flatMap(({ series }) =>
      series.flatMap(({ points }) => points.map((p) => p.text)),
    );
    expect(texts.length).toBeGreaterThan(3);
    expect(missingIn(cellsOf('rates'), texts)).toEqual([]);
  });

  it('has every mark of a block to the µs, and the charts have no other', () => {
    const charts = analysis.loads.flatMap((load) => blocksCharts(analysis, load));
    const drawn = charts.flatMap(({ series }) => series.flatMap(({ points }) => points.map(({ y }) => y)));
    const told = drawn.map((ms) => numberOf('latency', ms * 1000, 9)).map((value) => (isMissing(value) ? '' : value));
    const cells = cellsOf('blocks');
    expect(drawn.length).toBeGreaterThan(20);
    expect(told.filter((text) => !cells.includes(text))).toEqual([]);
    expect(cells.filter((cell) => /^-?\d+\.\d+$/.test(cell))).toHaveLength(drawn.length);
  });

  it('has percentiles that lie on the curves', () => {
    const at = { p50: 0.5, p90: 0.9, p99: 0.99 } as const;
    let compared = 0;
    for (const [place, { series }] of curveCharts(analysis).entries()) {
      for (const { label, points } of series) {
        const overhead = analysis.loads[place]?.treatments.find(({ treatment }) => treatment === label)?.overhead ?? [];
        for (const { percentile, pooledUs } of overhead) {
          if (isMissing(pooledUs) || percentile === 'p999') continue;
          const x = 1 / (1 - at[percentile]);
          const below = Math.max(...points.filter((point) => point.x <= x * 1.001).map(({ y }) => y));
          const above = Math.min(...points.filter((point) => point.x >= x * 0.999).map(({ y }) => y));
          expect(pooledUs / 1000).toBeGreaterThanOrEqual(below * 0.99);
          expect(pooledUs / 1000).toBeLessThanOrEqual(above * 1.01);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(3);
  });
});
