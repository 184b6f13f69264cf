import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunAnalysis } from '../../src/analysis/result.ts';
import type { TrialSeconds } from '../../src/analysis/seconds.ts';
import { chartJsFile } from '../../src/cli/rendered.ts';
import { renderHtml } from '../../src/report/html.ts';
import { openPage, SIDEWAYS, violationsIn } from './browser.ts';
import { large } from './fixture/large.ts';
import { endless, STATES } from './fixture/states.ts';
import { HOSTILE_NAME, hostile, within } from './fixture.ts';
import { sharedBrowser } from './sharedBrowser.ts';

const chartJs = readFileSync(chartJsFile(), 'utf8');

const SECONDS: TrialSeconds[] = [1, 23].map((trial) => ({
  trial,
  seconds: Array.from({ length: 12 }, (_, second) => ({
    second,
    isMeasured: second > 1,
    sent: 500 + second,
    failed: 0,
    p50Us: 600 + 10 * second,
    p99Us: 1500 + 100 * second * trial,
    maxUs: 4000 + 1000 * second,
  })),
}));

const pageOf = (analysis: RunAnalysis): string => renderHtml(analysis, { chartJs, seconds: SECONDS });

const inBrowser = sharedBrowser();

/** Per canvas, how many colours its pixels have: 1 where nothing was drawn. */
const COLOURS = `[...document.querySelectorAll('figure canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  for (let at = 0; at < data.length; at += 4) colours.add(data.slice(at, at + 4).join());
  return { id: canvas.id, colours: colours.size };
})`;

const ELEMENTS = `document.querySelectorAll('*').length`;

describe('the page in a browser', () => {
  it('draws every chart from a file, asks nothing of the network and says nothing', async (context) => {
    const { page, said } = await openPage(inBrowser(context), pageOf(within()));
    const charts = await page.evaluate<{ id: string; colours: number }[]>(COLOURS);
    expect(charts.map(({ id }) => id)).toEqual(expect.arrayContaining(['curve-0', 'rates-p99', 'seconds-chart']));
    expect(charts.filter(({ colours }) => colours < 3)).toEqual([]);
    expect(said).toEqual([]);
  });

  it.for([320, 768, 1280, 2560, 3840])('is never wider than a window of %i pixels', async (width, context) => {
    for (const analysis of [within(), endless()]) {
      const { page } = await openPage(inBrowser(context), pageOf(analysis), { viewport: { width, height: 900 } });
      expect(await page.evaluate<number>(SIDEWAYS)).toBe(0);
    }
  });

  it.for(['light', 'dark'] as const)('has nothing that axe finds fault with when %s', async (colorScheme, context) => {
    for (const width of [320, 1280]) {
      const viewport = { width, height: 900 };
      const { page } = await openPage(inBrowser(context), pageOf(within()), { colorScheme, viewport });
      expect(await violationsIn(page)).toEqual([]);
    }
  });

  it('changes its colours with the appearance, its charts with it', async (context) => {
    const { page, said } = await openPage(inBrowser(context), pageOf(within()), { colorScheme: 'light' });
    const look = `[getComputedStyle(document.body).backgroundColor, document.getElementById('curve-0').toDataURL()]`;
    const light = await page.evaluate<string[]>(look);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => (await page.evaluate<string[]>(look))[1]).not.toBe(light[1]);
    expect((await page.evaluate<string[]>(look))[0]).not.toBe(light[0]);
    expect(said).toEqual([]);
  });

  it('shows without scripts every table and a still picture of every chart', async (context) => {
    const html = pageOf(within());
    const { page, said } = await openPage(inBrowser(context), html, { javaScriptEnabled: false });
    const charts = html.match(/<canvas /g)?.length ?? 0;
    // The seconds of a trial are asked for, and have no picture of their own.
    expect(await page.locator('svg.still:visible').count()).toBe(charts - 1);
    expect(await page.locator('canvas:visible').count()).toBe(0);
    expect(await page.locator('table').count()).toBe(html.match(/<table/g)?.length);
    expect(await page.locator('#seconds noscript p').isVisible()).toBe(true);
    expect(said).toEqual([]);
  });

  it('prints on A4 in its light colours, with the still pictures', async (context) => {
    const { page } = await openPage(inBrowser(context), pageOf(within()), { colorScheme: 'dark' });
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
    expect(await page.locator('.on-paper svg').count()).toBeGreaterThan(5);
    await page.emulateMedia({ media: 'print' });
    const paper = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(paper).toBe('rgb(255, 255, 255)');
  });

  it('shows the seconds of a trial by the keyboard alone', async (context) => {
    const { page, said } = await openPage(inBrowser(context), pageOf(within()));
    const rows = page.locator('#seconds-table tbody tr');
    expect(await page.locator('#seconds-label').textContent()).toBe(
      'Trial 1: none, block 1, attempt 1 at 500/s, valid',
    );
    expect(await rows.first().textContent()).toBe('0, warm-up50000.61.54');
    await page.locator('#seconds-trial').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.locator('#seconds-label').textContent()).toContain('Trial 23: envoy, block 4');
    expect(await page.locator('#seconds-trial').inputValue()).toBe('23');
    await page.locator('#seconds-trial').fill('7');
    await page.keyboard.press('Tab');
    expect(await page.locator('#seconds-label').textContent()).toMatch(/^Not on this page: trial 7\. Trial 23: /);
    expect(said).toEqual([]);
  });

  it('runs nothing of hostile text', async (context) => {
    const { page, said } = await openPage(inBrowser(context), pageOf(hostile()));
    expect(said).toEqual([]);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('h2', { hasText: HOSTILE_NAME }).count()).toBe(1);
    for (const fold of await page.locator('details.fold > summary').all()) await fold.click();
    await page.pdf();
    expect(said).toEqual([]);
    expect(await page.locator('img').count()).toBe(0);
  });
});

