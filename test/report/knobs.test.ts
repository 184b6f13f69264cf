import { describe, expect, it } from 'vitest';
import type { KnobTable } from '../../src/analysis/knobs.ts';
import type { RunAnalysis } from '../../src/analysis/result.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { renderTerminal } from '../../src/report/terminal.ts';
import { within } from './fixture.ts';

type Value = KnobTable['differing'][number]['cells'][number]['value'];

const knob = (title: string, first: Value, second: Value) => ({
  title,
  cells: [
    { treatment: 'envoy', value: first },
    { treatment: 'envoy-4', value: second },
  ],
});
const asked = (text: string): Value => ({ text, basis: 'asked' });
const observed = (text: string): Value => ({ text, basis: 'observed' });

const TWO: KnobTable = {
  profile: { id: 'equalised', title: 'what the meshes can both be told, told alike' },
  treatments: ['envoy', 'envoy-4'],
  differing: [
    knob('workers of each proxy', observed('2'), observed('4')),
    knob('retries', asked('none'), { missing: 'nothing reads them' }),
  ],
  alike: [
    knob('mutual TLS', asked('strict'), asked('strict')),
    knob('access log', observed('off'), observed('off')),
    knob('telemetry', observed('none'), asked('none')),
    knob('connections', observed('16 to 18'), observed('17')),
  ],
  notKnown: [
    knob('type of the keys', { missing: 'nothing reads them' }, { missing: 'nothing reads them' }),
    knob('HTTP version', { missing: 'nothing reads them' }, { missing: 'nothing reads them' }),
    knob('native', observed('yes'), { missing: 'it has none' }),
  ],
  leftUnlike: ['linkerd: its proxies multiplex'],
};

const run = (knobs: KnobTable): RunAnalysis => ({ ...within(), knobs });

const HEADING = '<summary>Are the treatments set alike?</summary>';

/** A folded part of a Markdown text from its heading on. */
const sectionOf = (text: string) => text.slice(text.indexOf(HEADING)).split('\n\n</details>')[0];

describe('the table of settings', () => {
  it('stands in the Markdown with what differs in rows, and with what is alike and what is not known below', () => {
    expect(sectionOf(renderMarkdown(run(TWO)))).toBe(
      `${HEADING}

| Setting | envoy | envoy-4 |
| --- | --- | --- |
| workers of each proxy | 2 (observed) | 4 (observed) |
| retries | none (asked) | — (not known: nothing reads them) |

Profile equalised: what the meshes can both be told, told alike; a treatment's own settings go before it.

Alike, asked: mutual TLS strict.

Alike, observed: access log off; connections 16 to 18 against 17.

Alike, observed or asked: telemetry none.

Not known: type of the keys and HTTP version (nothing reads them).

Not known: native (envoy-4: it has none).

- Left unlike by the profile: linkerd: its proxies multiplex`,
    );
  });

  it('stands in the HTML report with the same values', () => {
    const html = renderHtml(run(TWO), { chartJs: '' });
    const section = html.slice(html.indexOf('Are the treatments set alike?')).split('</section>')[0] ?? '';
    const words = section.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    expect(words).toContain('Setting envoy envoy-4 workers of each proxy 2 observed 4 observed retries none asked —');
    expect(words).toContain('What the profile leaves unlike linkerd: its proxies multiplex');
    expect(words).toContain('Not known: native (envoy-4: it has none).');
  });

  it('is one line for each difference in the terminal, none of it wider than 80 columns', () => {
    const text = renderTerminal(run(TWO), { colour: false });
    const lines = text.slice(text.indexOf('Settings that differ')).split('\n\n')[0]?.split('\n');
    expect(lines).toEqual([
      'Settings that differ between the treatments',
      "  Profile equalised: what the meshes can both be told, told alike; a treatment's",
      '    own settings go before it.',
      '  workers of each proxy: envoy 2 (observed), envoy-4 4 (observed)',
      '  retries: envoy none (asked), envoy-4 — (not known: nothing reads them)',
    ]);
  });

  it('says that nothing differs where nothing does', () => {
    const same = run({ ...TWO, differing: [], profile: null });
    expect(sectionOf(renderMarkdown(same))).toContain(
      "No profile: a treatment's settings are its own, and else those of its mesh's entry.\n\nNothing that is known of the treatments differs.",
    );
    expect(renderTerminal(same, { colour: false })).toContain('\nSettings\n  No profile:');
  });

  it('of one treatment lists what is known of it, and takes no room in the terminal', () => {
    expect(sectionOf(renderMarkdown(within()))).toBe(
      `${HEADING}

No profile: a treatment's settings are its own, and else those of its mesh's entry.

envoy alone has proxies, observed: workers of each proxy 2.

envoy alone has proxies, asked: retries none.

Not known: access log (nothing reads it).`,
    );
    expect(renderTerminal(within(), { colour: false })).not.toContain('Settings');
  });

  it('is left out where no treatment has proxies', () => {
    const none = run({ profile: null, treatments: [], differing: [], alike: [], notKnown: [], leftUnlike: [] });
    expect(renderMarkdown(none)).not.toContain('set alike');
    expect(renderHtml(none, { chartJs: '' })).not.toContain('set alike');
  });
});
