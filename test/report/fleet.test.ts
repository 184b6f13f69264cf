import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactly } from '../../src/analysis/estimate.ts';
import { figureOf, figureText } from '../../src/analysis/figure.ts';
import { projectFleet } from '../../src/analysis/fleet.ts';
import { QUANTITIES } from '../../src/analysis/quantities.ts';
import type { Estimate } from '../../src/analysis/result.ts';
import { RESERVES_NOTHING } from '../../src/analysis/sidecar.ts';
import { type SidecarFacts, sidecarFacts } from '../../src/analysis/sidecarFacts.ts';
import { isMissing, type Measured } from '../../src/record/measured.ts';
import { documentedFleet, FLEET_KEYS, FLEET_KINDS, fleetRows } from '../../src/report/fleet.ts';
import { type PanelFacts, panelFacts } from '../../src/report/html/fleet.ts';
import { FLEET_ARITHMETIC, FLEET_SCRIPT } from '../../src/report/html/fleetScript.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { onPath } from '../system/cli.ts';
import { temporaryDirectory } from '../temporary.ts';
import { estimate } from './fixture/loads.ts';
import { noValidBlock, within } from './fixture.ts';

type Told = readonly number[] | string;
type Asked = { pods: number; rate: number; core: number | null; gib: number | null };
type Amounts = Record<(typeof FLEET_KEYS)[number], Told>;

/** The page's own arithmetic, as the browser runs it. */
const page: {
  projectFleet(facts: PanelFacts, asked: Asked): { cpu: Amounts; memory: Amounts; money: Amounts | null };
  figureText(figure: Told, quantity: (typeof QUANTITIES)['fleetCpu' | 'fleetMemory' | 'money'], beside?: Told): string;
} = new Script(
  `(() => { 'use strict'; ${FLEET_ARITHMETIC} return { projectFleet, figureText }; })()`,
).runInThisContext();

const told = (figure: Measured<Estimate>): Told =>
  isMissing(figure) ? figure.missing : [figure.point, figure.low, figure.high];

const toldAs = (figure: Measured<Estimate>): unknown =>
  isMissing(figure) ? figure.missing : [figure.point, figure.low, figure.high].map(near);

/** To nine digits of its own size: a sum in another order differs in the last ones. */
const near = (value: number) => expect.closeTo(value, Math.max(0, 9 - Math.ceil(Math.log10(Math.abs(value) + 1))));

const missing = { missing: 'permission denied' };
const GIB = 1024 ** 3;
const rounds = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    round: index + 1,
    idleMillicores: 10 + ((index * 7) % 5),
    millicoresPerThousandPerSecond: 150 + ((index * 11) % 13),
  }));

const at = (ratePerSecond: number) => ({
  ratePerSecond,
  usedCpuMillicores: estimate(0.18 * ratePerSecond, 0.15 * ratePerSecond, 0.2 * ratePerSecond),
  usedMemoryBytes: estimate(60e6 + ratePerSecond, 58e6, 70e6),
});

const LINED: SidecarFacts = {
  treatment: 'envoy',
  build: 'an Envoy',
  cpuMillicores: { reserved: { ...exactly(120), low: 100, high: 150 }, limit: exactly(1000), documented: exactly(100) },
  memoryBytes: { reserved: exactly(GIB / 8), limit: missing, documented: exactly(GIB / 8) },
  emptyMemoryBytes: missing,
  loads: [at(250), at(500), at(1000)],
  line: { fromPerSecond: 250, toPerSecond: 1000, perRound: rounds(9) },
};

/** Facts with and without a line, requests and figures. */
const FACTS: Record<string, SidecarFacts> = {
  lined: LINED,
  'an even number of Walsh averages': {
    ...LINED,
    line: { fromPerSecond: 250, toPerSecond: 1000, perRound: rounds(7) },
  },
  'no line': { ...LINED, line: { missing: 'the loads lie on no line' } },
  'nothing reserved': { ...LINED, cpuMillicores: { ...LINED.cpuMillicores, reserved: RESERVES_NOTHING } },
  'requests unknown': { ...LINED, memoryBytes: { reserved: missing, limit: missing, documented: missing } },
  'nothing used': { ...LINED, loads: [{ ...at(500), usedCpuMillicores: missing, usedMemoryBytes: missing }] },
  'nothing measured': { ...LINED, loads: [], line: { missing: 'no load' } },
};

