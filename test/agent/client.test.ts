import { createServer, type RequestListener } from 'node:http';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectAgent } from '../../src/agent/client.ts';
import { createControl } from '../../src/agent/control.ts';
import type { MeterTask, ServeTask } from '../../src/agent/protocol.ts';
import { createTaskTable, type TaskTable } from '../../src/agent/tasks.ts';
import { directTransport } from '../../src/agent/transport.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { freePorts } from '../../src/host/ports.ts';
import { temporaryDirectory } from '../temporary.ts';
import { clientOf } from './listening.ts';

const host = nodeHost();
const METER: MeterTask = { kind: 'meter', durationMs: 1 };

const answering = (listener: RequestListener) => clientOf(createServer(listener));
const agentWith = (tasks: TaskTable) => clientOf(createControl({ token: 'secret', tasks }));

describe('the client of an agent', () => {
  it('puts a task, waits for it, takes its result and removes it', async () => {
    const client = await agentWith(createTaskTable(() => {}));
    const [port = 0] = await freePorts(1);
    const serve: ServeTask = { kind: 'serve', host: '127.0.0.1', port, serviceTimeUs: 0 };
    await client.put('serve', serve);
    expect(await client.finished('serve', 'serve', 5000)).toEqual({ listening: true });
    await client.put('count', { kind: 'count' });
    await client.put('call', { kind: 'fetch', host: '127.0.0.1', port, path: '/bytes/2', timeoutMs: 5000 });
    expect(await client.finished('call', 'fetch', 5000)).toEqual({ status: 200, body: 'xx' });
    expect(await client.result('count', 'count')).toMatchObject({ requests: 1, responseBodyBytes: 2 });
    await client.remove('serve');
    // The answer to a first removal may have been lost: a second one is none the worse.
    await expect(client.remove('serve')).resolves.toBeUndefined();
  });

  it('puts the clock of the agent beside its own', async () => {
    const client = await agentWith(createTaskTable(() => {}));
    const before = host.monotonicUs();
    const { runnerUs, agentUs, roundTripUs } = await client.clock();
    const after = host.monotonicUs();
    expect([runnerUs >= before, runnerUs <= after, roundTripUs >= 0, roundTripUs <= after - before]).toEqual(
      Array(4).fill(true),
    );
    // Both read CLOCK_MONOTONIC here, so their difference lies within the question's own time.
    expect(Math.abs(agentUs - runnerUs)).toBeLessThanOrEqual(roundTripUs / 2 + 1000);
  });

  it('does not take a result that was changed on its way', async () => {
    const client = await answering((_, response) => {
      response.setHeader('x-sha256', 'f'.repeat(64));
      response.end('{"refused":"ECONNREFUSED"}');
    });
    await expect(client.result('call', 'fetch')).rejects.toThrow('agent pod-a: result of call came damaged');
  });

  it('does not wait for an agent that ends in mid-answer', async () => {
    const client = await answering((_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"half":', () => response.destroy());
    });
    await expect(client.result('call', 'fetch')).rejects.toThrow('aborted');
  });

  it('takes no more of an answer than fits into memory, however long it goes on', async () => {
    let sent = 0;
    const client = await answering((_, response) => {
      const part = Buffer.alloc(1_000_000, 'x');
      const more = () => {
        sent += part.length;
        if (!response.destroyed) response.write(part, more);
      };
      more();
    });
    await expect(client.result('call', 'fetch')).rejects.toThrow('the answer is larger than 64,000,000 bytes');
    expect(sent).toBeLessThan(80_000_000);
  });

  it('tells which agent refused what, and why', async () => {
    const client = await answering((_, response) => {
      response.statusCode = 409;
      response.end('{"error":"another task has this id"}');
    });
    await expect(client.put('drive', METER)).rejects.toThrow(
      'agent pod-a: task drive: 409 {"error":"another task has this id"}',
    );
  });

  it('has to have the token of the run', async () => {
    const client = await clientOf(createControl({ token: 'secret', tasks: createTaskTable(() => {}) }), 'other');
    await expect(client.clock()).rejects.toThrow('agent pod-a: clock: 401');
  });

  it('fails at once where there is no agent', async () => {
    const socket = path.join(temporaryDirectory(), 'none.sock');
    await expect(
      connectAgent(host, {
        name: 'a',
        token: 't',
        transport: directTransport({ socketPath: socket }),
        pollMs: 5,
      }).clock(),
    ).rejects.toThrow('ENOENT');
  });

  it('tells why a task failed', async () => {
    const client = await agentWith(createTaskTable(() => {}));
    await client.put('count', { kind: 'count' });
    await expect(client.finished('count', 'count', 5000)).rejects.toThrow(
      'agent pod-a: count: this agent serves nothing',
    );
  });

  it('gives up on a task that is not done in time', async () => {
    const tasks: TaskTable = {
      put: () => 'created',
      state: () => ({ state: 'running' }),
      result: () => undefined,
      remove: async () => true,
    };
    const client = await agentWith(tasks);
    await expect(client.finished('meter', 'meter', 30)).rejects.toThrow('agent pod-a: meter is not done after 30 ms');
  });
});
