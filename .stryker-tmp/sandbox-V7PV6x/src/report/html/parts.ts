// @ts-nocheck
import { ABSENT, type Figure, intervalText, pointText } from '../../analysis/figure.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import type { Fact } from '../evidence.ts';
import type { Badge } from '../labels.ts';
import type { ChartSpec } from './charts.ts';
import { type Markup, markup } from './markup.ts';

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
}

/** A table that a narrow screen can read; nothing where there are no rows. */
export function table({ caption, columns, rows, stack }: TableParts): Markup | undefined {
  if (rows.length === 0) return undefined;
  const head = columns.map(({ title, number }) => markup`<th scope="col"${classOf(number)}>${title}</th>`);
  const body = rows.map(
    (row) =>
      markup`<tr>${row.map((cell, index) => {
        const column = columns[index];
        if (index === 0) return markup`<th scope="row">${cell}</th>`;
        return markup`<td data-label="${column?.title}"${classOf(column?.number)}><div>${cell}</div></td>`;
      })}</tr>`,
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table${stack ? markup` class="stack"` : undefined}><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function classOf(number: boolean | undefined): Markup | undefined {
  return number === true ? markup` class="number"` : undefined;
}

const SHAPES = {
  good: markup`<circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M4.6 8.3l2.4 2.4 4.4-5" fill="none" stroke="currentColor" stroke-width="1.8"/>`,
  bad: markup`<path d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4" stroke="currentColor" stroke-width="1.8"/>`,
  open: markup`<path d="M8 .9L15.1 8 8 15.1.9 8z" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M6.2 6.4c.2-2.3 3.7-2.2 3.6 0-.1 1.3-1.8 1.3-1.8 2.7M8 10.6v1.3" fill="none" stroke="currentColor" stroke-width="1.6"/>`,
  neutral: markup`<circle cx="8" cy="8" r="3.2" fill="currentColor"/>`,
} as const satisfies Record<Badge['tone'], Markup>;

/** A badge in words and with a shape of its own: a circle, an octagon or a diamond. */
export function badge({ tone, text }: Badge, size: 'small' | 'large' = 'small'): Markup {
  return markup`<span class="badge ${tone}${size === 'large' ? ' large' : ''}"><svg viewBox="0 0 16 16" aria-hidden="true">${SHAPES[tone]}</svg>${text}</span>`;
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

/** Place for a chart; the script draws it, and the table beside it holds the same numbers. */
export function chart(spec: ChartSpec): Markup {
  return markup`<figure><figcaption>${spec.title}</figcaption><div class="plot"><canvas id="${spec.id}" role="img" aria-label="${spec.title}; the table below holds the numbers"></canvas></div></figure>`;
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
