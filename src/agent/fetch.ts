import { request } from 'node:http';
import type { FetchTask, TaskResults } from './protocol.ts';

/** One request from where this agent is. A connection that is refused or cut is an answer, not an error. */
export function fetchOnce(task: FetchTask): Promise<TaskResults['fetch']> {
  return new Promise((resolve) => {
    const refused = (reason: string) => resolve({ refused: reason });
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
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          body += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', (error: NodeJS.ErrnoException) => refused(error.code ?? error.message));
      },
    );
    call.on('timeout', () => {
      refused('ETIMEDOUT');
      call.destroy();
    });
    call.on('error', (error: NodeJS.ErrnoException) => refused(error.code ?? error.message));
    call.end();
  });
}
