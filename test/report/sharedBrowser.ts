import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, type TestContext } from 'vitest';
import { installedChromium, launch } from './browser.ts';

/** One browser for all tests of a file; a test that asks for it is skipped aloud where none is installed. */
export function sharedBrowser(): (context: TestContext) => Browser {
  let browser: Browser | undefined;

  beforeAll(async () => {
    const installed = installedChromium();
    browser = installed === undefined ? undefined : await launch(installed);
  });

  afterAll(async () => {
    await browser?.close();
  });

  return (context) => browser ?? context.skip('needs chromium on PATH');
}
