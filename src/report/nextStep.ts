import { BLOCKS_NEEDED } from '../analysis/estimate.ts';
import type { RunAnalysis } from '../analysis/result.ts';
import { listText } from '../analysis/wording.ts';

/** What stands beside what: `Compared: envoy with none, which is the same service without a proxy.` */
export function comparedText({ scenario, run, knees }: Pick<RunAnalysis, 'scenario' | 'run' | 'knees'>): string {
  const baseline = scenario.treatments[scenario.baseline];
  const others = scenario.treatments.filter((treatment) => treatment !== baseline).map(({ name }) => name);
  if (baseline === undefined || others.length === 0) return 'Compared: the baseline with itself, for the noise alone.';
  const what = baseline.mesh === 'none' ? 'the same service without a proxy' : "the scenario's baseline";
  // A search drives each at rates of its own.
  const arrivals = knees === null ? ' under the same arrivals' : '';
  const how = run.platform.mode === 'imported' ? '' : ` and runs twice, by turns in each block${arrivals}`;
  return `Compared: ${listText(others)} with ${baseline.name}, which is ${what}${how}.`;
}

const STANDS_UNDER = 'its command stands under Repeat';

type Answered = Pick<RunAnalysis, 'conclusion' | 'loads' | 'incomplete' | 'verdicts' | 'knees' | 'run'>;

/** What a reader can do with this answer. */
export function nextStep(analysis: Answered): string {
  const { conclusion, loads, incomplete, knees, run } = analysis;
  if (run.platform.mode === 'imported') {
    return 'Imported results are compared and never judged, since nobody proved where that traffic went: for a verdict let meshtax run the scenario itself.';
  }
  if (incomplete) return `Let the run come to its end: ${STANDS_UNDER}. What stands here is what it had by then.`;
  if (knees !== null) {
    return conclusion.exitCode === 0
      ? 'Measure latency at rates well below the highest that was held, such as a third and two thirds of it: near it, queues decide.'
      : `Nothing can be said of a capacity: Caveats and Gates say why. Mend that, and repeat the run (${STANDS_UNDER}).`;
  }
  if (loads.length === 0) return `Nothing was measured, for the reason above: lower the rates, and repeat the run.`;
  switch (conclusion.outcome) {
    case 'within':
      return 'Nothing has to be done. The answer is for this machine, build and load: read what weakens it before you carry it elsewhere, and measure again when one of them changes.';
    case 'over':
      return 'Fresh blocks, run after the first ones, confirm it: Budgets has both. Find where it comes from under Percentiles, Sides, and CPU and memory; then change a setting, and measure the old and the new one as two treatments of one run.';
    case 'unconfirmed':
      return `Repeat the run (${STANDS_UNDER}): what is over counts once fresh blocks confirm it.`;
    case 'inconclusive':
      return whenInconclusive(analysis);
    case 'no-budget':
      return 'Set budgets in the scenario, or judge this run against a set: meshtax report RUN --budgets documented.';
    case 'not-comparable':
      return `Mend what keeps the treatments from being compared, and repeat the run (${STANDS_UNDER}).`;
  }
}

function whenInconclusive({ loads, verdicts }: Answered): string {
  const required = verdicts.filter(({ line, verdict }) => line.role === 'required' && verdict === 'inconclusive');
  if (loads.some(({ blocksValid }) => blocksValid < BLOCKS_NEEDED)) {
    return `Too few blocks were fair. Gates says what disturbed them: mend that, or take a quieter machine, and repeat the run (${STANDS_UNDER}).`;
  }
  const absent = loads.flatMap(({ treatments }) => treatments).filter(({ validTrials }) => validTrials === 0);
  if (absent.length > 0) {
    const names = [...new Set(absent.map(({ treatment }) => treatment))];
    return `Nothing valid was measured of ${listText(names)}: Caveats and Gates say why. Mend that, and repeat the run (${STANDS_UNDER}). What is said of the others holds.`;
  }
  if (required.some(({ isInvalid }) => isInvalid === true)) {
    return `The measurement was not fair, for the reason above, and more of it would be none the better: mend that, and repeat the run (${STANDS_UNDER}).`;
  }
  return `Repeat the run with more blocks or longer trials (${STANDS_UNDER}): both narrow the interval. Until then it is neither within nor over.`;
}
