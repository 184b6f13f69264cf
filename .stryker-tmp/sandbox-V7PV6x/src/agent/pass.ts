// @ts-nocheck
import { connect, createServer, type Socket } from 'node:net';
import type { PassTask } from './protocol.ts';
import { createRequestReader } from './requestReader.ts';

export interface PassThrough {
  close(): Promise<void>;
}

/**
 * Passes every connection on to another address, byte by byte, and spends a known CPU time on each request that has
 * come in whole, before it goes on: a cost of known size, planted to see whether a run finds it.
 */
export async function startPassThrough(task: PassTask): Promise<PassThrough> {
  const sockets = new Set<Socket>();
  const joined = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    // A side that goes away takes the other with it, as a connection without anything in between would end.
    from.on('error', () => to.destroy());
  };
  const server = createServer({ noDelay: true }, (inner) => {
    const outer = connect({ host: task.to.host, port: task.to.port, noDelay: true });
    const reader = createRequestReader();
    joined(inner, outer);
    joined(outer, inner);
    inner.on('data', (chunk) => {
      spend(reader.read(chunk).requests.length * task.cpuPerRequestUs);
      outer.write(chunk);
    });
    outer.on('data', (chunk) => void inner.write(chunk));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(task.port, task.host, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Spends CPU time by the clock: what the host takes away meanwhile counts as spent. */
export function spend(cpuUs: number): void {
  if (cpuUs <= 0) return;
  const until = performance.now() + cpuUs / 1000;
  while (performance.now() < until) {
    // Spent, not slept: that is what work does to a core.
  }
}
