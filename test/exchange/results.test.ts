import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFortio } from '../../src/exchange/fortio.ts';
import { readHistogramLog } from '../../src/exchange/histogramLogReader.ts';
import { UnfitResult } from '../../src/exchange/imported.ts';
import { readK6 } from '../../src/exchange/k6.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const fixture = (name: string) => readFileSync(path.join(FIXTURES, name), 'utf8');

/** Made by fortio 1.66.5: 100/s for 3 s over 4 connections, -r 0.00005. */
describe('a result of fortio', () => {
  const text = fixture('fortio/none-1a.json');

  it('is read with what it was asked for, what came of it, and what it cannot say', () => {
    const { streams, ...result } = readFortio(text);
    expect(result).toEqual({
      tool: 'fortio 1.66.5',
      startedAt: '2026-11-26T08:57:01.413Z',
      ratePerSecond: 100,
      seconds: 3.000935322,
      connections: 4,
      counts: { scheduled: 300, sent: 300, completed: 300, failed: 0, unsent: 0 },
      cannotSay: [
        'how long a request waited before it was sent: its latencies count from the actual send',
        'a latency more finely than its buckets, of 0.05 ms and more',
      ],
    });
    expect(streams.map(({ outcome, latencies }) => [outcome, latencies.count])).toEqual([['ok', 300]]);
  });

  it('began in UTC, whatever zone fortio wrote it in, and at no known time where it wrote none', () => {
    const began = (StartTime: string) => readFortio(JSON.stringify({ ...JSON.parse(text), StartTime })).startedAt;
    expect(began('2026-11-26T10:57:01.4131+02:00')).toBe('2026-11-26T08:57:01.413Z');
    expect(began('noon')).toEqual({ missing: 'the result began at noon, which is no instant' });
  });

  it('has the percentiles that fortio itself prints, to within a bucket', () => {
    const { DurationHistogram } = JSON.parse(text) as {
      DurationHistogram: {
        Percentiles: { Percentile: number; Value: number }[];
        Data: { Start: number; End: number }[];
      };
    };
    const [{ latencies } = { latencies: undefined }] = readFortio(text).streams;
    for (const { Percentile, Value } of DurationHistogram.Percentiles) {
      const bucket = DurationHistogram.Data.find(({ Start, End }) => Value >= Start && Value <= End);
      const found = latencies?.quantile(Percentile / 100) ?? Number.NaN;
      expect(Math.abs(found - Value * 1e6)).toBeLessThanOrEqual(((bucket?.End ?? 0) - (bucket?.Start ?? 0)) * 1e6 + 1);
    }
  });

  it('counts answers of other statuses as failures, and says that their times are among the others', () => {
    const changed = JSON.stringify({ ...JSON.parse(text), RetCodes: { 200: 290, 503: 7, '-1': 3 } });
    const { counts, cannotSay } = readFortio(changed);
    expect(counts).toMatchObject({ sent: 300, completed: 290, failed: 10 });
    expect(cannotSay).toContain('how long failed requests took: they are among the latencies');
  });

  it.each([
    ['1m30s', 9000],
    ['1.5s', 150],
    ['500ms', 50],
    ['until stop', 300],
  ])('asked for %s scheduled %i requests', (RequestedDuration, scheduled) => {
    expect(readFortio(JSON.stringify({ ...JSON.parse(text), RequestedDuration })).counts.scheduled).toBe(scheduled);
  });

  it.each([
    ['not JSON', '{'],
    ['another tool’s', '{}'],
    [
      'with a bucket of hours',
      JSON.stringify({
        ...JSON.parse(text),
        DurationHistogram: { Count: 1, Data: [{ Start: 0, End: 9999, Count: 1 }] },
      }),
    ],
    ['with negative counts', JSON.stringify({ ...JSON.parse(text), RetCodes: { 200: -1 } })],
  ])('that is %s is refused', (_, wrong) => {
    expect(() => readFortio(wrong)).toThrow(UnfitResult);
  });
});

