// @ts-nocheck
import { chmodSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONTAINER_LINE } from '../../src/platforms/local/container.ts';
import { runCli, runFolder, workplace, writeScenario } from './cli.ts';
import { aFreshUser, TINY, whyNoUser } from './freshUser.ts';

const reason = whyNoUser();
const user = aFreshUser();

describe.each([
  { mode: 'root', because: 'not root', hint: 'run it as root for network namespaces and redirection' },
  { mode: 'userns', because: '/etc/subuid', hint: 'usermod --add-subuids' },
  {
    mode: 'userns-mark',
    chrooted: true,
    because: 'Operation not permitted',
    hint: 'user namespaces are forbidden here',
  },
  { mode: 'sudo', because: 'a password is required', hint: 'NOPASSWD' },
])('mode $mode where it does not work', ({ mode, chrooted = false, because, hint }) => {
  it('is refused with reason and way out when it is asked for, and never replaced', async (context) => {
    if (reason !== undefined) context.skip(reason);
    user().setIds(false);
    user().setSudo(false);
    const place = user().workplace({ chrooted });
    const { code, stderr } = await runCli(place, ['run', writeScenario(place, TINY), '--mode', mode]);
    const [error = '', way = ''] = stderr.split('\n');
    expect(error).toContain(`error: mode ${mode} does not work here: `);
    expect(error).toContain(because);
    expect(way).toContain(hint);
    expect(code).toBe(3);
    expect(runFolder(place)).toBe(undefined);
    expect(readdirSync(place.env['TMPDIR'] ?? '')).toEqual([]);
  }, 60_000);
});

describe('a temporary folder that other users cannot pass', () => {
  it('refuses the mode in which the proxy is another user, with the way out', async (context) => {
    if (reason !== undefined) context.skip(reason);
    user().setIds(true);
    const place = user().workplace();
    chmodSync(place.env['TMPDIR'] ?? '', 0o700);
    const { code, stderr } = await runCli(place, ['run', writeScenario(place, TINY), '--mode', 'userns']);
    expect(stderr).toMatch(/^error: mode userns does not work here: a call with the proxy's sign \(owner\): .*/);
    expect(stderr).toMatch(/hint: other users have to be able to pass through the temporary directory: set TMPDIR/);
    expect(code).toBe(3);
  }, 60_000);
});

describe('the check of an ordinary user’s machine', () => {
  it('tries every mode, gives each refusal with its way out, and names the mode that a run would take', async (context) => {
    if (reason !== undefined) context.skip(reason);
    user().setIds(false);
    user().setSudo(true);
    const { code, stdout } = await runCli(user().workplace(), ['check', '--json']);
    const lines = JSON.parse(stdout) as { what: string; outcome: string; detail: string; hint?: string }[];
    const modes = lines.filter(({ what }) => what.startsWith('mode '));
    expect(modes.map(({ what, outcome }) => `${what.split(':')[0]} ${outcome}`)).toEqual([
      'mode root warning',
      'mode userns warning',
      'mode userns-mark ok',
      'mode userns-source ok',
      'mode sudo ok',
      'mode ports ok',
    ]);
    expect(modes.filter(({ outcome, hint }) => outcome === 'warning' && hint === undefined)).toEqual([]);
    expect(lines.find(({ what }) => what === 'a mode that a run can take')?.detail).toMatch(
      /^a run takes userns-mark;/,
    );
    expect(code).toBe(0);
  }, 60_000);
});

describe('root without the capabilities for namespaces, as in an ordinary container', () => {
  it('goes on after mode root, to a user namespace', async (context) => {
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const words = ['setpriv', '--bounding-set=-sys_admin,-net_admin', '--inh-caps=-all'];
    const main = path.resolve(import.meta.dirname, '../../dist/cli/main.js');
    const { code, stdout } = await runCli({ ...place, start: { words, main } }, ['check', '--json']);
    const lines = JSON.parse(stdout) as { what: string; outcome: string; detail: string; hint?: string }[];
    const root = lines.find(({ what }) => what.startsWith('mode root:'));
    expect(root).toMatchObject({ outcome: 'warning', hint: expect.stringContaining('CAP_SYS_ADMIN') });
    expect(lines.find(({ what }) => what === 'a mode that a run can take')?.detail).toMatch(/^a run takes userns/);
    expect(code).toBe(0);
  }, 60_000);
});

describe('a machine on which nothing works', () => {
  it('is refused with a whole command line for a container', async (context) => {
    if (reason !== undefined) context.skip(reason);
    const place = user().workplace();
    const { code, stderr } = await runCli(place, ['run', writeScenario(place, TINY)], {
      PATH: place.directory,
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: not on PATH: setpriv, taskset, sh/);
    expect(stderr).toContain(CONTAINER_LINE);
  }, 60_000);
});
