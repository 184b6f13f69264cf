/** A Markdown summary without its own tags, those of the parts that are folded up: no other may stand in it. */
export function withoutFolds(markdown: string): string {
  return markdown.replace(/^<\/?details>$/gm, '').replace(/^<summary>([^<>\n]*)<\/summary>$/gm, '$1');
}
