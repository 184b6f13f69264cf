import { shuffle } from '../../../src/scenario/random.ts';

/** Spread of one trial's percentile about its level in every world but those that say otherwise, in µs. */
export const SPREAD_US = 100;
/** The true shift of every trial of the treatment, in µs. */
export const EFFECT_US = 500;
const BASELINE_US = 1000;

/** What the three trials of a block measured, in µs. */
export interface MeasuredBlock {
  baselines: readonly [number, number];
  treated: number;
}

/** Random numbers that worlds are made of. */
export interface Draw {
  /** Uniform in [0, 1). */
  uniform: () => number;
  /** Standard normal. */
  normal: () => number;
}

/** Noise of the next trial in units of SPREAD_US, in the order in which trials run. */
type Noise = (trial: { treated: boolean; at: number }) => number;

export interface World {
  id: string;
  words: string;
  /** Whether the method claims 95 % here. */
  claimed: boolean;
  /** Begins a run. */
  noise: (draw: Draw) => Noise;
  /** Whether a block's difference is spread evenly about the true shift, so that mean, median and pseudomedian are it. */
  isSymmetric: boolean;
  /** Correlation of successive block differences that is laid over the world's own, for the world where that is all. */
  betweenBlocks?: number;
}

/** Box and Muller's method, both normals of a pair used. */
export function drawFrom(uniform: () => number): Draw {
  let kept: number | undefined;
  const normal = () => {
    if (kept !== undefined) {
      const value = kept;
      kept = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    kept = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uniform, normal };
}

/** A lognormal variable with mean 0 and standard deviation 1; skewness 1.75 at shape 0.5, 6.2 at shape 1. */
const lognormal = (draw: Draw, shape: number): number => {
  const meanOfIt = Math.exp(shape ** 2 / 2);
  return (Math.exp(shape * draw.normal()) - meanOfIt) / (meanOfIt * Math.sqrt(Math.exp(shape ** 2) - 1));
};

/** Student's t with 3 degrees of freedom; its standard deviation is sqrt(3). */
const studentThree = ({ normal }: Draw): number =>
  normal() / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2) / 3);

const autoregressive =
  (correlation: number): World['noise'] =>
  ({ normal }) => {
    let level = normal();
    return () => {
      const now = level;
      level = correlation * level + Math.sqrt(1 - correlation ** 2) * normal();
      return now;
    };
  };

const DRIFT_PER_TRIAL = 0.3;
const STALL = { share: 0.1, mean: 10 };
const OUTLIER = { share: 0.05, spread: 10 };

const claimed = { claimed: true, isSymmetric: true };

export const WORLDS: readonly World[] = [
  { ...claimed, id: 'normal', words: 'normal', noise: (draw) => () => draw.normal() },
  {
    ...claimed,
    id: 'skewed',
    words: 'skewed: lognormal, skewness 1.75',
    isSymmetric: false,
    noise: (draw) => () => lognormal(draw, 0.5),
  },
  {
    ...claimed,
    id: 'skewed-strongly',
    words: 'strongly skewed: lognormal, skewness 6.2',
    isSymmetric: false,
    noise: (draw) => () => lognormal(draw, 1),
  },
  {
    ...claimed,
    id: 'heavy',
    words: 'heavy-tailed: t with 3 degrees of freedom',
    noise: (draw) => () => studentThree(draw),
  },
  {
    ...claimed,
    id: 'drifting',
    words: 'drifting: 0.3 sd more with each trial, 5 to 27 sd over the run',
    noise:
      (draw) =>
      ({ at }) =>
        DRIFT_PER_TRIAL * at + draw.normal(),
  },
  {
    ...claimed,
    id: 'outliers',
    words: 'outliers: 5 % of trials with ten times the spread',
    noise: (draw) => () => (draw.uniform() < OUTLIER.share ? OUTLIER.spread : 1) * draw.normal(),
  },
  { ...claimed, id: 'ar-03', words: 'AR(1) 0.3 over successive trials', noise: autoregressive(0.3) },
  { ...claimed, id: 'ar-06', words: 'AR(1) 0.6 over successive trials', noise: autoregressive(0.6) },
  {
    ...claimed,
    id: 'spread',
    words: 'spread: three times as wide with the treatment',
    noise:
      (draw) =>
      ({ treated }) =>
        (treated ? 3 : 1) * draw.normal(),
  },
  {
    ...claimed,
    id: 'stalls',
    words: 'rare stalls: 10 % of trials higher by an exponential of mean 10 sd',
    isSymmetric: false,
    noise: (draw) => () =>
      draw.normal() + (draw.uniform() < STALL.share ? -STALL.mean * Math.log(1 - draw.uniform()) : 0),
  },
  {
    ...claimed,
    id: 'deployments',
    words: 'deployment effect of 1 sd, a fresh deployment for each trial',
    noise: (draw) => () => draw.normal() + draw.normal(),
  },
  {
    ...claimed,
    id: 'skewed-spread',
    words: 'skewed (1.75), and three times as wide with the treatment',
    isSymmetric: false,
    noise:
      (draw) =>
      ({ treated }) =>
        (treated ? 3 : 1) * lognormal(draw, 0.5),
  },
  {
    id: 'one-deployment',
    words: 'deployment effect of 1 sd, one deployment for all blocks',
    claimed: false,
    isSymmetric: true,
    noise: (draw) => {
      const [treatment, baseline] = [draw.normal(), draw.normal()];
      return ({ treated }) => (treated ? treatment : baseline) + draw.normal();
    },
  },
  {
    id: 'ar-blocks',
    words: 'AR(1) 0.6 of the block differences themselves',
    claimed: false,
    isSymmetric: true,
    betweenBlocks: 0.6,
    noise: () => () => 0,
  },
];

/** The blocks of one run, one after the other: two baselines and the treatment in random order, each trial after the one before. */
export function blocksOf(world: World, draw: Draw): () => MeasuredBlock {
  const noise = world.noise(draw);
  const between = autoregressive(world.betweenBlocks ?? 0)(draw);
  let at = 0;
  return () => {
    const found: { baselines: number[]; treated: number } = { baselines: [], treated: Number.NaN };
    for (const treated of shuffle([true, false, false], draw.uniform)) {
      const own = BASELINE_US + SPREAD_US * noise({ treated, at });
      at += 1;
      if (treated) found.treated = own + EFFECT_US;
      else found.baselines.push(own);
    }
    if (world.betweenBlocks !== undefined) found.treated += SPREAD_US * between({ treated: true, at });
    const [first = Number.NaN, second = Number.NaN] = found.baselines;
    return { baselines: [first, second], treated: found.treated };
  };
}

export const differenceOf = ({ baselines: [first, second], treated }: MeasuredBlock): number =>
  treated - (first + second) / 2;
