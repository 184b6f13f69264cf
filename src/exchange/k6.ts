import { createK6CsvReader, type K6Request } from '../drivers/k6/samples.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import { type ImportedResult, UnfitResult } from './imported.ts';

/**
 * A CSV of `k6 run --out csv=…`, written with K6_CSV_TIME_FORMAT=unix_nano; its first `warmUpSeconds` are left out.
 * @throws UnfitResult where the text is not one
 */
export function readK6(text: string, { warmUpSeconds }: { warmUpSeconds: number }): ImportedResult {
  const reader = createK6CsvReader();
  try {
    for (const line of text.split('\n')) if (line !== '') reader.line(line);
  } catch (error) {
    throw new UnfitResult((error as Error).message);
  }
  const { requests, dropped } = reader.samples();
  const first = Math.min(...requests.map(({ sentUs }) => sentUs));
  const window = requests.filter(({ sentUs }) => sentUs >= first + warmUpSeconds * 1e6);
  if (window.length === 0) throw new UnfitResult(`no request of k6's after ${warmUpSeconds} s of warm-up`);
  if (!(first > 1e15)) throw new UnfitResult('its times are not in ns: run k6 with K6_CSV_TIME_FORMAT=unix_nano');
  const last = Math.max(...window.map(({ sentUs }) => sentUs));
  const completed = window.filter(({ outcome }) => outcome === 'ok').length;
  return {
    tool: 'k6',
    startedAt: new Date(first / 1000).toISOString(),
    ratePerSecond: { missing: "k6's samples do not say what rate was asked for" },
    seconds: Math.max(1e-6, (last - first) / 1e6 - warmUpSeconds),
    connections: { missing: "k6's samples do not say how many users there were" },
    counts: {
      scheduled: window.length + dropped,
      sent: window.length,
      completed,
      failed: window.length - completed,
      unsent: dropped,
    },
    streams: streamsOf(window),
    cannotSay: ['how long a request waited before it was sent: its latencies count from the actual send'],
  };
}

function streamsOf(requests: readonly K6Request[]): ImportedResult['streams'] {
  const byOutcome = new Map<K6Request['outcome'], LatencyHistogram>();
  for (const { outcome, serviceUs } of requests) {
    const latencies = byOutcome.get(outcome) ?? LatencyHistogram.create();
    latencies.record(serviceUs);
    byOutcome.set(outcome, latencies);
  }
  return [...byOutcome].map(([outcome, latencies]) => ({ outcome, latencies }));
}
