/** At most as many rows stand in the table of one trial; of a longer one those with the slowest requests. */
const MOST_SECONDS = 60;

/**
 * The part of the page's script that draws the seconds of one trial when it is asked for. It is text within the whole
 * script, and finds `data`, `line`, `axis`, `shared`, `msTicks`, `number` and `appearance` there.
 */
export const SECONDS_SCRIPT = `
  const secondsOf = () => {
    const { shown } = data.seconds;
    const view = document.getElementById('seconds-view');
    if (view === null || shown.length === 0) return { redraw: () => {} };
    const input = document.getElementById('seconds-trial');
    const status = document.getElementById('seconds-label');
    let at = 0;
    let chart;

    const ms = (us) => (us === null ? null : us / 1000);
    const msText = (us) => (us === null ? '—' : String(Number((us / 1000).toFixed(3))));

    const draw = () => {
      const colours = appearance();
      const { rows, warmUp } = shown[at];
      const canvas = document.getElementById('seconds-chart');
      canvas.parentElement.style.height = '300px';
      const curve = (label, tone, column) => line(colours, { label, tone }, {
        data: rows.map((row, x) => ({ x, y: row === null ? null : ms(row[column]) })), pointRadius: 3, spanGaps: false,
      });
      if (chart) chart.destroy();
      chart = new Chart(canvas, {
        type: 'line',
        data: { datasets: [curve('p50', 4, 2), curve('p99', 1, 3), curve('slowest', 0, 4)] },
        options: {
          ...shared(colours),
          interaction: { mode: 'nearest', axis: 'x', intersect: false },
          scales: {
            x: axis(colours, warmUp > 0 ? 'second; the first ' + warmUp + ' are warm-up' : 'second', {
              type: 'linear', ticks: { precision: 0, maxRotation: 0 } }),
            y: axis(colours, 'ms', { type: 'logarithmic', afterBuildTicks: msTicks, ticks: { callback: number } }),
          },
          plugins: { ...shared(colours).plugins, tooltip: { callbacks: {
            title: (items) => (items[0] ? 'second ' + items[0].parsed.x : ''),
            label: (item) => item.dataset.label + ': ' + number(item.parsed.y) + ' ms',
          } } },
        },
      });
    };

    const element = (name, text, attributes) => {
      const made = document.createElement(name);
      if (text !== undefined) made.textContent = text;
      for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
      return made;
    };

    const table = () => {
      const { trial, rows, warmUp } = shown[at];
      const known = rows.map((row, second) => ({ row, second })).filter(({ row }) => row !== null);
      const slowest = known.slice().sort((a, b) => (b.row[4] || 0) - (a.row[4] || 0)).slice(0, ${MOST_SECONDS});
      const kept = slowest.sort((a, b) => a.second - b.second);
      const cut = kept.length < known.length ? ', the ' + kept.length + ' of ' + known.length + ' with the slowest requests' : '';
      const caption = 'Seconds of trial ' + trial + cut;
      const frame = element('div', undefined, { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption });
      const whole = frame.appendChild(element('table', undefined, { class: 'numbers' }));
      whole.append(element('caption', caption));
      const head = whole.appendChild(element('thead')).appendChild(element('tr'));
      for (const title of ['Second', 'Sent', 'Failed', 'p50, ms', 'p99, ms', 'Slowest, ms']) {
        head.append(element('th', title, { scope: 'col' }));
      }
      const body = whole.appendChild(element('tbody'));
      for (const { row, second } of kept) {
        const tr = body.appendChild(element('tr'));
        tr.append(element('th', second < warmUp ? second + ', warm-up' : String(second), { scope: 'row' }));
        const [sent, failed, ...times] = row;
        for (const text of [String(sent), String(failed), ...times.map(msText)]) tr.append(element('td', text));
      }
      document.getElementById('seconds-table').replaceChildren(frame);
    };

    const show = (index) => {
      at = Math.min(shown.length - 1, Math.max(0, index));
      const { trial, label } = shown[at];
      input.value = String(trial);
      status.textContent = 'Trial ' + trial + ': ' + label;
      draw();
      table();
    };

    // A trial whose seconds the page does not hold is said, and the next one that it holds is shown.
    const choose = () => {
      const wanted = Number(input.value);
      if (!Number.isFinite(wanted) || input.value === '') return;
      const found = shown.findIndex(({ trial }) => trial >= wanted);
      show(found === -1 ? shown.length - 1 : found);
      if (shown[at].trial !== wanted) status.textContent = 'Not on this page: trial ' + wanted + '. ' + status.textContent;
    };

    view.hidden = false;
    input.addEventListener('change', choose);
    document.getElementById('seconds-before').addEventListener('click', () => show(at - 1));
    document.getElementById('seconds-after').addEventListener('click', () => show(at + 1));
    show(0);
    return { redraw: draw };
  };
`;
