/** Largest file of a scenario or of budgets, in bytes: both are a page of text. */
// @ts-nocheck

export const LARGEST_FILE_BYTES = 256_000;

/**
 * What YAML does not allow anywhere (YAML 1.2.2, 5.1: c-printable): control characters but tab and line ends, halves of
 * surrogate pairs, and two code points that are no characters.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const NOT_PRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ud800-\udfff\ufffe\uffff]/u;

/** Offset of the first character that YAML does not allow, and what it is called; undefined where there is none. */
export function findUnprintable(text: string): { at: number; name: string } | undefined {
  const at = text.search(NOT_PRINTABLE);
  return at < 0 ? undefined : { at, name: codePoint(text.charCodeAt(at)) };
}

/** A text, or where its bytes cease to be UTF-8: the lossy text shows the place, at an offset in UTF-16 units. */
export type Decoded = { ok: true; text: string } | { ok: false; lossy: string; at: number };

/** Reads bytes as UTF-8; a byte order mark stays. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  const whole = decoded(bytes, {});
  if (whole !== undefined) return { ok: true, text: whole };
  // The longest beginning that is valid, or would be with more behind it: each shorter one is as well.
  let valid = 0;
  let invalid = bytes.length + 1;
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2);
    if (decoded(bytes.subarray(0, middle), { stream: true }) === undefined) invalid = middle;
    else valid = middle;
  }
  const at = decoded(bytes.subarray(0, valid), { stream: true })?.length ?? 0;
  return { ok: false, lossy: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), at };
}

function decoded(bytes: Uint8Array, how: { stream?: boolean }): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, how);
  } catch {
    return undefined;
  }
}

/** Control characters, halves of surrogate pairs, and those that turn or hide the text around them. */
const DISTURBING = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Text on one line as it can stand in a message: what cannot be seen is written out, what is too long is cut. */
export function legible(text: string, atMost: number): string {
  const short = text.length > atMost ? `${text.slice(0, atMost)}...` : text;
  return short.replace(DISTURBING, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** A line with its columns kept: what would shift them, or speak to the terminal, is a mark in its place. */
export function inColumns(line: string): string {
  return line.replace(DISTURBING, (character) => (character === '\t' ? ' ' : '\ufffd'.repeat(character.length)));
}

/** Letters that look like others: what a word holds beyond ASCII, as `U+0430`. */
export function beyondAscii(word: string): string[] {
  const values = [...word].map((character) => character.codePointAt(0) ?? 0);
  return [...new Set(values)].filter((value) => value > 0x7e).map(codePoint);
}

function codePoint(value: number): string {
  return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
}
