import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Path of a browser that is installed on this machine; undefined where there is none. */
export function installedChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return ['chromium', 'chromium-browser', 'google-chrome']
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find((file) => existsSync(file));
}

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
}

export interface OpenPage {
  page: Page;
  /** Everything that the page said on its console, threw, or asked of the network. */
  said: readonly string[];
}

/** chart.js gives a canvas its size as soon as it draws on it. */
const ALL_DRAWN = `[...document.querySelectorAll('figure canvas')].every((canvas) => canvas.style.width !== '')`;

/** Opens a page from a file, in a browser that reaches no network. */
export async function openPage(browser: Browser, html: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'meshtax-test-')), 'report.html');
  writeFileSync(file, html);
  const context = await browser.newContext({ offline: true, ...options });
  const page = await context.newPage();
  const said: string[] = [];
  const own = pathToFileURL(file).href;
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`thrown: ${error.message}`));
  page.on('dialog', async (dialog) => {
    said.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(own)) said.push(`request: ${request.url()}`);
  });
  await page.goto(own);
  if (options.javaScriptEnabled !== false) {
    await allDrawn(page);
  }
  return { page, said };
}

/** The page's policy refuses the polling of playwright's own waitForFunction. */
async function allDrawn(page: Page): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await page.evaluate<boolean>(ALL_DRAWN)) return;
    await sleep(50);
  }
  throw new Error('the charts were not drawn within 30 s');
}

/** How far the page is wider than its window, in CSS pixels. */
export const SIDEWAYS = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** What axe finds fault with, each by its rule and the elements. */
export async function violationsIn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
}
