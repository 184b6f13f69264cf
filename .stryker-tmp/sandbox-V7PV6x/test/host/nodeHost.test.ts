// @ts-nocheck
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { temporaryDirectory } from '../temporary.ts';

const host = nodeHost();

describe('commands on the real machine', () => {
  it('are run to their end, and a non-zero exit is a result', async () => {
    const finished = await host.run(['sh', '-c', 'cat; echo "$WORD" >&2; exit 3'], { input: 'in', env: { WORD: 'w' } });
    expect(finished).toEqual({ code: 3, signal: null, stdout: 'in', stderr: 'w\n' });
  });

  it('that cannot be started are an error', async () => {
    await expect(host.run(['/nonexistent/command'])).rejects.toThrow('ENOENT');
  });

  it('that take too long are killed', async () => {
    const finished = await host.run(['sleep', '60'], { timeoutMs: 50 });
    expect(finished).toEqual({ code: null, signal: 'SIGKILL', stdout: '', stderr: '' });
  });

  it('are found on PATH by name, or as the path that they are given by', async () => {
    const directory = temporaryDirectory();
    const file = path.join(directory, 'tool');
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
    expect(await host.findCommand('sh')).toMatch(/\/sh$/);
    expect(await host.findCommand(file)).toBe(file);
    expect(await host.findCommand('no-such-command-anywhere')).toBeUndefined();
    expect(await host.findCommand(`${directory}/`)).toBeUndefined();
  });
});

describe('children of the real machine', () => {
  it('are written to, heard, and tell how they ended', async () => {
    const child = host.spawn(['sh', '-c', 'read -r line; echo "got $line"; echo "$LABEL" >&2; exit 4'], {
      env: { LABEL: 'oops' },
    });
    const heard: string[] = [];
    child.onOutput((text) => heard.push(text));
    expect(child.running).toBe(true);
    child.write('word\n');
    expect(await child.ended).toEqual({ code: 4, signal: null });
    expect(child.running).toBe(false);
    await expect.poll(() => heard.join('')).toBe('got word\n');
    await expect.poll(() => child.errors()).toBe('oops');
  });

  it('end when their input is closed, or by a signal', async () => {
    const reader = host.spawn(['cat']);
    reader.closeInput();
    expect(await reader.ended).toEqual({ code: 0, signal: null });
    const sleeper = host.spawn(['sleep', '60']);
    sleeper.signal('SIGTERM');
    expect(await sleeper.ended).toEqual({ code: null, signal: 'SIGTERM' });
    const other = host.spawn(['sleep', '60']);
    host.kill(other.pid, 'SIGKILL');
    expect(await other.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('that cannot be started have ended, with the reason among their errors', async () => {
    const child = host.spawn(['/nonexistent/command']);
    expect(await child.ended).toEqual({ code: null, signal: null });
    expect(child.errors()).toContain('ENOENT');
    child.write('nobody reads this');
    expect(child.pid).toBe(-1);
  });

  it('write to a log file where one is named', async () => {
    const file = path.join(temporaryDirectory(), 'log');
    await host.spawn(['sh', '-c', 'echo out; echo err >&2'], { logFile: file }).ended;
    expect(await host.readText(file)).toBe('out\nerr\n');
  });
});

describe('the real machine', () => {
  it('has a monotonic clock that every process shares', () => {
    const before = host.monotonicUs();
    const script = 'process.stdout.write(String(process.hrtime.bigint() / 1000n))';
    const other = Number(spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout);
    const after = host.monotonicUs();
    expect([before <= other, other <= after]).toEqual([true, true]);
  });

  it('sleeps at least as long as asked, and stops when told', async () => {
    const before = host.monotonicUs();
    await host.sleep(20);
    // Timers have a grid of 1 ms.
    expect(host.monotonicUs() - before).toBeGreaterThanOrEqual(19_000);
    await expect(host.sleep(60_000, AbortSignal.abort())).rejects.toThrow('aborted');
  });

  it('gives ports that are all different and free', async () => {
    const ports = await host.freePorts(20);
    expect(new Set(ports).size).toBe(20);
    const refused = await Promise.all(
      ports.map(
        (port) =>
          new Promise((resolve) => {
            const socket = connect(port, '127.0.0.1', () => resolve('answered'));
            socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
          }),
      ),
    );
    expect(new Set(refused)).toEqual(new Set(['ECONNREFUSED']));
    const [first = 0] = ports;
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(first, '127.0.0.1', resolve));
    await new Promise((resolve) => server.close(resolve));
  });

  it('knows whether everybody can reach an executable, through links and all folders above it', async (context) => {
    const isReachable = await host.executableByAll(host.tempDirectory);
    if (!isReachable) context.skip('the temporary directory of this machine is not open to every user');
    const directory = temporaryDirectory();
    const open = path.join(directory, 'open');
    mkdirSync(open);
    chmodSync(directory, 0o755);
    chmodSync(open, 0o755);
    const file = path.join(open, 'tool');
    writeFileSync(file, '');
    chmodSync(file, 0o755);
    const link = path.join(directory, 'link');
    symlinkSync(file, link);
    expect(await host.readLink(link)).toBe(file);
    expect([await host.executableByAll(file), await host.executableByAll(link)]).toEqual([true, true]);
    chmodSync(open, 0o700);
    expect([await host.executableByAll(file), await host.executableByAll(link)]).toEqual([false, false]);
    chmodSync(open, 0o755);
    chmodSync(file, 0o644);
    expect(await host.executableByAll(file)).toBe(false);
  });

  it('makes files and directories with the rights that are asked for', async () => {
    const directory = temporaryDirectory();
    const modeOf = (name: string) => statSync(path.join(directory, name)).mode & 0o777;
    await host.writeFile(path.join(directory, 'key'), 'x', 0o600);
    await host.makeDirectory(path.join(directory, 'passage'), { mode: 0o711, mustBeNew: true });
    await host.writeAtomically(path.join(directory, 'record'), 'x');
    await host.chmod(path.join(directory, 'record'), 0o755);
    expect([modeOf('key'), modeOf('passage'), modeOf('record')]).toEqual([0o600, 0o711, 0o755]);
  });
});
