import { inColumns, legible } from './plainText.ts';

/** Something wrong in a file that the user wrote: what, where, and what to do. */
export interface Problem {
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units. */
  column: number;
  /** The key in dotted form, such as `treatments[1].settings.mtls`; empty for the file as a whole. */
  path: string;
  message: string;
  /** The line as written and, beneath it, a caret for each character that is meant. */
  excerpt: string;
  hint: string;
  code: 'SCENARIO_INVALID';
}

/** A problem before its place in the text is known. */
export interface Finding {
  path: readonly PropertyKey[];
  message: string;
  hint: string;
  /** The key at the end of the path is meant, not its value. */
  onKey?: boolean;
}

/** A stretch of a text, as offsets; `to` is exclusive. */
export interface Span {
  from: number;
  to: number;
}

const EXCERPT_COLUMNS = 110;
const LONGEST_PATH = 160;
const LONGEST_MESSAGE = 400;
const LONGEST_HINT = 1000;
/** More than anybody mends in one go. */
const MOST_PROBLEMS = 50;

/** The problem as the user reads it, over several lines and without a line end after the last. */
export function formatProblem(problem: Problem): string {
  const what = problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
  return [
    `error: ${problem.file}:${problem.line}:${problem.column}  ${what}`,
    problem.excerpt,
    `  hint: ${problem.hint}`,
    `  code: ${problem.code}`,
  ].join('\n');
}

/** `['treatments', 1, 'mesh']` as `treatments[1].mesh`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

/** Puts a finding at its place in the text. */
export function toProblem(source: { file: string; text: string }, span: Span, finding: Finding): Problem {
  const before = source.text.slice(0, span.from);
  const line = before.split('\n').length;
  const column = span.from - (before.lastIndexOf('\n') + 1) + 1;
  return {
    file: legible(source.file, LONGEST_PATH),
    line,
    column,
    path: legible(formatPath(finding.path), LONGEST_PATH),
    message: legible(finding.message, LONGEST_MESSAGE),
    excerpt: excerptOf(source.text, { line, column, width: span.to - span.from }),
    hint: legible(finding.hint, LONGEST_HINT),
    code: 'SCENARIO_INVALID',
  };
}

function excerptOf(text: string, at: { line: number; column: number; width: number }): string {
  const whole = (text.split('\n')[at.line - 1] ?? '').replace(/\r$/, '');
  const clean = inColumns(whole);
  const skipped = at.column > EXCERPT_COLUMNS ? at.column - EXCERPT_COLUMNS / 2 : 0;
  const visible = clean.slice(skipped, skipped + EXCERPT_COLUMNS).trimEnd();
  const start = at.column - 1 - skipped;
  const carets = '^'.repeat(Math.max(1, Math.min(at.width, visible.length - start)));
  const number = String(at.line).padStart(5);
  return `${number} | ${visible}\n${' '.repeat(number.length)} | ${' '.repeat(start)}${carets}`;
}

/** Sorted by their place in the file; of very many the first, and how many there are beside them. */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const next = sorted[MOST_PROBLEMS];
  if (next === undefined) return sorted;
  const message = `and ${sorted.length - MOST_PROBLEMS} more problems from here on`;
  return [...sorted.slice(0, MOST_PROBLEMS), { ...next, path: '', message, hint: 'mend those before it first' }];
}

/** Levenshtein's distance: the fewest insertions, deletions and substitutions that turn one word into the other. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substituted = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const inserted = (current[column - 1] ?? 0) + 1;
      const deleted = (previous[column] ?? 0) + 1;
      current.push(Math.min(substituted, inserted, deleted));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

const LONGEST_WORD = 64;

/** The known word that was probably meant, if one is near: at most a third of its letters off, whatever the case. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (ranked === undefined || ranked.distance > Math.max(1, Math.ceil(ranked.candidate.length / 3))) return undefined;
  return ranked.candidate;
}

/** The way out for a word that is none of these: the one that was probably meant, or all of them. */
export function hintAmong(word: string, known: readonly string[]): string {
  const guess = nearest(word, known);
  return guess === undefined ? `one of ${known.join(', ')}` : `did you mean ${guess}?`;
}
