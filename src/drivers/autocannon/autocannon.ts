import autocannon from 'autocannon';
import { LatencyHistogram } from '../../record/histogram.ts';
import type { SegmentRecord } from '../../record/trialRecord.ts';
import type { DriveResult, Driver, DriveSpec, DriveTarget } from '../driver.ts';

/**
 * Closed loop at full speed. Only autocannon's `response` events are used: its own latencies are whole ms, and its
 * correction invents samples (load-facts A.1). There is no intended start, so response time equals service time here and
 * the record's model says `closed`; such a trial answers how much goes through, never how long a request takes.
 */
export const autocannonDriver: Driver<DriveResult> = {
  drive: driveAutocannon,
  join(_spec, [only, ...others]) {
    if (only === undefined || others.length > 0) throw new Error('the closed loop runs in one thread');
    return only;
  },
};

async function driveAutocannon(spec: DriveSpec, clock: { nowUs(): number }): Promise<DriveResult> {
  const [request, ...others] = spec.requests;
  if (request === undefined || others.length > 0) throw new Error('the closed loop sends one kind of request');
  const window = spec.segments.find((segment) => segment.measured);
  if (window === undefined) throw new Error('a trial without a measured segment');
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, (spec.startAtUs - clock.nowUs()) / 1000)));
  const startedUs = clock.nowUs();
  const isMeasured = () => clock.nowUs() - startedUs >= window.fromMs * 1000;
  const { counts, payload, service } = await runToEnd({ spec, request }, { untilMs: window.toMs, isMeasured });
  const encoded = service.encode();
  const segment: SegmentRecord = {
    name: window.name,
    measured: true,
    fromUs: window.fromMs * 1000,
    toUs: window.toMs * 1000,
    requestedRatePerSecond: 0,
    counts,
    streams: [
      {
        target: request.name,
        outcome: 'ok',
        requests: service.count,
        response: encoded,
        service: encoded,
        lag: LatencyHistogram.create().encode(),
      },
    ],
    perSecond: [],
    tailEpisodes: { missing: 'a closed loop has no schedule to place a request on' },
    payload,
  };
  return {
    driver: 'autocannon',
    model: 'closed',
    connections: { requested: spec.connections, open: spec.connections, opened: spec.connections },
    segments: [segment],
    hiccups: { missing: 'autocannon runs its own loop, which has no meter' },
    failures: [],
  };
}

interface Seen {
  counts: SegmentRecord['counts'];
  payload: SegmentRecord['payload'];
  service: LatencyHistogram;
}

interface ClosedLoop {
  spec: DriveSpec;
  request: DriveTarget;
}

function runToEnd({ spec, request }: ClosedLoop, window: { untilMs: number; isMeasured(): boolean }): Promise<Seen> {
  const service = LatencyHistogram.create();
  const counts = { scheduled: 0, sent: 0, completed: 0, failed: 0, unsent: 0 };
  const payload = { responses: 0, bodyBytes: 0, expectedBytes: 0, wrongSize: 0 };
  let bodyCounts = false;
  // Called with each body right after its `response` event, which itself knows only bytes with their head.
  const verifyBody = (body: unknown): boolean => {
    if (!bodyCounts) return true;
    const { length } = String(body);
    payload.responses++;
    payload.bodyBytes += length;
    payload.expectedBytes += request.responseBytes;
    if (length !== request.responseBytes) payload.wrongSize++;
    return true;
  };
  const ended = (isAnswered: boolean) => {
    counts.scheduled++;
    counts.sent++;
    if (isAnswered) counts.completed++;
    else counts.failed++;
  };
  return new Promise((resolve, reject) => {
    const run = autocannon({ ...optionsFor({ spec, request }, window.untilMs), verifyBody }, (error) =>
      error ? reject(error) : resolve({ counts, payload, service }),
    );
    run.on('response', (_client, status, _bytes, responseMs) => {
      const isMeasured = window.isMeasured();
      bodyCounts = isMeasured && status >= 200 && status < 300;
      if (!isMeasured) return;
      ended(bodyCounts);
      if (bodyCounts) service.record(responseMs * 1000);
    });
    run.on('reqError', () => {
      if (window.isMeasured()) ended(false);
    });
  });
}

function optionsFor({ spec, request }: ClosedLoop, untilMs: number): autocannon.Options {
  return {
    url: `http://${spec.target.host}:${spec.target.port}${request.path}`,
    connections: spec.connections,
    duration: untilMs / 1000,
    method: request.method,
    headers: { ...request.headers, host: spec.authority },
    timeout: spec.timeoutMs / 1000,
    ...(request.requestBytes > 0 ? { body: Buffer.alloc(request.requestBytes, 'x') } : {}),
  };
}
