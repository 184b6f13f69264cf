import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTAINER_LINE } from '../../src/platforms/local/container.ts';
import { parseCores } from '../../src/platforms/local/cores.ts';
import { isMissing } from '../../src/record/measured.ts';
import { runRecordSchema } from '../../src/record/runRecord.ts';
import {
  deploymentOf,
  eventsOf,
  leftOf,
  NOTHING,
  runCli,
  runFolder,
  startCli,
  trialsOf,
  until,
  type Workplace,
  workplace,
  writeScenario,
} from './cli.ts';
import { type FreshUser, makeUser, whyNoUser } from './freshUser.ts';

const SCENARIO = `# Is every mode's traffic proven?
name: modes
treatments:
  - mesh: none
  - mesh: envoy
    settings: { mtls: strict, concurrency: 1 }
load: { arrivalRate: 200/s, connections: 4, warmUp: 100ms, duration: 500ms }
blocks: { min: 6 }
`;
const PROOF = ['attempts', 'peer-identity', 'proxy-counters', 'handshakes', 'plaintext', 'concurrency'];
/** Bit of CAP_NET_ADMIN (linux/capability.h), as /proc/PID/status writes it. */
const NET_ADMIN = '0000000000001000';
const NONE = '0000000000000000';

const reason = whyNoUser();
let user: FreshUser;

beforeAll(async () => {
  if (reason === undefined) user = await makeUser();
});
afterAll(() => {
  if (reason === undefined) user.remove();
});

interface Way {
  mode: string;
  ids: boolean;
  sudo: boolean;
  chrooted?: boolean;
  args: string[];
}
/** How each mode comes about, for this user or, with mode root, for root. */
const WAYS: Way[] = [
  { mode: 'root', ids: false, sudo: false, args: ['--mode', 'root'] },
  { mode: 'userns', ids: true, sudo: true, args: [] },
  { mode: 'userns-mark', ids: false, sudo: true, args: [] },
  { mode: 'userns-source', ids: true, sudo: true, args: ['--mode', 'userns-source'] },
  { mode: 'sudo', ids: true, sudo: true, chrooted: true, args: [] },
  { mode: 'ports', ids: true, sudo: false, chrooted: true, args: [] },
];

function placeFor({ mode, ids, sudo, chrooted = false }: Way): Workplace {
  user.setIds(ids);
  user.setSudo(sudo);
  return mode === 'root' ? workplace() : user.workplace({ chrooted });
}

const recordOf = (place: Workplace) =>
  runRecordSchema.parse(JSON.parse(readFileSync(path.join(runFolder(place) ?? '', 'run.json'), 'utf8')));

/** What the machine has of the place's run; its folder is below the place's own temporary folder. */
function left(place: Workplace) {
  const temporary = place.env['TMPDIR'];
  const found = leftOf(place);
  if (temporary === undefined) return found;
  // Of the program that tried modes, too, where another one ran as root.
  return { ...found, labelled: startedWith(`TMPDIR=${temporary}`), directories: readdirSync(temporary) };
}

function startedWith(variable: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const zombie = /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      return !zombie && readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable);
    } catch {
      return false; // no process, or gone between the listing and the reading
    }
  });
}

