import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CallTarget } from '../../src/agent/caller.ts';
import { startService } from '../../src/agent/serve.ts';
import { freePorts } from '../../src/host/ports.ts';

async function service(calls: readonly CallTarget[] = []) {
  const [port = 0] = await freePorts(1);
  const logged: object[] = [];
  const started = await startService({ kind: 'serve', host: '127.0.0.1', port, serviceTimeUs: 0, calls }, (line) =>
    logged.push(line),
  );
  onTestFinished(() => started.close());
  return {
    tally: started.beginCount(),
    port,
    logged,
    target: { host: '127.0.0.1', port, authority: `echo-${port}:80` },
  };
}

/** Asks so often over one connection, one after the other; gives the answers' first lines. */
function ask(port: number, times: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    const socket = connect(port, '127.0.0.1');
    const send = () => socket.write('GET /bytes/10 HTTP/1.1\r\nhost: a\r\n\r\n');
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('data', (data) => {
      lines.push(String(data).split('\r\n')[0] ?? '');
      if (lines.length === times) {
        socket.destroy();
        resolve(lines);
      } else send();
    });
  });
}

describe('a service that calls others', () => {
  it('answers once each of them has, and each sees every request once', async () => {
    const leaves = [await service(), await service()];
    const front = await service(leaves.map(({ target }) => target));
    expect(await ask(front.port, 20)).toEqual(Array(20).fill('HTTP/1.1 200 OK'));
    expect([front, ...leaves].map(({ tally }) => tally.snapshot().requests)).toEqual([20, 20, 20]);
    expect(leaves.map(({ tally }) => tally.snapshot().responseBodyBytes)).toEqual([200, 200]);
  });

  it('in a chain passes each request on to the end', async () => {
    const last = await service();
    const middle = await service([last.target]);
    const first = await service([middle.target]);
    expect(await ask(first.port, 5)).toEqual(Array(5).fill('HTTP/1.1 200 OK'));
    expect([first, middle, last].map(({ tally }) => tally.snapshot().requests)).toEqual([5, 5, 5]);
  });

  it('waits for one that does not listen yet', async () => {
    const good = await service();
    const [port = 0] = await freePorts(1);
    const front = await service([good.target, { host: '127.0.0.1', port, authority: 'gone:80' }]);
    const answered = ask(front.port, 1);
    const closing = await Promise.race([answered, new Promise((resolve) => setTimeout(() => resolve('waits'), 300))]);
    expect(closing).toBe('waits');
    const late = await startService({ kind: 'serve', host: '127.0.0.1', port, serviceTimeUs: 0 }, () => {});
    onTestFinished(() => late.close());
    expect(await answered).toEqual(['HTTP/1.1 200 OK']);
  });

  it('answers 502 where one of them refuses what it is asked, and says so', async () => {
    const { createServer } = await import('node:net');
    const [port = 0] = await freePorts(1);
    const refusing = createServer((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 503 Sorry\r\ncontent-length: 0\r\n\r\n')).on('error', () => {}),
    );
    await new Promise<void>((resolve) => refusing.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void refusing.close());
    const front = await service([{ host: '127.0.0.1', port, authority: 'refusing:80' }]);
    expect(await ask(front.port, 2)).toEqual(Array(2).fill('HTTP/1.1 502 Bad Gateway'));
    expect(front.logged).toEqual(Array(2).fill(expect.objectContaining({ responseCode: 502 })));
  });
});
