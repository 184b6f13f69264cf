import { atMost } from '../../../../src/analysis/stats/binomial.ts';
import { lagOneCorrelation } from '../../../../src/analysis/stats/correlation.ts';
import { signedRankInterval, tInterval } from '../../../../src/analysis/stats/interval.ts';
import { fisherTail, fitLine, lackOfFit } from '../../../../src/analysis/stats/line.ts';
import { exactProportion } from '../../../../src/analysis/stats/proportion.ts';
import { quantile, standardDeviation } from '../../../../src/analysis/stats/quantile.ts';
import { tQuantile } from '../../../../src/analysis/stats/studentT.ts';
import { visibleShift } from '../../../../src/analysis/stats/visible.ts';
import { steinSampleSize } from '../../../../src/scenario/precision.ts';
import { createRandom } from '../../../../src/scenario/random.ts';
import { bcaInterval, drawResamples, resample, studentisedInterval } from '../../../bench/candidates/bootstrap.ts';
import { normalAtMost, normalQuantile } from '../../../bench/candidates/normal.ts';
import { signInterval } from '../../../bench/candidates/sign.ts';

type Sample = { values: number[] };
type Asked = Sample & { confidence: number };

/** One question to both implementations; the names are those that reference.py reads. */
export type Case =
  | ({ kind: 'signed-rank' | 't' | 'sign' } & Asked)
  | ({ kind: 'bootstrap-t' | 'bca'; indices: number[][] } & Asked)
  | ({ kind: 'stein'; halfWidth: number } & Sample)
  | ({ kind: 'lag-one' | 'spread' } & Sample)
  | ({ kind: 'line'; xs: number[] } & Sample)
  | { kind: 'lack-of-fit'; levels: number[]; groups: number[][] }
  | { kind: 'fisher'; f: number; d1: number; d2: number }
  | { kind: 'proportion'; k: number; trials: number; confidence: number }
  | { kind: 'visible'; n: number }
  | ({ kind: 'quantile'; share: number } & Sample)
  | { kind: 't-quantile'; probability: number; degreesOfFreedom: number }
  | { kind: 'binomial'; k: number; trials: number; probability: number }
  | { kind: 'normal'; z: number; probability: number };

const RESAMPLES = 199;

/** What this side answers, in the order of reference.py. */
export function ownAnswer(asked: Case): (number | undefined)[] {
  switch (asked.kind) {
    case 'signed-rank': {
      const found = signedRankInterval(asked.values, asked.confidence);
      return 'missing' in found ? [] : [found.point, found.low, found.high, found.confidence];
    }
    case 't': {
      const found = tInterval(asked.values, asked.confidence);
      return 'missing' in found ? [] : [found.point, found.low, found.high];
    }
    case 'sign': {
      const found = signInterval(asked.values, asked.confidence);
      return [found?.point, found?.low, found?.high];
    }
    case 'bootstrap-t':
    case 'bca': {
      const resampled = resample(asked.values, Uint16Array.from(asked.indices.flat()));
      const interval = asked.kind === 'bca' ? bcaInterval : studentisedInterval;
      const { point, low, high } = interval(asked.values, resampled, asked.confidence);
      return [point, low, high];
    }
    case 'stein':
      return [steinSampleSize(asked.values, asked.halfWidth)];
    case 'lag-one':
      return [lagOneCorrelation(asked.values)];
    case 'spread':
      return [standardDeviation(asked.values)];
    case 'line': {
      const found = fitLine(asked.values.map((y, index) => ({ x: asked.xs[index] ?? Number.NaN, y })));
      return [found?.intercept, found?.slope];
    }
    case 'lack-of-fit': {
      const found = lackOfFit(asked.levels.map((x, index) => ({ x, ys: asked.groups[index] ?? [] })));
      return [found?.f, found?.p];
    }
    case 'fisher':
      return [fisherTail(asked.f, asked)];
    case 'proportion': {
      const { low, high } = exactProportion(asked.k, asked);
      return [low, high];
    }
    case 'visible':
      return [visibleShift(asked.n)];
    case 'quantile':
      return [quantile(asked.values, asked.share)];
    case 't-quantile':
      return [tQuantile(asked.probability, asked.degreesOfFreedom)];
    case 'binomial':
      return [atMost(asked.k, asked)];
    case 'normal':
      return [normalAtMost(asked.z), normalQuantile(asked.probability)];
  }
}

