import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeHost } from '../../../src/host/nodeHost.ts';
import { freePorts } from '../../../src/host/ports.ts';
import type { Admin } from '../../../src/platforms/asking.ts';
import { pageOf, readCounters, sameEnvoy } from '../../../src/platforms/local/envoyAdmin.ts';
import { findEnvoy } from '../../../src/platforms/local/envoyBinary.ts';
import { listening } from '../../agent/listening.ts';
import { whyNoEnvoy } from '../../system/cli.ts';
import { temporaryDirectory } from '../../temporary.ts';

const PATIENCE_MS = 20_000;

const adminAt =
  (port: number): Admin =>
  async (page) => {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}${page}`, { headers: { connection: 'close' } });
      return { status: answer.status, headers: {}, body: await answer.text() };
    } catch (error) {
      return { refused: String(error) };
    }
  };

/** Starts an Envoy that has nothing but its admin port, and waits until it answers there. */
async function startEnvoy(port: number, ready: () => Promise<boolean>): Promise<ChildProcess> {
  const { path: binary } = await findEnvoy({ host: nodeHost(), given: undefined, say: () => {} });
  const file = path.join(temporaryDirectory(), 'envoy.json');
  writeFileSync(
    file,
    JSON.stringify({ admin: { address: { socket_address: { address: '127.0.0.1', port_value: port } } } }),
  );
  const child = spawn(binary, ['-c', file, '--disable-hot-restart', '--log-level', 'off'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const until = Date.now() + PATIENCE_MS;
  while (!(await ready())) {
    if (Date.now() > until || child.exitCode !== null) throw new Error('Envoy does not get ready');
  }
  return child;
}

describe('an Envoy behind an admin port', () => {
  it('is told from one that was started in its place at once', { timeout: 3 * PATIENCE_MS }, async (context) => {
    const reason = whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    const [port = 0] = await freePorts(1);
    const { admin, beganAnew } = sameEnvoy(adminAt(port));
    const ready = async () => (await pageOf(admin, '/ready')) === 'LIVE\n';
    const first = await startEnvoy(port, ready);
    expect(await readCounters(admin, ['server.live', 'no.such'])).toEqual({ 'server.live': 1, 'no.such': null });
    expect(await beganAnew()).toBeUndefined();
    expect(await beganAnew()).toBeUndefined();
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(await beganAnew()).toHaveProperty('missing');
    await startEnvoy(port, ready);
    expect(await beganAnew()).toMatch(/^it began anew: \d+ of the \d+ answers/);
  });

  it('is not taken for another where its page cannot be had', async () => {
    const port = await listening(createServer((_, answer) => void answer.writeHead(503).end()));
    expect(await sameEnvoy(adminAt(port)).beganAnew()).toEqual({ missing: "the proxy's /stats: status 503" });
  });
});
