// @ts-nocheck
import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createControl } from '../../src/agent/control.ts';
import type { FetchTask, ServeTask } from '../../src/agent/protocol.ts';
import { TOKEN_HEADER } from '../../src/agent/protocol.ts';
import { createTaskTable } from '../../src/agent/tasks.ts';
import { freePorts } from '../../src/host/ports.ts';
import { temporaryDirectory } from '../temporary.ts';

const TOKEN = 'a'.repeat(64);

interface Reply {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

interface Call {
  token?: string | null;
  body?: string;
  headers?: Record<string, string>;
}

/** A control socket with a task table of its own, and a way to call it. */
async function opened() {
  const socketPath = path.join(temporaryDirectory(), 'agent.sock');
  const control = createControl({ token: TOKEN, tasks: createTaskTable(() => {}) });
  await new Promise<void>((resolve) => control.listen(socketPath, resolve));
  onTestFinished(() => {
    control.closeAllConnections();
    control.close();
  });
  return (method: string, at: string, { token = TOKEN, body, headers = {} }: Call = {}): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const authorization = token === null ? {} : { [TOKEN_HEADER]: token };
      const options = { socketPath, method, path: at, agent: false, headers: { ...headers, ...authorization } };
      const sent = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part) => {
          text += String(part);
        });
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
}

type CallAgent = Awaited<ReturnType<typeof opened>>;

async function serveTask(serviceTimeUs = 0): Promise<ServeTask> {
  const [port = 0] = await freePorts(1);
  return { kind: 'serve', host: '127.0.0.1', port, serviceTimeUs };
}

/** Puts a service and a count of what it sees, and returns the count's result as text. */
async function withCount(call: CallAgent): Promise<string> {
  const serve = JSON.stringify(await serveTask());
  await call('PUT', '/tasks/serve', { body: serve });
  onTestFinished(async () => {
    await call('DELETE', '/tasks/serve');
  });
  await expect.poll(async () => (await call('GET', '/tasks/serve')).body).toBe('{"state":"done"}');
  await call('PUT', '/tasks/count', { body: '{"kind":"count"}' });
  return (await call('GET', '/tasks/count/result')).body;
}

