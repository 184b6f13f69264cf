// @ts-nocheck
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Target {
  host: string;
  port: number;
  /** The connections that were opened, and how many there are now. */
  opened(): number;
  open(): number;
}

/** A server of the test's own on loopback, on a free port unless one is named; it ends with the test. */
export async function serve(connected: (socket: Socket) => void, port = 0): Promise<Target> {
  const sockets = new Set<Socket>();
  let opened = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    opened++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // the other end may go as it likes
    connected(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return { host: '127.0.0.1', port: address.port, opened: () => opened, open: () => sockets.size };
}

export function answerOf(bytes: number, status = 200): Buffer {
  return Buffer.from(`HTTP/1.1 ${status} Word\r\ncontent-length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`);
}
