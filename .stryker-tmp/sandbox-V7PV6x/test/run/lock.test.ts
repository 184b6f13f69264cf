// @ts-nocheck
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { claimName } from '../../src/host/claims.ts';
import { takeRunLock } from '../../src/run/lock.ts';
import { fakeHost } from '../host/fakeHost.ts';

const onLinux = process.platform === 'linux';

/** Nobody else on this machine asks for it. */
const ourName = () => `meshtax-test-${process.pid}-${Math.floor(performance.now() * 1000)}`;

describe.runIf(onLinux)('a claimed name', () => {
  it('is refused to a second claimant, who is told what the first one says', async () => {
    const name = ourName();
    const first = await claimName(name, 'first');
    expect(await claimName(name, 'second')).toEqual({ kind: 'taken', says: 'first' });
    if (first.kind === 'held') await first.release();
    const third = await claimName(name, 'third');
    expect(third.kind).toBe('held');
    if (third.kind === 'held') await third.release();
  });

  it('is free again at once when its process was killed', async () => {
    const name = ourName();
    const program = `require('net').createServer().listen('\\0${name}', () => console.log('up'))`;
    const holder = spawn(process.execPath, ['-e', program]);
    await once(holder.stdout, 'data');
    expect((await claimName(name, '')).kind).toBe('taken');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const claim = await claimName(name, '');
    expect(claim.kind).toBe('held');
    if (claim.kind === 'held') await claim.release();
  });

  it('is taken, by somebody unknown, where the holder does not answer or does not stop talking', async () => {
    for (const answer of [undefined, 'x'.repeat(100_000)]) {
      const name = ourName();
      const server = createServer((socket) => {
        socket.on('error', () => socket.destroy());
        if (answer !== undefined) socket.write(answer);
        onTestFinished(() => void socket.destroy());
      });
      await new Promise<void>((resolve) => server.listen(`\0${name}`, () => resolve()));
      onTestFinished(() => void server.close());
      expect(await claimName(name, '')).toEqual({ kind: 'taken', says: '' });
    }
  });

  it('survives somebody who asks and hangs up', async () => {
    const name = ourName();
    const claim = await claimName(name, 'here');
    const rude = connect(`\0${name}`);
    await once(rude, 'connect');
    rude.destroy();
    expect(await claimName(name, '')).toEqual({ kind: 'taken', says: 'here' });
    if (claim.kind === 'held') await claim.release();
  });
});

describe('the lock of a run', () => {
  const takenBy = (says: string) => ({ ...fakeHost(), claimName: async () => ({ kind: 'taken' as const, says }) });

  it('refuses the second run with exit 3, and names the first by id, pid and user', async () => {
    const host = takenBy(JSON.stringify({ pid: 123, uid: 1000, runId: '20261125-quick-start-ab12' }));
    await expect(takeRunLock(host, 'another')).rejects.toMatchObject({
      exitCode: 3,
      message: 'another run measures on this machine: 20261125-quick-start-ab12 (pid 123, uid 1000)',
      hint: expect.stringContaining('kill 123'),
    });
  });

  it.each([
    '',
    'not JSON',
    '{"pid":"$(reboot)","uid":0,"runId":"a"}',
    JSON.stringify({ pid: 1, uid: 0, runId: '\u001b[2J' }),
  ])('repeats nothing that a squatter says: %j', async (says) => {
    await expect(takeRunLock(takenBy(says), 'another')).rejects.toMatchObject({
      exitCode: 3,
      message: "a program that does not say who it is holds this machine's lock (@meshtax-run)",
    });
  });

  it('says where a system has none, and goes on', async () => {
    const lock = await takeRunLock({ ...fakeHost(), claimName: async () => ({ kind: 'unsupported' }) }, 'a');
    expect(lock.missing).toContain('nothing keeps a second run away');
  });
});
