import { visible } from '../text.ts';

/** HTML that is safe to put into a page. Only `markup` makes it, so that text cannot reach a page unescaped. */
export interface Markup {
  readonly markup: string;
}

export type Part = Markup | string | number | undefined | readonly Part[];

/**
 * HTML from a template: what stands in the template is HTML, what is put into it is text and is escaped, unless it is
 * markup itself. A list is put in piece by piece; undefined puts in nothing.
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const pieces = strings.map((string, index) => (index === 0 ? '' : rendered(parts[index - 1])) + string);
  return { markup: pieces.join('') };
}

/** Text and attribute values alike: the five characters that HTML gives a meaning, and characters that hide. */
function escaped(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/**
 * JSON for the inside of a script element. `<` is escaped, so that no text in it can end the element or open a comment,
 * and so are U+2028 and U+2029, which older JavaScript reads as line ends.
 */
export function jsonForScript(value: unknown): Markup {
  const json = JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return { markup: json };
}

/** Style or script text of our own or of a library, put into its element as it is. */
export function trustedText(text: string): Markup {
  return { markup: text };
}

function rendered(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(rendered).join('');
}
