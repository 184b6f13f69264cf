import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunAnalysis, VerdictWord } from '../../src/analysis/result.ts';
import { renderJunit } from '../../src/report/junit.ts';
import { visible } from '../../src/report/text.ts';
import { xmlAttributes, xmlText } from '../../src/report/xml.ts';
import { hostile, incomplete, noValidBlock, VARIANTS, within } from './fixture.ts';
import { parseXml, type XmlElement } from './xml.ts';

const suiteOf = (root: XmlElement) => root.children[0] as XmlElement;
const casesOf = (root: XmlElement) => suiteOf(root).children.filter(({ tag }) => tag === 'testcase');
const outcomesOf = (root: XmlElement) => casesOf(root).flatMap(({ children }) => children.map(({ tag }) => tag));
const propertyOf = (root: XmlElement, name: string) =>
  suiteOf(root).children[0]?.children.find(({ attributes }) => attributes['name'] === name)?.attributes['value'];
const systemOut = (root: XmlElement) => suiteOf(root).children.at(-1)?.text.split('\n') ?? [];

/** The attributes that junit-10.xsd of Jenkins' xUnit plugin knows, for the elements that are used here. */
const KNOWN: Record<string, string[]> = {
  testsuites: ['name', 'time', 'tests', 'failures', 'errors'],
  testsuite: ['name', 'tests', 'failures', 'errors', 'time', 'skipped', 'timestamp'],
  properties: [],
  property: ['name', 'value'],
  testcase: ['name', 'classname'],
  failure: ['type', 'message'],
  error: ['type', 'message'],
  skipped: ['message'],
  'system-out': [],
};

function unknownIn({ tag, attributes, children }: XmlElement): string[] {
  const own = Object.keys(attributes).filter((name) => !KNOWN[tag]?.includes(name));
  return [...own.map((name) => `${tag}@${name}`), ...(tag in KNOWN ? [] : [tag]), ...children.flatMap(unknownIn)];
}

/** The run with one verdict, and the exit code that it would have. */
function judged(verdict: VerdictWord, role: 'required' | 'advisory', exitCode: 0 | 1 | 4 = 0): RunAnalysis {
  const base = within();
  const verdicts = base.verdicts.slice(0, 1).map((entry) => ({ ...entry, verdict, line: { ...entry.line, role } }));
  return { ...base, verdicts, conclusion: { ...base.conclusion, exitCode } };
}

