import { CHART_SCRIPT } from './chartScript.ts';
import { PAGE_SCRIPT } from './pageScript.ts';
import { SECONDS_SCRIPT } from './secondsScript.ts';

/**
 * The page's own script: draws the charts that stand as data in the page, and draws them anew when the appearance
 * changes. Without it, and on paper, still pictures stand in their places; the tables hold the same numbers.
 */
export const SCRIPT = `
(() => {
  'use strict';
${CHART_SCRIPT}  const data = JSON.parse(document.getElementById('chart-data').textContent);
  const dashes = [[6, 4], [], [], [], [], []];
  const marks = ['circle', 'circle', 'triangle', 'rect', 'rectRot', 'star'];
  const share = (x) => Number((100 * (1 - 1 / x)).toPrecision(7)) + ' %';

  const shared = (colours) => ({
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    plugins: {
      legend: { position: 'bottom', labels: { color: colours.ink, usePointStyle: true, boxHeight: 7, filter: (item) => item.text !== '' } },
      tooltip: { filter: (item) => item.dataset.label !== '' },
    },
  });

  // A legend has no room for a name of any length; the table holds it whole.
  const shortened = (text) => (text.length > 60 ? text.slice(0, 59) + '…' : text);

  const line = (colours, series, more) => ({
    label: shortened(series.label),
    borderColor: colours.series[series.tone],
    backgroundColor: colours.series[series.tone],
    pointStyle: marks[series.tone],
    borderWidth: 2,
    ...more,
  });

  const decades = (scale, ticks) => {
    scale.ticks = ticks.filter((x) => x >= scale.min && x <= scale.max * 1.0001).map((value) => ({ value }));
  };

  const msTicks = (scale) => {
    const wide = Math.log10(scale.max / scale.min) > 2.5;
    const steps = wide ? [1, 3] : [1, 2, 5];
    const ticks = [];
    for (let power = -3; power <= 6; power += 1) for (const step of steps) ticks.push(step * 10 ** power);
    decades(scale, ticks);
  };

  const curve = (spec, colours) => ({
    type: 'line',
    data: {
      datasets: spec.series.flatMap((series) => {
        const banded = series.points.filter(({ low }) => low !== undefined);
        const band = { label: '', pointRadius: 0, pointHitRadius: 0, borderWidth: 0 };
        const edge = (key) => banded.map((point) => ({ x: point.x, y: point[key] }));
        return [
          line(colours, series, { data: series.points, pointRadius: 0, pointHitRadius: 8, borderDash: dashes[series.tone] }),
          line(colours, series, { ...band, data: edge('high') }),
          line(colours, series, { ...band, data: edge('low'), fill: '-1', backgroundColor: colours.series[series.tone] + '26' }),
        ];
      }),
    },
    options: {
      ...shared(colours),
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis(colours, 'share of requests at or below', {
          type: 'logarithmic', min: 1,
          afterBuildTicks: (scale) => decades(scale, [1, 2, 10, 100, 1000, 10000, 100000, 1000000]),
          ticks: { callback: share, maxRotation: 0, autoSkip: false },
        }),
        y: axis(colours, 'response time, ms', {
          type: 'logarithmic', afterBuildTicks: msTicks, ticks: { callback: number },
        }),
      },
      plugins: {
        ...shared(colours).plugins,
        tooltip: { filter: (item) => item.dataset.label !== '', callbacks: {
          title: (items) => (items[0] ? share(items[0].parsed.x) : ''),
          label: (item) => item.dataset.label + ': ' + number(item.parsed.y) + ' ms',
        } },
      },
    },
  });

  const blocks = (spec, colours) => {
    const all = spec.series.flatMap((series) => series.points.map((point) => point.x));
    const ends = [Math.min(...all) - 0.5, Math.max(...all) + 0.5];
    const level = (y) => ends.map((x) => ({ x, y }));
    const quiet = { label: '', pointRadius: 0, pointHitRadius: 0, borderWidth: 0 };
    const radius = all.length > 120 ? 2 : 4.5;
    const numbers = [...new Set(all)].sort((a, b) => a - b);
    const step = Math.ceil(numbers.length / 12);
    const datasets = spec.series.flatMap((series) => [
      line(colours, series, { data: series.points, showLine: false, pointRadius: radius, pointHoverRadius: 6 }),
      line(colours, series, { ...quiet, data: level(series.point), borderWidth: 1.5 }),
      line(colours, series, { ...quiet, data: level(series.high) }),
      line(colours, series, { ...quiet, data: level(series.low), fill: '-1', backgroundColor: colours.series[series.tone] + '33' }),
    ]);
    return {
      type: 'line',
      data: { datasets },
      options: {
        ...shared(colours),
        scales: {
          x: axis(colours, 'block', { type: 'linear', min: ends[0], max: ends[1],
            grid: { display: false },
            afterBuildTicks: (scale) => { scale.ticks = numbers.filter((_, index) => index % step === 0).map((value) => ({ value })); },
            ticks: { callback: String, maxRotation: 0 } }),
          y: axis(colours, 'added, ms', { beginAtZero: true, grace: '5%', ticks: { callback: number, maxTicksLimit: 6 } }),
        },
        plugins: {
          legend: { ...shared(colours).plugins.legend, display: spec.series.length > 1 },
          tooltip: { filter: (item) => item.dataset.label !== '', callbacks: {
            title: (items) => (items[0] ? 'block ' + items[0].parsed.x : ''),
            label: (item) => item.dataset.label + ': ' + number(item.parsed.y) + ' ms',
          } },
        },
      },
    };
  };

  // Intervals over a chart's marks: upright beside each point, or level through each bar.
  const whiskers = (colours, spans) => ({
    id: 'whiskers',
    afterDatasetsDraw: (chart) => {
      const { ctx, scales } = chart;
      ctx.save();
      ctx.lineWidth = 1.5;
      spans.forEach(({ low, high, tone }, dataset) => {
        ctx.strokeStyle = tone === undefined ? colours.ink : colours.series[tone];
        chart.getDatasetMeta(dataset).data.forEach((mark, index) => {
          const isLevel = chart.options.indexAxis === 'y';
          const ends = [low[index], high[index]].map((value) => (isLevel ? scales.x : scales.y).getPixelForValue(value));
          const [from, to] = isLevel ? ends.map((x) => [x, mark.y]) : ends.map((y) => [mark.x, y]);
          ctx.beginPath();
          ctx.moveTo(...from);
          ctx.lineTo(...to);
          for (const [x, y] of [from, to]) {
            ctx.moveTo(x - (isLevel ? 0 : 4), y - (isLevel ? 5 : 0));
            ctx.lineTo(x + (isLevel ? 0 : 4), y + (isLevel ? 5 : 0));
          }
          ctx.stroke();
        });
      });
      ctx.restore();
    },
  });

  const rates = (spec, colours) => {
    const all = [...new Set(spec.series.flatMap((series) => series.points.map((point) => point.x)))].sort((a, b) => a - b);
    const rate = (value) => Number(value.toFixed(1)).toLocaleString('en-US') + '/s';
    return {
      type: 'line',
      data: { datasets: spec.series.map((series) => line(colours, series, { data: series.points, pointRadius: 4.5, pointHoverRadius: 6 })) },
      plugins: [whiskers(colours, spec.series.map(({ points, tone }) => (
        { low: points.map((point) => point.low), high: points.map((point) => point.high), tone })))],
      options: {
        ...shared(colours),
        scales: {
          x: axis(colours, 'arrival rate', {
            type: 'logarithmic', min: all[0] * 0.9, max: all[all.length - 1] * 1.1, grid: { display: false },
            afterBuildTicks: (scale) => { scale.ticks = all.map((value) => ({ value })); },
            ticks: { callback: rate, maxRotation: 0 } }),
          y: axis(colours, 'added, ms', {
            beginAtZero: true, suggestedMax: Math.max(...spec.series.flatMap(({ points }) => points.map((point) => point.high))),
            suggestedMin: Math.min(...spec.series.flatMap(({ points }) => points.map((point) => point.low))),
            ticks: { callback: number, maxTicksLimit: 6 } }),
        },
        plugins: {
          ...shared(colours).plugins,
          tooltip: { callbacks: {
            title: (items) => (items[0] ? 'at ' + rate(items[0].parsed.x) : ''),
            label: (item) => item.dataset.label + ': ' + item.raw.text,
          } },
        },
      },
    };
  };

  const bars = (spec, colours) => ({
    type: 'bar',
    data: {
      labels: spec.bars.map((bar) => bar.lines),
      datasets: [{
        data: spec.bars.map((bar) => bar.point),
        backgroundColor: spec.bars.map((bar) => colours.series[bar.tone]),
        barThickness: 18,
      }],
    },
    plugins: [whiskers(colours, [{ low: spec.bars.map((bar) => bar.low), high: spec.bars.map((bar) => bar.high) }])],
    options: {
      ...shared(colours),
      indexAxis: 'y',
      scales: {
        x: axis(colours, spec.unit, { beginAtZero: true, suggestedMax: Math.max(...spec.bars.map((bar) => bar.high)), ticks: { callback: number } }),
        y: axis(colours, '', { title: { display: false }, grid: { display: false }, ticks: { autoSkip: false } }),
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: {
          title: (items) => (items[0] ? spec.bars[items[0].dataIndex].label : ''),
          label: (item) => spec.bars[item.dataIndex].text,
        } },
      },
    },
  });

  const kinds = { curve, blocks, rates, bars };
  const longest = (spec) => Math.max(...spec.bars.map((bar) => bar.lines.length));
  const heights = {
    curve: () => 380, blocks: () => 260, rates: () => 280,
    bars: (spec) => 70 + (18 + 15 * longest(spec)) * spec.bars.length,
  };
${SECONDS_SCRIPT}${PAGE_SCRIPT}})();
`;
