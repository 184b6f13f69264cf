import { PALETTE } from './palette.ts';

/** What every script that draws charts begins with: colours that follow the appearance, numbers, and an axis in them. */
export const CHART_SCRIPT = `
  const palettes = ${JSON.stringify(PALETTE)};
  const darkness = matchMedia('(prefers-color-scheme: dark)');
  const appearance = () => (darkness.matches ? palettes.dark : palettes.light);
  const number = (value) => String(Number(value.toPrecision(3)));

  const axis = (colours, title, more) => ({
    title: { display: true, text: title, color: colours.quiet },
    grid: { color: colours.line },
    border: { color: colours.line },
    ...more,
    ticks: { color: colours.quiet, ...more.ticks },
  });
`;
