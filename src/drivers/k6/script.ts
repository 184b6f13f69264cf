import type { DriveSpec } from '../driver.ts';

/** Metric of the generated script: size in bytes of each body that was not as large as asked. */
export const WRONG_BODY = 'meshtax_wrong_body';
/** Tag that tells which kind of request a line of the output is about. */
export const KIND_TAG = 'kind';

/**
 * What k6 goes on for after the last segment: it starts some 100 ms late, and a window must not end before its load does.
 * Recorded as a segment of its own that nothing is measured in.
 */
export const OVERHANG_MS = 1500;

interface ArrivalRate {
  executor: 'constant-arrival-rate' | 'ramping-arrival-rate';
  [key: string]: unknown;
}

/**
 * The load as a TypeScript program for k6, with the types of @types/k6.
 * k6 spaces arrivals evenly and draws the kinds of requests by itself: neither follows the schedule's seed.
 */
export function k6Script(spec: DriveSpec): string {
  const kinds = spec.requests.map(({ name, weight, method, path, headers, requestBytes, responseBytes }) => ({
    name,
    weight,
    method,
    url: `http://${spec.target.host}:${spec.target.port}${path}`,
    headers: { ...headers, Host: spec.authority },
    requestBytes,
    responseBytes: method === 'HEAD' ? 0 : responseBytes,
  }));
  return `import exec from 'k6/execution';
import http from 'k6/http';
import { Trend } from 'k6/metrics';
import type { Options } from 'k6/options';

interface Kind {
  name: string;
  weight: number;
  method: string;
  url: string;
  headers: Record<string, string>;
  requestBytes: number;
  responseBytes: number;
}

export const options: Options = {
  scenarios: { load: ${JSON.stringify(arrivalRateOf(spec))} },
  systemTags: ['status', 'error_code'],
  discardResponseBodies: false,
};

const kinds: Kind[] = ${JSON.stringify(kinds)};
const bodies = kinds.map((kind) => (kind.requestBytes > 0 ? 'x'.repeat(kind.requestBytes) : null));
const whole = kinds.reduce((sum, kind) => sum + kind.weight, 0);
const wrongBody = new Trend('${WRONG_BODY}');

function pick(): number {
  let left = Math.random() * whole;
  return Math.max(0, kinds.findIndex((kind) => (left -= kind.weight) < 0));
}

export default function (): void {
  const index = kinds.length === 1 ? 0 : pick();
  const kind = kinds[index];
  if (kind === undefined) exec.test.abort('no kind of request');
  else {
    const tags = { ${KIND_TAG}: kind.name };
    const params = { headers: kind.headers, timeout: '${spec.timeoutMs}ms', responseType: 'binary' as const, tags };
    const response = http.request(kind.method, kind.url, bodies[index], params);
    const bytes = response.body === null ? 0 : response.body.byteLength;
    if (response.status >= 200 && response.status < 300 && bytes !== kind.responseBytes) wrongBody.add(bytes, tags);
  }
}
`;
}

/** How k6 is to start iterations; without a ramp at a constant rate. */
export function arrivalRateOf({ segments, connections }: Pick<DriveSpec, 'segments' | 'connections'>): ArrivalRate {
  const rates = new Set(
    segments.flatMap((each) => [each.arrivalRatePerSecond, each.toRatePerSecond ?? each.arrivalRatePerSecond]),
  );
  const lastMs = Math.max(...segments.map(({ toMs }) => toMs));
  // k6 takes whole rates only: of a broken one it gets the requests of a thousand seconds.
  const isWhole = [...rates].every(Number.isInteger);
  const [factor, timeUnit] = isWhole ? [1, '1s'] : [1000, '1000s'];
  const whole = (rate: number) => Math.round(rate * factor);
  const common = { timeUnit, preAllocatedVUs: connections, gracefulStop: '30s' };
  const [only] = rates;
  if (rates.size === 1 && only !== undefined) {
    return {
      executor: 'constant-arrival-rate',
      rate: whole(only),
      duration: `${lastMs + OVERHANG_MS}ms`,
      ...common,
    };
  }
  const stages = segments.flatMap(({ fromMs, toMs, arrivalRatePerSecond, toRatePerSecond }) => [
    // A stage of no length sets the rate at once.
    { target: whole(arrivalRatePerSecond), duration: '0s' },
    { target: whole(toRatePerSecond ?? arrivalRatePerSecond), duration: `${toMs - fromMs}ms` },
  ]);
  const last = stages.at(-1)?.target ?? 0;
  return {
    executor: 'ramping-arrival-rate',
    startRate: stages[0]?.target ?? 0,
    stages: [...stages, { target: last, duration: `${OVERHANG_MS}ms` }],
    ...common,
  };
}
