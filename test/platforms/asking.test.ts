import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createControl } from '../../src/agent/control.ts';
import { createTaskTable } from '../../src/agent/tasks.ts';
import { freePorts } from '../../src/host/ports.ts';
import { firstCall } from '../../src/platforms/asking.ts';
import { clientOf, listening } from '../agent/listening.ts';

/** A real agent, in this process. */
const agent = () => clientOf(createControl({ token: 'secret', tasks: createTaskTable(() => {}) }));

/** A service that answers with these statuses in turn, and then with 200; `calls` counts what it was asked. */
async function answeringWith(...statuses: number[]) {
  const seen = { calls: 0 };
  const listener: RequestListener = (_, response) => {
    response.writeHead(statuses[seen.calls] ?? 200).end('why');
    seen.calls += 1;
  };
  return { host: '127.0.0.1', port: await listening(createServer(listener)), seen };
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
