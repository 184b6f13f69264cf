import { ratePerSecond } from '../../analysis/rounding.ts';
import { countOf } from '../../analysis/wording.ts';
import type { BarsChart, BlocksChart, ChartSpec, CurveChart, RatesChart } from './charts.ts';
import { type Markup, markup } from './markup.ts';
import {
  axes,
  axisNumber,
  type Frame,
  legend,
  legendHeight,
  linear,
  linearTicks,
  logarithmic,
  logarithmicTicks,
  marks,
  picture,
  place,
  shortened,
  whisker,
} from './svg.ts';

/** A chart as a still picture: pure, so that the same chart is the same picture on paper and without scripts. */
export function stillPicture(spec: ChartSpec): Markup {
  switch (spec.kind) {
    case 'curve':
      return curvePicture(spec);
    case 'blocks':
      return blocksPicture(spec);
    case 'rates':
      return ratesPicture(spec);
    case 'bars':
      return barsPicture(spec);
  }
}

/** What a chart shows, in words for those who do not see it. */
export function describe(spec: ChartSpec): string {
  switch (spec.kind) {
    case 'curve':
      return `${spec.series.map(curveInWords).join('; ')}.`;
    case 'blocks':
      return `${spec.series.map(({ label, text, points }) => `${label}: ${text} over ${countOf(points.length, 'block')}`).join('; ')}.`;
    case 'rates':
      return `${spec.series
        .map(
          ({ label, points }) =>
            `${label}: ${points.map(({ x, text }) => `${text} at ${ratePerSecond(x)}`).join(', ')}`,
        )
        .join('; ')}.`;
    case 'bars':
      return barsInWords(spec);
  }
}

function curveInWords({ label, points }: CurveChart['series'][number]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return `${label}: no point`;
  return `${label}: from ${axisNumber(first.y)} ms for the fastest to ${axisNumber(last.y)} ms at ${shareText(last.x)}`;
}

const FEW_BARS = 6;

function barsInWords({ bars }: BarsChart): string {
  const sorted = bars.toSorted((a, b) => a.point - b.point);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return 'No bar.';
  if (bars.length <= FEW_BARS) return `${bars.map(({ label, text }) => `${label}: ${text}`).join('; ')}.`;
  return `${bars.length} bars, from ${least.text} (${least.label}) to ${most.text} (${most.label}).`;
}

/** The share of requests at or below, from 1 / (1 - quantile). */
const shareText = (x: number): string => `${Number((100 * (1 - 1 / x)).toPrecision(7))} %`;

const SHARES = [1, 2, 10, 100, 1000, 10_000, 100_000, 1_000_000];

function curvePicture(spec: CurveChart): Markup {
  const { series } = spec;
  const points = series.flatMap((each) => each.points);
  const ys = points.flatMap(({ y, low = y, high = y }) => [y, low, high]);
  const xs = points.map(({ x }) => x);
  const bottom = 270;
  const frame: Frame = {
    width: 640,
    height: bottom + legendHeight(series.length),
    left: 56,
    right: 626,
    top: 12,
    bottom,
  };
  const yRange = [Math.min(...ys) * 0.9, Math.max(...ys) * 1.1] as const;
  const xRange = [1, Math.max(...xs, 2)] as const;
  const x = logarithmic(xRange, [frame.left, frame.right]);
  const y = logarithmic(yRange, [frame.bottom, frame.top]);
  const lines = series.map(({ tone, points: own }) => {
    const at = (px: number, py: number) => `${place(x(px))} ${place(y(py))}`;
    const path = own.map((point) => at(point.x, point.y)).join('L');
    const banded = own.flatMap(({ x: px, low, high }) =>
      low === undefined || high === undefined ? [] : [{ px, low, high }],
    );
    const edge = [
      ...banded.map(({ px, high }) => at(px, high)),
      ...banded.toReversed().map(({ px, low }) => at(px, low)),
    ].join('L');
    const band = banded.length === 0 ? undefined : markup`<path class="band tone${tone}" d="M${edge}z"/>`;
    return markup`${band}<path class="series tone${tone}${tone === 0 ? ' dashed' : ''}" d="M${path}"/>`;
  });
  return picture({
    ...namesOf(spec),
    frame,
    content: markup`${axes(frame, {
      x: SHARES.filter((share) => share <= xRange[1] * 1.0001).map((share) => ({
        at: x(share),
        text: shareText(share),
      })),
      y: logarithmicTicks(yRange).map((tick) => ({ at: y(tick), text: axisNumber(tick) })),
      xTitle: 'share of requests at or below',
    })}${lines}${legend(
      frame,
      series.map(({ label, tone }) => ({ label, tone, dashed: tone === 0, mark: false })),
    )}`,
  });
}

/** More marks than this are drawn small. */
const MANY_BLOCKS = 60;

