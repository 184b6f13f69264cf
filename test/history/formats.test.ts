import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { chartJsFile } from '../../src/cli/rendered.ts';
import { historyJson, historyJunit } from '../../src/history/documents.ts';
import type { History } from '../../src/history/history.ts';
import { renderHistoryPage } from '../../src/history/page.ts';
import { renderHistory } from '../../src/history/terminal.ts';
import { runInProcess } from '../cli/inProcess.ts';
import { onPath } from '../system/cli.ts';
import { temporaryDirectory } from '../temporary.ts';
import { baseline, daily, figures, historyFrom, QUIET, quantity, runIdOf } from './fixture.ts';
import { makeStore } from './manyRuns.ts';

const SCRIPT = '</script><script>document.documentElement.dataset.pwned=1</script>';
const HOSTILE = `=1+1|"'><img src=x onerror=document.documentElement.dataset.pwned=1>${SCRIPT}<!--\u001b[2J\u202e`;
const CHART_JS = 'globalThis.Chart = class {};';
const page = (history: History, chartJs = CHART_JS) => renderHistoryPage(history, { chartJs, version: '0.1.0' });

const regressed = () =>
  historyFrom(daily([...QUIET, 700, 690]), {
    baselines: [baseline(0, 'the first of all')],
    leftOut: [{ folder: 'broken', kind: 'unreadable', because: 'run.json is damaged' }],
  });

function hostileHistory(): History {
  const runs = [...QUIET, 700, 690].map((p50, day) => ({
    ...figures({ day, quantities: [quantity(`added ${HOSTILE}`, p50, { group: HOSTILE })] }),
    runId: `${runIdOf(day)}${HOSTILE}`,
    scenario: HOSTILE,
  }));
  const elsewhere = { ...figures({ day: 20, environment: { cpuModel: HOSTILE } }), scenario: HOSTILE };
  return historyFrom([...runs, elsewhere], {
    leftOut: [{ folder: HOSTILE, kind: 'unreadable', because: HOSTILE }],
  });
}

const HISTORIES = {
  steady: () => historyFrom(daily(QUIET)),
  regressed,
  suspected: () => historyFrom(daily([...QUIET, 700])),
  collecting: () => historyFrom(daily(QUIET.slice(0, 3))),
  missing: () => historyFrom(daily([...QUIET, { missing: 'no valid block' }])),
  split: () => historyFrom([...daily(QUIET), figures({ day: 12, environment: { cpuModel: 'Intel Xeon' } })]),
  empty: () => historyFrom([]),
  hostile: hostileHistory,
};

