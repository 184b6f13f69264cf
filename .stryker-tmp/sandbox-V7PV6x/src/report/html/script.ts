// @ts-nocheck
import { PALETTE } from './palette.ts';

/**
 * The page's own script: draws the charts that stand as data in the page, and draws them anew when the appearance
 * changes or the page is printed. Without it, the tables beside the charts hold the same numbers.
 */
export const SCRIPT = `
(() => {
  'use strict';
  const palettes = ${JSON.stringify(PALETTE)};
  const specs = JSON.parse(document.getElementById('chart-data').textContent);
  const darkness = matchMedia('(prefers-color-scheme: dark)');
  const dashes = [[6, 4], [], [], [], [], []];
  const marks = ['circle', 'circle', 'triangle', 'rect', 'rectRot', 'star'];
  const number = (value) => String(Number(value.toPrecision(3)));
  const share = (x) => Number((100 * (1 - 1 / x)).toPrecision(7)) + ' %';

  const axis = (colours, title, more) => ({
    title: { display: true, text: title, color: colours.quiet },
    grid: { color: colours.line },
    border: { color: colours.line },
    ...more,
    ticks: { color: colours.quiet, ...more.ticks },
  });

  const shared = (colours) => ({
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    plugins: {
      legend: { position: 'bottom', labels: { color: colours.ink, usePointStyle: true, boxHeight: 7, filter: (item) => item.text !== '' } },
      tooltip: { filter: (item) => item.dataset.label !== '' },
    },
  });

  const line = (colours, series, more) => ({
    label: series.label,
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
      datasets: spec.series.map((series) =>
        line(colours, series, { data: series.points, pointRadius: 0, pointHitRadius: 8, borderDash: dashes[series.tone] })),
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
        tooltip: { callbacks: {
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
    const datasets = spec.series.flatMap((series) => [
      line(colours, series, { data: series.points, showLine: false, pointRadius: 4.5, pointHoverRadius: 6 }),
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
            afterBuildTicks: (scale) => { scale.ticks = [...new Set(all)].sort((a, b) => a - b).map((value) => ({ value })); },
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

  const whiskers = (spec, colours) => ({
    id: 'whiskers',
    afterDatasetsDraw: (chart) => {
      const { ctx, scales } = chart;
      ctx.save();
      ctx.strokeStyle = colours.ink;
      ctx.lineWidth = 1.5;
      chart.getDatasetMeta(0).data.forEach((bar, index) => {
        const [left, right] = [spec.bars[index].low, spec.bars[index].high].map((value) => scales.x.getPixelForValue(value));
        ctx.beginPath();
        ctx.moveTo(left, bar.y);
        ctx.lineTo(right, bar.y);
        for (const x of [left, right]) {
          ctx.moveTo(x, bar.y - 5);
          ctx.lineTo(x, bar.y + 5);
        }
        ctx.stroke();
      });
      ctx.restore();
    },
  });

  const shorten = (text, room) => (text.length > room ? text.slice(0, room - 1) + '…' : text);

  const bars = (spec, colours) => ({
    type: 'bar',
    data: {
      labels: spec.bars.map((bar) => bar.label),
      datasets: [{
        data: spec.bars.map((bar) => bar.point),
        backgroundColor: spec.bars.map((bar) => colours.series[bar.tone]),
        barThickness: 18,
      }],
    },
    plugins: [whiskers(spec, colours)],
    options: {
      ...shared(colours),
      indexAxis: 'y',
      scales: {
        x: axis(colours, spec.unit, { beginAtZero: true, suggestedMax: Math.max(...spec.bars.map((bar) => bar.high)), ticks: { callback: number } }),
        y: axis(colours, '', {
          title: { display: false }, grid: { display: false },
          ticks: { autoSkip: false, callback(value) {
            const parts = this.getLabelForValue(value).split(', ');
            return this.chart.width < 520 ? [shorten(parts.slice(0, -1).join(', '), 24), parts.at(-1)] : shorten(parts.join(', '), 48);
          } },
        }),
      },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: (item) => {
          const bar = spec.bars[item.dataIndex];
          return number(bar.point) + ' ' + spec.unit + ' (' + number(bar.low) + ' to ' + number(bar.high) + ')';
        } } },
      },
    },
  });

  const kinds = { curve, blocks, bars };
  const heights = { curve: () => 380, blocks: () => 260, bars: (spec) => 80 + 46 * spec.bars.length };
  let drawn = [];
  const draw = (colours) => {
    for (const chart of drawn) chart.destroy();
    drawn = specs.map((spec) => {
      const canvas = document.getElementById(spec.id);
      canvas.parentElement.style.height = heights[spec.kind](spec) + 'px';
      return new Chart(canvas, kinds[spec.kind](spec, colours));
    });
  };
  const appearance = () => (darkness.matches ? palettes.dark : palettes.light);

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  draw(appearance());
  darkness.addEventListener('change', () => draw(appearance()));
  addEventListener('beforeprint', () => {
    draw(palettes.light);
    for (const chart of drawn) chart.resize(Math.min(chart.width, 640), chart.height);
  });
  addEventListener('afterprint', () => draw(appearance()));
})();
`;
