// @ts-nocheck
import { createServer, type Socket } from 'node:net';

export interface Echo {
  target: { host: string; port: number };
  close(): Promise<void>;
}

/** Answers whatever arrives on loopback with a body of this size: one chunk is taken for one request. */
export async function startEcho(responseBytes: number): Promise<Echo> {
  const head = `HTTP/1.1 200 OK\r\ncontent-length: ${responseBytes}\r\n\r\n`;
  const answer = Buffer.concat([Buffer.from(head), Buffer.alloc(responseBytes, 'x')]);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('data', () => socket.write(answer));
    socket.on('error', () => socket.destroy()); // the rehearsal is over, and its connections are cut
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return {
    target: { host: '127.0.0.1', port: address.port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
