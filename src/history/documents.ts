import { isMissing } from '../record/measured.ts';
import type { RunComparison } from './comparison.ts';
import { nameOf } from './figures.ts';
import type { History } from './history.ts';
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

/**
 * One test suite for each series, one test for each judged quantity of its newest run: regressed is a failure, suspected
 * an error, and what could not be judged is skipped, each with its reason.
 */
export function historyJunit(history: History): string {
  const suites = history.series.map((series) => {
    const rows = newestRows(series);
    const cases = rows.map((row) => {
      const open = `    <testcase classname="${xml(series.scenario)}" name="${xml(nameOf(row))}"`;
      const reason = row.because ?? (isMissing(row.expected) ? row.expected.missing : row.expected);
      const element = { regressed: 'failure', suspected: 'error', collecting: 'skipped', missing: 'skipped' };
      const kind = Object.entries(element).find(([state]) => state === row.kind)?.[1];
      return kind === undefined ? `${open}/>` : `${open}><${kind} message="${xml(reason)}"/></testcase>`;
    });
    const count = (...kinds: string[]) => rows.filter(({ kind }) => kinds.includes(kind)).length;
    const counts = `tests="${rows.length}" failures="${count('regressed')}" errors="${count('suspected')}" skipped="${count('collecting', 'missing')}"`;
    const name = `${series.scenario} ${series.runs.at(-1)?.figures.runId}`;
    return [`  <testsuite name="${xml(name)}" ${counts}>`, ...cases, '  </testsuite>'].join('\n');
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="meshtax history">',
    ...suites,
    '</testsuites>',
    '',
  ]
    .join('\n')
    .replace(/\n{2,}/g, '\n');
}

/** Text for an attribute: XML 1.0 has no way to write most control characters (section 2.2), so that they become marks. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
