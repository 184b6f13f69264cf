import { isMissing } from '../record/measured.ts';
import { xmlAttributes } from '../report/xml.ts';
import type { RunComparison } from './comparison.ts';
import { newestOfEach } from './conclusion.ts';
import { nameOf } from './figures.ts';
import type { History } from './history.ts';
import type { RunState } from './regression.ts';
import { isEverMeasured, newestRows } from './rows.ts';

/** What programs read: JSON at full precision, and JUnit for a CI's own list of tests. */

const HISTORY_SCHEMA = 'meshtax/history@1';
const COMPARISON_SCHEMA = 'meshtax/comparison@1';

/** Everything that the other formats print, and the values behind it, run by run. */
export function historyJson(history: History): string {
  const series = history.series.map(({ scenario, runs, baselines, quantities }) => ({
    scenario,
    environment: runs.at(-1)?.figures.environment ?? {},
    runs: runs.map(({ folder, figures: { runId, startedAt, outcome } }) => ({ folder, runId, startedAt, outcome })),
    baselines,
    quantities: quantities.filter(isEverMeasured),
  }));
  const { conclusion, breaks, leftOut, notes } = history;
  return `${JSON.stringify({ schema: HISTORY_SCHEMA, conclusion, series, breaks, leftOut, notes }, null, 1)}\n`;
}

export function comparisonJson(comparison: RunComparison): string {
  const { base, head, ...rest } = comparison;
  const ofRun = ({ runId, scenario, startedAt, complete, outcome }: RunComparison['base']) => ({
    runId,
    scenario,
    startedAt,
    complete,
    outcome,
  });
  const document = { schema: COMPARISON_SCHEMA, base: ofRun(base), head: ofRun(head), ...rest };
  return `${JSON.stringify(document, null, 1)}\n`;
}

const ELEMENTS: Partial<Record<RunState['kind'], string>> = {
  regressed: 'failure',
  suspected: 'error',
  collecting: 'skipped',
  missing: 'skipped',
};

/**
 * One test for the verdict as a whole, and of each scenario's newest run one suite with a test for each judged quantity:
 * regressed is a failure, suspected an error, and what could not be judged is skipped, each with its reason.
 */
export function historyJunit(history: History): string {
  const suites = newestOfEach(history).map(({ series, newest }) => {
    const rows = newestRows(series);
    const cases = rows.map((row) => {
      const reason = row.because ?? (isMissing(row.expected) ? row.expected.missing : row.expected);
      return testCase({ className: series.scenario, name: nameOf(row), element: ELEMENTS[row.kind], reason });
    });
    const count = (...kinds: string[]) => rows.filter(({ kind }) => kinds.includes(kind)).length;
    const suite = {
      name: `${series.scenario} ${newest.figures.runId}`,
      tests: rows.length,
      failures: count('regressed'),
      errors: count('suspected'),
      skipped: count('collecting', 'missing'),
    };
    return [`  <testsuite${xmlAttributes(suite)}>`, ...cases, '  </testsuite>'];
  });
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="meshtax history">'];
  return `${[...lines, ...verdictSuite(history), ...suites.flat(), '</testsuites>'].join('\n')}\n`;
}

/** What decides the exit code, which no list of quantities tells: a newest run that cannot be read has none. */
function verdictSuite({ conclusion: { outcome, exitCode, sentence } }: History): string[] {
  const element =
    outcome === 'steady' ? undefined : outcome === 'regression' ? 'failure' : exitCode === 0 ? 'skipped' : 'error';
  const count = (kind: string) => Number(element === kind);
  const suite = {
    name: 'verdict',
    tests: 1,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
  return [
    `  <testsuite${xmlAttributes(suite)}>`,
    testCase({
      className: 'history',
      name: 'the newest runs are where those before lead to expect',
      element,
      reason: sentence,
    }),
    '  </testsuite>',
  ];
}

function testCase(of: { className: string; name: string; element: string | undefined; reason: string }): string {
  const tag = `testcase${xmlAttributes({ classname: of.className, name: of.name })}`;
  if (of.element === undefined) return `    <${tag}/>`;
  return `    <${tag}><${of.element}${xmlAttributes({ message: of.reason })}/></testcase>`;
}
