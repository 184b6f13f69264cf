import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectAgent } from '../../src/agent/client.ts';
import { createControl } from '../../src/agent/control.ts';
import { createTaskTable } from '../../src/agent/tasks.ts';
import { directTransport } from '../../src/agent/transport.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { freePorts } from '../../src/host/ports.ts';
import { firstCall } from '../../src/platforms/asking.ts';
import { temporaryDirectory } from '../temporary.ts';

/** A real agent, in this process. */
async function agent() {
  const control = createControl({ token: 'secret', tasks: createTaskTable(() => {}) });
  const socketPath = path.join(temporaryDirectory(), 'agent.sock');
  await new Promise<void>((resolve) => control.listen(socketPath, resolve));
  onTestFinished(() => {
    control.closeAllConnections();
    control.close();
  });
  return connectAgent(nodeHost(), {
    name: 'client',
    token: 'secret',
    transport: directTransport({ socketPath }),
    pollMs: 5,
  });
}

/** A service that answers with these statuses in turn, and then with 200; `calls` counts what it was asked. */
async function answeringWith(...statuses: number[]) {
  const seen = { calls: 0 };
  const listener: RequestListener = (_, response) => {
    response.writeHead(statuses[seen.calls] ?? 200).end('why');
    seen.calls += 1;
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, seen };
}

describe('the first call of a deployment', () => {
  it('is made once where it is answered', async () => {
    const { seen, ...door } = await answeringWith();
    await firstCall(await agent(), door);
    expect(seen.calls).toBe(1);
  });

  it('is made again where a mesh fails some of the requests on purpose', async () => {
    const { seen, ...door } = await answeringWith(503, 503);
    await firstCall(await agent(), door);
    expect(seen.calls).toBe(3);
  });

  it('ends the deployment where each is answered with an error', async () => {
    const { seen, ...door } = await answeringWith(503, 503, 500);
    await expect(firstCall(await agent(), door)).rejects.toThrow(
      'the service answers 3 calls with an error, the last with 500: why',
    );
    expect(seen.calls).toBe(3);
  });

  it('ends it at once where nothing answers', async () => {
    const [port = 0] = await freePorts(1);
    await expect(firstCall(await agent(), { host: '127.0.0.1', port })).rejects.toThrow(
      'the service does not answer: ECONNREFUSED',
    );
  });
});
