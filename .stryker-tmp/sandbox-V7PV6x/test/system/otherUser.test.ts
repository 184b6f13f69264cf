// @ts-nocheck
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { directTransport } from '../../src/agent/transport.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { runInProcess } from '../cli/inProcess.ts';
import { runFolder, whyNoEnvoy, whyNotRoot, workplace } from './cli.ts';
import { asAnotherUser, everythingBelow, listening, PASSWORD, startSeenRun } from './secretRun.ts';

async function whyNot(mode: 'root' | 'ports'): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'needs root, to be another user';
  if (!(await nodeHost().executableByAll(process.execPath))) return 'needs a Node that every user may start';
  return (mode === 'root' ? whyNotRoot() : undefined) ?? whyNoEnvoy();
}

const LOOPBACK = '0100007F';

describe.each(['root', 'ports'] as const)('while a run in mode %s goes on', (mode) => {
  it('another user gets at no key, no token and no agent, and its records hold none of them', async (context) => {
    const reason = await whyNot(mode);
    if (reason !== undefined) context.skip(reason);
    const canary = 'canary-7f1d-of-the-environment';
    process.env['MESHTAX_TEST_CANARY'] = canary;
    onTestFinished(() => {
      delete process.env['MESHTAX_TEST_CANARY'];
    });
    const place = workplace();
    // As /tmp itself, so that it is the run's own folders that keep others out.
    chmodSync(place.directory, 0o755);
    const run = await startSeenRun(place, mode);
    onTestFinished(() => run.interrupt().then(() => undefined));
    const things = everythingBelow(run.lab);
    const published = things.filter(({ file }) => path.dirname(file) === run.lab).map(({ file }) => file);
    const private_ = things.filter(({ file }) => !published.includes(file));
    const sockets = private_.filter(({ isSocket }) => isSocket).map(({ file }) => file);
    const files = private_.filter(({ isSocket }) => !isSocket).map(({ file }) => file);
    const keys = files.filter((file) => path.basename(file) === 'key.pem');
    const keyTexts = keys.map((file) => readFileSync(file, 'utf8'));
    const folders = [run.lab, ...new Set(private_.map(({ file }) => path.dirname(file)))];
    const secrets = [...run.agents.map(({ token }) => token), ...keyTexts.map((text) => text.split('\n')[1] ?? '')];
    expect([keys.length, sockets.length >= 5, run.agents.length >= 5]).toEqual([2, true, true]);
    expect(new Set(secrets).size).toBe(secrets.length);
    expect(Math.min(...secrets.map((secret) => secret.length))).toBeGreaterThan(60);

    // What the file system says, and what another user then really gets.
    for (const { file, mode: bits, isSocket } of private_) {
      const log = path.basename(file) === 'envoy.log';
      expect([file, bits.toString(8), isSocket]).toEqual([file, log ? expect.any(String) : '600', isSocket]);
    }
    for (const folder of folders) expect(statSync(folder).mode & 0o777).toBe(folder === run.lab ? 0o711 : 0o700);
    const environments = run.pids.map((pid) => `/proc/${pid}/environ`);
    const commands = run.pids.map((pid) => `/proc/${pid}/cmdline`);
    const other = await asAnotherUser({ files: [...files, ...environments, ...commands], folders, sockets });
    expect(other.uid).toBe(61234);
    for (const thing of [...files, ...environments, ...folders, ...sockets]) {
      expect([thing, other.answers[thing]]).toEqual([thing, { refused: 'EACCES' }]);
    }
    const readable = commands.map((file) => other.answers[file] ?? expect.fail(`${file} was not asked`));
    expect(readable.filter((answer) => 'got' in answer && answer.got !== '').length).toBeGreaterThan(4);
    const visible = JSON.stringify([readable, run.argvs, environments.map((file) => readFileSync(file, 'latin1'))]);
    expect(secrets.filter((secret) => visible.includes(secret))).toEqual([]);

    // With the socket in reach it is the token that decides.
    const living = run.agents.filter(({ pid }) => run.pids.includes(pid));
    expect(living.length).toBeGreaterThanOrEqual(3);
    for (const { socket, token } of living) {
      const ask = async (headers: Record<string, string>) =>
        (await directTransport({ socketPath: socket })({ method: 'GET', path: '/clock', headers })).status;
      const others = run.agents.find((agent) => agent.token !== token)?.token ?? '';
      expect([
        await ask({}),
        await ask({ 'x-meshtax-token': token.replace(/^./, (first) => (first === '0' ? '1' : '0')) }),
        await ask({ 'x-meshtax-token': others }),
        await ask({ 'x-meshtax-token': token }),
      ]).toEqual([401, 401, 401, 200]);
    }

    // Without namespaces all is on loopback; with them nothing of the run listens outside of its pods.
    const addresses = listening(run.pids);
    expect(new Set(addresses)).toEqual(new Set(mode === 'ports' ? [LOOPBACK] : []));

    await run.recorded();
    expect(await run.interrupt()).toBe(130);
    expect(existsSync(run.lab)).toBe(false);
    const reported = await runInProcess(['report', runFolder(place) ?? '']);
    const reports = path.join(place.directory, 'reports');
    const kept = readdirSync(reports, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(kept.length).toBeGreaterThanOrEqual(9);
    const records = kept.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
    const told = [...records, run.printed(), reported.stdout, reported.stderr].join('\n');
    expect(told).toContain('https://***@cluster.example/');
    expect([...secrets, canary, PASSWORD, 'PRIVATE KEY'].filter((secret) => told.includes(secret))).toEqual([]);
  }, 180_000);
});
