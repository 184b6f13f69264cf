import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectAgent } from '../../src/agent/client.ts';
import { directTransport } from '../../src/agent/transport.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { freePorts } from '../../src/host/ports.ts';
import { isMissing } from '../../src/record/measured.ts';
import { driveSpec, onlySegment } from '../drivers/drive.ts';
import { temporaryDirectory } from '../temporary.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const LARGEST_BUNDLE = 700_000;
const host = nodeHost();

/** The options of the build script, as esbuild's own interface names them. */
function buildOptions(): Record<string, string | boolean> {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { scripts: { build: string } };
  const command = manifest.scripts.build.split('&&').find((part) => part.trim().startsWith('esbuild ')) ?? '';
  const flags = command
    .trim()
    .split(/\s+/)
    .filter((word) => word.startsWith('--') && !word.startsWith('--outfile='));
  return Object.fromEntries(
    flags.map((flag) => {
      const [name = '', value] = flag.slice(2).split('=');
      return [name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()), value ?? true];
    }),
  );
}

/** Starts a program as the platform starts the agent. */
async function startAgent(program: string) {
  const directory = temporaryDirectory();
  const [file, socket] = [path.join(directory, 'agent.cjs'), path.join(directory, 'agent.sock')];
  await host.writeFile(file, program, 0o644);
  const child = host.spawn([host.nodePath, file]);
  onTestFinished(() => child.signal('SIGKILL'));
  const ready = new Promise<void>((resolve) => child.onOutput((text) => text.includes('ready') && resolve()));
  child.write(`${JSON.stringify({ socket, token: 'secret' })}\n`);
  await Promise.race([ready, child.ended]);
  expect([child.running, child.errors()]).toEqual([true, '']);
  return {
    child,
    client: connectAgent(host, {
      name: 'bundle',
      token: 'secret',
      transport: directTransport({ socketPath: socket }),
      pollMs: 5,
    }),
  };
}

describe('the bundle of the agent', () => {
  let bundle = { text: '', inputs: [] as string[] };

  beforeAll(async () => {
    const built = await build({
      ...buildOptions(),
      absWorkingDir: ROOT,
      entryPoints: ['src/agent/main.ts'],
      write: false,
      metafile: true,
    });
    bundle = { text: built.outputFiles[0]?.text ?? '', inputs: Object.keys(built.metafile.inputs) };
  });

  it('is built as the build script says', () => {
    expect(buildOptions()).toMatchObject({ bundle: true, platform: 'node', format: 'cjs', minify: true });
  });

  it('is small enough to travel in a ConfigMap', () => {
    expect(bundle.inputs).toContain('src/agent/main.ts');
    expect(Buffer.byteLength(bundle.text)).toBeGreaterThan(10_000);
    expect(Buffer.byteLength(bundle.text)).toBeLessThanOrEqual(LARGEST_BUNDLE);
  });

  it('holds neither the schemas, nor the charts, nor the cluster client, nor anything else that judges or prints', () => {
    const unwanted =
      /node_modules\/(zod|chart\.js|@kubernetes|yaml|commander|@peculiar)\/|^src\/(analysis|cli|report|run|platforms|meshes)\//;
    expect(bundle.inputs.filter((input) => unwanted.test(input))).toEqual([]);
  });

  it('is a program that serves, drives, counts, watches and meters, and ends with its input', async () => {
    const { child, client } = await startAgent(bundle.text);
    const [port = 0] = await freePorts(1);
    await client.put('serve', { kind: 'serve', host: '127.0.0.1', port, serviceTimeUs: 0 });
    await client.finished('serve', 'serve', 5000);
    await client.put('count', { kind: 'count' });
    const drive = driveSpec({ host: '127.0.0.1', port, opened: () => 0, open: () => 0 });
    const [fromUs, toUs] = [drive.startAtUs, drive.startAtUs + 200_000];
    const watching = { fromUs, toUs, everyMs: 100, pids: [child.pid], throttlingOf: [], hiccups: true };
    await client.put('watch', { kind: 'watch', ...watching });
    await client.put('drive', { kind: 'drive', drive });

    const { segments } = await client.finished('drive', 'drive', 20_000);
    expect(onlySegment(segments).counts).toEqual({ scheduled: 20, sent: 20, completed: 20, failed: 0, unsent: 0 });
    expect(await client.result('count', 'count')).toMatchObject({ requests: 20, responseBodyBytes: 200, malformed: 0 });
    const { processes, machine, hiccups } = await client.finished('watch', 'watch', 5000);
    // A thread that ended would take its CPU time out of the readings that follow.
    const cpu = processes.flatMap(({ samples }) => (isMissing(samples) ? [] : samples.map(({ cpuNs }) => cpuNs)));
    expect(cpu).toEqual(cpu.toSorted((a, b) => a - b));
    expect(machine.length).toBe(5);
    expect(processes).toEqual([
      { pid: child.pid, samples: Array(5).fill(expect.objectContaining({ atUs: expect.any(Number) })) },
    ]);
    expect(hiccups).toMatchObject({ where: 'system', thresholdUs: 500 });
    // Its thread has to have started within this time.
    await client.put('meter', { kind: 'meter', durationMs: 500 });
    const meter = await client.finished('meter', 'meter', 5000);
    expect([meter.meter, meter.windowUs > 0]).toEqual(['a thread that never sleeps', true]);

    child.closeInput();
    expect(await child.ended).toEqual({ code: 0, signal: null });
  });

  it('has a socket that is its own user’s alone from the moment it is there, whatever the umask', async () => {
    const directory = temporaryDirectory();
    const at = (name: string) => path.join(directory, name);
    await host.writeFile(at('agent.cjs'), bundle.text, 0o644);
    // The socket is made within listen(), before it returns.
    const look = `const { Server } = require('node:net');
const { listen } = Server.prototype;
Server.prototype.listen = function (...given) {
  const returned = listen.apply(this, given);
  process.stderr.write((require('node:fs').statSync(given[0]).mode & 0o777).toString(8));
  return returned;
};`;
    await host.writeFile(at('look.cjs'), look, 0o644);
    const words = [host.nodePath, '--require', at('look.cjs'), at('agent.cjs')];
    const child = host.spawn(['sh', '-c', 'umask 0; exec "$@"', 'sh', ...words]);
    onTestFinished(() => child.signal('SIGKILL'));
    const ready = new Promise<void>((resolve) => child.onOutput((text) => text.includes('ready') && resolve()));
    child.write(`${JSON.stringify({ socket: at('agent.sock'), token: 'secret' })}\n`);
    await Promise.race([ready, child.ended]);
    expect([child.running, child.errors()]).toEqual([true, '600']);
  });

  it('says why a drive failed, and stays up', async () => {
    const { client } = await startAgent(bundle.text);
    const drive = driveSpec(
      { host: '127.0.0.1', port: 1, opened: () => 0, open: () => 0 },
      { actions: [{ atMs: 1, what: 'x' }] },
    );
    await client.put('drive', { kind: 'drive', drive });
    await expect(client.finished('drive', 'drive', 10_000)).rejects.toThrow(
      'agent bundle: drive: the paced driver knows no actions in mid-trial',
    );
    expect((await client.clock()).agentUs).toBeGreaterThan(0);
  });
});
