import type { FailureClass } from '../../record/trialRecord.ts';
import { KIND_TAG, WRONG_BODY } from './script.ts';

/** One request as k6 tells it; times in µs of the wall clock. */
export interface K6Request {
  kind: string;
  /** When k6 sent it: its end less what it took. */
  sentUs: number;
  /** Sending, waiting and receiving; neither the wait for a connection nor its opening. */
  serviceUs: number;
  outcome: 'ok' | FailureClass;
  status: number;
}

/** What a CSV of k6's holds, as far as it is read here. */
export interface K6Samples {
  requests: K6Request[];
  /** Iterations that k6 left out, since no virtual user was free. */
  dropped: number;
  /** Bodies of another size than asked. */
  wrongBodies: { kind: string; atUs: number; bytes: number }[];
}

/** Reads k6's CSV line by line; times have to be in ns since the epoch (K6_CSV_TIME_FORMAT=unix_nano). */
export interface K6CsvReader {
  /** @throws where the first line is not the head of such a file */
  line(text: string): void;
  samples(): K6Samples;
}

const NEEDED = ['metric_name', 'timestamp', 'metric_value', 'extra_tags'] as const;

export function createK6CsvReader(): K6CsvReader {
  const samples: K6Samples = { requests: [], dropped: 0, wrongBodies: [] };
  let columns: Map<string, number> | undefined;
  const at = (fields: readonly string[], name: string) => fields[columns?.get(name) ?? -1] ?? '';
  return {
    line(text) {
      if (columns === undefined) {
        columns = columnsOf(text);
        return;
      }
      if (text.startsWith('http_req_duration,')) {
        const fields = fieldsOf(text);
        const serviceUs = Number(at(fields, 'metric_value')) * 1000;
        const [status, errorCode] = [Number(at(fields, 'status')), Number(at(fields, 'error_code'))];
        samples.requests.push({
          kind: tagOf(at(fields, 'extra_tags'), KIND_TAG),
          sentUs: Number(at(fields, 'timestamp')) / 1000 - serviceUs,
          serviceUs,
          outcome: outcomeOf(status, errorCode),
          status,
        });
      } else if (text.startsWith('dropped_iterations,')) {
        samples.dropped += Number(at(fieldsOf(text), 'metric_value'));
      } else if (text.startsWith(`${WRONG_BODY},`)) {
        const fields = fieldsOf(text);
        samples.wrongBodies.push({
          kind: tagOf(at(fields, 'extra_tags'), KIND_TAG),
          atUs: Number(at(fields, 'timestamp')) / 1000,
          bytes: Number(at(fields, 'metric_value')),
        });
      }
    },
    samples: () => samples,
  };
}

function columnsOf(head: string): Map<string, number> {
  const names = fieldsOf(head);
  const missing = NEEDED.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`not a CSV of k6's: its first line has no ${missing.join(', ')}`);
  return new Map(names.map((name, index) => [name, index]));
}

/** Fields of a line of CSV; a quoted one may hold commas, and its quotes stand twice (RFC 4180). */
function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

/** A tag's value among "a=1&b=2". */
function tagOf(tags: string, name: string): string {
  return new URLSearchParams(tags).get(name) ?? '';
}

/** k6's error codes by their hundreds and tens, as its documentation lists them. */
function outcomeOf(status: number, errorCode: number): 'ok' | FailureClass {
  if (errorCode === 1050 || errorCode === 1211) return 'timeout';
  if (errorCode === 1212) return 'refused';
  if (errorCode >= 1100 && errorCode < 1200) return 'name-not-found';
  if (errorCode >= 1200 && errorCode < 1300) return 'reset';
  if (errorCode >= 1300 && errorCode < 1400) return 'tls';
  if (status >= 200 && status < 300) return 'ok';
  if (status >= 400 && status < 500) return 'status-4xx';
  if (status >= 500 && status < 600) return 'status-5xx';
  return status === 0 ? 'protocol' : 'status-other';
}
