import { describe, expect, it } from 'vitest';
import { checkLocal } from '../../../src/platforms/local/check.ts';
import { openLab } from '../../../src/platforms/local/lab.ts';
import { local } from '../../../src/platforms/local/local.ts';
import { chooseMode, LEAVES_OUT, MODES, type Mode } from '../../../src/platforms/local/modes.ts';
import type { LedgerEntry, PlatformContext } from '../../../src/platforms/platform.ts';
import { type FakeHost, type FakeMachine, fakeHost } from '../../host/fakeHost.ts';

const AGENT = '/app/agent.cjs';
const BASE = { setpriv: '/bin/setpriv', taskset: '/bin/taskset', sh: '/bin/sh' };
const NAMESPACES = { unshare: '/bin/unshare', nsenter: '/bin/nsenter', ip: '/sbin/ip' };
const LOADER = { 'iptables-nft-restore': '/sbin/iptables-nft-restore' };

const withAgent = (machine: FakeMachine): FakeHost =>
  fakeHost({ ...machine, files: { [AGENT]: 'the agent', ...machine.files } });

function ledgerOf(entries: LedgerEntry[] = []) {
  const creating = async (entry: LedgerEntry) => {
    entries.push(entry);
  };
  return { runId: 'run-1', creating, mayBeLeft: () => {} };
}

function contextOf(host: FakeHost, options: Partial<PlatformContext['options']> = {}): PlatformContext {
  return {
    host,
    ledger: ledgerOf(),
    options: {
      mode: undefined,
      envoy: undefined,
      pinning: true,
      link: 'veth',
      kubernetes: { kubeconfig: undefined, context: undefined, image: 'node:24', keep: false },
      ...options,
    },
    agentFile: AGENT,
    needsProxy: false,
    scenario: undefined,
    signal: new AbortController().signal,
    say: () => {},
  };
}

async function choice(machine: FakeMachine, wanted?: Mode) {
  const host = withAgent(machine);
  const ledger = ledgerOf();
  return chooseMode({ host, lab: await openLab(host, ledger, AGENT), ledger, link: 'veth' }, wanted);
}

describe('the choice of a mode', () => {
  it('says what each mode leaves out, and nothing of the strongest', () => {
    expect(MODES.map((mode) => [mode, LEAVES_OUT[mode].length > 0])).toEqual([
      ['root', false],
      ['ports', true],
    ]);
  });

  it('falls back to ports where this is not root, and says how to change that', async () => {
    expect(await choice({ uid: 1000, commands: { ...BASE, ...NAMESPACES, ...LOADER } })).toEqual({
      mode: 'ports',
      refused: [{ mode: 'root', because: 'not root', hint: 'run it as root for network namespaces and redirection' }],
    });
  });

  it('names every tool that is missing, and the packages that have them', async () => {
    expect(await choice({ uid: 0, commands: { ...BASE, unshare: '/bin/unshare' } })).toEqual({
      mode: 'ports',
      refused: [
        {
          mode: 'root',
          because: 'not on PATH: nsenter, ip, iptables-restore',
          hint: 'Debian: apt-get install util-linux iproute2 iptables',
        },
      ],
    });
  });

  it('takes any variant of the loader of rules for enough to try', async () => {
    const { mode, refused } = await choice({ uid: 0, commands: { ...BASE, ...NAMESPACES, ...LOADER } });
    // Nothing can be started on this machine, so the trial itself fails: tools alone do not make a mode work.
    expect([mode, refused]).toEqual([
      'ports',
      [{ mode: 'root', because: expect.stringMatching(/^nothing can be started here: unshare --net setpriv /) }],
    ]);
  });

  it('tries nothing where ports are asked for', async () => {
    expect(await choice({ uid: 0, commands: { ...BASE, ...NAMESPACES, ...LOADER } }, 'ports')).toEqual({
      mode: 'ports',
      refused: [{ mode: 'root', because: '--mode ports was asked for' }],
    });
  });
});

/** How the platform refuses to open on such a machine, and which files are there afterwards. */
function refusal(machine: FakeMachine, options: Partial<PlatformContext['options']>) {
  const host = withAgent(machine);
  return local.open(contextOf(host, options)).then(
    () => {
      throw new Error('it opened');
    },
    (error: Error) => ({ ...error, message: error.message, left: [...host.files.keys()] }),
  );
}

