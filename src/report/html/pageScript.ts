/**
 * The part of the page's script that sets it going: charts are drawn one by one, so that the page answers in between;
 * what is folded up is made when it is opened; and on paper the still pictures stand in the charts' places.
 */
export const PAGE_SCRIPT = `
  // With scripts a browser reads a noscript element's content as text: what we put there ourselves when the page was made.
  const contentOf = (noscript) => {
    const holder = document.createElement('template');
    holder.innerHTML = noscript.textContent;
    return holder.content;
  };

  for (const fold of document.querySelectorAll('details.fold')) {
    fold.addEventListener('toggle', () => {
      const noscript = fold.querySelector('noscript');
      if (fold.open && noscript !== null) noscript.replaceWith(contentOf(noscript));
    });
  }

  const drawn = new Map();
  const draw = (spec) => {
    const canvas = document.getElementById(spec.id);
    drawn.get(spec.id)?.destroy();
    canvas.parentElement.hidden = false;
    canvas.parentElement.style.height = heights[spec.kind](spec) + 'px';
    drawn.set(spec.id, new Chart(canvas, kinds[spec.kind](spec, appearance())));
  };

  let seconds;
  const drawSeconds = () => {
    if (seconds === undefined) seconds = secondsOf();
    else seconds.redraw();
  };
  let turn = 0;
  const inTurn = (all) => {
    const mine = ++turn;
    const next = (index) => {
      if (mine !== turn || index >= all.length) return;
      all[index]();
      setTimeout(next, 0, index + 1);
    };
    next(0);
  };

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  const drawAll = () => inTurn([...data.charts.map((spec) => () => draw(spec)), drawSeconds]);
  drawAll();
  darkness.addEventListener('change', drawAll);

  const opened = [];
  addEventListener('beforeprint', () => {
    for (const noscript of document.querySelectorAll('figure > noscript')) {
      const still = document.createElement('div');
      still.className = 'on-paper';
      still.append(contentOf(noscript));
      noscript.replaceWith(still);
    }
    for (const details of document.querySelectorAll('details:not(.fold):not([open])')) {
      details.open = true;
      opened.push(details);
    }
  });
  addEventListener('afterprint', () => {
    for (const details of opened.splice(0)) details.open = false;
  });
`;
