import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { exportRun } from '../../src/exchange/exportRun.ts';
import { readHistogramLog } from '../../src/exchange/histogramLogReader.ts';
import { runFixture } from '../analysis/fixtures/runs.ts';
import { payloadOf, windowOf } from '../analysis/fixtures/trials.ts';
import { temporaryDirectory } from '../temporary.ts';

function exported() {
  const run = runFixture({ blocks: 2 });
  const broken = run.trials.at(-1);
  if (broken === undefined) throw new Error('no trial');
  payloadOf(windowOf(broken)).wrongSize = 1;
  return exportRun(analyseRun(run), run.trials);
}

const textOf = (name: string) => exported().files.find((file) => file.name === name)?.text ?? '';

describe('what is exported of a run', () => {
  it('is a log and percentiles for each treatment and load point, and says what is left out', () => {
    const { files, leftOut } = exported();
    expect(files.map(({ name }) => name)).toEqual([
      'none-1000.hlog',
      'none-1000.hgrm',
      'envoy-1000.hlog',
      'envoy-1000.hgrm',
    ]);
    expect(leftOut).toEqual(['none at 1000/s: 1 of 4 trials, which are not valid']);
  });

  it('has an interval for each valid trial, and gives back what was measured', () => {
    const text = textOf('envoy-1000.hlog');
    expect(text.match(/^\d/gm)).toHaveLength(2);
    expect(text.match(/^Tag=service,/gm)).toHaveLength(2);
    expect(text.match(/^Tag=lag,/gm)).toHaveLength(2);
    const { counts, seconds, streams } = readHistogramLog(text, { unit: 'us' });
    expect([counts.completed, seconds]).toEqual([8000, 8]);
    // 900 and 950 µs are the medians of the two trials.
    expect(Math.abs((streams[0]?.latencies.quantile(0.5) ?? 0) - 925)).toBeLessThan(5);
  });

  it('has percentiles in ms that end with all requests', () => {
    const lines = textOf('none-1000.hgrm').split('\n');
    expect(lines[0]).toMatch(/^\s+Value\s+Percentile TotalCount 1\/\(1-Percentile\)$/);
    expect(lines.some((line) => /^\s+0\.6\d\d 1\.000000000000\s+12000$/.test(line))).toBe(true);
  });

  it('is read by HdrHistogram’s own Python port to the same counts and percentiles', (context) => {
    const file = path.join(temporaryDirectory(), 'envoy.hlog');
    writeFileSync(file, textOf('envoy-1000.hlog'));
    const program = `
import sys
from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader
whole = HdrHistogram(1, 3600 * 1000 * 1000, 3)
reader = HistogramLogReader(sys.argv[1], whole)
while True:
    interval = reader.get_next_interval_histogram()
    if interval is None: break
    if not interval.get_tag(): whole.add(interval)
print(whole.get_total_count(), whole.get_value_at_percentile(50), whole.get_value_at_percentile(99))
`;
    let printed: string;
    try {
      printed = execFileSync('python3', ['-c', program, file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      if (/ModuleNotFoundError|ENOENT/.test(String(error))) return context.skip('needs Python with hdrhistogram');
      throw error;
    }
    const { streams } = readHistogramLog(textOf('envoy-1000.hlog'), { unit: 'us' });
    const latencies = streams[0]?.latencies;
    const [count, p50, p99] = printed.trim().split(' ').map(Number);
    expect(count).toBe(8000);
    for (const [found = 0, q] of [
      [p50, 0.5],
      [p99, 0.99],
    ] as const) {
      expect(Math.abs(found - (latencies?.quantile(q) ?? 0))).toBeLessThanOrEqual(2);
    }
  });
});
