/**
 * npm run rebaseline: renders the recorded runs again, writes the schema of results.json, and takes the picture of every
 * state of the report page. What it changes has to be looked at before it is committed: the pictures lie in
 * docs/pictures. Needs a chromium on PATH; fonts differ between machines, so a picture is held against nothing: a test
 * holds the digest of the page in it.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runInProcess } from '../cli/inProcess.ts';
import { installedChromium, launch, openPage } from './browser.ts';
import { DIGESTS, PICTURED, PICTURES, pictureFile, pictureHtml, RECORDED } from './pictured.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

for (const folder of RECORDED) {
  const { code, stderr } = await runInProcess(['report', path.join(ROOT, folder)]);
  if (stderr !== '') throw new Error(`${folder}: ${stderr}`);
  process.stdout.write(`${folder}: rendered, exit code ${code}\n`);
}
const { stdout: schema } = await runInProcess(['schema', '--results']);
writeFileSync(path.join(ROOT, 'schemas/results.schema.json'), schema);

const chromium = installedChromium();
if (chromium === undefined) throw new Error('no chromium on PATH: install one to take the pictures');
mkdirSync(PICTURES, { recursive: true });
const browser = await launch(chromium);
const digests: Record<string, string> = {};
for (const name of PICTURED) {
  const html = pictureHtml(name);
  const { page, said } = await openPage(browser, html, { viewport: { width: 1280, height: 1200 } });
  if (said.length > 0) throw new Error(`the page of "${name}" says: ${said.join('; ')}`);
  writeFileSync(pictureFile(name), await page.screenshot());
  await page.context().close();
  digests[name] = createHash('sha256').update(html).digest('hex');
  process.stdout.write(`docs/pictures/${path.basename(pictureFile(name))}\n`);
}
await browser.close();
writeFileSync(DIGESTS, `${JSON.stringify(digests, null, 2)}\n`);