describe.each(WAYS.filter(({ mode }) => mode !== 'root'))('a run that takes mode $mode', (way) => {
  it('says why no stronger one, proves every request, and leaves nothing', async (context) => {
    if (reason !== undefined) context.skip(reason);
    const place = placeFor(way);
    const { code, stderr } = await runCli(place, ['run', writeScenario(place, SCENARIO), ...way.args]);
    expect([0, 1, 4], stderr).toContain(code);
    const { platform, idleNoise } = recordOf(place);
    expect(isMissing(idleNoise)).toBe(isMissing(platform.affinity));
    expect(platform.mode).toBe(way.mode);
    const stronger = WAYS.map(({ mode }) => mode).slice(
      0,
      WAYS.findIndex(({ mode }) => mode === way.mode),
    );
    expect(platform.refused.map(({ mode }) => mode)).toEqual(stronger);
    expect(platform.refused.filter(({ because }) => because === '')).toEqual([]);
    if (way.mode !== 'ports')
      expect(platform.details['proxyTraffic']).toMatch(/^known by (owner|mark|source); passes$/);

    const folder = runFolder(place) ?? '';
    const results = JSON.parse(readFileSync(path.join(folder, 'results.json'), 'utf8')) as {
      trials: { gates: { gate: string; answer: string; detail: string }[] }[];
    };
    const gates = results.trials.flatMap((trial) => trial.gates).filter(({ gate }) => PROOF.includes(gate));
    expect(gates.filter(({ answer }) => answer === 'fail')).toEqual([]);
    const meshed = trialsOf(place).filter((trial) => trial.spec.cell.treatment === 'envoy');
    expect(meshed.length).toBeGreaterThanOrEqual(6);
    // CPU and memory of proxies and service are read from /proc, whoever they run as.
    const watched = meshed.flatMap(({ processes }) => processes);
    expect(watched.flatMap(({ samples }) => (isMissing(samples) ? [samples.missing] : []))).toEqual([]);
    const used = watched.map(({ samples }) => (isMissing(samples) ? [] : samples));
    expect(used.filter((all) => !((all.at(-1)?.cpuNs ?? 0) > (all[0]?.cpuNs ?? 0)))).toEqual([]);
    expect(used.filter((all) => !((all[0]?.rssAnonBytes ?? 0) > 1e6))).toEqual([]);
    expect(meshed.filter(({ hiccups }) => isMissing(hiccups))).toEqual([]);
    expect(left(place)).toEqual(NOTHING);
    expect(statSync(path.join(folder, 'report.html')).uid).toBe(user.uid);
    expect(readdirSync(path.join(place.directory, 'state', 'meshtax', 'ledger'))).toEqual([]);
  }, 240_000);
});

/** Name of a process, and the cores that it may run on. */
function placement(pid: number) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, cores = ''] = /^Cpus_allowed_list:\s+(\S+)/m.exec(status) ?? [];
  return { program: readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), cores: parseCores(cores) };
}

/** Fields of /proc/PID/status that tell what a process may do. */
function privileges(pid: number) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
  return { effective: field('CapEff'), bounding: field('CapBnd'), gainsNone: field('NoNewPrivs') === '1' };
}

describe.each(WAYS)('the processes of a run in mode $mode', (way) => {
  it('run on the cores that are theirs, hold no privilege that they do not need, and none outlives a SIGKILL of the program', async (context) => {
    if (reason !== undefined) context.skip(reason);
    const place = placeFor(way);
    const cli = startCli(place, ['run', writeScenario(place, SCENARIO), '--seed', '5', ...way.args]);
    const meshed = await until('a meshed trial', () => {
      expect(cli.child.exitCode, cli.stderr()).toBe(null);
      const trial = eventsOf(place).find(({ kind, treatment }) => kind === 'trial-started' && treatment === 'envoy');
      return trial && eventsOf(place).findLast(({ kind }) => kind === 'deployed');
    });
    const { pods, proxies } = deploymentOf(place, meshed.deploymentId ?? '');
    expect([pods.length, proxies.length]).toEqual([3, 2]);
    // Where the program runs as an ordinary user in no namespace of its own, it can take nothing from what it starts.
    const bounding = way.mode === 'ports' ? expect.any(String) : NONE;
    for (const { pid } of pods) {
      expect(privileges(Number(pid))).toEqual({ effective: NONE, bounding, gainsNone: true });
    }
    const forProxy = way.mode === 'userns-mark' ? NET_ADMIN : NONE;
    for (const { pid } of proxies) {
      expect(privileges(Number(pid))).toEqual({
        effective: forProxy,
        bounding: way.mode === 'userns-mark' ? NET_ADMIN : bounding,
        gainsNone: true,
      });
    }
    const { affinity } = recordOf(place).platform;
    if (!isMissing(affinity)) {
      for (const { pid } of proxies) {
        expect(placement(Number(pid))).toEqual({ program: 'envoy', cores: affinity.system });
      }
      const [client] = pods.map(({ name, pid }) => ({ name, ...placement(Number(pid)) }));
      expect(client).toEqual({ name: 'client', program: 'node', cores: affinity.driver });
    }
    const seen = left(place);
    expect(seen.labelled.length).toBeGreaterThanOrEqual(5);
    cli.child.kill('SIGKILL');
    await cli.ended;
    await sleep(1500);
    expect({ ...left(place), directories: [] }).toEqual(NOTHING);
    const cleaned = await runCli(place, ['clean']);
    expect([cleaned.code, cleaned.stderr]).toEqual([0, '']);
    expect(left(place)).toEqual(NOTHING);
  }, 120_000);
});

