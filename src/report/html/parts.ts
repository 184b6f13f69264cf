import { ABSENT, type Figure, intervalText, pointText } from '../../analysis/figure.ts';
import { grouped } from '../../analysis/rounding.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import type { Fact } from '../evidence.ts';
import type { Badge } from '../labels.ts';
import type { ChartSpec } from './charts.ts';
import { type Markup, markup, type Part } from './markup.ts';
import { describe, stillPicture } from './pictures.ts';

/** A column of a table; numbers stand to the right, with digits of one width. */
interface Column {
  title: string;
  number?: boolean;
}

export interface TableParts {
  /** Read out by a screen reader, and shown above the table. */
  caption: string;
  columns: readonly Column[];
  /** The first cell of a row is its heading. */
  rows: readonly (readonly Markup[])[];
  /** Stand each row as a card on a narrow screen; else the table scrolls sideways. */
  stack: boolean;
  /** Never folded up, however long: it is what the page is for. */
  alwaysOpen?: boolean;
}

/** A longer table is folded up, so that the page of a large run stays quick and short. */
const FOLD_ABOVE_ROWS = 24;

/** More rows than this stand in no table: the page of a large run would be too large to open. */
const MOST_ROWS = 250;

/** A table that a narrow screen can read, folded up where it is long; nothing where there are no rows. */
export function table(parts: TableParts): Markup | undefined {
  const { caption, rows, alwaysOpen = false } = parts;
  if (rows.length === 0) return undefined;
  const whole = markup`${wholeTable({ ...parts, rows: rows.slice(0, MOST_ROWS) })}${cutNote(rows.length)}`;
  return alwaysOpen || rows.length <= FOLD_ABOVE_ROWS ? whole : folded(foldedTitle(caption, rows.length), whole);
}

const foldedTitle = (caption: string, rows: number): string => `${caption}: ${grouped(rows)} rows`;

function cutNote(rows: number): Markup | undefined {
  if (rows <= MOST_ROWS) return undefined;
  return markup`<p class="small">The first ${grouped(MOST_ROWS)} of ${grouped(rows)} rows; results.json has all.</p>`;
}

function wholeTable({ caption, columns, rows, stack }: TableParts): Markup {
  const head = columns.map(({ title, number }) => markup`<th scope="col"${classOf(number)}>${title}</th>`);
  const body = rows.map(
    (row) =>
      markup`<tr>${row.map((cell, index) => {
        const column = columns[index];
        if (index === 0) return markup`<th scope="row">${cell}</th>`;
        const label = stack ? markup` data-label="${column?.title}"` : undefined;
        return markup`<td${label}${classOf(column?.number)}>${cell}</td>`;
      })}</tr>`,
  );
  return inFrame(
    caption,
    markup`<table${stack ? markup` class="stack"` : undefined}><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`,
  );
}

function classOf(number: boolean | undefined): Markup | undefined {
  return number === true ? markup` class="number"` : undefined;
}

/** A table of bare numbers, written as short as can be: of a large run there are thousands. */
export function numberTable(parts: {
  caption: string;
  titles: readonly string[];
  rows: readonly (readonly string[])[];
}): Markup | undefined {
  const { caption, titles, rows } = parts;
  if (rows.length === 0) return undefined;
  const head = titles.map((title) => markup`<th scope="col">${title}</th>`);
  const body = rows
    .slice(0, MOST_ROWS)
    .map(
      ([first, ...others]) =>
        markup`<tr><th scope="row">${first}</th>${others.map((value) => markup`<td>${value}</td>`)}</tr>`,
    );
  const whole = inFrame(
    caption,
    markup`<table class="numbers"><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`,
  );
  const all = markup`${whole}${cutNote(rows.length)}`;
  return rows.length <= FOLD_ABOVE_ROWS ? all : folded(foldedTitle(caption, rows.length), all);
}

/** What may be wider than the screen scrolls in a frame that the keyboard reaches. */
function inFrame(name: string, content: Markup): Markup {
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="${name}">${content}</div>`;
}

/**
 * Content that is folded up. With scripts it costs no element until it is opened, since a noscript element then holds
 * text; without scripts it is simply there.
 */
export function folded(summary: string, content: Markup): Markup {
  return markup`<details class="fold"><summary>${summary}</summary><noscript>${content}</noscript></details>`;
}

/** A part of the page, which the list of contents leads to by its id. */
export function section(parts: { id: string; title: string; lead?: string; content: Part }): Markup {
  const { id, title, lead, content } = parts;
  const intro = lead === undefined ? undefined : markup`<p class="lead">${lead}</p>`;
  return markup`<section id="${id}"><h2>${title}</h2>${intro}
${content}</section>`;
}

/** One path each: there are hundreds of badges on the page of a large run. */
const SHAPES = {
  good: 'M1 8a7 7 0 1 0 14 0a7 7 0 1 0-14 0zM4.6 8.3l2.4 2.4 4.4-5',
  bad: 'M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2zM5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4',
  open: 'M8 .9L15.1 8 8 15.1.9 8zM6.2 6.4c.2-2.3 3.7-2.2 3.6 0-.1 1.3-1.8 1.3-1.8 2.7M8 10.6v1.3',
  neutral: 'M4.8 8a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0z',
} as const satisfies Record<Badge['tone'], string>;

/** A badge in words and with a shape of its own: a circle, an octagon or a diamond. */
export function badge({ tone, text }: Badge, size: 'small' | 'large' = 'small'): Markup {
  return markup`<span class="badge ${tone}${size === 'large' ? ' large' : ''}"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="${SHAPES[tone]}"/></svg>${text}</span>`;
}

/** `0.52 ms (0.49 to 0.55)`, an exact value without its interval, or a dash with its reason. */
export function figure(value: Measured<Figure>): Markup {
  if (isMissing(value)) return absent(value.missing);
  if (value.isExact) return markup`${pointText(value)}`;
  return markup`${pointText(value)} <span class="interval">(${intervalText(value)})</span>`;
}

/** A number with its unit, or a dash with its reason. */
export function numeral(value: Measured<string>, unit: string): Markup {
  return isMissing(value) ? absent(value.missing) : markup`${value} ${unit}`;
}

export function absent(reason: string): Markup {
  return markup`${ABSENT} <span class="reason interval">${reason}</span>`;
}

/** A treatment's name in its chart's colour, with the build that ran under it. */
export function treatmentName(name: string, tone: number, below?: string): Markup {
  const sub = below === undefined ? undefined : markup`<span class="sub">${below}</span>`;
  return markup`<span class="swatch s${tone}"></span>${name}${sub}`;
}

/**
 * A chart: a place that the script draws on, and the same as a still picture for paper and for a browser without
 * scripts. The table beside it holds the same numbers.
 */
export function chart(spec: ChartSpec): Markup {
  return markup`<figure><figcaption>${spec.title}</figcaption><div class="plot" hidden><canvas id="${spec.id}" role="img" aria-label="${spec.title}. ${describe(spec)} The table holds the numbers."></canvas></div><noscript>${stillPicture(spec)}</noscript></figure>`;
}

export function facts(rows: readonly Fact[]): Markup {
  const items = rows.map(
    ({ label, value }) => markup`<dt>${label}</dt><dd>${isMissing(value) ? absent(value.missing) : value}</dd>`,
  );
  return markup`<dl class="facts">${items}</dl>`;
}

export function list(items: readonly string[]): Markup {
  return markup`<ul>${items.map((item) => markup`<li>${item}</li>`)}</ul>`;
}
