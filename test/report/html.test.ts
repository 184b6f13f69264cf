import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html.ts';
import { HOSTILE_BUILD, HOSTILE_NAME, hostile, incomplete, noValidBlock, VARIANTS, within } from './fixture.ts';

const chartJs = 'globalThis.Chart = class {};';

function scriptsOf(html: string): { attributes: string; text: string }[] {
  return [...html.matchAll(/<script([^>]*)>(.*?)<\/script>/gs)].map(([, attributes = '', text = '']) => ({
    attributes,
    text,
  }));
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** The tags of a page, their attributes' values left out, apart from what stands inside its style and scripts. */
function tagsOf(html: string): string[] {
  const markup = html.replace(/<(script|style)([^>]*)>.*?<\/\1>/gs, '<$1$2></$1>');
  return [...markup.matchAll(/<[a-z](?:[^>"]|"[^"]*")*>/gi)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));
}

describe('renderHtml', () => {
  it.each(Object.entries(VARIANTS))('makes %s a page of exactly four scripts and one style', (_, make) => {
    const html = renderHtml(make(), { chartJs });
    expect(scriptsOf(html).map(({ attributes }) => attributes)).toEqual([
      ' type="application/json" id="chart-data"',
      '',
      '',
      '',
    ]);
    expect(html.match(/<\/?(script|style)\b/gi)).toHaveLength(10);
  });

  it.each(Object.entries(VARIANTS))('allows in the policy of %s only what stands in it, by its hash', (_, make) => {
    const html = renderHtml(make(), { chartJs });
    const [, library, own, fleet] = scriptsOf(html).map(({ text }) => hashOf(text));
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy.replaceAll('&#39;', "'")).toBe(
      `default-src 'none'; script-src ${library} ${own} ${fleet}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`,
    );
  });

  it.each(Object.entries(VARIANTS))('refers in %s to nothing outside the page', (_, make) => {
    const html = renderHtml(make(), { chartJs });
    expect(html.match(/https?:|url\(|@import|sourceMappingURL/gi)).toBeNull();
    expect(tagsOf(html).filter((tag) => /\s(src|href|srcset|data|action|poster)\s*=/i.test(tag))).toEqual([]);
  });

  it.each(Object.entries(VARIANTS))('holds in %s no handler and no style attribute', (_, make) => {
    const tags = tagsOf(renderHtml(make(), { chartJs }));
    expect(tags.filter((tag) => /\s(on\w+|style)\s*=/i.test(tag))).toEqual([]);
  });

  it('shows hostile text as text and lets none of it become markup', () => {
    const html = renderHtml(hostile(), { chartJs });
    const shown = html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');
    expect(html).not.toContain(HOSTILE_NAME);
    expect(html).not.toContain(HOSTILE_BUILD);
    expect(html.match(/<img|<!--|(?!\n)\p{Cc}|\u202e/gu)).toBeNull();
    expect(shown).toContain(HOSTILE_NAME);
    expect(shown).toContain(HOSTILE_BUILD);
  });

  it('carries the chart data whole, with nothing in it that could end its element', () => {
    const text = scriptsOf(renderHtml(hostile(), { chartJs }))[0]?.text ?? '';
    expect(text.match(/[<\u2028\u2029]/)).toBeNull();
    const curve = JSON.parse(text)[0];
    expect(curve.series.map((series: { label: string }) => series.label)).toEqual(['none', HOSTILE_NAME]);
  });

  it('has a place in the page for each chart, and a chart for each place', () => {
    for (const make of [within, noValidBlock]) {
      const html = renderHtml(make(), { chartJs });
      const places = [...html.matchAll(/<canvas id="([^"]*)"/g)].map(([, id]) => id);
      const charts = JSON.parse(scriptsOf(html)[0]?.text ?? '').map((spec: { id: string }) => spec.id);
      expect(places.toSorted()).toEqual(charts.toSorted());
    }
  });

  it('draws a chart only of what was measured', () => {
    const ids = (html: string) => JSON.parse(scriptsOf(html)[0]?.text ?? '').map((spec: { id: string }) => spec.id);
    expect(ids(renderHtml(noValidBlock(), { chartJs }))).toEqual([]);
    expect(ids(renderHtml(within(), { chartJs }))).toEqual([
      'curve-0',
      'curve-1',
      'blocks-0-p50',
      'blocks-0-p90',
      'blocks-0-p99',
      'blocks-1-p50',
      'blocks-1-p90',
      'blocks-1-p99',
      'cost-cpu',
      'cost-memory',
    ]);
  });

  it.each([2, 3])('has scripts of its own that a browser can parse: %i', (place) => {
    const own = scriptsOf(renderHtml(within(), { chartJs }))[place]?.text ?? 'not a script (';
    expect(() => new Script(own)).not.toThrow();
  });

  it('takes the real chart.js in as it is, without the source map that a browser would fetch', () => {
    const folder = dirname(createRequire(import.meta.url).resolve('chart.js'));
    const source = readFileSync(join(folder, 'chart.umd.min.js'), 'utf8');
    const text = scriptsOf(renderHtml(within(), { chartJs: source }))[1]?.text ?? '';
    expect(source).toContain('sourceMappingURL');
    expect(text.trim()).toBe(source.slice(0, source.indexOf('//# sourceMappingURL')).trim());
  });

  it('does not let library text end the element that it stands in', () => {
    const html = renderHtml(within(), { chartJs: 'globalThis.text = "</script><!--";\r\n' });
    expect(scriptsOf(html)[1]?.text).toBe('globalThis.text = "\\x3c/script>\\x3c!--";\n');
  });

  it('says of a run that did not finish that it did not', () => {
    expect(renderHtml(incomplete(), { chartJs })).toContain('<strong>This run did not finish.</strong>');
    expect(renderHtml(within(), { chartJs })).not.toContain('This run did not finish');
  });
});
