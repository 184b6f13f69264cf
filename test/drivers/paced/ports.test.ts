import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { DriveResult } from '../../../src/drivers/driver.ts';

const DIST = path.resolve(import.meta.dirname, '../../../dist');

/** Drives a server in the same network namespace, and prints the result as JSON. */
const PROGRAM = `
  const { createServer } = require('node:http');
  const server = createServer((_, response) => response.end('0123456789')).listen(8080, '127.0.0.1', async () => {
    const { pacedDriver } = await import(process.argv[1] + '/drivers/paced/engine.js');
    const { monotonicClock } = await import(process.argv[1] + '/agent/clock.js');
    const clock = monotonicClock();
    require('node:fs').writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', '40000 40063');
    const spec = {
      driver: 'paced', target: { host: '127.0.0.1', port: 8080 }, authority: 'a', connections: 4,
      requests: [{ name: 'a', weight: 1, method: 'GET', path: '/bytes/10', headers: {}, requestBytes: 0, responseBytes: 10 }],
       requestsPerConnection: 1, arrivals: 'constant', scheduleSeed: 1, actions: [],
      segments: [{ name: 'measurement', fromMs: 0, toMs: 500, arrivalRatePerSecond: 400, measured: true }],
      timeoutMs: 300, restWhenIdle: true, startAtUs: clock.nowUs() + 1_000_000,
    };
    const result = pacedDriver.join(spec, [await pacedDriver.drive(spec, clock, { index: 0, of: 1 })]);
    console.log(JSON.stringify(result));
    process.exit(0);
  });
`;

it('tells a port range that is used up by its name, and counts what it could not send', (context) => {
  if (process.getuid?.() !== 0) return context.skip('needs root for a network namespace with a small port range');
  // Ports in TIME_WAIT are given back within a second on loopback unless that is switched off.
  const prepare = 'ip link set lo up; echo 0 > /proc/sys/net/ipv4/tcp_tw_reuse; exec "$0" -e "$1" "$2"';
  const argv = ['--net', 'sh', '-c', prepare, process.execPath, PROGRAM, DIST];
  const result = JSON.parse(execFileSync('unshare', argv, { encoding: 'utf8', timeout: 30_000 })) as DriveResult;
  expect(result.connections.failedDials?.['no-free-port']).toBeGreaterThan(0);
  expect(result.segments[0]?.counts.unsent).toBeGreaterThan(0);
  expect(result.segments[0]?.counts.scheduled).toBe(200);
});
