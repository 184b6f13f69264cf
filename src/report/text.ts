/**
 * Text in which control characters, which could move a terminal's cursor or recolour its screen, and direction
 * overrides, which could show it in another order than it has, are visible marks. Line ends and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(/(?![\n\r\t])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** Visible text on one line, with single spaces between its words. */
export function printable(text: string): string {
  return visible(text).replace(/\s+/gu, ' ').trim();
}

/** Columns that text takes on a terminal; East Asian wide characters and pictographs take two, marks none. */
export function columns(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}|\u200d/u.test(character)) continue;
    const wide =
      /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\u3000-\u303f\uff01-\uff60]/u;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

/** Where text begins on its first line and on those that follow. */
export interface Indent {
  first: string;
  rest: string;
}

/** Columns of a terminal that no line goes beyond. */
export const WIDTH = 80;

/**
 * Text broken at spaces into lines of at most `width` columns, indent included; a word that is longer than a line is
 * cut, since a line that runs over is worse than a word in two pieces.
 */
export function wrap(text: string, width: number, indent: Indent = { first: '', rest: '' }): string[] {
  const lines: string[] = [];
  let line = indent.first;
  let empty = true;
  for (const word of printable(text).split(' ')) {
    let remaining = word;
    while (remaining !== '') {
      const room = width - columns(line) - (empty ? 0 : 1);
      if (columns(remaining) <= room) {
        line += empty ? remaining : ` ${remaining}`;
        empty = false;
        break;
      }
      if (empty) {
        const piece = cut(remaining, room);
        lines.push(line + piece);
        remaining = remaining.slice(piece.length);
      } else {
        lines.push(line);
      }
      line = indent.rest;
      empty = true;
    }
  }
  if (!empty || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

/** The longest beginning of a word that fits, and at least one character, so that cutting always gets on. */
function cut(word: string, room: number): string {
  let piece = '';
  for (const character of word) {
    if (piece !== '' && columns(piece + character) > room) break;
    piece += character;
  }
  return piece;
}

/** Text filled up with spaces to a width; left as it is where it is wider. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}
