// @ts-nocheck
import { z } from 'zod';
import { nearest } from './problem.ts';
import { type Parsed, parseBytes, parseDurationUs, parseMillicores, shown } from './units.ts';

/** Names of scenarios and treatments: they become parts of file names and of Kubernetes objects. */
export const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** What an editor shows beside a key, and what a problem there gives as its hint. */
interface About {
  description: string;
  examples?: readonly (string | number)[];
}

/** The part of a zod issue that an explanation needs. */
interface RawIssue {
  code?: string | undefined;
  input?: unknown;
  expected?: unknown;
  minimum?: unknown;
  maximum?: unknown;
  values?: unknown;
  origin?: unknown;
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function instead(expected: string, input: unknown): string {
  return input === undefined ? `is missing: expected ${expected}` : `expected ${expected}, got ${shown(input)}`;
}

/** One of several words, with a guess at the one that was meant. */
function oneOf(words: readonly string[], input: unknown): string {
  const guess = typeof input === 'string' ? nearest(input, words) : undefined;
  const message = instead(words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`, input);
  return guess === undefined ? message : `${message} (did you mean ${guess}?)`;
}

function bound(issue: RawIssue, word: 'at least' | 'at most', limit: unknown): string {
  const figure = typeof limit === 'number' ? limit.toLocaleString('en-US') : String(limit);
  return issue.origin === 'array'
    ? `expected ${word} ${figure} ${figure === '1' ? 'entry' : 'entries'}`
    : instead(`${word} ${figure}`, issue.input);
}

/** zod's issues in the words of this tool; undefined leaves zod's own message. */
export function explain(issue: RawIssue): string | undefined {
  if (issue.code === 'invalid_type')
    return instead(KINDS[String(issue.expected)] ?? String(issue.expected), issue.input);
  if (issue.code === 'too_small') return bound(issue, 'at least', issue.minimum);
  if (issue.code === 'too_big') return bound(issue, 'at most', issue.maximum);
  if (issue.code === 'invalid_value' && Array.isArray(issue.values))
    return oneOf(issue.values.map(String), issue.input);
  return undefined;
}

/** A map that knows its keys. The message of its unknown-key issues is the list of the known ones, for a did-you-mean. */
export function strict<S extends z.ZodRawShape>(shape: S, about: About) {
  const known = Object.keys(shape).join(', ');
  return z
    .strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined) })
    .meta({ ...about });
}

/** Variants of a map, told apart by the word at one of its keys. */
export function variants<const V extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]>(
  key: string,
  words: readonly string[],
  options: V,
) {
  return z.discriminatedUnion(key, options, {
    error: (issue) => {
      if (issue.code !== 'invalid_union') return undefined;
      const input: unknown = issue.input;
      const word = typeof input === 'object' && input !== null ? Reflect.get(input, key) : undefined;
      return oneOf(words, word);
    },
  });
}

interface QuantityRules {
  expected: string;
  /** Bounds in the unit that `parse` gives. */
  above?: number;
  atMost?: { value: number; words: string };
  /** Whether the number may stand alone, as whole cores do: YAML then gives it as one. */
  bareNumber?: true;
}

/** Why a value is outside of its bounds, as the rest of "expected ..."; undefined when it is inside. */
function outside(value: number, rules: QuantityRules): string | undefined {
  if (rules.above !== undefined && value <= rules.above) return `more than ${rules.above}`;
  if (rules.atMost !== undefined && value > rules.atMost.value) return `at most ${rules.atMost.words}`;
  return undefined;
}

/** A text that holds a number and its unit. */
export function quantity<T>(parse: (text: string) => Parsed<T>, rules: QuantityRules, about: About) {
  const error = (issue: RawIssue) => instead(rules.expected, issue.input);
  const written = rules.bareNumber === true ? z.union([z.string(), z.number()], { error }) : z.string({ error });
  return written.meta({ ...about }).transform((value, context): T => {
    const parsed = parse(String(value));
    if (!parsed.ok) return refuse(context, parsed.message);
    const fault = typeof parsed.value === 'number' ? outside(parsed.value, rules) : undefined;
    return fault === undefined ? parsed.value : refuse(context, `expected ${fault}, got ${shown(value)}`);
  });
}

const HOUR = { value: 3_600_000_000, words: '60m' };

/** A duration above 0, in µs. */
export function duration(description: string, example: string) {
  return quantity(
    parseDurationUs,
    { expected: `a duration such as ${example}`, above: 0, atMost: HOUR },
    { description, examples: [example] },
  );
}

/** The rules of a size above 0. */
export const SIZE_RULES = { expected: 'a size such as 128Mi', above: 0 } as const;

/** A size above 0, in bytes. */
export function size(description: string, example: string) {
  return quantity(parseBytes, SIZE_RULES, { description, examples: [example] });
}

/** The rules of an amount of CPU above 0. */
export const CPU_RULES = { expected: 'an amount of CPU such as 100m or 2', above: 0, bareNumber: true } as const;

/** An amount of CPU above 0, in millicores. */
export function cpu(description: string, example: string) {
  return quantity(parseMillicores, CPU_RULES, { description, examples: [example] });
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

/** A whole number within bounds. */
export function whole(bounds: { min: number; max: number }, about: About) {
  return z
    .int({ error: (issue) => (issue.code === 'invalid_type' ? instead('a whole number', issue.input) : undefined) })
    .min(bounds.min)
    .max(bounds.max)
    .meta({ ...about });
}

/** A name that is fit for file names. */
export function nameField(about: About) {
  const expected = 'lower-case letters, digits and hyphens, 63 at most';
  return z
    .string({ error: (issue) => instead('a name', issue.input) })
    .regex(NAME, {
      error: (issue) => instead(expected, issue.input),
    })
    .meta({ ...about });
}
