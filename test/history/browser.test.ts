import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chartJsFile } from '../../src/cli/rendered.ts';
import { compareRuns } from '../../src/history/comparison.ts';
import { renderComparisonPage } from '../../src/history/comparisonPage.ts';
import { renderHistoryPage } from '../../src/history/page.ts';
import { openPage, SIDEWAYS, violationsIn } from '../report/browser.ts';
import { sharedBrowser } from '../report/sharedBrowser.ts';
import { baseline, daily, figures, historyFrom, QUIET } from './fixture.ts';

const chartJs = readFileSync(chartJsFile(), 'utf8');

const regressed = historyFrom(daily([...QUIET, 700, 690]), {
  baselines: [baseline(0, 'the first of all')],
  leftOut: [{ folder: 'broken', kind: 'unreadable', because: 'run.json is damaged' }],
});
const unlike = compareRuns(
  figures({ day: 0 }),
  figures({ day: 1, p50Us: { missing: 'no valid block' }, environment: { cpuModel: 'another' } }),
);

const PAGES = {
  history: { html: renderHistoryPage(regressed, { chartJs, version: '0.1.0' }), charts: 1 },
  comparison: { html: renderComparisonPage(unlike, { version: '0.1.0' }), charts: 0 },
};

const inBrowser = sharedBrowser();

describe('the pages beside the report, in a browser', () => {
  it.for(Object.entries(PAGES))(
    '%s: asks nothing of the network, says nothing, fits every window, and has nothing that axe finds fault with',
    { timeout: 120_000 },
    async ([, { html, charts }], context) => {
      const browser = inBrowser(context);
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [320, 1280]) {
          const { page, said } = await openPage(browser, html, { colorScheme, viewport: { width, height: 900 } });
          expect(await page.locator('canvas').count()).toBe(charts);
          expect(await page.evaluate<number>(SIDEWAYS)).toBe(0);
          expect(await violationsIn(page)).toEqual([]);
          expect(said).toEqual([]);
          await page.context().close();
        }
      }
    },
  );
});
