import { fixed } from '../../analysis/rounding.ts';
import { columns } from '../text.ts';
import { type Markup, markup } from './markup.ts';

/** Still pictures of charts: SVG without style attributes, which the page's policy would refuse; its classes have the colours. */

/** A picture's size and where its plot lies, in its own units. */
export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** From a value to its place in the picture. */
export type Scale = (value: number) => number;

type Range = readonly [from: number, to: number];

export function linear([low, high]: Range, [start, end]: Range): Scale {
  const width = high - low;
  return (value) => (width === 0 ? (start + end) / 2 : start + ((value - low) / width) * (end - start));
}

/** @param values both over 0 */
export function logarithmic([low, high]: Range, places: Range): Scale {
  const straight = linear([Math.log10(low), Math.log10(high)], places);
  return (value) => straight(Math.log10(value));
}

/** Round values from at most `low` up to `high`, some `about` of them. */
export function linearTicks([low, high]: Range, about: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((each) => each * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** 1, 2 and 5 of each power of ten within the range; 1 and 3, or 1 alone, where it is wide. */
export function logarithmicTicks([low, high]: Range): number[] {
  const decades = Math.log10(high / low);
  const steps = decades > 4 ? [1] : decades > 2 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    for (const step of steps) {
      const tick = Number((step * 10 ** power).toPrecision(12));
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  }
  return ticks;
}

/** A place in the picture, to a tenth of a unit, which is finer than anybody sees. */
export const place = (value: number): string => String(Number(fixed(value, 1)));

/** A number at an axis. */
export const axisNumber = (value: number): string => String(Number(value.toPrecision(3)));

export interface Tick {
  at: number;
  text: string;
}

/** Lines across the plot at the ticks of its upright axis, with their numbers; and the numbers of the level axis. */
export function axes(frame: Frame, axis: { x: readonly Tick[]; y: readonly Tick[]; xTitle: string }): Markup {
  const { left, right, bottom } = frame;
  const lines = axis.y.map(({ at }) => `M${place(left)} ${place(at)}H${place(right)}`).join('');
  const numbers = axis.y.map(
    ({ at, text }) => markup`<text x="${place(left - 6)}" y="${place(at + 4)}" class="end">${text}</text>`,
  );
  const below = axis.x.map(
    ({ at, text }) => markup`<text x="${place(at)}" y="${place(bottom + 16)}" class="middle">${text}</text>`,
  );
  const title = markup`<text x="${place((left + right) / 2)}" y="${place(bottom + 33)}" class="middle">${axis.xTitle}</text>`;
  return markup`<path class="grid" d="${lines}M${place(left)} ${place(bottom)}H${place(right)}"/>${numbers}${below}${title}`;
}

/** Marks that differ by shape as well as by colour; those of one series are one path. */
export function marks(tone: number, points: readonly { x: number; y: number }[], radius: number): string {
  const shape = SHAPES[tone % SHAPES.length] ?? circle;
  return points.map(({ x, y }) => shape(x, y, radius)).join('');
}

type Shape = (x: number, y: number, radius: number) => string;

const circle: Shape = (x, y, radius) => {
  const [r, across] = [place(radius), place(2 * radius)];
  return `M${place(x - radius)} ${place(y)}a${r} ${r} 0 1 0 ${across} 0a${r} ${r} 0 1 0-${across} 0z`;
};
const triangle: Shape = (x, y, r) => `M${place(x - r)} ${place(y + r)}h${place(2 * r)}l${place(-r)} ${place(-2 * r)}z`;
const square: Shape = (x, y, r) => `M${place(x - r)} ${place(y - r)}h${place(2 * r)}v${place(2 * r)}h${place(-2 * r)}z`;
const diamond: Shape = (x, y, r) =>
  `M${place(x)} ${place(y - r)}l${place(r)} ${place(r)}l${place(-r)} ${place(r)}l${place(-r)} ${place(-r)}z`;
const cross: Shape = (x, y, r) =>
  `M${place(x - r)} ${place(y - r)}l${place(2 * r)} ${place(2 * r)}M${place(x + r)} ${place(y - r)}l${place(-2 * r)} ${place(2 * r)}`;
const SHAPES: readonly Shape[] = [circle, circle, triangle, square, diamond, cross];

/** An upright or level line with a short stroke at each end: an interval. */
export function whisker(from: { x: number; y: number }, to: { x: number; y: number }, half: number): string {
  const cap = ({ x, y }: { x: number; y: number }) =>
    from.x === to.x
      ? `M${place(x - half)} ${place(y)}h${place(2 * half)}`
      : `M${place(x)} ${place(y - half)}v${place(2 * half)}`;
  return `M${place(from.x)} ${place(from.y)}L${place(to.x)} ${place(to.y)}${cap(from)}${cap(to)}`;
}

const LEGEND_LINE = 18;
const LONGEST_LABEL = 60;

export const legendHeight = (entries: number): number => 46 + LEGEND_LINE * entries;

/** One line for each series below the plot, with the line or mark that stands for it. */
export function legend(
  frame: Frame,
  entries: readonly { label: string; tone: number; dashed: boolean; mark: boolean }[],
): Markup {
  const lines = entries.map(({ label, tone, dashed, mark }, index) => {
    const y = frame.bottom + 52 + index * LEGEND_LINE;
    const x = frame.left + 4;
    const sample = mark
      ? markup`<path class="mark tone${tone}" d="${marks(tone, [{ x: x + 12, y }], 4)}"/>`
      : markup`<path class="series tone${tone}${dashed ? ' dashed' : ''}" d="M${place(x)} ${place(y)}h24"/>`;
    return markup`${sample}<text x="${place(x + 32)}" y="${place(y + 4)}">${shortened(label)}</text>`;
  });
  return markup`${lines}`;
}

/** A picture has no room for a name of any length; the table beside it holds it whole. */
export function shortened(text: string, room = LONGEST_LABEL): string {
  return columns(text) <= room ? text : `${[...text].slice(0, room - 1).join('')}…`;
}

/** The whole picture, named and described for those who do not see it. */
export function picture(parts: {
  id: string;
  frame: Pick<Frame, 'width' | 'height'>;
  title: string;
  description: string;
  content: Markup;
}): Markup {
  const { id, frame, title, description, content } = parts;
  return markup`<svg class="still" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>${content}</svg>`;
}
