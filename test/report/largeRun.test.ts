import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chartJsFile } from '../../src/cli/rendered.ts';
import type { SecondsData } from '../../src/report/html/seconds.ts';
import { renderHtml } from '../../src/report/html.ts';
import { large } from './fixture/large.ts';

const chartJs = readFileSync(chartJsFile(), 'utf8');

const dataOf = (html: string): { seconds: SecondsData } =>
  JSON.parse(/<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(html)?.[1] ?? '');

describe('the page of a run of 4,000 trials over 5 loads', () => {
  const { analysis, seconds } = large();
  const html = renderHtml(analysis, { chartJs, seconds });

  it('is at most 1 MB', () => {
    expect(analysis.trials).toHaveLength(4000);
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(1_000_000);
  });

  it('has at most 5,000 elements until something is unfolded', () => {
    const shown = html.replace(/<(noscript|script|style)\b[^>]*>.*?<\/\1>/gs, '');
    expect(shown.match(/<[a-z]/gi)?.length).toBeLessThanOrEqual(5000);
  });

  it('holds every block all the same, folded up under what it is and how many rows it has', () => {
    for (const rate of ['500/s', '1,000/s', '2,000/s', '4,000/s', '8,000/s']) {
      const caption = `Added latency in each block at ${rate}`;
      const fold = html.slice(html.indexOf(`<summary>${caption}: 200 rows</summary>`)).split('</details>')[0] ?? '';
      expect(fold.match(/<tr>/g)).toHaveLength(201);
    }
  });

  it('says of how many trials it holds the seconds, of those that were not valid first', () => {
    const { shown } = dataOf(html).seconds;
    expect(shown.length).toBeLessThan(4000);
    expect(html).toContain(
      `The page holds the seconds of ${shown.length.toLocaleString('en')} of 4,000 trials: those that were not valid first`,
    );
    const broken = new Set(analysis.trials.filter(({ outcome }) => outcome !== 'valid').map(({ index }) => index));
    const [brokenHeld, validHeld] = [true, false].map(
      (isBroken) => shown.filter(({ trial }) => broken.has(trial) === isBroken).length,
    );
    expect(brokenHeld).toBeGreaterThan(0);
    // A valid one is held only where there was room for all that were not.
    expect(validHeld === 0 || brokenHeld === broken.size).toBe(true);
  });
});
