import { describe, expect, it } from 'vitest';
import type { TrialSeconds } from '../../src/analysis/seconds.ts';
import { secondsData } from '../../src/report/html/seconds.ts';
import { renderHtml } from '../../src/report/html.ts';
import { within } from './fixture.ts';

const NO_ANSWER = { missing: 'no request was answered in this second' };

/** Trial 23 of the fixture is not valid, trial 1 is; trial 99 is none of the run's. */
const SECONDS: TrialSeconds[] = [1, 23, 99].map((trial) => ({
  trial,
  seconds: [
    { second: 0, isMeasured: false, sent: 500, failed: 0, p50Us: 700.4, p99Us: 7378, maxUs: 13_420 },
    { second: 2, isMeasured: true, sent: 3, failed: 3, p50Us: NO_ANSWER, p99Us: NO_ANSWER, maxUs: NO_ANSWER },
  ],
}));

describe('the seconds in the page', () => {
  it('stand in rows from the first second on, with null where nothing is known', () => {
    expect(secondsData(within(), SECONDS, 100_000)).toEqual({
      of: 2,
      shown: [
        {
          trial: 1,
          label: 'none, block 1, attempt 1 at 500/s, valid',
          warmUp: 2,
          rows: [[500, 0, 700, 7378, 13_420], null, [3, 3, null, null, null]],
        },
        {
          trial: 23,
          label: 'envoy, block 4, attempt 1 at 1,000/s, not valid (repeat)',
          warmUp: 2,
          rows: [[500, 0, 700, 7378, 13_420], null, [3, 3, null, null, null]],
        },
      ],
    });
  });

  it('are those of trials that were not valid where not all fit, and never more than fit', () => {
    const [, broken] = secondsData(within(), SECONDS, 100_000).shown;
    const size = Buffer.byteLength(JSON.stringify(broken)) + 1;
    expect(secondsData(within(), SECONDS, size).shown.map(({ trial }) => trial)).toEqual([23]);
    expect(secondsData(within(), SECONDS, size - 1)).toEqual({ of: 2, shown: [] });
  });

  it('have a section only where there are any', () => {
    const html = renderHtml(within(), { chartJs: '', seconds: SECONDS });
    expect(html).toContain('<section id="seconds">');
    expect(html).toContain('min="1" max="23"');
    expect(renderHtml(within(), { chartJs: '' })).not.toContain('<section id="seconds">');
  });
});
