/** Colours of one appearance; page and charts read the same ones. */
// @ts-nocheck

interface Appearance {
  page: string;
  surface: string;
  line: string;
  ink: string;
  quiet: string;
  good: string;
  bad: string;
  open: string;
  goodWash: string;
  badWash: string;
  openWash: string;
  /** The baseline's grey-blue first, then the treatments, in hues that differ under every common colour blindness. */
  series: readonly [string, string, string, string, string, string];
}

/** The treatments' hues follow Okabe and Ito, "Color Universal Design", set darker or lighter for contrast. */
export const PALETTE = {
  light: {
    page: '#f6f7f9',
    surface: '#ffffff',
    line: '#dde2e8',
    ink: '#1b2430',
    quiet: '#586474',
    good: '#14643c',
    bad: '#a3260f',
    open: '#7a5200',
    goodWash: '#e4f3ea',
    badWash: '#fbe9e5',
    openWash: '#fbf1dc',
    series: ['#7189a8', '#c4500a', '#00805f', '#a64d83', '#0069a8', '#96700a'],
  },
  dark: {
    page: '#11161d',
    surface: '#19202a',
    line: '#303a47',
    ink: '#e8ecf1',
    quiet: '#a2aebd',
    good: '#7fd6a4',
    bad: '#ff9d88',
    open: '#eec06a',
    goodWash: '#163226',
    badWash: '#3d1e19',
    openWash: '#382b13',
    series: ['#8fa6c4', '#f08b4a', '#3cc79c', '#dd8fbd', '#5bb4e8', '#e0b94a'],
  },
} as const satisfies Record<'light' | 'dark', Appearance>;

/** The colours as CSS custom properties: `--ink: #1b2430; …`. */
export function customProperties(appearance: keyof typeof PALETTE): string {
  const { series, ...named } = PALETTE[appearance];
  const single = Object.entries(named).map(([name, value]) => {
    return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${value};`;
  });
  return [...single, ...series.map((colour, index) => `--series-${index}: ${colour};`)].join(' ');
}
