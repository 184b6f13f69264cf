// @ts-nocheck
import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { isMissing } from '../../src/record/measured.ts';
import { type BuiltServer, buildServer } from './ground-truth/build.ts';
import { lastSojournsUs, parseGroundTruth } from './ground-truth/record.ts';
import { type ServerOptions, startServer } from './ground-truth/server.ts';

const built = await buildServer();
const skipped = isMissing(built) ? ` (SKIPPED: ${built.missing})` : '';
afterAll(() => (isMissing(built) ? undefined : built.remove()));

const GET = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

function server(options: Partial<ServerOptions>) {
  if (isMissing(built)) throw new Error(built.missing);
  return startServer(built, { serviceUs: 0, bodyBytes: 3, ...options });
}

/** Sends each text once the answer to the one before has come, and gives back all that was received. */
function talk(port: number, texts: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let received = '';
    let answers = 0;
    socket.setEncoding('latin1');
    socket.on('data', (part) => {
      received += part;
      if (received.split('\r\n\r\nxxx').length - 1 === answers) return;
      answers += 1;
      const next = texts[answers];
      if (next === undefined) socket.end();
      else socket.write(next);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    socket.write(texts[0] ?? '');
  });
}

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nxxx';

describe.skipIf(isMissing(built))(`the ground-truth server${skipped}`, () => {
  it('answers every request of a kept connection with the body asked for, and records each once', async () => {
    const running = await server({});
    const received = await talk(running.port, [GET, 'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello', GET]);
    const truth = await running.finish();
    expect(received).toBe(ANSWER.repeat(3));
    expect({ requests: truth.requests.length, freezes: truth.freezes }).toEqual({ requests: 3, freezes: 0 });
  });

  it('takes at least the service time between kernel arrival and answer', async () => {
    const running = await server({ serviceUs: 3000 });
    await talk(running.port, [GET, GET]);
    const sojourns = lastSojournsUs(await running.finish(), 2);
    expect(isMissing(sojourns) ? sojourns : sojourns.map((us) => us >= 3000)).toEqual([true, true]);
  });

  it('waits for several requests at once', async () => {
    const running = await server({ serviceUs: 200_000 });
    await Promise.all([talk(running.port, [GET]), talk(running.port, [GET])]);
    const { requests } = await running.finish();
    const [first, second] = requests;
    if (first === undefined || second === undefined || isMissing(second.arrivalNs)) throw new Error('not recorded');
    expect(second.arrivalNs).toBeLessThan(first.writeNs);
  });

  it('does nothing while it is frozen', async () => {
    const running = await server({ freeze: { forUs: 20_000, everyUs: 20_000 } });
    // Frozen from now on: between two freezes there is one look at the sockets, enough for one of these requests.
    await delay(30);
    await talk(running.port, [GET, GET, GET]);
    expect((await running.finish()).freezes).toBeGreaterThanOrEqual(3);
  });

  it('closes a connection that sends ahead of its answer, since both requests would have one arrival', async () => {
    const running = await server({ serviceUs: 1000 });
    const received = await talk(running.port, [GET + GET, GET]).catch((error: NodeJS.ErrnoException) => error.code);
    const truth = await running.finish();
    expect([ANSWER, 'ECONNRESET', 'EPIPE']).toContain(received);
    expect(truth.requests.length).toBe(1);
  });

  it('ends and leaves its record when it is asked to over HTTP, without counting that request', async () => {
    const running = await server({});
    await talk(running.port, [GET, 'GET /__stop HTTP/1.1\r\n\r\n']);
    expect((await running.finish()).requests.length).toBe(1);
  });

  it('says why it cannot start', async () => {
    await expect(server({ bodyBytes: 1_000_000 })).rejects.toThrow('--bytes up to 100000');
  });

  it('leaves nothing behind', async () => {
    const other = (await buildServer()) as BuiltServer;
    await access(other.binary);
    await other.remove();
    await expect(access(other.directory)).rejects.toThrow('ENOENT');
  });
});

describe('building the ground-truth server', () => {
  it('says that there is no compiler, and which ones it tried', async () => {
    expect(await buildServer(['no-such-cc', 'no-such-gcc'])).toEqual({
      missing: 'no C compiler: none of no-such-cc, no-such-gcc can be started',
    });
  });
});

describe('a ground-truth record', () => {
  const text = 'ground-truth 1 requests 3 freezes 2 origin_ns 17\n0 2000\n- 5000\n4000 6500\n';

  it('is read request by request, a missing kernel timestamp as missing', () => {
    expect(parseGroundTruth(text)).toEqual({
      freezes: 2,
      requests: [
        { arrivalNs: 0, writeNs: 2000 },
        { arrivalNs: { missing: 'the kernel gave no receive timestamp' }, writeNs: 5000 },
        { arrivalNs: 4000, writeNs: 6500 },
      ],
    });
  });

  it('is refused when it was cut off, or is something else', () => {
    expect(() => parseGroundTruth(text.slice(0, -10))).toThrow('promises 3 requests and has 2');
    expect(() => parseGroundTruth(text.replace('5000', 'soon'))).toThrow('not a request of a ground-truth record');
    expect(() => parseGroundTruth('')).toThrow('not a ground-truth record: ""');
  });

  it('gives the sojourn times of the last requests, or the reason why it cannot', () => {
    const truth = parseGroundTruth(text);
    expect([0, 1, 2, 4].map((count) => lastSojournsUs(truth, count))).toEqual([
      { missing: 'no request was sent' },
      [2.5],
      { missing: 'the kernel gave no receive timestamp' },
      { missing: 'the driver says it sent 4 requests, the server answered 3' },
    ]);
  });
});
