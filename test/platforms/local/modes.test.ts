import { describe, expect, it } from 'vitest';
import { checkLocal } from '../../../src/platforms/local/check.ts';
import { chooseMode } from '../../../src/platforms/local/chooseMode.ts';
import { CONTAINER_HINT } from '../../../src/platforms/local/container.ts';
import { openLab } from '../../../src/platforms/local/lab.ts';
import { local } from '../../../src/platforms/local/local.ts';
import { MODES, type Mode, NATURES } from '../../../src/platforms/local/modes.ts';
import { hintFor } from '../../../src/platforms/local/refusals.ts';
import { AsRootInstead } from '../../../src/platforms/local/sudo.ts';
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
      k6: undefined,
      pinning: true,
      link: 'veth',
      kubernetes: { kubeconfig: undefined, context: undefined, image: 'node:24', keep: false },
      ...options,
    },
    agentFile: AGENT,
    program: [],
    needsProxy: false,
    scenario: undefined,
    signal: new AbortController().signal,
    say: () => {},
  };
}

async function choice(machine: FakeMachine, wanted?: Mode) {
  const host = withAgent(machine);
  const ledger = ledgerOf();
  const lab = await openLab(host, ledger, AGENT);
  return chooseMode({ host, lab, ledger, link: 'veth', program: ['node', 'main.js'] }, wanted).then(
    () => {
      throw new Error('something works');
    },
    (error: Error) => ({ ...error, message: error.message }),
  );
}

const TOOLS = { ...BASE, ...NAMESPACES, ...LOADER };

describe('the choice of a mode', () => {
  it('goes from the strongest to the weakest, and every one but the strongest says what it leaves out, or nothing', () => {
    expect(MODES.map((mode) => [mode, NATURES[mode].leavesOut.length > 0])).toEqual([
      ['root', false],
      ['userns', false],
      ['userns-mark', true],
      ['userns-source', true],
      ['sudo', false],
      ['ports', true],
    ]);
  });

  it('tries all, and where none works says why each does not, and how to run it in a container', async () => {
    const refused = await choice({ uid: 1000, commands: TOOLS });
    expect(refused).toMatchObject({ exitCode: 3, hint: CONTAINER_HINT });
    expect(refused.message).toMatch(
      /^no local mode works here: root: not root \(.*\); userns: not on PATH: newuidmap \(Debian: apt-get install uidmap\); userns-mark: .*spawn 'unshare'; userns-source: .*spawn 'unshare'; sudo: not on PATH: sudo .*; ports: nothing can be started here/,
    );
  });

  it('names every tool that is missing, and the packages that have them', async () => {
    expect(await choice({ uid: 0, commands: { ...BASE, unshare: '/bin/unshare' } }, 'root')).toMatchObject({
      exitCode: 3,
      message: 'mode root does not work here: not on PATH: nsenter, ip, iptables-restore',
      hint: 'Debian: apt-get install util-linux iproute2 iptables',
    });
  });

  it('takes any variant of the loader of rules for enough to try', async () => {
    // Nothing can be started on this machine, so the trial itself fails: tools alone do not make a mode work.
    expect((await choice({ uid: 0, commands: TOOLS }, 'root')).message).toMatch(
      /^mode root does not work here: nothing can be started here: unshare --net setpriv /,
    );
  });

  it('tries only the mode that was asked for', async () => {
    expect((await choice({ uid: 0, commands: TOOLS }, 'ports')).message).toMatch(
      /^mode ports does not work here: nothing can be started here: setpriv /,
    );
  });

  it('tries no sudo as root', async () => {
    expect(await choice({ uid: 0, commands: TOOLS }, 'sudo')).toMatchObject({
      message: 'mode sudo does not work here: already root',
      hint: '--mode root is the same without sudo',
    });
  });
});

describe('sudo', () => {
  const commands = { ...TOOLS, sudo: '/bin/sudo' };
  const env = { HOME: '/home/u', XDG_STATE_HOME: '/state', MESHTAX_ENVOY: '/envoy' };

  it('is taken once the check of mode root has worked under it, with what decides where a run writes', async () => {
    const machine: FakeMachine = { uid: 1000, commands, env, run: () => ({ code: 0 }) };
    const host = withAgent(machine);
    const ledger = ledgerOf();
    const lab = await openLab(host, ledger, AGENT);
    const trial = { host, lab, ledger, link: 'veth' as const, program: ['node', 'main.js'] };
    const again = await chooseMode(trial, 'sudo').catch((error: unknown) => error);
    expect(again).toBeInstanceOf(AsRootInstead);
    const words = (again as AsRootInstead).words.slice(0, -1);
    expect(words).toEqual([
      ...['/bin/sudo', '-n', '--', 'env', 'HOME=/home/u', 'XDG_STATE_HOME=/state', 'MESHTAX_ENVOY=/envoy'],
    ]);
    expect(host.ran).toEqual([`setsid --wait ${words.join(' ')} node main.js check --mode root --json`]);
  });

  it('is refused in the words of the check under it, or in its own', async () => {
    const lines = [{ what: 'mode root', outcome: 'failed', detail: 'refused: no iptables' }];
    const inner = await choice(
      { uid: 1000, commands, run: () => ({ code: 3, stdout: JSON.stringify(lines) }) },
      'sudo',
    );
    expect(inner.message).toBe('mode sudo does not work here: refused: no iptables');
    const asks = { code: 1, stderr: 'sudo: a password is required\n' };
    expect(await choice({ uid: 1000, commands, run: () => asks }, 'sudo')).toMatchObject({
      message: 'mode sudo does not work here: sudo: a password is required',
      hint: expect.stringContaining('NOPASSWD'),
    });
  });
});

