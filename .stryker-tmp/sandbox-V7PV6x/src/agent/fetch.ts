// @ts-nocheck
import { request } from 'node:http';
import { BodyTooLarge, readBody } from './boundedText.ts';
import type { FetchTask, TaskResults } from './protocol.ts';

/** More than all counters of a proxy in a large cluster; the masked configuration is far smaller. */
const LARGEST_ANSWER_BYTES = 16_000_000;

/**
 * One request from where this agent is. A connection that is refused or cut is an answer, not an error.
 * @throws where head or body of the answer are larger than any: that is no refusal either, and must not pass for one
 */
export function fetchOnce(task: FetchTask): Promise<TaskResults['fetch']> {
  return new Promise((resolve, reject) => {
    const refused = (reason: string) => resolve({ refused: reason });
    const failed = (error: NodeJS.ErrnoException) => {
      const isEndless = error instanceof BodyTooLarge || error.code === 'HPE_HEADER_OVERFLOW';
      if (isEndless) reject(new Error(`${task.path}: ${error.message}`, { cause: error }));
      else refused(error.code ?? error.message);
    };
    const call = request(
      {
        host: task.host,
        port: task.port,
        path: task.path,
        agent: false,
        timeout: task.timeoutMs,
        ...(task.authority === undefined ? {} : { headers: { host: task.authority } }),
      },
      (response) => {
        readBody(response, LARGEST_ANSWER_BYTES).then(
          (body) => resolve({ status: response.statusCode ?? 0, body }),
          failed,
        );
      },
    );
    call.on('timeout', () => {
      refused('ETIMEDOUT');
      call.destroy();
    });
    call.on('error', failed);
    call.end();
  });
}
