import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { fetchOnce } from '../../src/agent/fetch.ts';
import { listening } from './listening.ts';

async function askOf(listener: RequestListener) {
  const port = await listening(createServer(listener));
  return fetchOnce({ kind: 'fetch', host: '127.0.0.1', port, path: '/stats', timeoutMs: 5000 });
}

describe('one request', () => {
  it('gives the status and the body, whole characters also where they arrive in two parts', async () => {
    const euro = Buffer.from('€');
    const answer = await askOf((_, response) => {
      response.statusCode = 203;
      response.write(euro.subarray(0, 1), () => setTimeout(() => response.end(euro.subarray(1)), 20));
    });
    expect(answer).toEqual({ status: 203, body: '€' });
  });

  it('is refused where the connection is cut in mid-answer', async () => {
    const cut: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    };
    expect(await askOf(cut)).toEqual({ refused: 'ECONNRESET' });
  });

  it('fails at an answer without an end, which is neither an answer nor a refusal of plaintext', async () => {
    const endless: RequestListener = (_, response) => {
      const part = Buffer.alloc(1_000_000, 'x');
      const more = () => {
        if (!response.destroyed) response.write(part, more);
      };
      more();
    };
    await expect(askOf(endless)).rejects.toThrow('/stats: the answer is larger than 16,000,000 bytes');
  });

  it('fails at a header that is larger than any', async () => {
    const wide: RequestListener = (_, response) => response.setHeader('x-wide', 'x'.repeat(20_000)).end();
    await expect(askOf(wide)).rejects.toThrow('/stats: Parse Error: Header overflow');
  });
});
