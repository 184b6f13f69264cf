import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCores } from '../../src/platforms/local/cores.ts';
import { isMissing } from '../../src/record/measured.ts';
import { runRecordSchema } from '../../src/record/runRecord.ts';
import {
  deploymentOf,
  eventsOf,
  ledgersOf,
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
import { aFreshUser, leftOfUser, TINY, whyNoUser } from './freshUser.ts';
import { measureOneBlock } from './oneBlock.ts';

const PROOF = ['attempts', 'peer-identity', 'proxy-counters', 'handshakes', 'plaintext', 'concurrency'];
/** Bit of CAP_NET_ADMIN (linux/capability.h), as /proc/PID/status writes it. */
const NET_ADMIN = '0000000000001000';
const NONE = '0000000000000000';

const reason = whyNoUser();
const user = aFreshUser();

interface Way {
  mode: string;
  ids: boolean;
  sudo: boolean;
  chrooted?: boolean;
  /** To its very end; the others are interrupted after their first block, which saves half a minute each. */
  whole?: true;
  args: string[];
}
/** How each mode comes about, for this user or, with mode root, for root. */
const WAYS: Way[] = [
  { mode: 'root', ids: false, sudo: false, args: ['--mode', 'root'] },
  { mode: 'userns', ids: true, sudo: true, whole: true, args: [] },
  { mode: 'userns-mark', ids: false, sudo: true, args: [] },
  { mode: 'userns-source', ids: true, sudo: true, args: ['--mode', 'userns-source'] },
  { mode: 'sudo', ids: true, sudo: true, chrooted: true, args: [] },
  { mode: 'ports', ids: true, sudo: false, chrooted: true, args: [] },
];

function placeFor({ mode, ids, sudo, chrooted = false }: Way): Workplace {
  user().setIds(ids);
  user().setSudo(sudo);
  return mode === 'root' ? workplace() : user().workplace({ chrooted });
}

const recordOf = (place: Workplace) =>
  runRecordSchema.parse(JSON.parse(readFileSync(path.join(runFolder(place) ?? '', 'run.json'), 'utf8')));

describe.each(WAYS.filter(({ mode }) => mode !== 'root'))('a run that takes mode $mode', (way) => {
  it('says why no stronger one, proves every request, and leaves nothing', async (context) => {
    if (reason !== undefined) context.skip(reason);
    const place = placeFor(way);
    const argv = ['run', writeScenario(place, TINY), ...way.args];
    if (way.whole) {
      const { code, stderr } = await runCli(place, argv);
      expect([0, 1, 4], stderr).toContain(code);
    } else await measureOneBlock(place, argv);
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
    expect(meshed.length).toBeGreaterThanOrEqual(way.whole ? 6 : 1);
    // CPU and memory of proxies and service are read from /proc, whoever they run as.
    const watched = meshed.flatMap(({ processes }) => processes);
    expect(watched.flatMap(({ samples }) => (isMissing(samples) ? [samples.missing] : []))).toEqual([]);
    const used = watched.map(({ samples }) => (isMissing(samples) ? [] : samples));
    expect(used.filter((all) => !((all.at(-1)?.cpuNs ?? 0) > (all[0]?.cpuNs ?? 0)))).toEqual([]);
    expect(used.filter((all) => !((all[0]?.rssAnonBytes ?? 0) > 1e6))).toEqual([]);
    expect(meshed.filter(({ hiccups }) => isMissing(hiccups))).toEqual([]);
    expect(leftOfUser(place)).toEqual(NOTHING);
    expect(statSync(path.join(folder, 'report.html')).uid).toBe(user().uid);
    expect(ledgersOf(place)).toEqual([]);
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
    const cli = startCli(place, ['run', writeScenario(place, TINY), '--seed', '5', ...way.args]);
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
    const seen = leftOfUser(place);
    expect(seen.labelled.length).toBeGreaterThanOrEqual(5);
    cli.child.kill('SIGKILL');
    await cli.ended;
    await until(
      'the end of everything that was started',
      () => {
        const { labelled, holders, links, rules } = leftOfUser(place);
        return [labelled, holders, links, rules].every((list) => list.length === 0) ? true : undefined;
      },
      20_000,
    );
    const cleaned = await runCli(place, ['clean']);
    expect([cleaned.code, cleaned.stderr]).toEqual([0, '']);
    expect(leftOfUser(place)).toEqual(NOTHING);
  }, 120_000);
});
