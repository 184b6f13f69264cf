import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BudgetVerdict, LoadAnalysis, RunAnalysis } from '../../src/analysis/result.ts';
import { fitted, MOST_CHARACTERS } from '../../src/report/markdown/fit.ts';
import { bullets, table } from '../../src/report/markdown/layout.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { within } from './fixture.ts';
import { withoutFolds } from './folds.ts';

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** The verdicts of a base, again for each treatment and load, the last of them over. */
function verdictsFor(
  base: RunAnalysis,
  loads: readonly LoadAnalysis[],
  treatments: readonly string[],
): BudgetVerdict[] {
  const all = loads.flatMap(({ load, arrivalRatePerSecond }) =>
    treatments.flatMap((treatment) =>
      base.verdicts.map((verdict) => ({ ...verdict, treatment, load, arrivalRatePerSecond })),
    ),
  );
  const isLast = (index: number) => index === all.length - 1;
  return all.map((verdict, index) =>
    isLast(index) ? { ...verdict, verdict: 'over', line: { ...verdict.line, role: 'required' } } : verdict,
  );
}

/** 200 trials of three treatments at five loads, none of them fair, with all that a run can have to say. */
function large(): RunAnalysis {
  const base = within();
  const treatments = ['istio-permissive', 'istio-strict', 'linkerd-equalised'];
  const [first] = base.loads;
  const [, unfair] = base.trials;
  if (first === undefined || unfair === undefined) throw new Error('the fixture has no load, or no trial that is void');
  const baseline = first.treatments.filter(({ isBaseline }) => isBaseline);
  const meshed = first.treatments.filter(({ isBaseline }) => !isBaseline);
  const loads = times(5, (load) => ({
    ...first,
    load,
    arrivalRatePerSecond: 500 * (load + 1),
    treatments: [...baseline, ...treatments.flatMap((treatment) => meshed.map((entry) => ({ ...entry, treatment })))],
  }));
  return {
    ...base,
    loads,
    conclusion: {
      ...base.conclusion,
      caveats: times(300, (index) => `block ${index} carries no comparison: the machine stalled`),
    },
    verdicts: verdictsFor(base, loads, treatments),
    trials: times(200, (index) => ({ ...unfair, index })),
    gates: times(40, (index) => base.gates.map((gate) => ({ ...gate, gate: `${gate.gate}-${index}` }))).flat(),
  };
}

