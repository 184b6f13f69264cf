// @ts-nocheck
import { grouped, trimmed } from './rounding.ts';

/** Numbers as the analysis puts them into its sentences. */

/** A count with its noun: `1 trial`, `30,000 requests`. */
export function countOf(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share from 0 to 1: `1.4 %`; below 0.1 % with two decimals, so that a small share never reads as none. */
export function shareText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return 'under 0.01 %';
  return `${Number(percent.toFixed(percent < 0.1 ? 2 : 1))} %`;
}

/** A duration in µs as ms, without trailing zeros: `8.2 ms`. */
export function msText(us: number): string {
  return `${trimmed(us / 1000)} ms`;
}

/** Joins with commas and a last `and`. */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
