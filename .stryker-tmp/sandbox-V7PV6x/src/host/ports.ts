// @ts-nocheck
import { createServer, type Server } from 'node:net';

/**
 * Loopback ports that are free now. They are all held open until the last is known, so that no two are the same;
 * another program may still take one before it is used, and that shows as a failed start.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  const ports: number[] = [];
  for (let i = 0; i < count; i++) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    servers.push(server);
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
    ports.push(address.port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
