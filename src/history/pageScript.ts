import { CHART_SCRIPT } from '../report/html/chartScript.ts';

/** Beside the report's own style: tables of many runs. */
export const HISTORY_STYLE = `
.runs td .reason { display: block; white-space: normal; min-width: 7rem; }
.runs td { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.runs tbody th { white-space: nowrap; font-weight: 400; }
.runs td strong { color: var(--bad); }
.runs td em { color: var(--open); font-style: normal; font-weight: 600; }
`;

/** Draws the charts of a history; without it, the tables below them hold the same numbers. */
export const HISTORY_SCRIPT = `
(() => {
  'use strict';
${CHART_SCRIPT}  const specs = JSON.parse(document.getElementById('chart-data').textContent);

  const levels = (spec, colours) => ({
    id: 'levels',
    afterDatasetsDraw: ({ ctx, chartArea, scales }) => {
      ctx.save();
      ctx.strokeStyle = colours.quiet;
      ctx.setLineDash([2, 3]);
      for (const place of spec.changes) {
        const x = scales.x.getPixelForValue(place - 0.5);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
      }
      ctx.restore();
    },
  });

  const runs = (spec, colours) => {
    const colour = colours.series[4];
    const places = spec.points.map(([place]) => place);
    const ends = [Math.min(...places) - 0.5, Math.max(...places) + 0.5];
    const of = (index) => spec.points.map((point) => ({ x: point[0], y: point[index] }));
    const tone = (place) => (spec.regressed.includes(place) ? colours.bad : spec.suspected.includes(place) ? colours.open : colour);
    const quiet = { label: '', pointRadius: 0, pointHitRadius: 0, borderWidth: 0 };
    const datasets = [
      { label: spec.title, data: of(1), borderColor: colour, borderWidth: 1, pointRadius: 3,
        pointBackgroundColor: places.map(tone), pointBorderColor: places.map(tone),
        pointStyle: places.map((place) => (spec.regressed.includes(place) ? 'rectRot' : spec.suspected.includes(place) ? 'triangle' : 'circle')) },
      { ...quiet, data: of(3) },
      { ...quiet, data: of(2), fill: '-1', backgroundColor: colour + '26' },
    ];
    if (spec.expected !== undefined) {
      datasets.push({ ...quiet, data: ends.map((x) => ({ x, y: spec.expected })), borderColor: colours.bad, borderWidth: 1.5, borderDash: [6, 4] });
    }
    return {
      type: 'line',
      data: { datasets },
      plugins: [levels(spec, colours)],
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        scales: {
          x: axis(colours, 'run', { type: 'linear', min: ends[0], max: ends[1], grid: { display: false },
            ticks: { callback: (value) => (Number.isInteger(value) ? String(value) : ''), maxRotation: 0 } }),
          y: axis(colours, spec.unit, { grace: '5%', ticks: { callback: number, maxTicksLimit: 6 } }),
        },
        plugins: {
          legend: { display: false },
          tooltip: { filter: (item) => item.dataset.label !== '', callbacks: {
            title: (items) => (items[0] ? 'run ' + items[0].parsed.x : ''),
            label: (item) => number(item.parsed.y) + ' ' + spec.unit,
          } },
        },
      },
    };
  };

  let drawn = [];
  const draw = (colours) => {
    for (const chart of drawn) chart.destroy();
    drawn = specs.map((spec) => {
      const canvas = document.getElementById(spec.id);
      canvas.parentElement.style.height = '230px';
      return new Chart(canvas, runs(spec, colours));
    });
  };

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