describe('the control socket', () => {
  it.each([
    ['without a token', null],
    ['with a wrong token', 'b'.repeat(64)],
    ['with a part of the token', 'a'.repeat(63)],
    ['with an empty token', ''],
  ])('does nothing for a caller %s', async (_, token) => {
    const call = await opened();
    const body = JSON.stringify(await serveTask());
    const replies = [
      await call('GET', '/clock', { token }),
      await call('PUT', '/tasks/a', { token, body }),
      await call('GET', '/nowhere', { token }),
    ];
    expect(replies.map(({ status, body: text }) => [status, text])).toEqual(
      Array(3).fill([401, '{"error":"the token is missing or wrong"}']),
    );
    expect((await call('GET', '/tasks/a')).status).toBe(404);
  });

  it('tells the time of the monotonic clock', async () => {
    const call = await opened();
    const nowUs = () => Number(process.hrtime.bigint()) / 1000;
    const before = nowUs();
    const { status, body } = await call('GET', '/clock');
    const { agentUs } = JSON.parse(body) as { agentUs: number };
    // The agent's clock is fixed to CLOCK_MONOTONIC once, to some µs.
    expect([status, agentUs >= before - 1000, agentUs <= nowUs() + 1000]).toEqual([200, true, true]);
  });

  it('takes the same task twice as once, and refuses another of the same name', async () => {
    const call = await opened();
    const task = await serveTask();
    const other = await serveTask(5);
    const put = async (body: object) => (await call('PUT', '/tasks/serve', { body: JSON.stringify(body) })).status;
    onTestFinished(async () => {
      await call('DELETE', '/tasks/serve');
    });
    expect([await put(task), await put(task), await put(other), await put(task)]).toEqual([201, 200, 409, 200]);
    await expect.poll(async () => JSON.parse((await call('GET', '/tasks/serve')).body)).toEqual({ state: 'done' });
    expect((await call('GET', '/tasks/serve/result')).body).toBe('{"listening":true}');
  });

  it('forgets a task that is removed, and ends what it was doing', async () => {
    const call = await opened();
    const serve = await serveTask();
    await call('PUT', '/tasks/serve', { body: JSON.stringify(serve) });
    await expect.poll(async () => (await call('GET', '/tasks/serve')).body).toBe('{"state":"done"}');
    const fetchTask: FetchTask = {
      kind: 'fetch',
      host: '127.0.0.1',
      port: serve.port,
      path: '/bytes/3',
      timeoutMs: 5000,
    };
    const outcome = async (id: string) => {
      await call('PUT', `/tasks/${id}`, { body: JSON.stringify(fetchTask) });
      await expect.poll(async () => (await call('GET', `/tasks/${id}`)).body).toBe('{"state":"done"}');
      return JSON.parse((await call('GET', `/tasks/${id}/result`)).body);
    };
    expect(await outcome('before')).toEqual({ status: 200, body: 'xxx' });
    expect((await call('DELETE', '/tasks/serve')).status).toBe(200);
    expect(await outcome('after')).toEqual({ refused: 'ECONNREFUSED' });
    expect([(await call('DELETE', '/tasks/serve')).status, (await call('GET', '/tasks/serve')).status]).toEqual([
      404, 404,
    ]);
  });

  it('says why a task failed', async () => {
    const call = await opened();
    expect((await call('PUT', '/tasks/count', { body: '{"kind":"count"}' })).status).toBe(201);
    await expect
      .poll(async () => JSON.parse((await call('GET', '/tasks/count')).body))
      .toEqual({ state: 'failed', error: 'this agent serves nothing' });
    expect((await call('GET', '/tasks/count/result')).status).toBe(404);
  });

  it.each([
    ['GET', '/', 404],
    ['GET', '/tasks', 404],
    ['GET', '/tasks/', 404],
    ['PUT', '/tasks/UPPER', 404],
    ['PUT', `/tasks/${'a'.repeat(81)}`, 404],
    ['GET', '/tasks/a/b', 404],
    ['GET', '/tasks/unknown', 404],
    ['GET', '/tasks/unknown/result', 404],
    ['DELETE', '/tasks/unknown', 404],
    ['POST', '/tasks/a', 405],
    ['POST', '/clock', 404],
  ])('knows no %s of %s', async (method, at, status) => {
    const call = await opened();
    const reply = await call(method, at);
    expect([reply.status, JSON.parse(reply.body)]).toEqual([status, expect.any(Object)]);
  });

  it('refuses a task that is no JSON, or larger than any task, and goes on', async () => {
    const call = await opened();
    expect((await call('PUT', '/tasks/a', { body: '{"kind":' })).status).toBe(500);
    const large = JSON.stringify({ kind: 'count', filling: 'x'.repeat(8_000_000) });
    const reply = await call('PUT', '/tasks/a', { body: large });
    expect([reply.status, reply.body]).toEqual([413, '{"error":"the task is too large"}']);
    expect((await call('GET', '/tasks/a')).status).toBe(404);
  });
});

describe('a result', () => {
  it('comes with its length and digest', async () => {
    const call = await opened();
    const whole = await withCount(call);
    const { status, headers, body } = await call('GET', '/tasks/count/result');
    expect([status, body]).toEqual([200, whole]);
    expect([headers['content-length'], headers['x-sha256']]).toEqual([
      String(Buffer.byteLength(whole)),
      createHash('sha256').update(whole).digest('hex'),
    ]);
  });

  it('can be had in parts, each with the digest of the whole', async () => {
    const call = await opened();
    const whole = await withCount(call);
    const last = whole.length - 1;
    const part = async (range: string) => {
      const { status, headers, body } = await call('GET', '/tasks/count/result', { headers: { range } });
      return [status, body, headers['content-range'], headers['x-sha256']];
    };
    const sha256 = createHash('sha256').update(whole).digest('hex');
    expect(await part('bytes=0-9')).toEqual([206, whole.slice(0, 10), `bytes 0-9/${whole.length}`, sha256]);
    expect(await part('bytes=10-')).toEqual([206, whole.slice(10), `bytes 10-${last}/${whole.length}`, sha256]);
    expect(await part(`bytes=5-${whole.length * 2}`)).toEqual([
      206,
      whole.slice(5),
      `bytes 5-${last}/${whole.length}`,
      sha256,
    ]);
    expect((await part(`bytes=${whole.length}-`)).slice(0, 2)).toEqual([
      416,
      `{"error":"the result has ${whole.length} bytes"}`,
    ]);
    expect((await part('bytes=9-3'))[0]).toBe(416);
  });
});