describe('the page of a large run', () => {
  it('has at most 5,000 elements, and tells its longest task while it is scrolled through', async (context) => {
    const { analysis, seconds } = large();
    const { page, said } = await openPage(inBrowser(context), renderHtml(analysis, { chartJs, seconds }));
    expect(await page.evaluate<number>(ELEMENTS)).toBeLessThanOrEqual(5000);
    await page.evaluate(`window.longest = 0; new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ entryTypes: ['longtask'] })`);
    for (let step = 0; step < 60; step += 1) await page.mouse.wheel(0, 600);
    const longest = await page.evaluate<number>('new Promise((done) => setTimeout(() => done(window.longest), 200))');
    // Told, and not held against a limit: how long a task takes is the machine's affair too.
    process.stdout.write(`longest task while scrolling: ${Math.round(longest)} ms\n`);
    expect(said).toEqual([]);
  });

  it('unfolds what is folded up', async (context) => {
    const { analysis } = large();
    const { page } = await openPage(inBrowser(context), renderHtml(analysis, { chartJs }));
    const fold = page.locator('details.fold', { hasText: 'Added latency in each block at 500/s' });
    expect(await fold.locator('tbody tr').count()).toBe(0);
    await fold.locator('summary').click();
    await expect.poll(() => fold.locator('tbody tr').count()).toBe(200);
  });
});

describe('the page in each state of a run', () => {
  it.for(Object.entries(STATES))('%s: says so, and has no fault', async ([, { analysis, says }], context) => {
    const { page, said } = await openPage(inBrowser(context), pageOf(analysis()));
    const header = await page.evaluate<string>('document.querySelector("header").innerText');
    for (const words of says.first ?? []) expect(header).toContain(words);
    const body = await page.evaluate<string>('document.body.innerText');
    for (const words of says.anywhere ?? []) expect(body).toContain(words);
    expect(await violationsIn(page)).toEqual([]);
    expect(said).toEqual([]);
    // A picture that is all of one colour is no page.
    const picture = await page.screenshot();
    expect(picture.byteLength).toBeGreaterThan(10_000);
  });
});
