import { printable } from '../text.ts';

/** A row of a table, a point of a list or a paragraph; the latter two have one cell. */
interface Row {
  cells: readonly string[];
  /** Where there is no room for all, those of the highest rank are left out first. */
  rank: number;
}

/** What stands under a title. */
export interface Part {
  kind: 'table' | 'list' | 'paragraphs';
  /** Of a table's columns. */
  heads: readonly string[];
  rows: readonly Row[];
}

export interface Section {
  title: string;
  /** In view where it is short; the others are folded up. */
  isOpen: boolean;
  parts: readonly Part[];
}

/** A table under its title; undefined where it has no row. */
export function table(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  rankOf: (index: number) => number = () => 0,
): Section | undefined {
  if (rows.length === 0) return undefined;
  return { title, isOpen: false, parts: [tablePart(heads, rows, rankOf)] };
}

export function tablePart(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  rankOf: (index: number) => number = () => 0,
): Part {
  return { kind: 'table', heads, rows: rows.map((cells, index) => ({ cells, rank: rankOf(index) })) };
}

/** A list under its title; undefined where it is empty. */
export function bullets(title: string, lines: readonly string[]): Section | undefined {
  return lines.length === 0 ? undefined : { title, isOpen: false, parts: [textPart('list', lines)] };
}

export function textPart(kind: 'list' | 'paragraphs', texts: readonly string[]): Part {
  return { kind, heads: [], rows: texts.map((text) => ({ cells: [text], rank: 0 })) };
}

export function opened(section: Section | undefined): Section | undefined {
  return section === undefined ? undefined : { ...section, isOpen: true };
}

/** More rows than these are folded up wherever they stand. */
const MOST_ROWS_IN_VIEW = 20;

/**
 * One section as Markdown.
 * @param longest characters of a cell at most; what is longer is cut, with a mark
 * @param kept which rows of which part are shown
 * @param note what is said under them
 */
export function sectionText(
  { title, isOpen, parts }: Section,
  longest: number,
  kept: (part: number, row: number) => boolean = () => true,
  note?: string,
): string {
  const shown = parts.map((part, index) => partText(part, longest, (row) => kept(index, row)));
  const body = [...shown, ...(note === undefined ? [] : [note])].filter((text) => text !== '').join('\n\n');
  const isShort = parts.reduce((sum, { rows }) => sum + rows.length, 0) <= MOST_ROWS_IN_VIEW;
  if (isOpen && isShort) return `## ${escaped(title, longest)}\n\n${body}`;
  // A reader of Markdown takes what follows an empty line for Markdown again.
  return `<details>\n<summary>${htmlText(title, longest)}</summary>\n\n${body}\n\n</details>`;
}

function partText({ kind, heads, rows }: Part, longest: number, isKept: (row: number) => boolean): string {
  const lines = rows.filter((_, index) => isKept(index)).map(({ cells }) => rowText(kind, cells, longest));
  if (lines.length === 0) return '';
  if (kind === 'paragraphs') return lines.join('\n\n');
  const top = kind === 'list' ? [] : [rowText(kind, heads, longest), `| ${heads.map(() => '---').join(' | ')} |`];
  return [...top, ...lines].join('\n');
}

/** Without the line end after it. */
export function rowText(kind: Part['kind'], cells: readonly string[], longest: number): string {
  const texts = cells.map((cell) => escaped(cell, longest));
  if (kind === 'table') return `| ${texts.join(' | ')} |`;
  return kind === 'list' ? `- ${texts.join('')}` : texts.join('');
}

/** Text that Markdown shows as it is: one line, HTML written as entities, the characters of its syntax behind backslashes. */
export function escaped(text: string, longest: number): string {
  return htmlText(text, longest).replace(/[\\`*_[\]|~#]/g, '\\$&');
}

/** Text within HTML, which knows no backslashes. */
function htmlText(text: string, longest: number): string {
  return cut(printable(text), longest).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Between characters, never within one that takes two places. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}… (cut)`;
}
