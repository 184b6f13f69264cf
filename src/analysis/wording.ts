/** Numbers as the analysis puts them into its sentences. */

/** A count with its thousands apart: `30,000`. */
export function countText(count: number): string {
  return grouped(count.toFixed(0));
}

/** A count with its noun: `1 trial`, `30,000 requests`. */
export function countOf(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** An arrival rate: `1,000/s`. */
export function rateText(perSecond: number): string {
  return `${grouped(shortest(perSecond, 1))}/s`;
}

/** A share from 0 to 1: `1.4 %`; below 0.1 % with two decimals, so that a small share never reads as none. */
export function shareText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return 'under 0.01 %';
  return `${shortest(percent, percent < 0.1 ? 2 : 1)} %`;
}

/** A duration in µs as ms, without trailing zeros: `8.2 ms`. */
export function msText(us: number): string {
  return `${grouped(shortest(us / 1000, 3))} ms`;
}

export interface PrintedInterval {
  point: string;
  low: string;
  high: string;
}

/**
 * Point and bounds with the fewest decimals, at most `most`, at which the interval is five steps of the last digit
 * wide. More are taken while rounding would put a bound on the other side of `limit`, or on it.
 */
export function intervalNumbers(
  estimate: { point: number; low: number; high: number },
  most: number,
  limit?: number,
): PrintedInterval {
  const width = estimate.high - estimate.low;
  const isEnough = (decimals: number) =>
    width > 0 &&
    // The tolerance keeps a width of 0.05, which binary numbers miss by a hair, on its own side.
    width * 10 ** decimals >= 5 - 1e-9 &&
    [estimate.low, estimate.high].every(
      (bound) => limit === undefined || Math.sign(Number(bound.toFixed(decimals)) - limit) === Math.sign(bound - limit),
    );
  let decimals = 0;
  while (decimals < most && !isEnough(decimals)) decimals += 1;
  const text = (value: number) => grouped(unsignedZero(value.toFixed(decimals)));
  return { point: text(estimate.point), low: text(estimate.low), high: text(estimate.high) };
}

/** Joins with commas and a last `and`. */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function shortest(value: number, decimals: number): string {
  return unsignedZero(String(Number(value.toFixed(decimals))));
}

const unsignedZero = (text: string): string => (Number(text) === 0 ? text.replace('-', '') : text);

function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? apart : `${apart}.${fraction}`;
}