describe('the form in the page', () => {
  const price = fc.option(fc.double({ min: 0, max: 10, noNaN: true }), { nil: null });
  const rate = fc.oneof(fc.constantFrom(0, 250, 500, 700, 1000), fc.double({ min: 0, max: 1500, noNaN: true }));

  it.each(Object.entries(FACTS))('computes what the analysis does: %s', (_, facts) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), rate, price, price, (pods, each, core, gib) => {
        const found = page.projectFleet(panelFacts(facts), { pods, rate: each, core, gib });
        const [fleet] = projectFleet([facts], {
          pods,
          replicas: 1,
          ratePerSecond: each,
          prices: { perCoreHour: core ?? undefined, perGibHour: gib ?? undefined },
        });
        if (fleet === undefined) throw new Error('no projection');
        const { cpuMillicores, memoryBytes, moneyPerMonth } = fleet;
        for (const key of FLEET_KEYS) {
          expect(found.cpu[key]).toEqual(toldAs(cpuMillicores[key]));
          expect(found.memory[key]).toEqual(toldAs(memoryBytes[key]));
          expect(found.money?.[key]).toEqual(moneyPerMonth === null ? undefined : toldAs(moneyPerMonth[key]));
        }
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('prints a figure as every format does', () => {
    const amount = fc.double({ min: 0.001, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(amount, amount, amount, fc.option(amount), (a, b, c, limit) => {
        const [low = 0, point = 0, high = 0] = [a, b, c].sort((x, y) => x - y).map((value) => value * 1000);
        fc.pre(low < high);
        const beside = limit === null ? undefined : exactly(limit * 1000);
        const mine = page.figureText([point, low, high], QUANTITIES.fleetCpu, beside && told(beside));
        expect(mine).toBe(figureText(figureOf('fleetCpu', estimate(point, low, high), beside?.point)));
      }),
      { numRuns: 500, seed: 7 },
    );
    for (const value of [10_000, 12_345_678, 0]) {
      expect(page.figureText(told(exactly(value)), QUANTITIES.fleetCpu)).toBe(
        figureText(figureOf('fleetCpu', exactly(value))),
      );
    }
    expect(page.figureText('not read', QUANTITIES.money)).toBe('— (not read)');
  });

  it('does nothing in a page without one', () => {
    const document = { getElementById: () => null };
    expect(() => new Script(FLEET_SCRIPT).runInNewContext({ document })).not.toThrow();
  });

  it('is hidden until the script shows it, and has a place for every answer', () => {
    const html = renderHtml(within(), { chartJs: '' });
    expect(html).toMatch(/<form id="fleet-form" hidden data-fleet="/);
    const places = [...html.matchAll(/<output id="fleet-0-(\w+)-(\w+)"/g)].map(([, kind, key]) => `${kind} ${key}`);
    expect(places).toEqual(Object.keys(FLEET_KINDS).flatMap((kind) => FLEET_KEYS.map((key) => `${kind} ${key}`)));
    const labels = [...html.matchAll(/<label for="(fleet-\w+)">/g)].map(([, id]) => id);
    const inputs = [...html.matchAll(/<input id="(fleet-\w+)"/g)].map(([, id]) => id);
    expect(inputs).toEqual(['fleet-pods', 'fleet-rate', 'fleet-hops', 'fleet-core', 'fleet-gib']);
    expect(labels).toEqual(inputs);
  });
});

describe('the fleet in the reports', () => {
  it('stands in the page without any script, for 100 pods at each rate that was measured', () => {
    const html = renderHtml(within(), { chartJs: '' }).replace(/<form .*<\/form>/s, '');
    const read = html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    const rows = fleetRows(documentedFleet(within()));
    expect(rows.map(({ rate, kind }) => `${rate} ${kind}`)).toEqual([
      '500/s cpu',
      '500/s memory',
      '1,000/s cpu',
      '1,000/s memory',
    ]);
    for (const { figures } of rows) {
      for (const figure of Object.values(figures)) {
        expect(read).toContain(isMissing(figure) ? `— ${figure.missing}` : figureText(figure));
      }
    }
    expect(read).toContain('empty mesh, of each: 36.8 MiB (36.4 to 37.3)');
    expect(read).toContain('When not to mesh');
  });

  it('comes after CPU and memory, and is in no report of a search for saturation', () => {
    const titles = (html: string) => [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title);
    const shown = titles(renderHtml(within(), { chartJs: '' }));
    const place = shown.indexOf('CPU and memory');
    expect(shown.slice(place, place + 3)).toEqual(['CPU and memory', 'A fleet of sidecars', 'When not to mesh']);
    const searched = { ...within(), knees: { within: 0.1, treatments: [] } };
    expect(titles(renderHtml(searched, { chartJs: '' }))).not.toContain('A fleet of sidecars');
  });

  it('says why where there is no figure', () => {
    const facts = sidecarFacts(noValidBlock()).map((known) => ({
      ...known,
      loads: known.loads.map((load) => ({ ...load, usedCpuMillicores: missing })),
    }));
    const [cpu] = fleetRows(projectFleet(facts, { pods: 100, replicas: 1, prices: {} }));
    expect([cpu?.figures.used, cpu?.figures.larger]).toEqual([missing, missing]);
  });

  it('is a table of Markdown with the documented figures', () => {
    const markdown = renderMarkdown(within());
    expect(markdown).toContain('<summary>Sidecars of 100 pods</summary>');
    expect(markdown.match(/\| 10 cores \|$/gm)).toHaveLength(2);
    expect(markdown.match(/\| 12\.5 GiB \|$/gm)).toHaveLength(2);
    expect(markdown).toContain("- Every sidecar is this run's mean sidecar, proxy and agent together");
    expect(markdown.match(/^- .*Only you know: /gm)).toHaveLength(4);
  });
});

describe('the form in a browser', () => {
  const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(onPath);

  /** The page after its scripts ran, its form with these values in place of its own. */
  function shown(values: { pods: string; rate: string; hops?: string; core?: string }): {
    said: string;
    answers: Map<string, string>;
  } {
    const home = temporaryDirectory();
    const file = path.join(home, 'report.html');
    const html = renderHtml(within(), { chartJs: 'globalThis.Chart = class {};' })
      .replace(' required value="100"', ` required value="${values.pods}"`)
      .replace(' required value="1000"', ` required value="${values.rate}"`)
      .replace(' required value="1"', ` required value="${values.hops ?? '1'}"`)
      .replace('<input id="fleet-core"', `<input value="${values.core ?? ''}" id="fleet-core"`);
    writeFileSync(file, html);
    const dom = execFileSync(
      chromium ?? '',
      [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--virtual-time-budget=3000'],
        ...[`--user-data-dir=${path.join(home, 'browser')}`, '--dump-dom', pathToFileURL(file).href],
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 100_000_000, timeout: 60_000 },
    );
    expect(dom).toMatch(/<form id="fleet-form" data-fleet/);
    const outputs = [...dom.matchAll(/<output id="fleet-([\w-]+)"[^>]*>([^<]*)<\/output>/g)];
    const answers = new Map(outputs.map(([, id = '', text = '']) => [id, text]));
    return { said: answers.get('said') ?? '', answers };
  }

  it('answers at once with the figures of the table, and to other values with theirs', (context) => {
    if (chromium === undefined) context.skip('needs chromium on PATH');
    const first = shown({ pods: '100', rate: '1000' });
    const [, , cpu, memory] = fleetRows(documentedFleet(within()));
    expect(first.said).toBe('100 sidecars, 1,000/s through each');
    for (const key of FLEET_KEYS) {
      expect(first.answers.get(`0-cpu-${key}`)).toBe(cpu && figureText(cpu.figures[key]));
      expect(first.answers.get(`0-memory-${key}`)).toBe(memory && figureText(memory.figures[key]));
      expect(first.answers.get(`0-money-${key}`)).toBe('— (no price)');
    }
    const other = shown({ pods: '200', rate: '250', hops: '2', core: '0.01' });
    const facts = sidecarFacts(within());
    const [row, , money] = fleetRows(
      projectFleet(facts, {
        pods: 200,
        replicas: 1,
        ratePerSecond: 500,
        prices: { perCoreHour: 0.01 },
      }),
    );
    expect(other.said).toBe('200 sidecars, 500/s through each');
    expect(other.answers.get('0-cpu-used')).toBe(row && figureText(row.figures.used));
    expect(other.answers.get('0-money-used')).toBe(money && figureText(money.figures.used));
  }, 180_000);

  it('answers what is no number with what it takes, and gives no figure', (context) => {
    if (chromium === undefined) context.skip('needs chromium on PATH');
    const { said, answers } = shown({ pods: '0.5', rate: '1000' });
    expect(said).toBe('Pods, each with one sidecar: a whole number from 1 to 1,000,000');
    expect(answers.get('0-cpu-used')).toBe('—');
  }, 180_000);
});
