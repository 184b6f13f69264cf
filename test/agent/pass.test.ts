import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startPassThrough } from '../../src/agent/pass.ts';
import { startService } from '../../src/agent/serve.ts';
import { freePorts } from '../../src/host/ports.ts';

async function passing(cpuPerRequestUs: number) {
  const [port = 0, behind = 0] = await freePorts(2);
  const service = await startService({ kind: 'serve', host: '127.0.0.1', port: behind, serviceTimeUs: 0 }, () => {});
  const to = { host: '127.0.0.1', port: behind };
  const through = await startPassThrough({ kind: 'pass', host: '127.0.0.1', port, to, cpuPerRequestUs });
  onTestFinished(async () => {
    await through.close();
    await service.close();
  });
  return { port, service };
}

/** Sends so many requests at once and reads until every answer has come. @returns what came and the ms that it took */
function ask(port: number, requests: number): Promise<{ received: string; tookMs: number }> {
  const answer = `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\nxxx`;
  return new Promise((resolve, reject) => {
    let received = '';
    const began = performance.now();
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET /bytes/3 HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(requests)),
    );
    socket.on('data', (part) => {
      received += String(part);
      if (received.length < answer.length * requests) return;
      socket.destroy();
      resolve({ received, tookMs: performance.now() - began });
    });
    socket.on('error', reject);
  });
}

describe('the pass-through', () => {
  it('passes requests and answers on as they are', async () => {
    const { port, service } = await passing(0);
    const tally = service.beginCount();
    const { received } = await ask(port, 5);
    expect(received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(5);
    expect(tally.snapshot().requests).toBe(5);
  });

  it('spends its CPU time on each request before that goes on', async () => {
    const { port } = await passing(20_000);
    const { tookMs } = await ask(port, 5);
    expect(tookMs).toBeGreaterThanOrEqual(100);
  });

  it('ends a connection whose other side ends', async () => {
    const [port = 0, behind = 0] = await freePorts(2);
    const accepted: Socket[] = [];
    const server = createServer((socket) => {
      accepted.push(socket);
      socket.end();
    });
    await new Promise<void>((resolve) => server.listen(behind, '127.0.0.1', resolve));
    const to = { host: '127.0.0.1', port: behind };
    const through = await startPassThrough({ kind: 'pass', host: '127.0.0.1', port, to, cpuPerRequestUs: 0 });
    onTestFinished(async () => {
      await through.close();
      server.close();
    });
    const socket = connect(port, '127.0.0.1');
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(accepted).toHaveLength(1);
  });

  it('ends a connection where nobody listens behind it', async () => {
    const [port = 0, nobody = 0] = await freePorts(2);
    const to = { host: '127.0.0.1', port: nobody };
    const through = await startPassThrough({ kind: 'pass', host: '127.0.0.1', port, to, cpuPerRequestUs: 0 });
    onTestFinished(() => through.close());
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('close', resolve));
  });
});
