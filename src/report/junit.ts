import { absentText, figureText } from '../analysis/figure.ts';
import type { BudgetVerdict, RunAnalysis } from '../analysis/result.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import type { RunRecord } from '../record/runRecord.ts';
import { budgetNames } from './budgetNames.ts';
import { conditionsText } from './conditions.ts';
import { buildRows, environmentFacts, type Fact, gateRows, runFacts, unfairTrials } from './evidence.ts';
import { type BudgetRow, budgetRows } from './table.ts';
import { printable } from './text.ts';
import { xmlAttributes, xmlText } from './xml.ts';

/** What a test case came to, as JUnit tells it: a failure is a line that is not kept, an error a run that measured nothing. */
type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

interface TestCase {
  name: string;
  className: string;
  outcome: Outcome;
  /** Kind of the failure or the error. */
  type?: string;
  message: string;
  details: readonly string[];
}

/**
 * The verdicts as JUnit XML, for programs that show test results: one suite for the run, one case for each budget line,
 * treatment and load. Inconclusive is never green: it fails a required line. An advisory line fails nothing: over or
 * inconclusive, it is skipped and says so.
 *
 * Follows the schema of Jenkins' xUnit plugin (junit-10.xsd). Cases have no time of their own: they share the run's.
 */
export function renderJunit(analysis: RunAnalysis): string {
  const cases = testCases(analysis);
  const count = (outcome: Outcome) => cases.filter((each) => each.outcome === outcome).length;
  const time = secondsOf(analysis.run);
  const counts = {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    time: isMissing(time) ? undefined : time,
  };
  const suite = {
    name: `meshtax.${analysis.scenario.name}`,
    ...counts,
    skipped: count('skipped'),
    timestamp: timestampOf(analysis.run.startedAt),
  };
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${xmlAttributes({ name: 'meshtax', ...counts })}>`,
    `  <testsuite${xmlAttributes(suite)}>`,
    '    <properties>',
    ...properties(analysis, time).map((fact) => `      ${propertyTag(fact)}`),
    '    </properties>',
    ...cases.flatMap(caseTags).map((line) => `    ${line}`),
    `    <system-out>${xmlText(systemOut(analysis).join('\n'))}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function testCases(analysis: RunAnalysis): TestCase[] {
  const names = budgetNames(analysis);
  const rows = budgetRows(analysis);
  const cases = analysis.verdicts.flatMap((verdict, index) => {
    const row = rows[index];
    return row === undefined ? [] : [lineCase(analysis, { verdict, row, name: names[index] ?? '' })];
  });
  return [...cases, ...wholeRun(analysis, cases)];
}

function lineCase(
  { scenario }: RunAnalysis,
  { verdict, row, name }: { verdict: BudgetVerdict; row: BudgetRow; name: string },
): TestCase {
  const conditions = conditionsText(row);
  return {
    name,
    className: `${scenario.name}.${row.treatment}`,
    ...outcomeOf(verdict),
    details: [
      `measured: ${figureText(row.measured)}`,
      `because: ${row.because}`,
      `line: ${row.role}, ${row.source}`,
      `build: ${row.build}`,
      ...(conditions === '' ? [] : [`stated conditions: ${conditions}`]),
    ],
  };
}

/** An advisory line decides nothing: where it is not kept it is skipped, with its verdict first in the message. */
function outcomeOf({ verdict, line, because }: BudgetVerdict): Pick<TestCase, 'outcome' | 'type' | 'message'> {
  if (verdict === 'within') return { outcome: 'passed', message: because };
  if (line.role === 'required') return { outcome: 'failure', type: verdict, message: because };
  return { outcome: 'skipped', message: `advisory, ${verdict}: ${because}` };
}

/** No verdict at all reads as green, and so does one in which no line fails: where the run itself failed, it is a case. */
function wholeRun({ scenario, conclusion }: RunAnalysis, cases: readonly TestCase[]): TestCase[] {
  const failed = cases.some(({ outcome }) => outcome === 'failure');
  if (cases.length > 0 && (failed || conclusion.exitCode === 0)) return [];
  return [
    {
      name: 'the run as a whole',
      className: scenario.name,
      ...(conclusion.exitCode === 0
        ? { outcome: 'passed' as const }
        : { outcome: 'error' as const, type: conclusion.outcome }),
      message: conclusion.sentence,
      details: [conclusion.sentence],
    },
  ];
}

function caseTags({ name, className, outcome, type, message, details }: TestCase): string[] {
  const tag = `testcase${xmlAttributes({ name, classname: className })}`;
  if (outcome === 'passed') return [`<${tag}/>`];
  if (outcome === 'skipped') return [`<${tag}>`, `  <skipped${xmlAttributes({ message })}/>`, '</testcase>'];
  const body = xmlText(details.map(printable).join('\n'));
  return [`<${tag}>`, `  <${outcome}${xmlAttributes({ type, message })}>${body}</${outcome}>`, '</testcase>'];
}

function properties(analysis: RunAnalysis, time: Measured<string>): Fact[] {
  return [
    ...buildRows(analysis).map(({ treatment, build }) => ({ label: `Build of ${treatment}`, value: build })),
    ...environmentFacts(analysis),
    ...runFacts(analysis),
    ...(isMissing(time) ? [{ label: 'Time', value: time }] : []),
  ];
}

function propertyTag({ label, value }: Fact): string {
  return `<property${xmlAttributes({ name: label, value: isMissing(value) ? absentText(value.missing) : value })}/>`;
}

/** What stands behind the cases, each on one line that no text of a record can break. */
function systemOut(analysis: RunAnalysis): string[] {
  const names = budgetNames(analysis);
  const told = [
    analysis.conclusion.sentence,
    ...budgetRows(analysis).map(
      (row, index) =>
        `${row.verdict.sign} ${row.verdict.text}, ${row.role}: ${names[index]}: ${figureText(row.measured)}`,
    ),
    ...analysis.conclusion.caveats.map((caveat) => `weakens it: ${caveat}`),
    ...gateRows(analysis)
      .filter(({ answer }) => answer.tone !== 'good')
      .map((row) => `gate ${row.gate}, ${row.answer.text}: ${row.threshold}; ${row.counts}; worst: ${row.worst}`),
    ...unfairTrials(analysis).map(
      ({ trial, what, gates }) => `trial ${trial.index}, ${trial.outcome}: ${what}: ${gates}`,
    ),
  ];
  return told.map(printable);
}

/** How long the run took, in seconds with the three decimals that JUnit's schema allows. */
function secondsOf({ startedAt, ended, clockJumps = [] }: RunRecord): Measured<string> {
  if (ended === undefined) return { missing: 'the run did not end by itself' };
  if (clockJumps.length > 0) return { missing: 'the wall clock was set during the run' };
  const ms = Date.parse(ended.at) - Date.parse(startedAt);
  return ms >= 0 ? (ms / 1000).toFixed(3) : { missing: 'the record holds no two instants in order' };
}

/** In UTC without its mark, since JUnit's schema has no time zone; undefined where the record holds no instant. */
function timestampOf(startedAt: string): string | undefined {
  const ms = Date.parse(startedAt);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().slice(0, 19);
}
