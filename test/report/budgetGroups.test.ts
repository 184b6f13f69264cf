import { describe, expect, it } from 'vitest';
import type { RunAnalysis } from '../../src/analysis/result.ts';
import { groupedBudgets } from '../../src/report/budgetGroups.ts';
import { renderHtml } from '../../src/report/html.ts';
import type { BudgetLine } from '../../src/scenario/scenario.ts';
import { within } from './fixture.ts';

/** The fixture's verdicts with some of their lines changed, by what the lines limit. */
function withLines(change: (line: BudgetLine) => BudgetLine): RunAnalysis {
  const base = within();
  return { ...base, verdicts: base.verdicts.map((entry) => ({ ...entry, line: change(entry.line) })) };
}

describe('the budget table', () => {
  it('has one row for each line, with a verdict for each treatment and load, required lines first', () => {
    const first = withLines((line) => (line.percentile === 'p50' ? { ...line, role: 'advisory' } : line));
    const told = groupedBudgets(first).groups.map(
      ({ role, subject, limit, verdicts }) =>
        `${role} ${subject} ${limit}: ${verdicts.map(({ rate, verdict }) => `${rate} ${verdict.text}`).join(', ')}`,
    );
    expect(told).toEqual([
      'required added latency p99 at most 15 ms: 500/s within, 1,000/s within',
      'advisory added latency p50 at most 5 ms: 500/s within, 1,000/s within',
      'advisory CPU of each proxy at most 100 millicores: 500/s within, 1,000/s over',
      'advisory memory of each proxy at most 128 MiB: 500/s within, 1,000/s within',
    ]);
  });

  it('keeps two lines apart that differ in their limit or in where it comes from', () => {
    const base = within();
    const [entry] = base.verdicts;
    if (entry === undefined) throw new Error('the fixture has no verdict');
    const lines = [entry.line, { ...entry.line, atMost: 6000 }, { ...entry.line, source: 'elsewhere' }];
    const verdicts = lines.map((line) => ({ ...entry, line }));
    expect(groupedBudgets({ ...base, verdicts }).groups).toHaveLength(3);
  });

  it('tells a condition once, however many lines share it, and each line by its number', () => {
    const base = within();
    const [entry] = base.verdicts;
    if (entry === undefined) throw new Error('the fixture has no verdict');
    const other = { ...entry, line: { ...entry.line, percentile: 'p90' as const } };
    const { groups, conditions } = groupedBudgets({ ...base, verdicts: [entry, other] });
    expect(conditions).toEqual([
      'not met: stated for Istio 1.24, here ran upstream Envoy 1.38.0, Istio topology, mTLS strict',
      'not met: stated at 2,000/s, judged at 500/s',
      'cannot be checked: hardware, payload',
    ]);
    expect(groups.map(({ notMet, notStated }) => [notMet, notStated])).toEqual([
      [[1, 2], [3]],
      [[1, 2], [3]],
    ]);
  });

  it('gives the reason of a verdict that is not kept, and of one that rests on an assumption', () => {
    const rowOf = (html: string, subject: string) =>
      html.slice(html.indexOf(`<th scope="row">${subject}`)).split('</tr>')[0];
    const html = renderHtml(within(), { chartJs: '' });
    expect(rowOf(html, 'CPU of each proxy')).toContain(
      '<span class="sub">the server proxy is the costliest, at 1,000/s</span>',
    );
    expect(rowOf(html, 'CPU of each proxy')).not.toContain('costliest, at 500/s');
    const assuming = withLines((line) => (line.metric === 'proxy-memory' ? { ...line, pods: 100 } : line));
    expect(rowOf(renderHtml(assuming, { chartJs: '' }), 'memory of each proxy')).toContain('costliest, at 500/s');
  });

  it('prints a limit that its source gives in MB in the unit of the measurement, with the source’s own words', () => {
    const inMb = withLines((line) => (line.metric === 'proxy-memory' ? { ...line, atMost: 60_000_000 } : line));
    expect(groupedBudgets(inMb).groups.at(-1)?.limit).toBe('at most 57.22 MiB (60 MB)');
    expect(groupedBudgets(within()).groups.at(-1)?.limit).toBe('at most 128 MiB');
  });
});