describe('the hint for a refusal', () => {
  const allowed = {
    'kernel.unprivileged_userns_clone': undefined,
    'user.max_user_namespaces': '96365',
    'kernel.apparmor_restrict_unprivileged_userns': undefined,
  };

  it.each([
    { said: 'unshare: no line matching user "u" in /etc/subuid: Success', hint: 'usermod --add-subuids' },
    { said: 'newuidmap: uid range [1-65536) -> [100000-165535) not allowed', hint: 'usermod --add-subuids' },
    { said: "unshare: unrecognized option '--map-auto'", hint: 'util-linux 2.38' },
    { said: 'unshare: unshare failed: Operation not permitted', hint: 'seccomp' },
  ])('of mode userns follows from what was said: $said', ({ said, hint }) => {
    expect(hintFor('userns', said, allowed)).toContain(hint);
  });

  it('names the setting of the kernel that forbids user namespaces, and the one that allows them', () => {
    const said = 'unshare: unshare failed: No space left on device';
    expect(hintFor('userns-mark', said, { ...allowed, 'user.max_user_namespaces': '0' })).toBe(
      'user namespaces are forbidden: user.max_user_namespaces is 0 (sudo sysctl -w user.max_user_namespaces=10000 allows them)',
    );
    const restricted = { ...allowed, 'kernel.apparmor_restrict_unprivileged_userns': '1' };
    expect(
      hintFor('userns-mark', 'unshare: write failed /proc/self/uid_map: Operation not permitted', restricted),
    ).toContain('kernel.apparmor_restrict_unprivileged_userns is 1');
  });

  it('tells root in an ordinary container what it lacks', () => {
    expect(hintFor('root', 'unshare: unshare failed: Operation not permitted', allowed)).toContain('CAP_SYS_ADMIN');
  });

  it('is none where nothing is known', () => {
    expect(hintFor('root', 'something else', allowed)).toBe(undefined);
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
      hint: 'modes: root, userns, userns-mark, userns-source, sudo, ports',
    });
  });

  it('refuses a machine on which nothing could be tied to its own life', async () => {
    expect(await refusal({ commands: { sh: '/bin/sh' } }, {})).toMatchObject({
      exitCode: 3,
      message: 'not on PATH: setpriv, taskset (Debian: apt-get install util-linux)',
      hint: CONTAINER_HINT,
    });
  });

  it.each(['darwin', 'win32'])(
    'refuses %s, with a command line for a container that has what is needed',
    async (system) => {
      const { message, exitCode, hint } = (await refusal({ system, commands: BASE }, {})) as unknown as Record<
        string,
        string
      >;
      expect([message, exitCode]).toEqual([`the local platform needs Linux, and this is ${system}`, 3]);
      expect(hint).toContain('docker run --rm --privileged -v "$PWD:/work" -w /work node:20');
      for (const needed of ['iptables', 'iproute2', 'python3-pip', 'npm ci']) expect(hint).toContain(needed);
    },
  );

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
      message: expect.stringMatching(/^--link bridge needs network namespaces, and none work here: root: not root/),
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
      ...MODES.map((mode) => expect.stringMatching(new RegExp(`^warning: mode ${mode}: .*: refused: `))),
      'failed: a mode that a run can take: none works',
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
      'driver 3, system 0,1,2',
    ]);
  });
});

describe('the agents of a run', () => {
  const outside = async (machine: FakeMachine, executable = true) => {
    const host = { ...withAgent(machine), executableByAll: async () => executable };
    return (await openLab(host, ledgerOf(), AGENT)).outside;
  };
  const status = (capabilities: string) => ({ files: { '/proc/self/status': `CapEff:\t${capabilities}\n` } });

  it('are a user of their own where root starts them, with nothing that root may do', async () => {
    expect(await outside({ uid: 0, ...status('000001ffffffffff') })).toEqual({ uid: 1338, mayDrop: true });
  });

  it('may only pass through a private folder where Node is in one', async () => {
    expect(await outside({ uid: 0 }, false)).toEqual({ mayDrop: true, keeps: 'dac_read_search' });
  });

  it('are whoever starts them where that is no root, or one that may not change users', async () => {
    expect(await outside({ uid: 1000 })).toEqual({ mayDrop: false });
    expect(await outside({ uid: 0, ...status('0000000000000000') })).toEqual({ mayDrop: false });
  });
});

describe('a temporary folder with a long path', () => {
  it('is refused before anything is started: the path of a socket would be cut, and be another one', async () => {
    const host = { ...withAgent({ uid: 1000 }), tempDirectory: `/${'t'.repeat(90)}` };
    await host.makeDirectory(host.tempDirectory);
    const lab = await openLab(host, ledgerOf(), AGENT);
    const started = lab.startAgent('pod', { label: 'pod', cores: [], enter: [], as: lab.outside });
    await expect(started).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining("bytes, and a socket's has at most 107"),
      hint: 'set TMPDIR to a shorter path, such as /tmp',
    });
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
