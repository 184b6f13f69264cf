import { createHash } from 'node:crypto';
import { type Markup, markup, trustedText } from './markup.ts';

interface DocumentParts {
  title: string;
  style: string;
  /** Source texts that run one after the other at the end of the page. */
  scripts: readonly string[];
  /** What the scripts read, in a script element of its own. */
  data?: Markup;
  body: Markup;
}

/**
 * A page that needs no network: style, scripts and data stand in it. Its content security policy allows these scripts
 * and this style by their hashes and nothing else.
 */
export function htmlDocument({ title, style, scripts, data, body }: DocumentParts): string {
  const sources = scripts.map(insideScript);
  const policy = [
    "default-src 'none'",
    `script-src ${sources.length === 0 ? "'none'" : sources.map(sourceHash).join(' ')}`,
    `style-src ${sourceHash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const content =
    data === undefined ? undefined : markup`<script type="application/json" id="chart-data">${data}</script>\n`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trustedText(style)}</style>
</head>
<body>
${body}
${content}${sources.map((source) => markup`<script>${trustedText(source)}</script>\n`)}</body>
</html>
`.markup;
}

/**
 * Library text as it can stand in a script element: with the line ends that an HTML parser makes of it, since the hash
 * is taken over those; without a character sequence that ends the element; and without the reference to a source map,
 * which a browser would fetch.
 */
function insideScript(source: string): string {
  return source
    .replace(/\r\n?/g, '\n')
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
    .replace(/<(?=\/script|!--)/gi, '\\x3c');
}

/** A source expression of a content security policy (CSP3, section 2.3.1). */
function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}
