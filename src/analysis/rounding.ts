/**
 * Decimals to print a number with, given the width of its interval: the fewest at which the interval is at least five
 * steps of the last digit wide, so that no digit is printed that the interval does not speak for. Five steps rather
 * than one: the bounds themselves have to stay readable as a range.
 *
 * @param width High minus low, in the unit that is printed. 0 means no spread was seen, and all decimals are printed.
 * @param atMost Decimals that the measurement itself carries.
 */
export function decimalsForWidth(width: number, atMost: number): number {
  for (let decimals = 0; decimals < atMost; decimals += 1) {
    // The tolerance keeps a width of 0.05, which binary numbers miss by a hair, on its own side.
    if (width * 10 ** decimals >= 5 - 1e-9) return decimals;
  }
  return atMost;
}

/** Decimals that give a number without an interval this many significant digits, from 0 to `atMost`. */
export function decimalsForDigits(value: number, digits: number, atMost: number): number {
  if (value === 0) return 0;
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  return Math.min(atMost, Math.max(0, digits - 1 - magnitude));
}

/** A number with fixed decimals; a negative number that rounds to nothing loses its sign. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** The shortest text of a number within three decimals: 5, 0.25, 134.218. For what was asked, not for what was measured. */
export function trimmed(value: number): string {
  return group(String(Number(fixed(value, 3))));
}

/** A count with its thousands apart: 30,000. */
export function grouped(count: number): string {
  return group(fixed(count, 0));
}

/** A rate a second: `1,000/s`, with one decimal where the rate is not whole. */
export function ratePerSecond(rate: number): string {
  const tenths = fixed(rate, 1);
  return `${group(tenths.endsWith('.0') ? tenths.slice(0, -2) : tenths)}/s`;
}

/** A share from 0 to 1 as a percentage with at most one decimal: `96.9 %`, `95 %`. */
export function percentage(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in the unit a reader expects, each 1,000 of the one before, to three significant digits: `0 B`, `1 kB`, `8.21 GB`. */
export function bytesText(bytes: number): string {
  const steps = bytes < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${trimmed(Number((bytes / 1000 ** steps).toPrecision(3)))} ${BYTE_UNITS[steps]}`;
}

function group(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? apart : `${apart}.${fraction}`;
}