describe('the local platform', () => {
  it('refuses a mode that there is not, as wrong usage', async () => {
    expect(await refusal({ commands: BASE }, { mode: 'magic' })).toMatchObject({
      exitCode: 2,
      message: 'there is no local mode "magic"',
      hint: 'modes: root, ports',
    });
  });

  it('refuses a machine on which nothing could be tied to its own life', async () => {
    expect(await refusal({ commands: { sh: '/bin/sh' } }, {})).toMatchObject({
      exitCode: 3,
      message: 'not on PATH: setpriv, taskset',
    });
  });

  it('refuses the mode that was asked for where it does not work, takes no other, and leaves nothing', async () => {
    expect(await refusal({ uid: 1000, commands: BASE }, { mode: 'root' })).toMatchObject({
      exitCode: 3,
      message: 'mode root does not work here: not root',
      hint: 'run it as root for network namespaces and redirection',
      left: [AGENT],
    });
  });
});

describe('a bridge between the pods', () => {
  it('is refused with ports, as wrong usage, before anything is tried', async () => {
    expect(await refusal({ uid: 0, commands: BASE }, { mode: 'ports', link: 'bridge' })).toMatchObject({
      exitCode: 2,
      message: 'mode ports has no network namespaces that a bridge could join',
      hint: 'leave out either --mode ports or --link bridge',
      left: [AGENT],
    });
  });

  it('is refused where no network namespaces can be made: another link would be another measurement', async () => {
    expect(await refusal({ uid: 1000, commands: BASE }, { link: 'bridge' })).toMatchObject({
      exitCode: 3,
      message: '--link bridge needs mode root, and mode root does not work here: not root',
      hint: 'run it as root for network namespaces and redirection',
      left: [AGENT],
    });
  });
});

describe('the check of the local platform', () => {
  it('says of a bare machine what is missing, and leaves nothing on it', async () => {
    const host = withAgent({ uid: 1000 });
    const lines = await checkLocal(contextOf(host));
    expect(lines.map(({ what, outcome, detail }) => `${outcome}: ${what}: ${detail}`)).toEqual([
      'failed: setpriv is there: not on PATH',
      'failed: taskset is there: not on PATH',
      'failed: an Envoy binary can be had: none here, and no pip',
      'warning: network namespaces with redirection (mode root): not root',
      `ok: mode ports works: leaves out: ${LEAVES_OUT.ports.join('; ')}`,
      expect.stringMatching(
        /^warning: driver and system under test get cores of their own: the allowed cores could not/,
      ),
    ]);
    expect([...host.files.keys()]).toEqual([AGENT]);
  });

  it('finds tools, a proxy and cores where they are', async () => {
    const host = withAgent({
      uid: 1000,
      commands: { ...BASE, envoy: '/bin/envoy' },
      files: { '/proc/self/status': 'Name:\tnode\nCpus_allowed_list:\t0-3\n' },
      run: (argv) => (argv[1] === '--version' ? { stdout: 'envoy  version: abc/1.38.2/Clean\n' } : undefined),
    });
    const lines = await checkLocal(contextOf(host));
    expect(lines.filter(({ outcome }) => outcome === 'ok').map(({ detail }) => detail)).toEqual([
      '/bin/setpriv',
      '/bin/taskset',
      'abc/1.38.2/Clean (PATH)',
      `leaves out: ${LEAVES_OUT.ports.join('; ')}`,
      'driver 3, system 0,1,2',
    ]);
  });
});

describe('the lab of a run', () => {
  it('is announced before it is made, and is a folder of its own that nobody else had', async () => {
    const entries: LedgerEntry[] = [];
    const host = withAgent({});
    const lab = await openLab(host, ledgerOf(entries), AGENT);
    expect([lab.directory, entries]).toEqual([
      '/tmp/meshtax-run-1',
      [{ what: 'directory', path: '/tmp/meshtax-run-1' }],
    ]);
    expect(host.files.get('/tmp/meshtax-run-1/agent.cjs')).toBe('the agent');
    await expect(openLab(host, ledgerOf(), AGENT)).rejects.toThrow('EEXIST');
    await lab.remove();
    expect([...host.files.keys()]).toEqual([AGENT]);
  });
});
