import type { QuantityId } from '../analysis/quantities.ts';
import type { Estimate } from '../analysis/result.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import { compareEnvironments, type FieldComparison } from './comparability.ts';
import { nameOf, type RunFigures } from './figures.ts';
import { RULE } from './regression.ts';

/** One quantity of two runs. */
export interface QuantityComparison {
  group: string;
  what: string;
  unit: QuantityId;
  base: Measured<Estimate>;
  head: Measured<Estimate>;
  /** Head minus base, of the points alone: two runs do not tell how much runs differ by themselves. */
  difference: Measured<number>;
  /** The difference as a share of the base's point. */
  share: Measured<number>;
}

/** Two runs that were made at different times. */
export interface RunComparison {
  base: RunFigures;
  head: RunFigures;
  environment: readonly FieldComparison[];
  /** Fields that would have to agree, and do not; empty where the runs may be compared. */
  obstacles: readonly FieldComparison[];
  quantities: readonly QuantityComparison[];
  conclusion: { outcome: 'inconclusive'; exitCode: 4; sentence: string; settledBy: readonly string[] };
}

const SETTLED_BY = [
  'interleave both as two treatments of one run, as scenarios/ci-regression.yaml does: its contrast has an interval of its own',
  `keep the runs in one folder: from ${RULE.fewestRuns} comparable ones on, meshtax history knows how much runs differ by themselves`,
];

/**
 * Two runs beside each other: pure, and never a verdict. Each run's interval speaks for its own deployments in its own
 * hour; how far two runs of the same thing lie apart is not in it.
 */
export function compareRuns(base: RunFigures, head: RunFigures): RunComparison {
  const environment = compareEnvironments(base.environment, head.environment);
  return {
    base,
    head,
    environment,
    obstacles: environment.filter(({ matters, answer }) => matters && answer === 'differs'),
    quantities: quantitiesOf(base, head),
    conclusion: {
      outcome: 'inconclusive',
      exitCode: 4,
      sentence:
        'Inconclusive: these are two separate runs, and from two alone nobody can tell a regression from what runs differ by anyway',
      settledBy: SETTLED_BY,
    },
  };
}

function quantitiesOf(base: RunFigures, head: RunFigures): QuantityComparison[] {
  const found = new Map([...base.quantities, ...head.quantities].map((each) => [nameOf(each), each]));
  const valueIn = ({ quantities, runId }: RunFigures, name: string): Measured<Estimate> =>
    quantities.find((each) => nameOf(each) === name)?.value ?? { missing: `not measured in ${runId}` };
  return [...found].map(([name, { group, what, unit }]) => {
    const [a, b] = [valueIn(base, name), valueIn(head, name)];
    const gap = [a, b].find(isMissing);
    const difference = isMissing(a) || isMissing(b) ? (gap ?? { missing: 'not measured' }) : b.point - a.point;
    return { group, what, unit, base: a, head: b, difference, share: shareOf(difference, a) };
  });
}

function shareOf(difference: Measured<number>, base: Measured<Estimate>): Measured<number> {
  if (isMissing(difference)) return difference;
  if (isMissing(base)) return base;
  return base.point > 0 ? difference / base.point : { missing: 'the base is not above 0' };
}