describe('a run under sudo that is interrupted', () => {
  it('takes everything down, keeps what was measured as the user’s, and exits 130', async (context) => {
    if (reason !== undefined) context.skip(reason);
    const way = { mode: 'sudo', ids: false, sudo: true, args: [] };
    const place = placeFor(way);
    const cli = startCli(place, ['run', writeScenario(place, SCENARIO), '--mode', 'sudo']);
    await until('the second trial', () =>
      eventsOf(place).find(({ kind, index }) => kind === 'trial-started' && index === 2),
    );
    cli.child.kill('SIGINT');
    expect(await cli.ended, cli.stderr()).toBe(130);
    expect(left(place)).toEqual(NOTHING);
    expect(trialsOf(place)).toHaveLength(1);
    expect(statSync(path.join(runFolder(place) ?? '', 'trials', '00001.json')).uid).toBe(user.uid);
  }, 60_000);
});

describe('a run under sudo whose root program is killed', () => {
  it('leaves what only root can remove: clean says so and how, and root removes it', async (context) => {
    if (reason !== undefined) context.skip(reason);
    const place = placeFor({ mode: 'sudo', ids: false, sudo: true, args: [] });
    const cli = startCli(place, ['run', writeScenario(place, SCENARIO), '--mode', 'sudo']);
    await until('a trial', () => eventsOf(place).find(({ kind }) => kind === 'trial-started'));
    const ledgers = path.join(place.directory, 'state', 'meshtax', 'ledger');
    const [ledger = ''] = readdirSync(ledgers);
    const [first = ''] = readFileSync(path.join(ledgers, ledger), 'utf8').split('\n');
    process.kill((JSON.parse(first) as { ownerPid: number }).ownerPid, 'SIGKILL');
    expect(await cli.ended).toBe(3);
    const refused = await runCli(place, ['clean']);
    expect(refused.stderr).toContain(`ran as root, through sudo, so only root can: sudo env HOME=/home/${user.name} `);
    expect(refused.code).toBe(4);
    const { start: _, ...asRoot } = place;
    const cleaned = await runCli(asRoot, ['clean']);
    expect([cleaned.code, cleaned.stderr]).toEqual([0, '']);
    expect(left(place)).toEqual(NOTHING);
    expect(readdirSync(ledgers)).toEqual([]);
  }, 60_000);
});

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
    user.setIds(false);
    user.setSudo(false);
    const place = user.workplace({ chrooted });
    const { code, stderr } = await runCli(place, ['run', writeScenario(place, SCENARIO), '--mode', mode]);
    const [error = '', way = ''] = stderr.split('\n');
    expect(error).toContain(`error: mode ${mode} does not work here: `);
    expect(error).toContain(because);
    expect(way).toContain(hint);
    expect(code).toBe(3);
    expect(runFolder(place)).toBe(undefined);
    expect(readdirSync(place.env['TMPDIR'] ?? '')).toEqual([]);
  }, 60_000);
});

describe('the check of an ordinary user’s machine', () => {
  it('tries every mode, gives each refusal with its way out, and names the mode that a run would take', async (context) => {
    if (reason !== undefined) context.skip(reason);
    user.setIds(false);
    user.setSudo(true);
    const { code, stdout } = await runCli(user.workplace(), ['check', '--json']);
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
    const place = user.workplace();
    const { code, stderr } = await runCli(place, ['run', writeScenario(place, SCENARIO)], {
      PATH: place.directory,
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: not on PATH: setpriv, taskset, sh/);
    expect(stderr).toContain(CONTAINER_LINE);
  }, 60_000);
});
