import { type Figure, figureOf } from '../analysis/figure.ts';
import type { Knee } from '../analysis/kneeResult.ts';
import type { RunAnalysis } from '../analysis/result.ts';
import { ratePerSecond } from '../analysis/rounding.ts';
import { isMissing, type Measured } from '../record/measured.ts';

export interface KneeRow {
  treatment: string;
  build: string;
  held: Measured<Figure>;
  /** null for the baseline. */
  share: Measured<Figure> | null;
  gaveOut: Measured<string>;
  /** Each search, as `1,780/s held, 1,950/s not`. */
  searches: string;
}

/** What a saturation search found of each treatment; empty where nothing was searched. */
export function kneeRows({ knees }: RunAnalysis): KneeRow[] {
  return (knees?.treatments ?? []).map(({ treatment, build, heldPerSecond, shareOfBaseline, gaveOut, knees: own }) => ({
    treatment,
    build,
    held: figureOf('rate', heldPerSecond),
    share: shareOfBaseline === null ? null : figureOf('share', shareOfBaseline),
    gaveOut,
    searches: own.map(searchText).join('; '),
  }));
}

function searchText({ block, heldPerSecond, brokenPerSecond }: Knee): string {
  if (isMissing(heldPerSecond)) return `block ${block}: ${heldPerSecond.missing}`;
  const broken = isMissing(brokenPerSecond) ? brokenPerSecond.missing : `${ratePerSecond(brokenPerSecond)} not`;
  return `block ${block}: ${ratePerSecond(heldPerSecond)} held, ${broken}`;
}
