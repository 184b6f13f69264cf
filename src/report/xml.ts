import { printable, visible } from './text.ts';

/** Characters that XML 1.0 has no place for, not even as a reference (section 2.2), beside the control characters. */
const NO_XML = /[\ufffe\uffff\p{Cs}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text as the content of an XML element: what XML cannot hold is a visible mark. Line ends and tabs stay. */
export function xmlText(text: string): string {
  return visible(text)
    .replace(NO_XML, '\ufffd')
    .replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
}

/** Text as an attribute's value, on one line: a parser makes spaces of line ends there. */
function xmlValue(text: string): string {
  return xmlText(printable(text));
}

/** Attributes as they stand in a tag, each with a space before it; those that are undefined are left out. */
export function xmlAttributes(attributes: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${xmlValue(String(value))}"`))
    .join('');
}
