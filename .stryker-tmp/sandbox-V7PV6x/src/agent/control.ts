// @ts-nocheck
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { monotonicClock } from './clock.ts';
import { type TaskSpec, TOKEN_HEADER } from './protocol.ts';
import type { TaskTable } from './tasks.ts';

const LARGEST_SPEC = 1_000_000;

/**
 * The control protocol: PUT, GET and DELETE on /tasks/ID, GET on /tasks/ID/result (with length, SHA-256 and ranges) and
 * on /clock. No request stays open while a task runs, so a lost connection costs nothing.
 */
export function createControl(options: { token: string; tasks: TaskTable }): Server {
  const clock = monotonicClock();
  return createServer((request, response) => {
    handle(request, response).catch((error: Error) => send(response, 500, { error: error.message }));
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrivedUs = clock.nowUs();
    if (!isAuthorised(request, options.token)) return send(response, 401, { error: 'the token is missing or wrong' });
    if (request.url === '/clock' && request.method === 'GET') return send(response, 200, { agentUs: arrivedUs });
    const match = /^\/tasks\/([a-z0-9-]{1,80})(\/result)?$/.exec(request.url ?? '');
    const [, id, result] = match ?? [];
    if (id === undefined) return send(response, 404, { error: `no such path: ${request.url}` });
    if (result !== undefined && request.method === 'GET')
      return sendResult(request, response, options.tasks.result(id));
    switch (request.method) {
      case 'PUT':
        return put(id, await readBody(request), response);
      case 'GET': {
        const state = options.tasks.state(id);
        return state === undefined ? send(response, 404, { error: 'no such task' }) : send(response, 200, state);
      }
      case 'DELETE':
        return send(response, (await options.tasks.remove(id)) ? 200 : 404, {});
      default:
        return send(response, 405, { error: `${request.method} is not a method of this path` });
    }
  }

  function put(id: string, body: string | undefined, response: ServerResponse): void {
    if (body === undefined) {
      send(response, 413, { error: 'the task is too large' });
      return;
    }
    // The sender holds the run's token, and is this program's own other half: its JSON is taken as a task.
    const outcome = options.tasks.put(id, JSON.parse(body) as TaskSpec);
    const status = { created: 201, same: 200, differs: 409 }[outcome];
    send(response, status, outcome === 'differs' ? { error: 'another task has this id' } : {});
  }
}

function isAuthorised(request: IncomingMessage, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(String(request.headers[TOKEN_HEADER] ?? '')), digest(token));
}

/** undefined for a body that is too large; it is read to its end all the same, so that the answer can be sent. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  let text = '';
  request.setEncoding('utf8');
  for await (const part of request) if (text.length <= LARGEST_SPEC) text += part;
  return text.length <= LARGEST_SPEC ? text : undefined;
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function sendResult(request: IncomingMessage, response: ServerResponse, result: unknown): void {
  if (result === undefined) {
    send(response, 404, { error: 'there is no result yet' });
    return;
  }
  const whole = Buffer.from(JSON.stringify(result));
  const sha256 = createHash('sha256').update(whole).digest('hex');
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = range === null ? 0 : Number(range[1]);
  const to = range === null || range[2] === '' ? whole.length - 1 : Math.min(Number(range[2]), whole.length - 1);
  if (from > to) {
    send(response, 416, { error: `the result has ${whole.length} bytes` });
    return;
  }
  const part = whole.subarray(from, to + 1);
  response.writeHead(range === null ? 200 : 206, {
    'content-type': 'application/json',
    'content-length': part.length,
    'content-range': `bytes ${from}-${to}/${whole.length}`,
    'x-sha256': sha256,
  });
  response.end(part);
}