describe('the terminal', () => {
  it('prints the verdict first, then each quantity against what was expected', () => {
    expect(renderHistory(regressed(), { colour: false })).toMatchInlineSnapshot(`
      "✗ Regression
      Regression: envoy at 1,000/s, added p50 is 0.69 ms, above 0.63 ms, up to which
      12 comparable runs lead to expect it, confirmed by a second run

      nightly: 14 comparable runs, 2020-01-01 to 2020-01-14
        newest: 2020-01-14T03-00-00-nightly-0013
        envoy at 1,000/s
          ✗ regressed      added p50: 0.69 ms (0.65 to 0.73), 0.69 ms, above 0.63 ms

      Accepted baselines
        - nightly from 2020-01-01T03-00-00-nightly-0000 on: "the first of all"
          (accepted 2030-02-01)

      In no series
        - broken: run.json is damaged
      "
    `);
  });

  it.each(Object.entries(HISTORIES))('keeps to 80 columns and prints no control character: %s', (_, make) => {
    const text = renderHistory(make(), { colour: false });
    expect(Math.max(...text.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(80);
    expect(text.match(/(?!\n)\p{Cc}|\u202e/u)).toBeNull();
  });
});

describe('JUnit', () => {
  it('has a failure for what regressed, an error for what is suspected, and skips what was not judged', () => {
    const lines = (history: History) => historyJunit(history).split('\n').slice(5, -2);
    expect(lines(regressed())).toEqual([
      `  <testsuite name="nightly ${runIdOf(13)}" tests="1" failures="1" errors="0" skipped="0">`,
      '    <testcase classname="nightly" name="envoy at 1,000/s, added p50"><failure message="0.69 ms, above 0.63 ms"/></testcase>',
      '  </testsuite>',
    ]);
    expect(lines(HISTORIES.suspected())[1]).toContain('<error message="0.7 ms, above 0.63 ms"/>');
    expect(lines(HISTORIES.collecting())[1]).toContain('<skipped message="2 of 10 comparable runs"/>');
    expect(lines(HISTORIES.missing())[1]).toContain('<skipped message="no valid block"/>');
    expect(lines(HISTORIES.steady())[1]).toBe('    <testcase classname="nightly" name="envoy at 1,000/s, added p50"/>');
  });

  it('begins with the verdict as a whole, which is green only where the exit code is 0', () => {
    const verdict = (history: History) => historyJunit(history).split('\n')[3] ?? '';
    expect(verdict(regressed())).toMatch(
      /^ {4}<testcase classname="history" name="[^"]+"><failure message="Regression: /,
    );
    expect(verdict(HISTORIES.suspected())).toContain('><error message="Suspected, not confirmed: ');
    expect(verdict(HISTORIES.collecting())).toContain('><error message="Not judged');
    expect(verdict(historyFrom([]))).toContain('><error message="Not judged: no run that is whole');
    expect(verdict(HISTORIES.steady())).toMatch(/"\/>$/);
  });

  it('leaves out a series that no newest run stands in: what regressed on another machine is over', () => {
    const elsewhere = daily([...QUIET, 700, 690]).map((run) => ({
      ...run,
      environment: { ...run.environment, cpuModel: 'another' },
    }));
    const here = QUIET.map((p50Us, day) => figures({ day: 20 + day, p50Us }));
    const text = historyJunit(historyFrom([...elsewhere, ...here]));
    expect(text.match(/<testsuite /g)).toHaveLength(2);
    expect(text).not.toContain('<failure');
  });

  it.each(Object.entries(HISTORIES))('is XML that another parser reads: %s', (_, make) => {
    const file = path.join(temporaryDirectory(), 'history.xml');
    writeFileSync(file, historyJunit(make()));
    const program =
      'import sys, xml.dom.minidom as m; print(len(m.parse(sys.argv[1]).getElementsByTagName("testcase")))';
    const cases = execFileSync('python3', ['-c', program, file], { encoding: 'utf8' });
    // The verdict, and of each scenario's newest run its one quantity.
    const scenarios = new Set(make().runs.map(({ figures: { scenario } }) => scenario));
    expect(Number(cases)).toBe(1 + scenarios.size);
  });
});

describe('JSON', () => {
  it.each(Object.entries(HISTORIES))('holds every value of every run: %s', (_, make) => {
    const history = make();
    const document = JSON.parse(historyJson(history));
    expect(document.schema).toBe('meshtax/history@1');
    expect(document.conclusion).toEqual(history.conclusion);
    expect(document.series.map((series: { runs: object[] }) => series.runs.length)).toEqual(
      history.series.map(({ runs }) => runs.length),
    );
    expect(document.leftOut).toEqual(history.leftOut);
  });
});

describe('the page', () => {
  const scriptsOf = (html: string) => [...html.matchAll(/<script([^>]*)>(.*?)<\/script>/gs)];
  const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

  it.each(Object.entries(HISTORIES))(
    'allows its own scripts and style by their hashes and nothing else: %s',
    (_, make) => {
      const html = page(make());
      const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
      const own = scriptsOf(html)
        .filter(([, attributes]) => attributes === '')
        .map(([, , text = '']) => hashOf(text));
      const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
      expect(policy.replaceAll('&#39;', "'")).toBe(
        `default-src 'none'; script-src ${own.join(' ')}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`,
      );
      expect(scriptsOf(html)).toHaveLength(3);
      const outside = html.replace(/<(script|style)[^>]*>.*?<\/\1>/gs, '').replace(/"[^"]*"/g, '""');
      const tags = [...outside.matchAll(/<[a-z][^>]*>/gi)].map(([tag]) => tag);
      expect(tags.filter((tag) => /^<(img|link|iframe|object)|\s(on\w+|src|href)=/i.test(tag))).toEqual([]);
    },
  );

  it('has below every chart a table with the same numbers, and tells what is above its limit', () => {
    const html = page(regressed());
    const charts = JSON.parse(scriptsOf(html)[0]?.[2] ?? '[]') as {
      id: string;
      points: number[][];
      regressed: number[];
    }[];
    expect(charts.map(({ id }) => id)).toEqual([...html.matchAll(/<canvas id="([^"]*)"/g)].map(([, id]) => id));
    expect(charts[0]?.points).toHaveLength(14);
    expect(charts[0]?.regressed).toEqual([13, 14]);
    expect(html.match(/<td><strong>✗ /g)).toHaveLength(2);
    expect(html.match(/<th scope="row">\d+ <span class="quiet">/g)).toHaveLength(14);
  });

  it('tells every part of the history', () => {
    const html = page(regressed());
    for (const part of ['Regression: envoy at', 'the first of all', 'broken: run.json is damaged', 'up to 0.630 ms']) {
      expect(html).toContain(part);
    }
    expect(page(HISTORIES.split())).toContain('CPU model: AMD EPYC, then Intel Xeon');
  });

  it('has a script of its own that can be parsed', () => {
    expect(() => new Script(scriptsOf(page(regressed()))[2]?.[2] ?? '(')).not.toThrow();
  });

  it('of 500 runs, three treatments and three loads stays under 1 MB, and says what it leaves out', async () => {
    const store = path.join(temporaryDirectory(), 'runs');
    makeStore(store, { runs: 500, treatments: 3, loads: 3 });
    const file = path.join(store, 'history.html');
    const { code, stderr } = await runInProcess(['history', store, '--html', file]);
    expect([0, 1, 4], stderr).toContain(code);
    const html = readFileSync(file, 'utf8');
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(1_000_000);
    expect(html).toContain('380 older ones');
  }, 120_000);

  it('draws in a browser, and runs nothing that a name brings in', (context) => {
    const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(onPath);
    if (chromium === undefined) context.skip('needs chromium on PATH');
    const folder = temporaryDirectory();
    const file = path.join(folder, 'history.html');
    writeFileSync(file, page(hostileHistory(), readFileSync(chartJsFile(), 'utf8')));
    expect(existsSync(file)).toBe(true);
    const dom = execFileSync(
      chromium ?? '',
      [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--virtual-time-budget=3000'],
        ...[`--user-data-dir=${path.join(folder, 'browser')}`, '--dump-dom', pathToFileURL(file).href],
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 100_000_000, timeout: 60_000 },
    );
    expect(dom).not.toMatch(/<html[^>]*data-pwned/);
    expect(dom.match(/<canvas[^>]*style="[^"]*width/g)?.length).toBeGreaterThan(0);
  }, 120_000);
});
