import { mean } from './quantile.ts';
import { incompleteBeta } from './studentT.ts';

export interface Point {
  x: number;
  y: number;
}

/**
 * Least-squares line: slope = Σ(x - x̄)(y - ȳ) / Σ(x - x̄)², intercept = ȳ - slope x̄ (Draper and Smith, Applied
 * Regression Analysis, 3rd ed., section 1.2).
 * @returns undefined where fewer than two different x leave the slope open
 */
export function fitLine(points: readonly Point[]): { intercept: number; slope: number } | undefined {
  const xBar = mean(points.map(({ x }) => x));
  const yBar = mean(points.map(({ y }) => y));
  if (xBar === undefined || yBar === undefined) return undefined;
  const spread = points.reduce((sum, { x }) => sum + (x - xBar) ** 2, 0);
  if (!(spread > 0)) return undefined;
  const slope = points.reduce((sum, { x, y }) => sum + (x - xBar) * (y - yBar), 0) / spread;
  return { intercept: yBar - slope * xBar, slope };
}

/** P(F > f) of Fisher's distribution, for f from 0 on: I_x(d2/2, d1/2) at x = d2 / (d2 + d1 f) (Abramowitz and Stegun 26.6.2). */
export function fisherTail(f: number, of: { d1: number; d2: number }): number {
  return incompleteBeta(of.d2 / 2, of.d1 / 2, of.d2 / (of.d2 + of.d1 * f));
}

export interface LackOfFit {
  f: number;
  /** Chance of an F at least this large where the line is true. */
  p: number;
}

/**
 * Whether repeated values at several x lie about one line: the F test of lack of fit (Draper and Smith, 3rd ed.,
 * section 2.1). F = [Σ n(ȳ - ŷ)² / (k - 2)] / [ΣΣ(y - ȳ)² / (N - k)] over k groups and N values.
 * @returns undefined with fewer than three groups, without a repetition, or where repetitions do not differ at all
 */
export function lackOfFit(groups: readonly { x: number; ys: readonly number[] }[]): LackOfFit | undefined {
  const filled = groups.filter(({ ys }) => ys.length > 0);
  const line = fitLine(filled.flatMap(({ x, ys }) => ys.map((y) => ({ x, y }))));
  const values = filled.reduce((sum, { ys }) => sum + ys.length, 0);
  const [d1, d2] = [filled.length - 2, values - filled.length];
  if (line === undefined || d1 < 1) return undefined;
  let offLine = 0;
  let within = 0;
  for (const { x, ys } of filled) {
    const centre = mean(ys) ?? 0;
    offLine += ys.length * (centre - line.intercept - line.slope * x) ** 2;
    within += ys.reduce((sum, y) => sum + (y - centre) ** 2, 0);
  }
  // Without a repetition there is nothing within, and d2 is 0 as well.
  if (!(within > 0)) return undefined;
  const f = offLine / d1 / (within / d2);
  return { f, p: fisherTail(f, { d1, d2 }) };
}
