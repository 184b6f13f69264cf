import { isMissing, type Measured } from '../../../src/record/measured.ts';

/** Instants in ns since the first request's arrival. */
interface ServedRequest {
  /** When the kernel received the request's last byte. */
  arrivalNs: Measured<number>;
  /** When the call that wrote the answer returned. */
  writeNs: number;
}

export interface GroundTruth {
  /** In the order of the answers. */
  requests: readonly ServedRequest[];
  freezes: number;
}

const FIRST_LINE = /^ground-truth 1 requests (\d+) freezes (\d+) origin_ns \d+$/;
const REQUEST_LINE = /^(-|-?\d+) (-?\d+)$/;

/**
 * Reads the server's file; its format stands in record.h.
 * @throws where a line is not as described, or lines are missing
 */
export function parseGroundTruth(text: string): GroundTruth {
  const [first = '', ...lines] = text.trimEnd().split('\n');
  const [, requests, freezes] = FIRST_LINE.exec(first) ?? [];
  if (requests === undefined || freezes === undefined) throw new Error(`not a ground-truth record: "${first}"`);
  if (lines.length !== Number(requests)) {
    throw new Error(`the ground-truth record promises ${requests} requests and has ${lines.length}`);
  }
  return { requests: lines.map(parseRequest), freezes: Number(freezes) };
}

function parseRequest(line: string): ServedRequest {
  const [, arrival, write] = REQUEST_LINE.exec(line) ?? [];
  if (arrival === undefined || write === undefined)
    throw new Error(`not a request of a ground-truth record: "${line}"`);
  return {
    arrivalNs: arrival === '-' ? { missing: 'the kernel gave no receive timestamp' } : Number(arrival),
    writeNs: Number(write),
  };
}

/**
 * Sojourn times in µs, kernel arrival to written answer, of the last `count` requests: those of the measurement
 * window, since the driver sends nothing after it.
 */
export function lastSojournsUs(truth: GroundTruth, count: number): Measured<readonly number[]> {
  if (count < 1) return { missing: 'no request was sent' };
  if (truth.requests.length < count) {
    return { missing: `the driver says it sent ${count} requests, the server answered ${truth.requests.length}` };
  }
  const sojourns: number[] = [];
  for (const { arrivalNs, writeNs } of truth.requests.slice(-count)) {
    if (isMissing(arrivalNs)) return arrivalNs;
    sojourns.push((writeNs - arrivalNs) / 1000);
  }
  return sojourns;
}

/** Kernel arrivals in ns, in their order; missing where the kernel gave no timestamps. */
export function arrivalsNs({ requests }: GroundTruth): Measured<readonly number[]> {
  const arrivals: number[] = [];
  for (const { arrivalNs } of requests) {
    if (isMissing(arrivalNs)) return arrivalNs;
    arrivals.push(arrivalNs);
  }
  return arrivals.sort((a, b) => a - b);
}

/** How regular arrivals were: the standard deviation of the gaps by their mean. 0: evenly spaced; 1: as from a Poisson process. */
export function gapVariation(arrivals: readonly number[]): Measured<number> {
  const gaps = arrivals.slice(1).map((arrival, i) => arrival - (arrivals[i] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  if (gaps.length < 2 || mean === 0) return { missing: 'fewer than three arrivals' };
  const squares = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0);
  return Math.sqrt(squares / (gaps.length - 1)) / mean;
}

/** Smallest value at or below which the share `q` (0 to 1) of the values lies; undefined for no values. */
export function quantile(values: readonly number[], q: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}
