import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chartJsFile } from '../../src/cli/rendered.ts';
import { renderHtml } from '../../src/report/html.ts';
import { STATES } from './fixture/states.ts';

/** Where the pictures lie that somebody looked at, with the digest of the page in each. */
export const PICTURES = path.resolve(import.meta.dirname, '../../docs/pictures');
export const DIGESTS = path.join(PICTURES, 'pages.json');
const EXAMPLE = path.resolve(import.meta.dirname, '../../reports/example/report.html');

/** The runs that are kept with their reports, by their folders. */
export const RECORDED = ['reports/example', 'reports/cluster'] as const;

/** The example run, whose picture the README shows, and every state that a page may have to show. */
export const PICTURED: readonly string[] = ['example', ...Object.keys(STATES)];

const chartJs = readFileSync(chartJsFile(), 'utf8');

export function pictureHtml(name: string): string {
  if (name === 'example') return readFileSync(EXAMPLE, 'utf8');
  const state = STATES[name];
  if (state === undefined) throw new Error(`there is no state "${name}"`);
  return renderHtml(state.analysis(), { chartJs });
}

export const pictureFile = (name: string): string => path.join(PICTURES, `${name.replaceAll(' ', '-')}.png`);

/** SHA-256 of the page in each picture, by name. */
export function readPictured(): Record<string, string> {
  return existsSync(DIGESTS) ? JSON.parse(readFileSync(DIGESTS, 'utf8')) : {};
}