/** For each table and list: rows in view, and the numbers of the note about the others. */
function shownIn(markdown: string): { title: string; shown: number; leftOut: number; all: number }[] {
  const sections = markdown.split(/^(?=## |<details>$)/m).slice(1);
  return sections.map((text) => {
    const title = /^(?:## |<details>\n<summary>)([^\n<]*)/.exec(text)?.[1] ?? '';
    const tables = text.split('\n\n').filter((part) => part.startsWith('|'));
    const rows = tables.reduce((sum, part) => sum + part.split('\n').length - 2, 0);
    const points = text.match(/^- /gm)?.length ?? 0;
    const [, leftOut = '0', all = String(rows + points)] =
      /^([\d,]+) of ([\d,]+) rows are left out here\.$/m.exec(text) ?? [];
    return {
      title,
      shown: rows + points,
      leftOut: Number(leftOut.replace(',', '')),
      all: Number(all.replace(',', '')),
    };
  });
}

describe('summary.md', () => {
  it('of a usual run is whole: nothing is left out, and the answer and its tables are in view', () => {
    const markdown = renderMarkdown(within());
    expect(markdown).not.toContain('left out here');
    expect(markdown).not.toContain('shortened');
    expect(markdown.split('\n').slice(0, 3)).toEqual([
      '# ✓ Within budget',
      '',
      expect.stringMatching(/^\*\*envoy adds 1\.33 ms/),
    ]);
    expect(markdown.match(/^## .*/gm)).toEqual([
      '## What weakens this result',
      '## Budgets: documented',
      '## Added latency, 96.9 % confidence over 6 blocks',
    ]);
  });

  it('folds the longer parts up, each under its name, and closes every fold', () => {
    const markdown = renderMarkdown(within());
    expect(markdown.match(/^<details>$/gm)).toHaveLength(markdown.match(/^<\/details>$/gm)?.length ?? 0);
    expect(markdown.match(/^<summary>.*/gm)).toEqual(
      expect.arrayContaining(['<summary>Was it a fair measurement?</summary>', '<summary>Environment</summary>']),
    );
  });

  it('fits a comment whatever the run, and uses the room that there is', () => {
    const markdown = renderMarkdown(large());
    expect(markdown.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(markdown.length).toBeGreaterThan(0.9 * MOST_CHARACTERS);
  });

  it('says that it is shortened, and of each part how many rows are not there', () => {
    const markdown = renderMarkdown(large());
    expect(markdown).toContain('This summary is shortened to fit a comment of 65,536 characters.');
    const parts = shownIn(markdown);
    expect(parts.filter(({ leftOut }) => leftOut > 0).length).toBeGreaterThan(1);
    expect(parts.filter(({ shown, leftOut, all }) => shown + leftOut !== all)).toEqual([]);
    const of = (title: string) => parts.find((part) => part.title.startsWith(title))?.all;
    expect([of('What weakens'), of('Budgets'), of('Added latency'), of('Was it')]).toEqual([300, 120, 60, 200]);
  });

  it('keeps the lines that are not kept, wherever they stand, before those that are', () => {
    const base = large();
    const many = { ...base, verdicts: times(10, () => base.verdicts).flat() };
    const rows = renderMarkdown(many)
      .split('\n')
      .filter((line) => /^\| [✓✗?] .* \| (required|advisory) \|/.test(line));
    const isOver = (line: string) => line.startsWith('| ✗ over');
    const over = many.verdicts.filter(({ verdict }) => verdict === 'over').length;
    expect(rows.length).toBeLessThan(many.verdicts.length);
    expect(rows.filter(isOver).length).toBe(Math.min(over, rows.length));
  });

  it('breaks no row where it cuts, and lets no tag through', () => {
    const base = large();
    const long = `${'<b>|&'.repeat(400)}\u{1f600}`;
    const markdown = renderMarkdown({
      ...base,
      scenario: { ...base.scenario, question: long.repeat(100) },
      verdicts: base.verdicts.map((verdict) => ({ ...verdict, because: long })),
    });
    expect(markdown.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(withoutFolds(markdown).match(/[<>]/)).toBeNull();
    for (const part of markdown.split('\n\n').filter((text) => text.startsWith('|'))) {
      expect(new Set(part.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length)).size).toBe(1);
    }
  });
});

describe('fitted', () => {
  it('gives all of it, or what fits with what is missing, whatever the lengths of the parts', () => {
    const cells = fc.string({ unit: 'grapheme', maxLength: 10 });
    const part = fc.record({
      title: fc.string({ maxLength: 40 }),
      rows: fc.integer({ min: 1, max: 400 }),
      cell: cells,
      repeated: fc.integer({ min: 1, max: 100 }),
      isList: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 18 }), cells, (parts, text) => {
        const sections = parts.map(({ title, rows, cell, repeated, isList }) =>
          isList
            ? bullets(
                title,
                times(rows, () => cell.repeat(repeated)),
              )
            : table(
                title,
                ['a', 'b'],
                times(rows, (row) => [cell.repeat(repeated), String(row)]),
                (row) => row % 3,
              ),
        );
        const document = fitted(() => [`# ${text.replaceAll(/\s/g, '')}`], sections);
        expect(document.length).toBeLessThanOrEqual(MOST_CHARACTERS);
        if (document.includes('left out here')) expect(document).toContain('This summary is shortened');
      }),
      { numRuns: 25 },
    );
  });

  it('takes from the longest part and leaves a short one whole', () => {
    const sections = [
      bullets('short', ['one', 'two']),
      bullets(
        'long',
        times(5000, (index) => `point ${index} of a list that has no end`),
      ),
    ];
    const document = fitted(() => ['# intro'], sections);
    expect(document).toContain('<summary>short</summary>\n\n- one\n- two\n\n</details>');
    expect(document).toMatch(/^[\d,]+ of 5,000 rows are left out here\.$/m);
    expect(document).toContain('- point 0 of');
    expect(document).not.toContain('- point 4999 of');
  });
});
