import type { Server } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { connectAgent } from '../../src/agent/client.ts';
import { directTransport } from '../../src/agent/transport.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { temporaryDirectory } from '../temporary.ts';

async function listen(server: Server, at: ListenOptions): Promise<void> {
  await new Promise<void>((resolve) => server.listen(at, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
}

/** Listens on a loopback port until the test is over. @returns the port */
export async function listening(server: Server): Promise<number> {
  await listen(server, { port: 0, host: '127.0.0.1' });
  return (server.address() as AddressInfo).port;
}

/** A client of what this server, a real agent's or one that plays it, says on a socket of its own. */
export async function clientOf(server: Server, token = 'secret') {
  const socketPath = path.join(temporaryDirectory(), 'agent.sock');
  await listen(server, { path: socketPath });
  return connectAgent(nodeHost(), { name: 'pod-a', token, transport: directTransport({ socketPath }), pollMs: 5 });
}
