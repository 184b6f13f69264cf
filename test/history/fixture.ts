import type { Baseline } from '../../src/history/baselines.ts';
import { changePointsOf } from '../../src/history/changePoints.ts';
import type { RunEnvironment } from '../../src/history/comparability.ts';
import { FIGURES_SCHEMA, type QuantityFigure, type RunFigures } from '../../src/history/figures.ts';
import { type History, historyOf } from '../../src/history/history.ts';
import type { HistoryRun, LeftOut } from '../../src/history/order.ts';
import { isMissing, type Measured } from '../../src/record/measured.ts';
import { createRandom } from '../../src/scenario/random.ts';

export const ENVIRONMENT: RunEnvironment = {
  scenario: 'a'.repeat(64),
  tool: '0.1.0',
  platform: 'local',
  mode: 'root',
  cpuModel: 'AMD EPYC',
  cores: '2',
  kernel: '6.18.44',
  node: 'v20.20.2',
  governor: { missing: 'no frequency scaling here' },
  coresUsed: 'driver on 1, system under test on 1',
  'detail link': 'veth',
  'build of envoy': 'upstream Envoy 1.40.0',
};

export interface FiguresInput {
  /** Days since the first of January 2020: a run a day, at three in the morning. */
  day: number;
  /** Added p50 in µs. */
  p50Us?: Measured<number>;
  environment?: RunEnvironment;
  scenario?: string;
  quantities?: readonly QuantityFigure[];
}

export const dayOf = (day: number): string => new Date(Date.UTC(2020, 0, 1 + day, 3)).toISOString();

export const runIdOf = (day: number, scenario = 'nightly'): string =>
  `${dayOf(day).slice(0, 19).replaceAll(':', '-')}-${scenario}-${String(day).padStart(4, '0')}`;

export function quantity(what: string, value: Measured<number>, more: Partial<QuantityFigure> = {}): QuantityFigure {
  return {
    group: 'envoy at 1,000/s',
    what,
    unit: 'latency',
    role: 'judged',
    value: isMissing(value) ? value : { point: value, low: value - 40, high: value + 40, n: 6, confidence: 0.96875 },
    ...more,
  };
}

/** What a history reads of one run that took two minutes. */
export function figures({ day, p50Us = 600, ...more }: FiguresInput): RunFigures {
  const scenario = more.scenario ?? 'nightly';
  return {
    schema: FIGURES_SCHEMA,
    runId: runIdOf(day, scenario),
    scenario,
    startedAt: dayOf(day),
    endedAt: new Date(Date.parse(dayOf(day)) + 120_000).toISOString(),
    complete: true,
    outcome: 'within',
    sentence: 'within',
    environment: { ...ENVIRONMENT, ...more.environment },
    quantities: [...(more.quantities ?? [quantity('added p50', p50Us)])],
  };
}

export const runOf = (own: RunFigures): HistoryRun => ({ folder: own.runId, figures: own });

/** Normal values by Box and Muller. */
export function normals(count: number, of: { mean: number; spread: number; seed: number }): number[] {
  const random = createRandom(of.seed);
  return Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return of.mean + of.spread * radius * Math.cos(2 * Math.PI * random());
  });
}

/** Twelve quiet runs, their added p50 between 588 and 612 µs. */
export const QUIET = [600, 606, 594, 603, 597, 609, 591, 600, 612, 588, 602, 598];

/** A history of one run a day. */
export function historyFrom(
  runs: readonly RunFigures[],
  more: { baselines?: readonly Baseline[]; leftOut?: readonly LeftOut[]; now?: Date; scenario?: string } = {},
): History {
  return historyOf({
    found: runs.map(runOf),
    leftOut: more.leftOut ?? [],
    notes: [],
    baselines: more.baselines ?? [],
    now: more.now ?? new Date(Date.UTC(2031, 0, 1)),
    findChanges: changePointsOf,
    ...(more.scenario === undefined ? {} : { scenario: more.scenario }),
  });
}

export const daily = (p50s: readonly Measured<number>[]): RunFigures[] =>
  p50s.map((p50Us, day) => figures({ day, p50Us }));

export const baseline = (day: number, because = 'the new proxy does more'): Baseline => ({
  schema: 'meshtax/baseline@1',
  runId: runIdOf(day),
  because,
  at: '2030-02-01T00:00:00.000Z',
});
