import { describe, expect, it } from 'vitest';
import { glossarySection } from '../../src/report/html/glossary.ts';
import { markup } from '../../src/report/html/markup.ts';
import { renderHtml } from '../../src/report/html.ts';
import { within } from './fixture.ts';

const termsOf = (html: string): string[] => [...html.matchAll(/<dt>([^<]*)<\/dt>/g)].map(([, term = '']) => term);

describe('the glossary', () => {
  it('explains the terms that the page uses, and no others', () => {
    expect(termsOf(glossarySection(markup`<p class="gate">One block of two trials, p99.</p>`).markup)).toEqual([
      'block',
      'p50, p90, p95, p99, p999',
      'trial',
    ]);
  });

  it('stands at the end of the page, in the order of the alphabet', () => {
    const html = renderHtml(within(), { chartJs: '' });
    const terms = termsOf(html.slice(html.indexOf('<section id="glossary">')));
    expect(terms.length).toBeGreaterThan(12);
    expect(terms).toEqual(terms.toSorted((a, b) => a.toLowerCase().localeCompare(b.toLowerCase())));
    expect(html.indexOf('<section id="glossary">')).toBe(html.lastIndexOf('<section'));
  });
});

describe('how to repeat it', () => {
  const sectionOf = (run: ReturnType<typeof within>['run']) => {
    const html = renderHtml({ ...within(), run }, { chartJs: '' });
    return html.slice(html.indexOf('<section id="repeat">')).split('</section>')[0] ?? '';
  };
  const { run } = within();

  it('has the command with the seed that was drawn, where none was told', () => {
    const command = ['meshtax', 'run', 'my scenario.yaml'];
    expect(sectionOf({ ...run, command, seed: 7 })).toContain(
      '<code>meshtax run &#39;my scenario.yaml&#39; --seed 7</code>',
    );
    expect(sectionOf(run)).toContain('<code>meshtax run scenarios/mesh-comparison.yaml --seed 42</code>');
    const joined = ['meshtax', 'run', '--seed=42'];
    expect(sectionOf({ ...run, command: joined })).toContain('<code>meshtax run --seed=42</code>');
  });

  it('has no such command of an import', () => {
    expect(sectionOf({ ...run, command: ['meshtax', 'import', 'a.yaml'] })).not.toContain('The command that draws');
  });

  it('has every text that the run read', () => {
    const section = sectionOf({
      ...run,
      budgetsFile: 'mine.yaml',
      budgetsText: '- { metric: x }',
      scriptText: 'export default 1',
    });
    expect(section).toContain('# Does a sidecar fit the documented budgets');
    expect(section).toContain('<h3>Budgets, from mine.yaml</h3>');
    expect(section).toContain('- { metric: x }');
    expect(section).toContain('export default 1');
  });
});
