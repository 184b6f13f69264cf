// @ts-nocheck
import { type Document, isAlias, isCollection, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import { findUnprintable } from './plainText.ts';
import { type Finding, inFileOrder, type Problem, type Span, toProblem } from './problem.ts';
import { excessOf, TOO_DEEP } from './yamlLimits.ts';

/** Aliases may multiply what a short text stands for; a scenario needs next to none. */
const MAX_ALIASES = 50;

const PLAIN_TEXT =
  'a scenario is plain text in UTF-8; write characters that cannot be seen out, or check the file name';

/** A YAML text that could be read: its value, and where each part of it stands. */
export interface YamlSource {
  value: unknown;
  /** Problems that leave the value readable: keys that stand twice. */
  problems: readonly Problem[];
  problemAt(finding: Finding): Problem;
}

/** Reads a YAML text within limits of size, depth and entries; the problems are those of the syntax only. */
export function readYaml(
  written: string,
  file: string,
): { ok: true; source: YamlSource } | { ok: false; problems: readonly Problem[] } {
  // A byte order mark is no column.
  const text = written.replace(/^\ufeff/, '');
  const place = { file, text };
  const fail = (message: string, hint: string, at = 0) => ({
    ok: false as const,
    problems: [toProblem(place, { from: at, to: at + 1 }, { path: [], message, hint })],
  });
  if (text.trim() === '') return fail('is empty', 'start from one of the files in scenarios/');
  const unprintable = findUnprintable(text);
  if (unprintable !== undefined)
    return fail(`the character ${unprintable.name} is not allowed in YAML`, PLAIN_TEXT, unprintable.at);
  const excess = excessOf(text);
  if (excess !== undefined) return fail(...excess);
  try {
    const document = parseDocument(text, { uniqueKeys: true, prettyErrors: false, logLevel: 'error' });
    const faults = firstAtEachPlace([...document.errors, ...document.warnings]);
    const problems = syntaxProblems(place, faults);
    if (faults.some((fault) => fault.code !== 'DUPLICATE_KEY')) return { ok: false, problems };
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    const problemAt = (finding: Finding) => toProblem(place, locate(document, finding), finding);
    return { ok: true, source: { value, problems, problemAt } };
  } catch (error) {
    // What yaml throws instead of reporting: nesting beyond the stack, and aliases without an anchor or too many.
    if (error instanceof RangeError) return fail(...TOO_DEEP);
    if (error instanceof ReferenceError)
      return fail(`cannot follow an alias: ${error.message}`, 'write the values out');
    throw error;
  }
}

interface Fault {
  code: string;
  message: string;
  pos: [number, number];
}

/** Finding a fault's line takes the text before it: of many thousands only the first are worth that. */
const LOCATED_FAULTS = 60;

function syntaxProblems(place: { file: string; text: string }, faults: readonly Fault[]): Problem[] {
  const first = faults.toSorted((a, b) => a.pos[0] - b.pos[0]).slice(0, LOCATED_FAULTS);
  return inFileOrder(first.map((fault) => syntaxProblem(place, fault)));
}

/** Further faults at one place are consequences of the first. */
function firstAtEachPlace(faults: readonly Fault[]): Fault[] {
  const seen = new Set<number>();
  return faults.filter(({ pos }) => !seen.has(pos[0]) && seen.add(pos[0]));
}

function syntaxProblem(place: { file: string; text: string }, fault: Fault): Problem {
  const [from, to] = fault.pos;
  const key = fault.code === 'DUPLICATE_KEY' ? (/^[^\s:,}]{1,80}/.exec(place.text.slice(from))?.[0] ?? '') : '';
  const [message, hint] = explainFault(fault, key);
  return toProblem(place, { from, to: key === '' ? to : from + key.length }, { path: [], message, hint });
}

function explainFault(fault: Fault, key: string): readonly [message: string, hint: string] {
  if (fault.code === 'DUPLICATE_KEY') return [`the key "${key}" stands twice`, 'keep one of them'];
  if (fault.code === 'MULTIPLE_DOCS') return ['a second document begins here', 'one file holds one scenario'];
  if (fault.code === 'RESOURCE_EXHAUSTION') return TOO_DEEP;
  return [`not valid YAML: ${fault.message}`, 'indent with spaces, and quote texts that hold : or #'];
}

/** The part of the text that a path means; where it ends early, the innermost part that is there. */
function locate(document: Document, finding: Finding): Span {
  let node: unknown = document.contents;
  let span: Span = spanOf(node, 1) ?? { from: 0, to: 1 };
  for (const [depth, key] of finding.path.entries()) {
    const holder = isAlias(node) ? node.resolve(document) : node;
    if (isSeq(holder)) {
      node = holder.items[Number(key)];
      span = spanOf(node, isCollection(node) ? 1 : undefined) ?? span;
    } else {
      const pair = isMap(holder) ? holder.items.find((item) => keyText(item.key) === String(key)) : undefined;
      if (pair === undefined) return span;
      const wantsKey = finding.onKey === true && depth === finding.path.length - 1;
      const ofValue = wantsKey || isCollection(pair.value) ? undefined : spanOf(pair.value);
      span = ofValue ?? spanOf(pair.key) ?? span;
      node = pair.value;
    }
  }
  return span;
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function spanOf(node: unknown, width?: number): Span | undefined {
  if (!isNode(node) || !node.range) return undefined;
  const [from, to] = node.range;
  if (to <= from) return undefined;
  return { from, to: width === undefined ? to : from + width };
}