/** Made by k6 1.8.1: 20/s for 2 s. */
describe('a CSV of k6', () => {
  const text = fixture('k6.csv');

  it('is read request by request, after its warm-up', () => {
    const { streams, ...result } = readK6(text, { warmUpSeconds: 0.5 });
    expect(result).toMatchObject({
      tool: 'k6',
      counts: { scheduled: 30, sent: 30, completed: 30, failed: 0, unsent: 0 },
      ratePerSecond: { missing: expect.any(String) },
    });
    expect(result.seconds).toBeCloseTo(1.5, 1);
    expect(streams.map(({ outcome, latencies }) => [outcome, latencies.count])).toEqual([['ok', 30]]);
    const inFile = text
      .split('\n')
      .filter((line) => line.startsWith('http_req_duration,'))
      .map((line) => Math.round(Number(line.split(',')[2]) * 1000));
    expect(inFile).toContain(streams[0]?.latencies.quantile(0.5));
  });

  it('tells failures by their class, and what k6 left out', () => {
    const [head = '', ...lines] = text.split('\n');
    const failing = lines.map((line, i) => {
      if (!line.startsWith('http_req_duration,')) return line;
      const fields = line.split(',');
      const [status, code] = [
        ['503', '1503'],
        ['0', '1050'],
        ['0', '1212'],
        ['200', ''],
      ][i % 4] ?? ['', ''];
      fields[13] = status ?? '';
      fields[5] = code ?? '';
      return fields.join(',');
    });
    const dropped = 'dropped_iterations,1795683476010242962,3.000000,,,,,,,,,,,,,,,,';
    const { counts, streams } = readK6([head, ...failing, dropped].join('\n'), { warmUpSeconds: 0 });
    expect(counts).toMatchObject({ sent: 41, unsent: 3, scheduled: 44 });
    expect(counts.completed + counts.failed).toBe(41);
    const classes = streams.map(({ outcome }) => outcome);
    expect(classes.every((outcome) => ['ok', 'status-5xx', 'timeout', 'refused'].includes(outcome))).toBe(true);
  });

  it.each([
    ['another file', 'a,b,c\n1,2,3\n', 'not a CSV of k6'],
    ['one without requests', text.split('\n')[0] ?? '', 'no request'],
    ['one with times in seconds', text.replaceAll(/,1795\d{6}\d{9},/g, ',1795683476,'), 'unix_nano'],
  ])('that is %s is refused', (_, wrong, message) => {
    expect(() => readK6(wrong, { warmUpSeconds: 0 })).toThrow(message);
  });
});

/** Made by HdrHistogram's Python port: three intervals of 1,000 values in ns. */
describe('a histogram log', () => {
  const text = fixture('hdrh.hlog');

  it('is read as one, with the percentiles that the library that made it gives', () => {
    const { streams, ...result } = readHistogramLog(text, { unit: 'ns' });
    expect(result).toMatchObject({ tool: 'HdrHistogram log', seconds: 3, counts: { sent: 3000, completed: 3000 } });
    const latencies = streams[0]?.latencies;
    // In ns that library says 489,471, 811,519, 1,297,407 and 2,478,079.
    for (const [q, us] of [
      [0.5, 489],
      [0.9, 811],
      [0.99, 1297],
      [1, 2478],
    ] as const) {
      expect(Math.abs((latencies?.quantile(q) ?? 0) - us)).toBeLessThanOrEqual(2);
    }
  });

  it('leaves out what has a tag, and says so', () => {
    const tagged = text.replace(/^(1795683477)/m, 'Tag=other,$1');
    const { counts, cannotSay } = readHistogramLog(tagged, { unit: 'ns' });
    expect(counts.completed).toBe(2000);
    expect(cannotSay).toContain('what its 1 intervals with a tag hold: they are left out');
  });

  it.each([
    ['empty', '#[only a comment]\n'],
    ['of other columns', 'a,b,c,d\n'],
    ['of another encoding', text.replaceAll('HISTF', 'HISXF')],
    ['cut within a histogram', text.slice(0, text.lastIndexOf('HISTF') + 200)],
  ])('that is %s is refused', (_, wrong) => {
    expect(() => readHistogramLog(wrong, { unit: 'ns' })).toThrow(UnfitResult);
  });
});
