import { describe, expect, it } from 'vitest';
import { k6Driver } from '../../../src/drivers/k6/k6.ts';
import { k6Binary, WHY_NO_K6 } from '../../k6Binary.ts';
import { clock, driveSpec, request } from '../drive.ts';
import { answerOf, serve } from '../server.ts';

const skipped = k6Binary === undefined ? ` (SKIPPED: ${WHY_NO_K6})` : '';

const SEGMENTS = [
  { name: 'warm-up', fromMs: 0, toMs: 300, arrivalRatePerSecond: 40, measured: false },
  { name: 'window', fromMs: 300, toMs: 1300, arrivalRatePerSecond: 40, measured: true },
];

async function drive(over: Parameters<typeof driveSpec>[1] = {}, script?: string) {
  const seen: string[] = [];
  const target = await serve((socket) => {
    socket.on('data', (data) => {
      const text = String(data);
      seen.push(text.slice(0, text.indexOf('\r\n')));
      socket.write(answerOf(text.startsWith('GET /missing') ? 0 : 10, text.startsWith('GET /missing') ? 404 : 200));
    });
  });
  const spec = driveSpec(target, {
    driver: 'k6',
    arrivals: 'constant',
    segments: SEGMENTS,
    k6: { binary: k6Binary ?? '', ...(script === undefined ? {} : { script }) },
    ...over,
  });
  const result = k6Driver.join(spec, [await k6Driver.drive(spec, clock, { index: 0, of: 1 })]);
  const sent = result.segments.reduce((sum, { counts }) => sum + counts.sent, 0);
  const streams = result.segments.find(({ measured }) => measured)?.streams ?? [];
  return { seen, result, sent, streams: streams.filter(({ requests }) => requests > 0) };
}

describe.skipIf(k6Binary === undefined)(`k6 as the driver${skipped}`, () => {
  it('sends the kinds of requests as they were asked, and each that the server saw is recorded', async () => {
    const requests = [
      request({ name: 'small', weight: 3 }),
      request({ name: 'put', method: 'PUT', path: '/bytes/10', requestBytes: 5, responseBytes: 9 }),
      request({ name: 'missing', path: '/missing' }),
    ];
    const { seen, result, sent, streams } = await drive({ requests });
    expect(sent).toBe(seen.length);
    expect(sent).toBeGreaterThan(50);
    expect(new Set(seen)).toEqual(
      new Set(['GET /bytes/10 HTTP/1.1', 'PUT /bytes/10 HTTP/1.1', 'GET /missing HTTP/1.1']),
    );
    expect(new Set(streams.map(({ target, outcome }) => `${target} ${outcome}`))).toEqual(
      new Set(['small ok', 'put ok', 'missing status-4xx']),
    );
    // Each answer to PUT is a byte longer than asked.
    const puts = streams.find(({ target }) => target === 'put')?.requests ?? 0;
    const payload = result.segments.find(({ measured }) => measured)?.payload;
    expect(payload).toMatchObject({ wrongSize: puts });
    expect([result.driver, result.model]).toEqual(['k6', 'open']);
  });

  it('runs a script of the user’s own, and looks at no body then', async () => {
    const script = `import http from 'k6/http';
const rate: number = Number(__ENV.MESHTAX_RATE);
export const options = {
  scenarios: { own: { executor: 'constant-arrival-rate', rate, timeUnit: '1s', duration: __ENV.MESHTAX_DURATION_MS + 'ms', preAllocatedVUs: 2 } },
};
export default function (): void { http.get(__ENV.MESHTAX_URL, { headers: { Host: __ENV.MESHTAX_HOST } }); }
`;
    const { seen, result, sent } = await drive({}, script);
    expect(sent).toBe(seen.length);
    expect(sent).toBeGreaterThan(50);
    expect(result.segments[1]?.payload).toEqual({ missing: expect.stringContaining("user's own script") });
  });

  it('says what k6 says where a script is wrong', async () => {
    await expect(drive({}, 'export default function () { nonsense(')).rejects.toThrow(
      /k6 ended with \d+: .*Unexpected end of file/s,
    );
  });

  it.each([
    [{ arrivals: 'poisson' as const }, 'no Poisson arrivals'],
    [{ requestsPerConnection: 5 }, 'keeps its connections as it likes'],
    [{ actions: [{ atMs: 1, what: 'restart' }] }, 'no actions'],
  ])('refuses what k6 cannot do: %j', async (over, message) => {
    await expect(drive(over)).rejects.toThrow(message);
  });
});
