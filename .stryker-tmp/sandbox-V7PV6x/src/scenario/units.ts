// @ts-nocheck
import { PERCENTILES, type Percentile } from './scenario.ts';

/** What came of reading a text; `message` is a whole clause such as `expected a rate such as 500/s, got "fast"`. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; message: string };

const MICROSECONDS: Readonly<Record<string, number>> = {
  us: 1,
  '\u00b5s': 1,
  '\u03bcs': 1,
  ms: 1000,
  s: 1_000_000,
  m: 60_000_000,
};

const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  Ki: 1024,
  KiB: 1024,
  Mi: 1024 ** 2,
  MiB: 1024 ** 2,
  Gi: 1024 ** 3,
  GiB: 1024 ** 3,
};

const SHOWN_AT_MOST = 60;

/** A value as it is shown within a message: quoted, short, never a dump of a structure. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > SHOWN_AT_MOST ? `${value.slice(0, SHOWN_AT_MOST)}...` : value);
}

function refuse(expected: string, got: unknown): { ok: false; message: string } {
  return { ok: false, message: `expected ${expected}, got ${shown(got)}` };
}

/** A decimal number and its unit; undefined where the text is neither. Signs and exponents are not numbers here. */
function splitNumber(text: string): { amount: number; unit: string } | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z\u00b5\u03bc/]*)$/.exec(text.trim());
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const amount = Number(match[1]);
  return Number.isFinite(amount) ? { amount, unit: match[2] } : undefined;
}

/** Multiplied in decimals: 1.001 s is 1,001,000 us, not 1,000,999.9999999999. */
function times(amount: number, factor: number): number {
  return Number((amount * factor).toPrecision(15));
}

function parseWhole(
  text: string,
  factors: Readonly<Record<string, number>>,
  wanted: { unit: string; expected: string },
) {
  const split = splitNumber(text);
  const factor = split && Object.hasOwn(factors, split.unit) ? factors[split.unit] : undefined;
  if (split === undefined || factor === undefined) return refuse(wanted.expected, text);
  const value = times(split.amount, factor);
  return Number.isSafeInteger(value) ? { ok: true as const, value } : refuse(`whole ${wanted.unit}`, text);
}

/** Reads an arrival rate such as `500/s` or `0.5/s`, in requests per second. */
export function parseRate(text: string): Parsed<number> {
  const split = splitNumber(text);
  return split?.unit === '/s' ? { ok: true, value: split.amount } : refuse('a rate such as 500/s', text);
}

/** Reads a duration such as `20s`, `3ms`, `500us` or `1m`, in whole microseconds. */
export function parseDurationUs(text: string): Parsed<number> {
  return parseWhole(text, MICROSECONDS, { unit: 'microseconds', expected: 'a duration such as 20s, 3ms or 500us' });
}

/**
 * Reads a size such as `0B`, `1kB`, `1MB` or `128Mi`, in whole bytes.
 * Decimal and binary prefixes are kept apart: 1kB is 1,000 bytes and 1MB 1,000,000, as in SI;
 * 1Ki or 1KiB is 1,024 bytes and 1Mi or 1MiB 1,048,576, as in IEC 80000-13 and Kubernetes.
 */
export function parseBytes(text: string): Parsed<number> {
  return parseWhole(text, BYTES, { unit: 'bytes', expected: 'a size such as 0B, 1kB or 128Mi' });
}

/** Reads an amount of CPU as Kubernetes writes it, `100m` or `2`, in millicores; YAML gives the latter as a number. */
export function parseMillicores(value: string | number): Parsed<number> {
  const split = splitNumber(String(value));
  if (split?.unit === 'm') return { ok: true, value: split.amount };
  if (split?.unit === '') return { ok: true, value: times(split.amount, 1000) };
  return refuse('an amount of CPU such as 100m or 2', value);
}

/** Reads a share such as `99.9%`, with three decimals at most, as a number from 0 on: 0.999. */
export function parseShare(text: string): Parsed<number> {
  const match = /^(\d+(?:\.(\d+))?) ?%$/.exec(text.trim());
  if (match?.[1] === undefined || !Number.isFinite(Number(match[1]))) return refuse('a share such as 99.9%', text);
  if ((match[2] ?? '').length > 3) return refuse('a share with three decimals at most', text);
  return { ok: true, value: times(Number(match[1]), 0.01) };
}

/** Millicores as Kubernetes writes them: `2` for whole cores, else `100m`; parseMillicores reads it back. */
export function millicoresInWords(millicores: number): string {
  return millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`;
}

const WRITTEN_WITH = ['Gi', 'Mi', 'Ki', 'GB', 'MB', 'kB'] as const;

/** Whole bytes in the largest unit that leaves a whole number, such as `128Mi`; parseBytes reads it back. */
export function bytesInWords(bytes: number): string {
  const unit = WRITTEN_WITH.find((known) => bytes > 0 && bytes % (BYTES[known] ?? 1) === 0) ?? 'B';
  return `${bytes / (BYTES[unit] ?? 1)}${unit}`;
}

/** Reads the key of a percentile, such as `p99`. */
export function parsePercentile(text: string): Parsed<Percentile> {
  const word = text.trim();
  const value = PERCENTILES.find((percentile) => percentile === word);
  return value === undefined ? refuse(`one of ${PERCENTILES.join(', ')}`, word) : { ok: true, value };
}

/** Reads a wanted precision such as `p99 ± 0.5ms` (`+-` does as well): a percentile and a half-width above 0, in us. */
export function parsePrecision(text: string): Parsed<{ percentile: Percentile; halfWidthUs: number }> {
  const [left, right, ...rest] = text.split(/\u00b1|\+-/);
  if (left === undefined || right === undefined || rest.length > 0) {
    return refuse('a precision such as p99 ± 0.5ms', text);
  }
  const percentile = parsePercentile(left);
  if (!percentile.ok) return percentile;
  const halfWidth = parseDurationUs(right);
  if (!halfWidth.ok) return halfWidth;
  if (halfWidth.value === 0) return refuse('a half-width above 0', text);
  return { ok: true, value: { percentile: percentile.value, halfWidthUs: halfWidth.value } };
}
