import { isMissing, type Measured } from '../record/measured.ts';
import { QUANTITIES, type QuantityId } from './quantities.ts';
import type { Estimate } from './result.ts';
import { decimalsForDigits, decimalsForWidth, fixed, grouped, percentage, trimmed } from './rounding.ts';

/** What stands in the place of a value that could not be had; its reason is always printed with it. */
export const ABSENT = '—';

/** An estimate as every format prints it: digits decided, unit apart. */
export interface Figure {
  point: string;
  low: string;
  high: string;
  unit: string;
  /** Blocks it rests on. */
  blocks: number;
  confidence: string;
  /** One value without an interval: nothing was estimated. */
  isExact?: true;
}

const NOT_FINITE = { missing: 'no finite number came of the trials' };

/**
 * An estimate in the unit that is printed, its digits following the width of its interval.
 *
 * @param limitInOwnUnit A budget that the estimate is printed beside. Where rounding would put a bound on the other
 *   side of it, or on it, more digits are printed, so that the numbers never contradict the verdict.
 */
export function figureOf(id: QuantityId, estimate: Measured<Estimate>, limitInOwnUnit?: number): Measured<Figure> {
  if (isMissing(estimate)) return estimate;
  const { unit, perUnit, decimals: most } = QUANTITIES[id];
  const [point, low, high] = [estimate.point / perUnit, estimate.low / perUnit, estimate.high / perUnit];
  if (![point, low, high].every(Number.isFinite)) return NOT_FINITE;
  const { n, method } = estimate;
  const confidence = percentage(estimate.confidence);
  if (method === 'exact' && low === high) {
    const only = trimmed(point);
    return { point: only, low: only, high: only, unit, blocks: n, confidence, isExact: true };
  }
  let decimals = decimalsForWidth(high - low, most);
  if (limitInOwnUnit !== undefined) {
    const limit = limitInOwnUnit / perUnit;
    const sides = (digits: number) => [low, high].map((bound) => Math.sign(Number(fixed(bound, digits)) - limit));
    const truth = [low, high].map((bound) => Math.sign(bound - limit));
    while (decimals < most && sides(decimals).some((side, index) => side !== truth[index])) decimals += 1;
  }
  // A rate is grouped as `1,000/s` is everywhere; no other unit has so large numbers.
  const print = (value: number) => (id === 'rate' && decimals === 0 ? grouped(value) : fixed(value, decimals));
  return {
    point: print(point),
    low: print(low),
    high: print(high),
    unit,
    blocks: n,
    confidence,
  };
}

/** A measured number without an interval, to `digits` significant digits, without its unit. */
export function numberOf(id: QuantityId, value: Measured<number>, digits = 3): Measured<string> {
  if (isMissing(value)) return value;
  const { perUnit, decimals } = QUANTITIES[id];
  const printed = value / perUnit;
  if (!Number.isFinite(printed)) return NOT_FINITE;
  return fixed(printed, decimalsForDigits(printed, digits, decimals));
}

/** A limit that somebody set, as exactly as it was set: `5 ms`, `128 MiB`. */
export function limitText(id: QuantityId, limitInOwnUnit: number): string {
  const { unit, perUnit } = QUANTITIES[id];
  return withUnit(trimmed(limitInOwnUnit / perUnit), unit);
}

/** `0.52 ms`; of exactly one, the unit in the singular: `1 core`. */
function withUnit(number: string, unit: string): string {
  return `${number} ${number === '1' && unit.endsWith('cores') ? unit.slice(0, -1) : unit}`;
}

/** `0.52 ms` */
export function pointText(figure: Figure): string {
  return withUnit(figure.point, figure.unit);
}

/** `0.49 to 0.55` */
export function intervalText(figure: Figure): string {
  return `${figure.low} to ${figure.high}`;
}

/** `0.52 ms (0.49 to 0.55)`, an exact value without its interval, or `— (reason)`. */
export function figureText(figure: Measured<Figure>): string {
  if (isMissing(figure)) return absentText(figure.missing);
  return figure.isExact ? pointText(figure) : `${pointText(figure)} (${intervalText(figure)})`;
}

/** `0.612 ms`, or `— (reason)`. */
export function numberText(value: Measured<string>, unit: string): string {
  return isMissing(value) ? absentText(value.missing) : `${value} ${unit}`;
}

/** `— (reason)` */
export function absentText(reason: string): string {
  return `${ABSENT} (${reason})`;
}

/** `96.9 % confidence over 6 blocks`, as a range where the figures differ; undefined where there is no figure. */
export function confidenceText(figures: readonly Measured<Figure>[]): string | undefined {
  const present = figures.flatMap((figure) => (isMissing(figure) ? [] : [figure]));
  if (present.length === 0) return undefined;
  const confidences = present.map((figure) => Number.parseFloat(figure.confidence));
  const blocks = present.map((figure) => figure.blocks);
  return `${range(confidences)} % confidence over ${range(blocks)} blocks`;
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
}