function blocksPicture(spec: BlocksChart): Markup {
  const { series } = spec;
  const blocks = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const ys = series.flatMap(({ points, low, high }) => [low, high, ...points.map(({ y }) => y)]);
  const bottom = 190;
  const frame: Frame = {
    width: 360,
    height: bottom + legendHeight(series.length),
    left: 46,
    right: 350,
    top: 12,
    bottom,
  };
  const x = linear([(blocks[0] ?? 1) - 0.5, (blocks.at(-1) ?? 1) + 0.5], [frame.left, frame.right]);
  const { scale: y, ticks } = upright(ys, frame);
  const radius = blocks.length > MANY_BLOCKS ? 1.5 : 3.5;
  const drawn = series.map(({ tone, points, point, low, high }) => {
    const [from, to] = [place(frame.left), place(frame.right)];
    const places = points.map((each) => ({ x: x(each.x), y: y(each.y) }));
    return markup`<path class="band tone${tone}" d="M${from} ${place(y(low))}H${to}V${place(y(high))}H${from}z"/><path class="series tone${tone}" d="M${from} ${place(y(point))}H${to}"/><path class="mark tone${tone}" d="${marks(tone, places, radius)}"/>`;
  });
  const step = Math.ceil(blocks.length / 10);
  return picture({
    ...namesOf(spec),
    frame,
    content: markup`${axes(frame, {
      x: blocks.filter((_, index) => index % step === 0).map((block) => ({ at: x(block), text: String(block) })),
      y: ticks,
      xTitle: 'block',
    })}${drawn}${legend(
      frame,
      series.map(({ label, tone }) => ({ label, tone, dashed: false, mark: true })),
    )}`,
  });
}

/** An upright axis that holds 0, with some ticks. */
function upright(values: readonly number[], frame: Frame) {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = (high - low) * 0.05;
  const range = [low < 0 ? low - room : low, high + room] as const;
  const scale = linear(range, [frame.bottom, frame.top]);
  return { scale, ticks: linearTicks(range, 5).map((tick) => ({ at: scale(tick), text: axisNumber(tick) })) };
}

/** Treatments at the same rate stand beside each other. */
const BESIDE = 5;

function ratesPicture(spec: RatesChart): Markup {
  const { series } = spec;
  const rates = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))].sort((a, b) => a - b);
  const bottom = 200;
  const frame: Frame = {
    width: 420,
    height: bottom + legendHeight(series.length),
    left: 46,
    right: 410,
    top: 12,
    bottom,
  };
  const x = logarithmic([(rates[0] ?? 1) * 0.9, (rates.at(-1) ?? 1) * 1.1], [frame.left, frame.right]);
  const { scale: y, ticks } = upright(
    series.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high])),
    frame,
  );
  const drawn = series.map(({ tone, points }, index) => {
    const aside = (index - (series.length - 1) / 2) * BESIDE;
    const places = points.map((point) => ({ ...point, x: x(point.x) + aside, y: y(point.y) }));
    const line = places.map((at, order) => `${order === 0 ? 'M' : 'L'}${place(at.x)} ${place(at.y)}`).join('');
    const whiskers = places.map((at) => whisker({ x: at.x, y: y(at.low) }, { x: at.x, y: y(at.high) }, 3)).join('');
    return markup`<path class="series tone${tone}" d="${line}${whiskers}"/><path class="mark tone${tone}" d="${marks(tone, places, 3.5)}"/>`;
  });
  return picture({
    ...namesOf(spec),
    frame,
    content: markup`${axes(frame, {
      x: rates.map((rate) => ({ at: x(rate), text: ratePerSecond(rate) })),
      y: ticks,
      xTitle: 'arrival rate',
    })}${drawn}${legend(
      frame,
      series.map(({ label, tone }) => ({ label, tone, dashed: false, mark: true })),
    )}`,
  });
}

const namesOf = (spec: ChartSpec) => ({ id: spec.id, title: spec.title, description: describe(spec) });

const LINE = 14;

function barsPicture(spec: BarsChart): Markup {
  const { bars } = spec;
  const rowHeight = 16 + LINE * Math.max(1, ...bars.map(({ lines }) => lines.length));
  const bottom = 12 + rowHeight * bars.length;
  const frame: Frame = { width: 640, height: bottom + 42, left: 210, right: 626, top: 12, bottom };
  const range = [0, Math.max(0, ...bars.map(({ high }) => high)) * 1.05] as const;
  const x = linear(range, [frame.left, frame.right]);
  const drawn = bars.map(({ tone, point, low, high, lines }, index) => {
    const y = frame.top + rowHeight * (index + 0.5);
    const first = y + 4 - ((lines.length - 1) * LINE) / 2;
    const label = lines.map(
      (text, order) =>
        markup`<text x="${place(frame.left - 8)}" y="${place(first + order * LINE)}" class="end ink">${shortened(text, 34)}</text>`,
    );
    return markup`<path class="bar tone${tone}" d="M${place(frame.left)} ${place(y - 8)}H${place(x(point))}v16H${place(frame.left)}z"/><path class="interval-line" d="${whisker({ x: x(low), y }, { x: x(high), y }, 5)}"/>${label}`;
  });
  return picture({
    ...namesOf(spec),
    frame,
    content: markup`${axes(frame, {
      x: linearTicks(range, 6).map((tick) => ({ at: x(tick), text: axisNumber(tick) })),
      y: [],
      xTitle: spec.unit,
    })}${drawn}`,
  });
}
