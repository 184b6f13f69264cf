// @ts-nocheck
import { request } from 'node:http';
import { readBody } from './boundedText.ts';

export interface Reply {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

export interface Call {
  method: 'GET' | 'PUT' | 'DELETE';
  path: string;
  body?: string;
  headers: Readonly<Record<string, string>>;
}

/** Carries one call to an agent and its answer back. @throws where no answer came */
export type Transport = (call: Call) => Promise<Reply>;

const CALL_TIMEOUT_MS = 10_000;
/** As large as a record may be that is made of it. */
export const LARGEST_REPLY_BYTES = 64_000_000;

/** @param where a unix socket, or a port on loopback */
export function directTransport(where: { socketPath: string } | { port: number; host: string }): Transport {
  return ({ method, path, body, headers }) =>
    new Promise((resolve, reject) => {
      const sent = request({ ...where, path, method, agent: false, timeout: CALL_TIMEOUT_MS, headers }, (response) => {
        readBody(response, LARGEST_REPLY_BYTES).then(
          (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          reject,
        );
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${CALL_TIMEOUT_MS} ms`)));
      sent.on('error', reject);
      sent.end(body);
    });
}
