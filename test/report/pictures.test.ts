import { describe, expect, it } from 'vitest';
import { blocksCharts, type ChartSpec, costCharts, curveCharts, rateCharts } from '../../src/report/html/charts.ts';
import { describe as inWords, stillPicture } from '../../src/report/html/pictures.ts';
import { linear, linearTicks, logarithmic, logarithmicTicks } from '../../src/report/html/svg.ts';
import { hostile, within } from './fixture.ts';

function chartsOf(analysis: ReturnType<typeof within>): ChartSpec[] {
  return [
    ...curveCharts(analysis),
    ...analysis.loads.flatMap((load) => blocksCharts(analysis, load)),
    ...rateCharts(analysis),
    ...costCharts(analysis),
  ];
}

/** The numbers in the paths and places of a picture. */
function numbersIn(svg: string): number[] {
  const places = [...svg.matchAll(/ (?:d|x|y)="([^"]*)"/g)].map(([, text = '']) => text);
  return places.flatMap((text) => text.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
}

describe('a still picture', () => {
  it.each(chartsOf(within()).map((spec) => [spec.id, spec] as const))(
    'of %s has a name, a description and only numbers',
    (id, spec) => {
      const { markup } = stillPicture(spec);
      expect(markup).toContain(`role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">`);
      expect(markup).toContain(`<desc id="${id}-desc">`);
      expect(markup.match(/NaN|Infinity|undefined|style=/)).toBeNull();
      const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(markup) ?? [];
      const all = numbersIn(markup);
      expect(all.length).toBeGreaterThan(20);
      expect(Math.max(...all)).toBeLessThanOrEqual(Math.max(Number(width), Number(height)));
    },
  );

  it('is the same for the same chart', () => {
    const [first] = chartsOf(within());
    const [again] = chartsOf(within());
    if (first === undefined || again === undefined) throw new Error('the fixture has no chart');
    expect(stillPicture(first)).toEqual(stillPicture(again));
  });

  it('has one line for each treatment’s curve, the baseline’s dashed, as high as its response times', () => {
    const [curve] = curveCharts(within());
    if (curve === undefined) throw new Error('the fixture has no curve');
    const { markup } = stillPicture(curve);
    const lines = [...markup.matchAll(/<path class="(series[^"]*)" d="(M[^"hH]*)"\/>/g)];
    expect(lines.map(([, name]) => name)).toEqual(['series tone0 dashed', 'series tone1']);
    const ends = lines.map(([, , d = '']) => Number(d.split(' ').at(-1)));
    // The baseline answers sooner at the slow end too, and a picture counts from its top.
    expect(ends[0]).toBeGreaterThan(ends[1] ?? 0);
  });

  it('has a mark for each block, within the plot', () => {
    const [load] = within().loads;
    const [blocks] = load === undefined ? [] : blocksCharts(within(), load);
    if (blocks === undefined) throw new Error('the fixture has no block');
    const [, marks = ''] = /<path class="mark tone1" d="([^"]*)"/.exec(stillPicture(blocks).markup) ?? [];
    expect(marks.match(/M/g)).toHaveLength(6);
  });

  it('holds hostile names as text', () => {
    for (const spec of chartsOf(hostile())) {
      const { markup } = stillPicture(spec);
      expect(markup.match(/<(?!\/?(svg|title|desc|path|text)\b)|\u202e/g)).toBeNull();
    }
  });

  it('is told in words with the figures of the tables', () => {
    const words = (id: string) =>
      chartsOf(within())
        .filter((spec) => spec.id === id)
        .map(inWords);
    expect(words('blocks-1-p50')).toEqual(['envoy: 0.52 ms (0.49 to 0.55) over 6 blocks.']);
    expect(words('rates-p50')).toEqual([
      'envoy: 0.492 ms (0.471 to 0.517) at 500/s, 0.52 ms (0.49 to 0.55) at 1,000/s.',
    ]);
    expect(words('cost-cpu')).toEqual([
      'envoy client proxy, 500/s: 71 millicores (69 to 75); envoy server proxy, 500/s: 78 millicores (75 to 82); envoy client proxy, 1,000/s: 125 millicores (120 to 130); envoy server proxy, 1,000/s: 138 millicores (132 to 144).',
    ]);
    expect(words('curve-0')[0]).toMatch(/^none: from 0\.065 ms for the fastest to \S+ ms at 99\.99 %; envoy: from /);
  });
});

describe('the charts', () => {
  it('cut no word of a bar’s label', () => {
    const [cpu] = costCharts(within());
    expect(cpu?.bars.map(({ lines, label }) => [lines.join(' '), label])).toEqual(
      cpu?.bars.map(({ label }) => [label, label]),
    );
    expect(cpu?.bars[0]?.lines).toEqual(['envoy client proxy, 500/s']);
  });

  it('draw the added latency over the rate only where at least two loads have it', () => {
    const base = within();
    expect(rateCharts(base).map(({ id }) => id)).toEqual(['rates-p50', 'rates-p90', 'rates-p99']);
    expect(rateCharts({ ...base, loads: base.loads.slice(0, 1) })).toEqual([]);
    expect(rateCharts(base)[0]?.series[0]?.points).toEqual([
      { x: 500, y: 0.492, low: 0.471, high: 0.517, text: '0.492 ms (0.471 to 0.517)' },
      { x: 1000, y: 0.524, low: 0.493, high: 0.551, text: '0.52 ms (0.49 to 0.55)' },
    ]);
  });

  it('leave bars that could not be told apart to the table, and say so', () => {
    const base = within();
    const [load] = base.loads;
    if (load === undefined) throw new Error('the fixture has no load');
    const rates = Array.from({ length: 13 }, (_, index) => 100 * (index + 1));
    const loads = rates.map((arrivalRatePerSecond, index) => ({ ...load, load: index, arrivalRatePerSecond }));
    const [cpu] = costCharts({ ...base, loads });
    expect(cpu?.bars.map(({ label }) => label)).toEqual(['envoy client proxy, 1,300/s', 'envoy server proxy, 1,300/s']);
    expect(cpu?.title).toBe('CPU of each proxy, in millicores, at 1,300/s alone (the table has all)');
  });
});

describe('the scales', () => {
  it('lead from values to places, also where all values are the same', () => {
    expect([0, 5, 10].map(linear([0, 10], [100, 0]))).toEqual([100, 50, 0]);
    expect(linear([3, 3], [0, 100])(3)).toBe(50);
    expect([1, 10, 100].map(logarithmic([1, 100], [0, 50]))).toEqual([0, 25, 50]);
  });

  it('have round ticks within their range', () => {
    expect(linearTicks([0, 1.2], 5)).toEqual([0, 0.5, 1]);
    expect(linearTicks([-3, 7], 5)).toEqual([-2, 0, 2, 4, 6]);
    expect(linearTicks([4, 4], 5)).toEqual([4]);
    expect(logarithmicTicks([0.05, 3])).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
    expect(logarithmicTicks([0.05, 30])).toEqual([0.1, 0.3, 1, 3, 10, 30]);
    expect(logarithmicTicks([0.05, 30_000])).toEqual([0.1, 1, 10, 100, 1000, 10_000]);
  });
});