describe('renderJunit', () => {
  it.for(Object.entries(VARIANTS))('is valid, and its counts add up: %s', ([, make], context) => {
    const root = parseXml(context, renderJunit(make()));
    const { attributes, children } = suiteOf(root);
    const count = (tag: string) => outcomesOf(root).filter((each) => each === tag).length;
    expect(unknownIn(root)).toEqual([]);
    expect(root.children).toHaveLength(1);
    expect(children.map(({ tag }) => tag)).toEqual([
      'properties',
      ...casesOf(root).map(() => 'testcase'),
      'system-out',
    ]);
    expect(attributes).toMatchObject({
      tests: String(casesOf(root).length),
      failures: String(count('failure')),
      errors: String(count('error')),
      skipped: String(count('skipped')),
    });
    expect(root.attributes).toMatchObject({ tests: attributes['tests'], failures: attributes['failures'] });
    expect(attributes['time'] ?? '0.000').toMatch(/^\d+\.\d{3}$/);
    expect(attributes['timestamp']).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/);
  });

  it('has a case for each budget line, treatment and load, named alike in every run', (context) => {
    const names = (analysis: RunAnalysis) =>
      casesOf(parseXml(context, renderJunit(analysis))).map(({ attributes }) => attributes);
    expect(names(within())).toEqual([
      { name: 'added latency p50 at most 5 ms: envoy at 500/s', classname: 'mesh-comparison.envoy' },
      { name: 'added latency p99 at most 15 ms: envoy at 500/s', classname: 'mesh-comparison.envoy' },
      { name: 'CPU of each proxy at most 100 millicores: envoy at 500/s', classname: 'mesh-comparison.envoy' },
      { name: 'memory of each proxy at most 128 MiB: envoy at 500/s', classname: 'mesh-comparison.envoy' },
      { name: 'added latency p50 at most 5 ms: envoy at 1,000/s', classname: 'mesh-comparison.envoy' },
      { name: 'added latency p99 at most 15 ms: envoy at 1,000/s', classname: 'mesh-comparison.envoy' },
      { name: 'CPU of each proxy at most 100 millicores: envoy at 1,000/s', classname: 'mesh-comparison.envoy' },
      { name: 'memory of each proxy at most 128 MiB: envoy at 1,000/s', classname: 'mesh-comparison.envoy' },
    ]);
    expect(names(noValidBlock())).toEqual(names(within()));
  });

  it('tells two lines apart that say the same', (context) => {
    const base = judged('within', 'required');
    const twice = { ...base, verdicts: [...base.verdicts, ...base.verdicts] };
    expect(casesOf(parseXml(context, renderJunit(twice))).map(({ attributes }) => attributes['name'])).toEqual([
      'added latency p50 at most 5 ms: envoy at 500/s',
      'added latency p50 at most 5 ms: envoy at 500/s (2)',
    ]);
  });

  it.for([
    ['within', 'required', 0, []],
    ['within', 'advisory', 0, []],
    ['over', 'required', 1, [['failure', 'over']]],
    ['over', 'advisory', 0, [['skipped', undefined]]],
    ['inconclusive', 'required', 4, [['failure', 'inconclusive']]],
    ['inconclusive', 'advisory', 0, [['skipped', undefined]]],
  ] as const)('makes of %s on a line that is %s: exit code %i, %j', ([verdict, role, exitCode, expected], context) => {
    const root = parseXml(context, renderJunit(judged(verdict, role, exitCode)));
    const told = casesOf(root).flatMap(({ children }) =>
      children.map(({ tag, attributes }) => [tag, attributes['type']]),
    );
    expect(told).toEqual(expected);
    expect(casesOf(root)).toHaveLength(1);
  });

  it('says with a failure what was measured, why it is one, and what was not as stated', (context) => {
    const [failure] = casesOf(parseXml(context, renderJunit(judged('over', 'required', 1)))).flatMap(
      (each) => each.children,
    );
    expect(failure?.attributes['message']).toBe('the upper bound is under the budget');
    expect(failure?.text.split('\n')).toEqual([
      'measured: 0.492 ms (0.471 to 0.517)',
      'because: the upper bound is under the budget',
      "line: required, documented for Istio's sidecar",
      'build: upstream Envoy 1.38.0, Istio topology, mTLS strict',
      'stated conditions: stated for Istio 1.24, here ran upstream Envoy 1.38.0, Istio topology, mTLS strict; stated at 2,000/s, judged at 500/s; cannot be checked: hardware, payload',
    ]);
  });

  it('is never green where the run is not: without a verdict, and where no line fails', (context) => {
    const base = within();
    const invalid = { ...base.conclusion, outcome: 'inconclusive' as const, exitCode: 4 as const };
    const none = (conclusion: RunAnalysis['conclusion']) =>
      casesOf(parseXml(context, renderJunit({ ...base, verdicts: [], conclusion })));
    expect(none(base.conclusion)).toMatchObject([{ attributes: { name: 'the run as a whole' }, children: [] }]);
    expect(none(invalid)).toMatchObject([{ children: [{ tag: 'error', attributes: { type: 'inconclusive' } }] }]);
    const skipped = casesOf(parseXml(context, renderJunit(judged('inconclusive', 'advisory', 4))));
    expect(skipped.map(({ children }) => children.map(({ tag }) => tag))).toEqual([['skipped'], ['error']]);
  });

  it('names build, environment and seed as properties, and what is missing with its reason', (context) => {
    const root = parseXml(context, renderJunit(within()));
    expect(propertyOf(root, 'Build of envoy')).toBe('upstream Envoy 1.38.0, Istio topology, mTLS strict');
    expect(propertyOf(root, 'Seed')).toBe('42');
    expect(propertyOf(root, 'CPU governor')).toBe('— (the kernel exposes no cpufreq)');
  });

  it('tells the gates that failed or could not be asked, and the trials that they took', (context) => {
    const lines = systemOut(parseXml(context, renderJunit(within())));
    expect(lines.filter((line) => line.startsWith('gate '))).toEqual([
      'gate stalls-system, fail: at most 5 % of the window lost, no stall of 100 ms; 36 pass, 1 fail, 0 not measured; worst: 7.1 % of the window lost in trial 23',
      'gate concurrency, not measured: the effective number equals the one asked for; 30 pass, 0 fail, 7 not measured; worst: the admin port did not answer in trial 31',
    ]);
    expect(lines.filter((line) => line.startsWith('trial '))).toEqual([
      'trial 23, repeat: envoy, block 4, attempt 1: stalls-system: 7.1 % of the window lost',
    ]);
  });

  it('has a time only where it is known', (context) => {
    const timeOf = (analysis: RunAnalysis) => {
      const root = parseXml(context, renderJunit(analysis));
      return [suiteOf(root).attributes['time'], propertyOf(root, 'Time')];
    };
    const base = within();
    const jumped = { ...base, run: { ...base.run, clockJumps: [{ at: '2026-03-02T09:10:00.000Z', byMs: 3_600_000 }] } };
    expect(timeOf(base)).toEqual(['1061.000', undefined]);
    expect(timeOf(incomplete())).toEqual([undefined, '— (the run did not end by itself)']);
    expect(timeOf(jumped)).toEqual([undefined, '— (the wall clock was set during the run)']);
  });

  it('keeps hostile text within its place', (context) => {
    const [tame, wild] = [within(), hostile()].map((analysis) => parseXml(context, renderJunit(analysis)));
    const shape = ({ tag, children }: XmlElement): unknown => [tag, children.map(shape)];
    expect(shape(wild as XmlElement)).toEqual(shape(tame as XmlElement));
    expect(systemOut(wild as XmlElement)).toHaveLength(systemOut(tame as XmlElement).length);
  });
});

describe('text in XML', () => {
  const ODD = [
    '\u0000\u0008\u000b\u000c\u001f',
    '\ud800 alone',
    'alone \udfff',
    '\ufffe\uffff',
    ']]>',
    '&amp;<!--',
    '\r\n\t',
  ];

  it('comes out of a parser as it went in, but for marks in the place of what XML cannot hold', (context) => {
    const texts = [...ODD, ...fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), 500)];
    const root = parseXml(
      context,
      `<all>${texts.map((text) => `<one${xmlAttributes({ of: text })}>${xmlText(text)}</one>`).join('')}</all>`,
    );
    // A parser makes one line end of every kind.
    const expected = (text: string) =>
      visible(text)
        .replace(/[\ufffe\uffff\p{Cs}]/gu, '\ufffd')
        .replace(/\r\n?/g, '\n');
    expect(root.children.map(({ text }) => text)).toEqual(texts.map(expected));
    expect(root.children.filter(({ attributes }) => /[\n\r\t]/.test(attributes['of'] ?? ''))).toEqual([]);
  });
});