/** Questions about seeded samples of 8 to 40 values, and of 6 and 7 where 99 % is not asked for. */
export function casesOf(seed: number): Case[] {
  const random = createRandom(seed);
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  // Skewed, so that no method may rest on symmetry; a continuous spread, so that no two pairwise means are equal.
  const sample = (n: number) => Array.from({ length: n }, () => 500 - 100 * Math.log(1 - random()));
  return [6, 7, 8, 10, 15, between(20, 29), between(30, 40)].flatMap((n): Case[] => {
    const values = sample(n);
    const levels = n < 8 ? [0.9, 0.95] : [0.9, 0.95, 0.99];
    const exact = values.map((value) => Math.round(value * 64) / 64);
    const flat = drawResamples(n, random, RESAMPLES);
    const indices = Array.from({ length: RESAMPLES }, (_, at) => [...flat.slice(at * n, (at + 1) * n)]);
    return [
      ...levels.flatMap((confidence): Case[] =>
        (['signed-rank', 't', 'sign'] as const).map((kind) => ({ kind, values, confidence })),
      ),
      // Sums of these are exact, so that both sides agree which resamples lie below the sample's own mean.
      { kind: 'bootstrap-t', values: exact, indices, confidence: 0.95 },
      { kind: 'bootstrap-t', values: exact, indices, confidence: 0.965 },
      { kind: 'bca', values: exact, indices, confidence: 0.95 },
      { kind: 'stein', values, halfWidth: 5 + 50 * random() },
      { kind: 'lag-one', values },
      { kind: 'spread', values },
      { kind: 'line', values, xs: values.map((_, index) => 250 * (1 + (index % 4))) },
      {
        kind: 'lack-of-fit',
        levels: [300, 600, 900, 1500],
        groups: [300, 600, 900, 1500].map((x) =>
          values.slice(0, 4 + (x % 4)).map((value) => value * random() + x / 10),
        ),
      },
      { kind: 'fisher', f: 6 * random(), d1: between(1, 5), d2: n },
      { kind: 'proportion', k: between(0, n), trials: n * between(1, 50), confidence: 0.95 },
      { kind: 'visible', n: 31 + n },
      { kind: 'quantile', values, share: random() },
      { kind: 't-quantile', probability: 0.001 + 0.998 * random(), degreesOfFreedom: n - 1 },
      { kind: 'binomial', k: between(0, n), trials: n * 10, probability: 0.02 + 0.9 * random() },
      { kind: 'normal', z: 8 * (random() - 0.5), probability: 0.001 + 0.998 * random() },
    ];
  });
}

/** Cases whose answers stand in recorded.json. */
export const RECORDED_SEEDS = [1, 2, 3];

/** The largest allowed difference, in units of the answer or, for one above 1, of its own size. */
const TOLERANCE = 1e-9;

/** The cases in which two lists of answers differ, each with both; empty when all agree. */
export function disagreements(cases: readonly Case[], reference: readonly (readonly number[])[]): string[] {
  return cases.flatMap((asked, at) => {
    const own = ownAnswer(asked);
    const other = reference[at] ?? [];
    const agree =
      own.length === other.length &&
      other.every(
        (value, place) => Math.abs((own[place] ?? Number.NaN) - value) <= TOLERANCE * Math.max(1, Math.abs(value)),
      );
    return agree ? [] : [`${asked.kind}, case ${at}: here ${own.join(', ')}; scipy ${other.join(', ')}`];
  });
}
